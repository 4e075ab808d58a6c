//! From folders to typed changes.
//!
//! Owns: walking folders, the rules that say what is left out of them and why, the events of the
//! file system, and the decision that a file was added, changed, moved or removed.
//!
//! Must never know: what a document is. It opens no file but the ignore files themselves.

mod change;
mod file;
mod hints;
mod known;
mod medium;
mod owner;
mod place;
mod reconcile;
mod register;
mod rules;
mod wake;
mod walk;
mod watched;
mod watcher;

#[cfg(test)]
mod tests;

pub use change::{Change, Counts, Trouble};
pub use file::{Entry, FileId, LeftOut, Reason, Special, Stamp};
pub use rules::{BadGlob, Rules};
pub use walk::{Folder, Found, Walk, walk};
pub use watcher::{Settings, StartError, Watcher};
