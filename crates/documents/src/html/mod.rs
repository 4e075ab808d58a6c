//! HTML, wherever it stands: in a file of its own, in a mail, in a book.
//!
//! Read as a stream of tokens with a list of open elements, never as a tree, so that nesting costs
//! nothing. Knows no files and no encodings.

mod blocks;
mod crowded;
mod elements;
mod page;
mod sayings;
mod table;

pub use elements::{Attributes, attribute};
pub use page::{Dialect, Page};
