//! A file's bytes to text, its structure and its passages.
//!
//! Owns: telling formats apart by content, reading each, refusing what is absurd, cutting text into
//! passages, and the guarded child process in which reading happens.
//!
//! Must never know: models (it counts tokens through a trait), the store, or where a file came from.

mod blocks;
mod dates;
mod document;
mod drawing;
mod encoding;
mod formats;
mod guard;
mod html;
mod limits;
mod lines;
mod numbers;
mod odf;
mod ooxml;
mod package;
mod paragraphs;
mod passages;
mod pieces;
mod refusal;
#[cfg(test)]
mod shown;
mod styles;
mod table;
mod writer;
mod xml;

pub use document::{Block, Document, Kind, Metadata};
pub use formats::{Format, Formats, Sample};
#[doc(hidden)]
pub use guard::heard;
pub use guard::{
    Confinement, EXTRACTOR_VERSION, Failure, Offence, Outcome, Pool, PoolLimits, Program,
    Quarantine, worker,
};
pub use limits::Limits;
pub use passages::{Sizes, passages};
pub use refusal::Refusal;
pub use writer::Writer;
