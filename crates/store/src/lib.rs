//! What is kept on disk: the one truth, and what is derived from it and can be thrown away.
//!
//! `truth` is the data folder's database. `index` finds passages by words, `codes` by vectors; both are
//! told what changed and up to where in the truth's history they stand, and neither reads the truth.
//! Must never know: where vectors come from, how files are read, or what a word or a query is.

pub mod codes;
mod error;
pub mod fail;
pub mod index;
mod mark;
mod top;
mod truth;

use kenning_domain::PassageId;

pub use error::{StoreError, tells_of_a_full_disk};
pub use mark::Mark;
pub use truth::{
    Access, Change, Changes, Content, ContentHash, ContentHead, FileFilter, FileRecord, Folder,
    Gap, HeldFile, Ledger, LedgerLine, Logged, Metadata, Moment, NewContent, NewSpace, Offence,
    PassageText, Place, Reader, Reason, Repair, Saved, Space, SpaceState, Stamp, State, Swept,
    Truth, Unembedded, VectorRow, View,
};

/// Whether a passage may be among the best. Asked only for those that are good enough.
pub type Allowed<'a> = &'a (dyn Fn(PassageId) -> bool + Sync);

/// Whether nobody waits for the answer any more. Asked every fraction of a millisecond or so.
pub type Cancelled<'a> = &'a (dyn Fn() -> bool + Sync);
