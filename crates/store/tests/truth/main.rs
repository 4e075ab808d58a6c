//! The truth on real files: what it keeps, what it survives, and what it refuses.

mod child;
mod damage;
mod full_disk;
mod keeping;
mod killed;
mod model;
mod opening;
mod support;
