//! The contract between the engine and whoever shows it: every command with what it takes and gives, every
//! event, and the errors, each declared once. TypeScript is generated from it into `ui/src/wire`.
//!
//! Must never know: Tauri, and how anything is shown.
//!
//! Numbers of bytes and ids are below 2⁵³, which JavaScript counts exactly. Ranges of a text count UTF-16
//! units, as JavaScript does.

mod contract;
mod desk;
mod error;
mod events;
mod explore;
mod library;
mod models;
mod search;
mod settings;
pub mod typescript;

pub use contract::*;
pub use desk::{Desk, Shell};
pub use error::*;
pub use events::*;
pub use explore::*;
pub use library::*;
pub use models::*;
pub use search::*;
pub use settings::*;
