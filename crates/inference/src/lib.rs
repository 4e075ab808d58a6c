//! Tokens to vectors and scores.
//!
//! Owns: model folders as they lie on disk, tokenising, packing texts into batches, the model
//! families, and the devices they run on. A family is written once against the operations of
//! [`ops::Ops`]; a backend implements those.
//!
//! Must never know: the network, an async runtime, or any file outside the model folder it is given.

mod batch;
mod candle;
mod config;
mod counter;
#[cfg(test)]
mod definition;
mod device;
mod embedder;
mod error;
mod family;
mod folder;
mod learning;
mod ops;
mod owner;
mod packed;
mod reranker;
mod selftest;
mod template;
mod tokens;
mod weights;

pub use counter::Counter;
pub use device::{Device, DevicePreference, Selected};
pub use embedder::Embedder;
pub use error::LoadError;
pub use folder::ModelFolder;
pub use kenning_manifest::{Family, Manifest, Pooling, Task};
pub use packed::limit_documents;
pub use reranker::Reranker;
pub use weights::{WeightType, dequantise};
