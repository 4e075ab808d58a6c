//! Extraction in child processes, so that a bad file costs at most itself.
//!
//! The program starts itself again as a worker; a worker reads one file at a time. The parent reads
//! the file and hands its bytes over a pipe, so that the worker needs no files, no network and no
//! other program, and on Linux is kept from all three. Who is silent for too long, takes too long,
//! asks for too much memory or answers nonsense is killed, and a file that costs two workers is
//! left alone until it changes.
//!
//! What guards on which platform is said in [`confine`]; what the two sides say to each other, in
//! [`frames`].

mod confine;
mod failure;
mod frames;
mod pool;
mod quarantine;
mod running;
mod source;
mod worker;

pub use confine::Confinement;
pub use failure::{Failure, Outcome};
pub use pool::{Pool, PoolLimits};
pub use quarantine::{EXTRACTOR_VERSION, Offence, Quarantine};
pub use running::{Program, heard};
pub use worker::worker;
