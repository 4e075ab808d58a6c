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

    /// Whether what was read before may be right: the reading ended at a limit or a damaged place.
    pub fn is_of_the_rest(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::TooLarge { .. } | Self::TooDeep { .. })
    }

    pub fn too_large(what: impl ToString, limit: impl ToString) -> Self {
        Self::TooLarge { what: what.to_string(), limit: limit.to_string() }
    }
}
