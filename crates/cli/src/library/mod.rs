//! The commands that keep a library: which folders, bringing them up to date, what became of each file.

mod bar;
mod counts;
mod folders;
mod follow;
mod index;
mod status;

use anyhow::{Error, Result};
use kenning_engine::{
    Access, DevicePreference, Folder, Home, Ledger, Library, LibraryError, Options, StoreError,
};

pub use folders::{add, list, remove};
pub use index::{index, watch};
pub use status::status;

use crate::opening;

/// Opened to be changed; refused while another program does.
fn to_write(device: DevicePreference) -> Result<Library> {
    open(Access::Write, device)
}

/// Opened to be read, beside whoever writes, even where nothing can be written.
pub fn to_read() -> Result<Library> {
    open(Access::Read, DevicePreference::default())
}

fn open(access: Access, device: DevicePreference) -> Result<Library> {
    let options = Options { access, device, ..Options::default() };
    Library::open(&Home::discover(), &opening::models(), options).map_err(|error| match error {
        LibraryError::Store(StoreError::Missing { .. }) => {
            Error::msg("there is no library yet: `kenning add FOLDER` begins one")
        }
        error => error.into(),
    })
}

/// The watched folders and the ledger, of one moment.
fn known(library: &Library) -> Result<(Vec<Folder>, Ledger)> {
    let mut truth = library.searcher()?.truth;
    Ok(truth.read(|view| Ok((view.folders()?, view.ledger()?)))?)
}
