//! What Kenning knows, on disk: the one truth, and what is derived from it.
//!
//! It owns the data folder's database and everything computed from it alone. Must never know: where
//! vectors come from, how files are read, or what a query is.

mod error;
pub mod fail;
mod truth;

pub use error::StoreError;
pub use truth::{
    Access, Change, Changes, Content, ContentHash, ContentHead, FileFilter, FileRecord, Folder,
    Gap, Ledger, LedgerLine, Logged, Metadata, Moment, NewContent, NewSpace, Offence, PassageText,
    Place, Reader, Reason, Repair, Saved, Space, SpaceState, Stamp, State, Swept, Truth,
    Unembedded, VectorRow, View,
};
