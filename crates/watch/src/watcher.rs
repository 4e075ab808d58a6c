//! The handle on a watcher: starting it, asking it to look again, and ending it.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::change::Change;
use crate::file::Stamp;
use crate::owner::Owner;
use crate::register::{Message, Refusal, Register, System};
use crate::rules::{BadGlob, Rules};

/// How a watcher goes about its work.
#[derive(Clone, Debug)]
pub struct Settings {
    pub rules: Rules,
    /// How long it must have been quiet about a path before it is looked at.
    pub quiet: Duration,
    /// How long a path is waited for that is never quiet.
    pub longest: Duration,
    /// How often everything is walked although the system tells of changes: it may forget one.
    pub reconcile: Duration,
    /// How often a folder is walked where the system does not tell of changes, between these two:
    /// the longer a walk takes, the rarer it is, so that it fills a tenth of the time at most.
    pub poll_least: Duration,
    pub poll_most: Duration,
    /// How often it is checked whether the folders are still there and the computer did not sleep.
    pub heartbeat: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            quiet: Duration::from_millis(300),
            longest: Duration::from_secs(5),
            reconcile: Duration::from_secs(15 * 60),
            poll_least: Duration::from_secs(10),
            poll_most: Duration::from_secs(10 * 60),
            heartbeat: Duration::from_secs(10),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Glob(#[from] BadGlob),
    #[error("{} cannot be watched: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("no thread could be started to watch: {0}")]
    Thread(io::Error),
}

/// Watches folders on a thread of its own, which ends when this is dropped, or when nobody receives
/// the changes any more.
#[derive(Debug)]
pub struct Watcher {
    inbox: Sender<Message>,
}

impl Watcher {
    /// Walks the folders, tells what is different from what is `known` of them, and goes on telling
    /// of changes. Folders may lie in each other; what is known of paths outside them is ignored.
    /// No folder needs to be there yet.
    pub fn start(
        folders: &[PathBuf],
        known: impl IntoIterator<Item = (PathBuf, Stamp)>,
        settings: Settings,
    ) -> Result<(Self, Receiver<Change>), StartError> {
        let system = |inbox| System::new(inbox).map(|system| Box::new(system) as Box<dyn Register>);
        Self::start_with(folders, known, settings, system)
    }

    pub(crate) fn start_with(
        folders: &[PathBuf],
        known: impl IntoIterator<Item = (PathBuf, Stamp)>,
        settings: Settings,
        register: impl FnOnce(Sender<Message>) -> Result<Box<dyn Register>, Refusal>,
    ) -> Result<(Self, Receiver<Change>), StartError> {
        let (inbox, messages) = channel();
        let (sender, changes) = channel();
        let register = register(inbox.clone());
        let owner = Owner::new(folders, known, settings, register, messages, sender)?;
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || owner.run())
            .map_err(StartError::Thread)?;
        Ok((Self { inbox }, changes))
    }

    /// Walks everything again, soon.
    pub fn reconcile(&self) {
        // It fails only when the thread has ended, there being nobody to tell.
        let _ = self.inbox.send(Message::Reconcile);
    }

    #[cfg(test)]
    pub(crate) fn inbox(&self) -> &Sender<Message> {
        &self.inbox
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The thread is not waited for: it may be inside a call to a network drive that never
        // answers, and whoever drops a watcher must not hang with it.
        let _ = self.inbox.send(Message::Stop);
    }
}
