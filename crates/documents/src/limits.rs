//! How much of anything a file may ask for before it is refused.

use serde::{Deserialize, Serialize};

/// The bounds of one file. The defaults let through every document a person would call one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The largest file that is read.
    pub file_bytes: u64,
    /// The most text that is kept of one file.
    pub text_bytes: usize,
    /// The most blocks of it: each costs memory beside its text, however short it is.
    pub blocks: usize,
    /// How deep files may lie in files: an attachment in a mail in an archive.
    pub depth: usize,
    /// How many entries an archive may have.
    pub entries: usize,
    /// How many bytes may come out of compressed data, for one file with all that is inside it.
    pub unpacked_bytes: u64,
    /// How many times larger than itself compressed data may become, once it is past a megabyte.
    pub ratio: u64,
    /// How deep elements may nest in XML or HTML, lists in JSON, groups in RTF.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            text_bytes: 64 << 20,
            blocks: 1_000_000,
            depth: 4,
            entries: 20_000,
            unpacked_bytes: 512 << 20,
            ratio: 200,
            nesting: 256,
        }
    }
}
