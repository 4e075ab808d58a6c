//! A library under fire: folders that change without end, a program that is killed at any moment, and
//! the one check that all of this is held against.
//!
//! The tests use it in its short form, `cargo xtask crash` and `cargo xtask soak` in its long ones.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot go on here has failed, and the panic says where"
)]

mod child;
mod crash;
mod disorder;
mod hashed;
mod soak;
mod sound;

pub use child::{Child, Heard, KEEPER, Keeping, be_a_keeper, options};
pub use crash::{Crash, Tally, crash};
pub use disorder::{Disorder, mark_of};
pub use hashed::{DIMENSIONS, Hashed};
pub use soak::{Line, Soak, Soaked, soak};
pub use sound::{Compared, compare};
