//! The commands that keep a library: which folders, bringing them up to date, what became of each file.

mod bar;
mod comparing;
mod counts;
mod folders;
mod follow;
mod index;
mod status;
mod switching;

use anyhow::{Error, Result};
use kenning_engine::{
    Access, DevicePreference, Folder, Home, Ledger, Library, LibraryError, Options, StoreError,
};

pub use comparing::compare;
pub use folders::{add, list, remove};
pub use index::{index, watch};
pub use status::status;
pub use switching::{undo, use_model};

use crate::{opening, output};

/// Opened to be changed; refused while another program does.
fn to_work(device: DevicePreference) -> Result<Library> {
    open(Options { access: Access::Write, device, ..Options::default() })
}

/// The same without any work: reading is for `index` and `watch`, which say how far they are.
fn to_change() -> Result<Library> {
    open(Options { access: Access::Write, works: false, ..Options::default() })
}

/// Opened to be read, beside whoever writes, even where nothing can be written.
pub fn to_read() -> Result<Library> {
    open(Options { access: Access::Read, ..Options::default() })
}

fn open(options: Options) -> Result<Library> {
    Library::open(&Home::discover(), &opening::models(), options).map_err(|error| match error {
        LibraryError::Store(StoreError::Missing { .. }) => {
            Error::msg("there is no library yet: `kenning add FOLDER` begins one")
        }
        error => error.into(),
    })
}

/// Ends a pause: who types a command that works wants it done.
fn go_on(library: &Library) -> Result<()> {
    if library.is_paused()? {
        output::notice("the work was paused, and goes on now");
        library.resume()?;
    }
    Ok(())
}

/// The watched folders and the ledger, of one moment.
fn known(library: &Library) -> Result<(Vec<Folder>, Ledger)> {
    let mut truth = library.searcher()?.truth;
    Ok(truth.read(|view| Ok((view.folders()?, view.ledger()?)))?)
}
