//! What is kept on disk: the one truth, and what is derived from it and can be thrown away.
//!
//! `index` finds passages by words, `codes` by vectors. Both are told what changed and up to where
//! in the truth's history they stand; neither reads the truth. Where vectors come from, and what a
//! word is, is not known here.

pub mod codes;
pub mod index;
mod mark;
mod top;

use kenning_domain::PassageId;

pub use mark::Mark;

/// Whether a passage may be among the best. Asked only for those that are good enough.
pub type Allowed<'a> = &'a (dyn Fn(PassageId) -> bool + Sync);

/// Whether nobody waits for the answer any more. Asked every fraction of a millisecond or so.
pub type Cancelled<'a> = &'a (dyn Fn() -> bool + Sync);
