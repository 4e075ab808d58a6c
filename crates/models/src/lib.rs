//! Models one can get: which there are, and fetching them whole over a bad line onto a small disk.
//!
//! Owns: the catalogue, what the hub says of a repository, what of it is needed, the bytes and their
//! digests, and how a folder of them becomes an installed model.
//!
//! Must never know: how a model computes, and the library. No address is asked but the one that is
//! configured and those it sends on to.

mod carrying;
mod catalogue;
mod choice;
mod digest;
mod error;
mod fetch;
mod getting;
mod hub;
mod kept;
mod makers;
mod pace;
mod part;
mod progress;
mod shelf;
mod stage;

pub use carrying::{Copied, Import, export, import};
pub use catalogue::{Elsewhere, Entry, catalogue, entry};
pub use digest::Digest;
pub use error::GetError;
pub use getting::{Getter, Settings, Stop, Wanted};
pub use hub::RepositoryName;
pub use kenning_manifest::Manifest;
pub use kept::HubSettings;
pub use pace::Patience;
pub use progress::{FileProgress, Progress};
pub use shelf::{Condition, Verified, remove, verify};
pub use stage::{Plan, PlannedFile, Unfinished, forget, unfinished};
