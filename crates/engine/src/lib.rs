//! The composition root: which models there are, where Kenning keeps its data, and how the parts are
//! put together.
//!
//! Must never know: Tauri, JSON, or how anything is shown.

mod home;
mod library;
mod models;
mod reading;

pub use home::Home;
pub use kenning_atlas::{Atlas, Placed, Topic, Twins};
pub use kenning_documents::{Block, Document, Failure, Kind, Metadata, Program, Refusal};
pub use kenning_inference::{
    Device, DevicePreference, Embedder, LoadError, ModelFolder, Reranker, Selected,
};
pub use kenning_models as getting;
pub use kenning_search::answer;
pub use kenning_search::calibration::Portions;
pub use kenning_search::library::{FileDescribed, Snapshot};
pub use kenning_search::score::Band;
pub use kenning_search::{Cluster, Condition, Filter, Query, Similar};
pub use kenning_store::{
    FileFilter, FileRecord, Folder, Gap, Ledger, LedgerLine, Moment, Place, Reader as TruthReader,
    Reason as WhyInState, Space, SpaceState, State, StoreError,
};
pub use kenning_watch::{
    BadGlob, Entry, Found as FoundPath, LeftOut, Reason, Rules, Settings as WatchSettings, Special,
    Trouble, walk,
};
pub use library::{
    Access, Compared, Comparison, Doing, Estimate, Event, Halted, Library, LibraryError, Loaded,
    Mapped, Mapper, Mapping, Model, NotLoaded, Options, Parts, Progress, Repairs, Rest, Searcher,
    Subscription, WatchedFolder, compare, kept_numbers, switching_to,
};
pub use models::{CalibrationError, Found, Models, ModelsError, Opened};
pub use reading::{Read, Reader, ReaderError, WORKER_ARGUMENT, run_as_worker, this_program};
