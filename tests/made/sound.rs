//! A sound file: what it is made of, what must be read from it, and copies of it that are damaged.

use crate::made::archive::{self, gzip, unzipped, zip};
use crate::made::damage::{Chance, damaged, flipped, truncated};
use crate::made::{office, open_document, pdf, plain};

/// A file in the parts from which it is packed. What is packed is checked by sums, so that damage to
/// the file shows itself at once; damage to a part goes further in.
#[derive(Clone, Debug)]
pub struct Sound {
    pub name: String,
    /// The format as which it is read.
    pub format: String,
    /// What must be found in its text; empty where it is refused.
    pub says: String,
    pub wrapping: Wrapping,
    pub parts: archive::Entries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// The first part is the file.
    Plain,
    Gzip,
    Zip,
}

/// One or two of every format.
pub fn sound() -> Vec<Sound> {
    [plain::files(), pdf::files(), office::files(), open_document::files()].concat()
}

impl Sound {
    pub fn plain(name: &str, format: &str, says: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let parts = vec![(name.to_owned(), bytes.into())];
        let (name, format, says) = (name.into(), format.into(), says.into());
        Self { name, format, says, wrapping: Wrapping::Plain, parts }
    }

    pub fn zipped(name: &str, format: &str, says: &str, parts: &[(&str, &str)]) -> Self {
        let part = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        let parts = parts.iter().map(part).collect();
        let (name, format, says) = (name.into(), format.into(), says.into());
        Self { name, format, says, wrapping: Wrapping::Zip, parts }
    }

    /// A file that somebody else made, taken apart where it is a container that is not too large.
    pub fn found(name: &str, bytes: Vec<u8>) -> Self {
        const LARGEST: usize = 32 << 20;
        let format = name.rsplit_once('.').map_or("none", |(_, extension)| extension);
        let format = format.to_ascii_lowercase();
        let unpacked =
            bytes.starts_with(b"PK\x03\x04").then(|| unzipped(&bytes, LARGEST)).flatten();
        let found = |wrapping, parts| {
            let (name, format) = (name.to_owned(), format.clone());
            Self { name, format, says: String::new(), wrapping, parts }
        };
        match unpacked.filter(|parts| !parts.is_empty()) {
            Some(parts) => found(Wrapping::Zip, parts),
            None => found(Wrapping::Plain, vec![(name.into(), bytes)]),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match self.wrapping {
            Wrapping::Plain => self.parts[0].1.clone(),
            Wrapping::Gzip => gzip(&self.parts[0].1),
            Wrapping::Zip => zip(&self.parts),
        }
    }

    /// A copy that is damaged: one in four breaks off, one in four has bits that are wrong, and the
    /// others are hurt in any way.
    pub fn damaged_copy(&self, number: u64) -> Vec<u8> {
        let mut chance = Chance::new(number.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let within = self.wrapping != Wrapping::Plain && chance.below(4) < 3;
        let hurt = |bytes: &[u8], chance: &mut Chance| match number % 4 {
            0 => truncated(bytes, chance),
            1 => flipped(bytes, 8, chance),
            _ => damaged(bytes, chance),
        };
        if !within {
            return hurt(&self.bytes(), &mut chance);
        }
        let mut copy = self.clone();
        let part = chance.below(copy.parts.len());
        let (_, bytes) = &mut copy.parts[part];
        *bytes = hurt(bytes, &mut chance);
        copy.bytes()
    }
}
