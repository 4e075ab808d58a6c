//! Why a file gave no text. The ledger shows these to the user, so each says what is so.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("files of this kind ({kind}) are not read")]
    Unsupported { kind: String },

    #[error("it is empty")]
    Empty,

    #[error("it is encrypted: save a copy without a password to have it found")]
    Encrypted,

    #[error("it is damaged: {reason}")]
    Damaged { reason: String },

    #[error("it holds no text: {reason}")]
    NoText { reason: String },

    #[error("its text comes out garbled: {reason}")]
    Garbled { reason: String },

    #[error("it is too large: {what} goes past {limit}")]
    TooLarge { what: String, limit: String },

    #[error("it nests too deep: {what}")]
    TooDeep { what: String },
}

impl Refusal {
    pub fn damaged(reason: impl ToString) -> Self {
        Self::Damaged { reason: reason.to_string() }
    }

    pub fn unsupported(kind: impl ToString) -> Self {
        Self::Unsupported { kind: kind.to_string() }
    }

    /// A word for each kind, to be counted and switched by; once given it stays.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported",
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::Damaged { .. } => "damaged",
            Self::NoText { .. } => "no-text",
            Self::Garbled { .. } => "garbled",
            Self::TooLarge { .. } => "too-large",
            Self::TooDeep { .. } => "too-deep",
        }
    }

    /// Whether what was read before may be right: the reading ended at a limit or a damaged place.
    pub fn is_of_the_rest(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::TooLarge { .. } | Self::TooDeep { .. })
    }

    pub fn too_large(what: impl ToString, limit: impl ToString) -> Self {
        Self::TooLarge { what: what.to_string(), limit: limit.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_kind_has_a_code_of_its_own_that_says_what_it_is() {
        let (reason, what) = (String::new(), String::new());
        let table = [
            (Refusal::unsupported(""), "unsupported"),
            (Refusal::Empty, "empty"),
            (Refusal::Encrypted, "encrypted"),
            (Refusal::damaged(""), "damaged"),
            (Refusal::NoText { reason: reason.clone() }, "no-text"),
            (Refusal::Garbled { reason }, "garbled"),
            (Refusal::too_large("", ""), "too-large"),
            (Refusal::TooDeep { what }, "too-deep"),
        ];
        let codes: HashSet<&str> = table.iter().map(|(refusal, _)| refusal.code()).collect();
        assert_eq!(codes.len(), table.len());
        for (refusal, expected) in table {
            assert_eq!(refusal.code(), expected, "{refusal:?}");
        }
    }
}
