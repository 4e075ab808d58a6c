//! The quotation marks of many languages: which of them open a phrase, which close it, and which a
//! phrase is written back in.

use std::fmt;

/// Marks that go together. One opens, the next of its kind closes: „…“, ”…”, “…” and "…" differ by
/// country, and people mix them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Double,
    Angle,
    Corner,
    WhiteCorner,
}

pub const KINDS: [Kind; 4] = [Kind::Double, Kind::Angle, Kind::Corner, Kind::WhiteCorner];

impl Kind {
    /// The kind of phrase a mark opens at the beginning of a word.
    pub fn opened_by(mark: char) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.opening().contains(&mark))
    }

    /// The same within a word, for scripts without spaces; `5"` and `«Q»s` open nothing there.
    pub fn opened_within_by(mark: char) -> Option<Self> {
        let opens = matches!(mark, '“' | '„' | '‟' | '〝' | '«' | '「' | '｢' | '『');
        Self::opened_by(mark).filter(|_| opens)
    }

    fn opening(self) -> &'static [char] {
        match self {
            Self::Double => DOUBLE,
            Self::Angle => ANGLE,
            Self::Corner => &['「', '｢'],
            Self::WhiteCorner => &['『'],
        }
    }

    pub fn closing(self) -> &'static [char] {
        match self {
            Self::Double => DOUBLE,
            Self::Angle => ANGLE,
            Self::Corner => &['」', '｣'],
            Self::WhiteCorner => &['』'],
        }
    }

    fn written(self) -> (char, char) {
        match self {
            Self::Double => ('"', '"'),
            Self::Angle => ('«', '»'),
            Self::Corner => ('「', '」'),
            Self::WhiteCorner => ('『', '』'),
        }
    }
}

const DOUBLE: &[char] = &['"', '“', '”', '„', '‟', '＂', '〝', '〞', '〟'];
const ANGLE: &[char] = &['«', '»'];

/// Where the last closing mark of each kind stands, so that a mark nothing closes is known at once.
#[derive(Clone, Copy, Debug)]
pub struct Closings([Option<usize>; KINDS.len()]);

impl Closings {
    pub fn of(text: &str) -> Self {
        Self(KINDS.map(|kind| text.rfind(kind.closing())))
    }

    /// What stands between the mark that begins at `opening` and the one that closes it, and where the
    /// text goes on.
    pub fn quoted(self, text: &str, opening: usize) -> Option<(&str, usize)> {
        let mark = text.get(opening..)?.chars().next()?;
        let kind = Kind::opened_by(mark)?;
        let begin = opening + mark.len_utf8();
        self.0[kind as usize].filter(|last| *last >= begin)?;
        let rest = &text[begin..];
        let end = rest.find(kind.closing())?;
        let closing = rest[end..].chars().next()?;
        Some((&rest[..end], begin + end + closing.len_utf8()))
    }
}

/// Writes a phrase between marks that it does not have itself.
pub fn write(phrase: &str, to: &mut impl fmt::Write) -> fmt::Result {
    let free = KINDS.into_iter().find(|kind| !phrase.contains(kind.closing()));
    let (opening, closing) = free.unwrap_or(Kind::Double).written();
    write!(to, "{opening}{phrase}{closing}")
}
