//! What went wrong, as the interface is told: a code that it acts on, and words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every failure of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub code: ProblemCode,
    /// What happened and what to do, in English; where the code has a translation, that is shown instead,
    /// and this beneath it.
    pub message: String,
}

/// What the interface acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProblemCode {
    /// A newer question took this one's place.
    Cancelled,
    /// What was asked for is not there any more.
    Gone,
    /// Another program writes the library: nothing can be changed from here.
    ReadOnly,
    /// The library's disk is full.
    DiskFull,
    /// The folder cannot be watched.
    Folder,
    /// There is no such model, or it cannot be loaded.
    Model,
    /// The hub, the line, or what came over it.
    Network,
    /// The hub wants a token, or its terms accepted first.
    Gated,
    /// The file cannot be opened by the system.
    Open,
    /// The system's keyring cannot be used.
    Keyring,
    /// The command does not exist, or does not take this.
    Malformed,
    /// This window may not ask for that.
    Forbidden,
    /// A fault of Kenning's own.
    Internal,
}
