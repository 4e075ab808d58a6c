//! Asking the system to tell of changes. Behind a trait, so that a test can let the system refuse.

use std::path::Path;
use std::sync::mpsc::Sender;

use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

/// What reaches the thread that owns a watcher.
#[derive(Debug)]
pub(crate) enum Message {
    Event(notify::Event),
    /// The system said that something went wrong, so that events may be missing.
    Broken,
    Reconcile,
    Stop,
}

/// Why a folder is not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    RanOut,
    /// There is no such folder any more.
    Gone,
    Failed,
}

pub(crate) trait Register: Send {
    fn watch(&mut self, folder: &Path) -> Result<(), Refusal>;
    fn unwatch(&mut self, folder: &Path);
}

/// Whether each folder is watched by itself. Linux has nothing else, and so folders that are left
/// out cost no watch; the others watch a whole tree at once.
pub(crate) const EACH_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// The system's own way.
pub(crate) struct System(RecommendedWatcher);

impl System {
    pub(crate) fn new(inbox: Sender<Message>) -> Result<Self, Refusal> {
        let handler = move |result: notify::Result<notify::Event>| {
            let message = match result {
                // Our own reading makes most of these, and they would only fill the inbox.
                Ok(event) if !is_of_interest(&event) => return,
                Ok(event) => Message::Event(event),
                Err(_) => Message::Broken,
            };
            // Nobody listens any more when the watcher is being dropped.
            let _ = inbox.send(message);
        };
        let config = Config::default().with_follow_symlinks(false);
        RecommendedWatcher::new(handler, config).map(Self).map_err(|error| refusal(&error))
    }
}

impl Register for System {
    fn watch(&mut self, folder: &Path) -> Result<(), Refusal> {
        let mode = if EACH_FOLDER { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
        self.0.watch(folder, mode).map_err(|error| refusal(&error))
    }

    fn unwatch(&mut self, folder: &Path) {
        // It fails where the system stopped watching by itself, the folder being gone.
        let _ = self.0.unwatch(folder);
    }
}

fn is_of_interest(event: &notify::Event) -> bool {
    use notify::event::{AccessKind, AccessMode, EventKind};
    !matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

fn refusal(error: &notify::Error) -> Refusal {
    const TOO_MANY_OPEN: &[i32] = &[23, 24]; // ENFILE, EMFILE
    match &error.kind {
        ErrorKind::MaxFilesWatch => Refusal::RanOut,
        ErrorKind::PathNotFound => Refusal::Gone,
        ErrorKind::Io(error) => match error.raw_os_error() {
            Some(code) if cfg!(unix) && TOO_MANY_OPEN.contains(&code) => Refusal::RanOut,
            _ if error.kind() == std::io::ErrorKind::NotFound => Refusal::Gone,
            _ => Refusal::Failed,
        },
        _ => Refusal::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_out_is_told_from_other_failures() {
        let check = |kind: ErrorKind, expected: Refusal| {
            assert_eq!(refusal(&notify::Error::new(kind)), expected);
        };
        check(ErrorKind::MaxFilesWatch, Refusal::RanOut);
        check(ErrorKind::Io(std::io::Error::from_raw_os_error(24)), Refusal::RanOut);
        check(ErrorKind::PathNotFound, Refusal::Gone);
        check(ErrorKind::Io(std::io::ErrorKind::NotFound.into()), Refusal::Gone);
        check(ErrorKind::Generic("other".to_owned()), Refusal::Failed);
    }
}
