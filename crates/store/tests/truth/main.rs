//! The truth on real files: what it keeps, what it survives, and what it refuses.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test may fail")]

mod child;
mod damage;
mod full_disk;
mod keeping;
mod killed;
mod model;
mod opening;
mod support;
