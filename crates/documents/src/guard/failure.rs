//! What came of a file that was given to a worker.

use std::time::Duration;

use crate::document::Document;
use crate::refusal::Refusal;

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Done(Document),
    /// The file gives no text, and will not until it changes.
    Refused(Refusal),
    /// Something went wrong that may go right another time.
    Failed(Failure),
    /// It cost two workers and is left alone until it changes; this is what it did the last time.
    Quarantined(String),
    /// Whoever asked for it did not want it any more. Nothing is known of the file.
    Cancelled,
}

/// Why a file was not read to its end. The ledger shows these to the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("it cannot be opened: {reason}")]
    Unreadable { reason: String },

    #[error("no process to read it in could be started: {reason}")]
    NotStarted { reason: String },

    #[error("reading it stood still for {} seconds", .0.as_secs_f32())]
    Silent(Duration),

    #[error("reading it was not done after {} seconds", .0.as_secs_f32())]
    TooLong(Duration),

    #[error("reading it takes more than {} MB of memory", .0 >> 20)]
    OutOfMemory(u64),

    #[error("reading it ended in a stack overflow")]
    StackOverflow,

    #[error("the process that read it {how}")]
    Ended { how: String },

    #[error("the process that read it answered nonsense: {reason}")]
    Nonsense { reason: String },
}
