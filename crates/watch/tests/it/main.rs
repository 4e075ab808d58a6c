//! The walk, the rules and the watcher on the real file system.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and the panic says where"
)]

mod changes;
mod folders;
mod rules;
mod stage;
mod walk;
