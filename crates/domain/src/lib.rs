//! The nouns of Kenning and the seams between its parts.
//!
//! This crate owns the words every other crate speaks in, and the traits through which crates that
//! must not know each other meet. It never touches files, threads, serde or Tauri.

mod cancel;
mod ids;
mod model;
mod passage;

pub use cancel::Cancel;
pub use ids::{ContentId, FileId, FolderId, PassageId, SpaceId, TextId};
pub use model::{
    CountTokens, Embed, Embedded, ModelError, Overlong, Rerank, Reranked, Role, Truncation,
};
pub use passage::{Language, Passage, Tag, embedded_text, path_text};
