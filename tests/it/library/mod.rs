//! A library as whoever holds it meets it: folders on disk in, a ledger and answers out, whatever
//! happens to the files, the program or the model meanwhile.

mod counting;
mod damage;
#[cfg(target_os = "linux")]
mod fire;
mod folders;
#[cfg(target_os = "linux")]
mod full_disk;
mod keeping;
mod model;
#[cfg(target_os = "linux")]
mod own_view;
#[cfg(target_os = "linux")]
mod read_only;
mod reading;
pub mod stage;
mod stopping;
