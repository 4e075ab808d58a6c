//! What the guarding of extraction is tested with, in the place of `kenning`. Those tests look at
//! processes through `/proc`, so that elsewhere there is nothing for it to do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "its purpose is to misbehave"
)]

#[cfg(target_os = "linux")]
mod copies;
#[cfg(target_os = "linux")]
mod hostile;

fn main() {
    #[cfg(target_os = "linux")]
    hostile::run();
}
