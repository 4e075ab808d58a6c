//! A library: the watched folders, what is known of their files, and the librarian who keeps it so.
//!
//! [`Library`] is the handle. Everything it asks for is done by one thread, which owns all that is
//! written; readers, the model and the watchers work for it on threads of their own.

mod board;
mod comparing;
mod embedding;
mod error;
mod estimate;
mod keeping;
mod librarian;
mod looking;
mod mapping;
mod model;
mod notes;
mod obeying;
mod opening;
mod orders;
mod progress;
mod readers;
mod reasons;
mod repairs;
mod rules;
mod searcher;
mod spaces;
mod watching;
mod work;

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use kenning_domain::FolderId;
use kenning_store::Reader as TruthReader;
use kenning_watch::Rules;

use board::Board;
pub use comparing::{Compared, Comparison, compare};
pub use error::LibraryError;
pub use estimate::Estimate;
pub use keeping::kept_numbers;
pub use mapping::{Mapped, Mapper, Mapping};
pub(crate) use model::{CALIBRATION, read_calibration, write_calibration};
pub use model::{Loaded, Model, NotLoaded};
pub use opening::{Access, Options, Parts};
use orders::{Answer, Listener, Message, Order};
pub use progress::{Doing, Event, Halted, Progress, Rest};
pub use repairs::Repairs;
pub use searcher::Searcher;
pub use spaces::switching_to;
pub use watching::WatchedFolder;

/// The handle on a library. Dropping it ends the work well, within a moment.
pub struct Library {
    board: Arc<Board>,
    /// Only to make others like it: a connection is for one thread at a time.
    truth: Mutex<TruthReader>,
    hands: Hands,
}

/// Who does what is asked for.
enum Hands {
    Librarian {
        orders: Sender<Message>,
        thread: Option<JoinHandle<()>>,
    },
    /// Nobody: it is only read. With the reason.
    Nobody(String),
}

/// For as long as this is kept, events are told.
pub struct Subscription(#[expect(dead_code, reason = "it is its being there that counts")] Arc<()>);

impl Library {
    /// Watches a folder from now on, or gives it other rules.
    pub fn add_folder(&self, path: &Path, rules: Rules) -> Result<FolderId, LibraryError> {
        let path = path.to_owned();
        self.ask(|answer| Order::AddFolder { path, rules, answer })
    }

    /// Forgets a folder and its files. Their vectors are kept for a while.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), LibraryError> {
        self.ask(|answer| Order::RemoveFolder { folder, answer })
    }

    /// Has the files at or under a path read again, and says how many there are.
    pub fn read_again(&self, path: &Path) -> Result<u64, LibraryError> {
        let path = path.to_owned();
        self.ask(|answer| Order::ReadAgain { path, answer })
    }

    /// Fills a space of this model, which answers as soon as it has as much as the one that does. Only the
    /// first numbers of each vector are searched where so many are to be kept. Both are remembered over
    /// restarts.
    pub fn use_model(&self, model: Model, keep: Option<usize>) -> Result<(), LibraryError> {
        keeping::check(&model, keep)?;
        let model = Box::new(model);
        self.ask(|answer| Order::UseModel { model, keep, answer })
    }

    /// Walks all folders again, whatever the system has told of them.
    pub fn look_again(&self) -> Result<(), LibraryError> {
        self.send(Order::LookAgain)
    }

    /// Begins nothing more; what is being read is given up, and taken up again by [`Self::resume`]. It is
    /// remembered over restarts.
    pub fn pause(&self) -> Result<(), LibraryError> {
        self.send(Order::Pause)
    }

    pub fn resume(&self) -> Result<(), LibraryError> {
        self.send(Order::Resume)
    }

    /// Has the work rest while the machine runs on battery, or go on. [`Self::resume`] has it go on, too; none of
    /// it is remembered.
    pub fn rest_on_battery(&self, rests: bool) -> Result<(), LibraryError> {
        self.send(Order::RestOnBattery(rests))
    }

    /// Whether the work is paused, here or by the program that does it.
    pub fn is_paused(&self) -> Result<bool, LibraryError> {
        let mut truth = self.truth.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(truth.read(|view| view.setting(obeying::PAUSED))?.is_some())
    }

    pub fn folders(&self) -> Vec<WatchedFolder> {
        self.board.read().folders.clone()
    }

    /// As it was a moment ago.
    pub fn progress(&self) -> Progress {
        self.board.read().progress.clone()
    }

    /// Waits until everything is done that was told of or asked for until now, or cannot be done.
    pub fn wait_until_idle(&self) -> Rest {
        self.rest().recv().unwrap_or(Rest::Closed)
    }

    /// Tells of the same once. What has ended without a word is closed.
    pub fn rest(&self) -> Receiver<Rest> {
        let (sender, rest) = channel();
        // Where nobody takes it, nobody tells: the sender is gone.
        let _ = self.send(Order::WhenAtRest(sender));
        rest
    }

    /// Tells of events from now on. It is called by the librarian, who waits for it to come back.
    pub fn subscribe(
        &self,
        tell: impl FnMut(&Event) + Send + 'static,
    ) -> Result<Subscription, LibraryError> {
        let subscription = Arc::new(());
        let wanted = Arc::downgrade(&subscription);
        self.send(Order::Listen(Listener { wanted, tell: Box::new(tell) }))?;
        Ok(Subscription(subscription))
    }

    /// What a thread searches with.
    pub fn searcher(&self) -> Result<Searcher, LibraryError> {
        let truth = self.truth.lock().unwrap_or_else(PoisonError::into_inner).another()?;
        Ok(Searcher::new(Arc::clone(&self.board), truth))
    }

    /// Why nothing can be changed here, if nothing can.
    pub fn read_only(&self) -> Option<&str> {
        match &self.hands {
            Hands::Librarian { .. } => None,
            Hands::Nobody(why) => Some(why),
        }
    }

    /// Whether nobody works for it any more though somebody should: nothing changes then until it is
    /// opened again.
    pub fn has_ended(&self) -> bool {
        match &self.hands {
            Hands::Librarian { thread, .. } => thread.as_ref().is_none_or(JoinHandle::is_finished),
            Hands::Nobody(_) => false,
        }
    }

    /// Ends the work, and waits for it to have ended.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Hands::Librarian { orders, thread } = &mut self.hands else { return };
        // It may have ended already; a panic of its own it has told of itself.
        let _ = orders.send(Message::Order(Order::Stop));
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }

    fn ask<T>(&self, order: impl FnOnce(Answer<T>) -> Order) -> Result<T, LibraryError> {
        let (sender, answer) = channel();
        self.send(order(sender))?;
        answer.recv().unwrap_or(Err(LibraryError::Closed))
    }

    fn send(&self, order: Order) -> Result<(), LibraryError> {
        match &self.hands {
            Hands::Librarian { orders, .. } => {
                orders.send(Message::Order(order)).map_err(|_| LibraryError::Closed)
            }
            Hands::Nobody(why) => Err(LibraryError::ReadOnly(why.clone())),
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.end();
    }
}
