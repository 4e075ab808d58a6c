//! What is said to the librarian: by whoever holds the library, and by the threads that work for it.

use std::path::PathBuf;
use std::sync::Weak;
use std::sync::mpsc::Sender;

use kenning_domain::{FolderId, SpaceId};
use kenning_search::calibration::Calibration;
use kenning_watch::Rules;

use super::embedding::Embedding;
use super::error::LibraryError;
use super::model::Model;
use super::progress::{Event, Rest};
use super::readers::Reading;
use super::watching::Changes;

pub(super) enum Message {
    Order(Order),
    Changes(Changes),
    Read(Reading),
    Embedded(Embedding),
    Measured { space: SpaceId, calibration: Box<Calibration> },
}

pub(super) type Answer<T> = Sender<Result<T, LibraryError>>;

pub(super) enum Order {
    AddFolder {
        path: PathBuf,
        rules: Rules,
        answer: Answer<FolderId>,
    },
    RemoveFolder {
        folder: FolderId,
        answer: Answer<()>,
    },
    /// The files at or under a path are to be read again, whatever came of them before.
    ReadAgain {
        path: PathBuf,
        answer: Answer<u64>,
    },
    UseModel {
        model: Box<Model>,
        /// How many numbers of a vector; all where none are given.
        keep: Option<usize>,
        answer: Answer<()>,
    },
    LookAgain,
    Pause,
    Resume,
    /// Whether to rest because the machine runs on battery.
    RestOnBattery(bool),
    WhenAtRest(Sender<Rest>),
    Listen(Listener),
    Stop,
}

/// Somebody who is told of events for as long as the handle lives.
pub(super) struct Listener {
    pub wanted: Weak<()>,
    pub tell: Box<dyn FnMut(&Event) + Send>,
}
