//! Names for things that are stored: a number each, which means nothing outside one store.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(to)
            }
        }
    )*};
}

ids! {
    /// A folder that is watched.
    FolderId;
    /// A file on disk, wherever it moves within the folders.
    FileId;
    /// What files hold: copies of one file have one content.
    ContentId;
    /// A text that is embedded; the same words have one number wherever they stand.
    TextId;
    /// A model with everything that decides what its vectors are.
    SpaceId;
}

/// A passage: its content, and which of the content's passages it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassageId(pub u64);

impl PassageId {
    /// A content has fewer passages than this; a gigabyte of text has half as many.
    pub const MOST: u32 = 1 << 20;

    /// `None` where the number of the passage, or of the content, is more than is ever given out.
    pub fn new(content: ContentId, ordinal: u32) -> Option<Self> {
        let content = u64::try_from(content.0).ok().filter(|content| *content < 1 << 43)?;
        (ordinal < Self::MOST).then_some(Self(content << 20 | u64::from(ordinal)))
    }

    pub fn content(self) -> ContentId {
        ContentId((self.0 >> 20) as i64)
    }

    pub fn ordinal(self) -> u32 {
        (self.0 & u64::from(Self::MOST - 1)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_knows_its_content_and_its_place() {
        for (content, ordinal) in [(0, 0), (1, 7), (1 << 42, PassageId::MOST - 1)] {
            let id = PassageId::new(ContentId(content), ordinal).unwrap();
            assert_eq!((id.content(), id.ordinal()), (ContentId(content), ordinal));
        }
        for (content, ordinal) in [(-1, 0), (1 << 43, 0), (1, PassageId::MOST)] {
            assert_eq!(PassageId::new(ContentId(content), ordinal), None, "{content} {ordinal}");
        }
    }
}
