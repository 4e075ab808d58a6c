//! From a query to hits: what is asked, in which languages, how sure an answer is, and what is shown of it.
//!
//! Owns the query language, the guess at a query's languages, the calibration that sets languages on
//! equal terms, the joining of words and meaning, excerpts and their highlights, the topics among hits,
//! and which hits say the same. It sees models through `domain`'s traits alone, and must never know how
//! an interface words what it shows.

pub mod answer;
pub mod calibration;
mod clusters;
mod highlight;
mod language;
pub mod library;
mod query;
pub mod score;
mod similar;
mod vectors;

pub use clusters::{Cluster, ClusterHit, ClusterWord, Naming, clusters};
pub use highlight::{Excerpt, LONGEST_EXCERPT, best_sentence, excerpt, excerpt_of_matches};
pub use language::candidates;
pub use query::{Condition, FileType, Filter, Period, Query, Wanted};
pub use similar::{Copies, Likeness, Similar, Thresholds, copies};
