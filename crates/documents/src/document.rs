//! What is made of a file: its text as people would read it, cut into blocks that know what they are.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A file's text and what the file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The format it was read as, by its name in the table of formats.
    pub format: String,
    /// All text. Blocks are ranges of it; between two of them stands white space only.
    pub text: String,
    pub blocks: Vec<Block>,
    /// Where this is not all of the file's text: why not, in words for people.
    pub partial: Option<String>,
    /// Whether a page has nothing to do with the headings of the one before, as with slides.
    #[serde(default)]
    pub pages_begin_anew: bool,
    pub metadata: Metadata,
}

/// A stretch of the text that belongs together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Bytes of [`Document::text`].
    pub span: Range<usize>,
    pub kind: Kind,
    /// Counted from 1, where the format has pages or slides.
    pub page: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Levels count from 1, the largest.
    Heading(u8),
    Paragraph,
    /// One item of a list.
    Item,
    /// One row of a table, its cells apart by ` | `, each with its header where there is one.
    Row,
    /// Text whose line breaks and indents mean something.
    Code,
}

/// What the format says beside the text. Each is `None` where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub title: Option<String>,
    pub author: Option<String>,
    /// As the file names it: a BCP 47 tag such as `de` or `zh-Hans`.
    pub language: Option<String>,
    /// As ISO 8601, with as much of it as the file gives: `2024-06-30T12:00:00Z` or `2024-06-30`.
    pub created: Option<String>,
    pub modified: Option<String>,
    pub pages: Option<u32>,
}
