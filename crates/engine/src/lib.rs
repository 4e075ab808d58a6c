//! The composition root: which models there are, where Kenning keeps its data, and how the parts are
//! put together.
//!
//! Must never know: Tauri, JSON, or how anything is shown.

mod home;
mod models;

pub use home::Home;
pub use kenning_inference::{
    Device, DevicePreference, Embedder, LoadError, ModelFolder, Reranker, Selected,
};
pub use models::{Found, Models, ModelsError, Opened};
