//! The composition root: which models there are, where Kenning keeps its data, and how the parts are
//! put together.
//!
//! Must never know: Tauri, JSON, or how anything is shown.

mod home;
mod models;
mod reading;

pub use home::Home;
pub use kenning_documents::{Block, Document, Kind, Metadata, Refusal};
pub use kenning_inference::{
    Device, DevicePreference, Embedder, LoadError, ModelFolder, Reranker, Selected,
};
pub use kenning_watch::{
    BadGlob, Entry, Found as FoundPath, LeftOut, Reason, Rules, Special, walk,
};
pub use models::{Found, Models, ModelsError, Opened};
pub use reading::{Read, Reader, ReaderError, WORKER_ARGUMENT, run_as_worker};
