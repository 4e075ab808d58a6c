//! The one truth: an SQLite database from which everything else can be made again.
//!
//! One writer at a time, kept so by a lock; any number of readers, each with a connection of its
//! own and a view of one moment. What is read or written is plain values, see `records`.

mod change;
mod lock;
mod opening;
mod packing;
mod paths;
mod records;
mod salvage;
mod schema;
mod transplant;
mod view;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, TransactionBehavior};

pub use change::Change;
pub use records::{
    Changes, Content, ContentHash, ContentHead, FileFilter, FileRecord, Folder, Gap, HeldFile,
    Ledger, LedgerLine, Logged, Metadata, Moment, NewContent, NewSpace, Offence, PassageText,
    Place, Reason, Repair, Saved, Space, SpaceState, Stamp, State, Swept, Unembedded, VectorRow,
};
pub use view::View;

use crate::error::StoreError;
use crate::fail;
use lock::Lock;
use packing::{Packer, Unpacker};

/// Whether the folder is to be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Write,
    /// Works in a folder that may not be written to, and beside a writer.
    Read,
}

/// The database in Kenning's data folder.
pub struct Truth {
    path: PathBuf,
    writer: Option<Writer>,
    damage: Damage,
    repairs: Vec<Repair>,
}

struct Writer {
    connection: Connection,
    packer: Packer,
    unpacker: Unpacker,
    lock: Lock,
}

/// Whether anybody met damage; the next start then looks at everything.
#[derive(Clone, Debug, Default)]
struct Damage(Arc<AtomicBool>);

impl Damage {
    fn noted<T>(&self, path: &Path, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.map_err(|error| {
            if error.is_damage() {
                self.0.store(true, Ordering::Relaxed);
            }
            error.in_file(path)
        })
    }

    fn was_met(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Truth {
    /// Opens what is in the folder, and for writing makes it where there is nothing yet, brings it
    /// up to date, and sets it aside where it is damaged.
    pub fn open(folder: &Path, access: Access) -> Result<Self, StoreError> {
        let path = folder.join("kenning.db");
        let damage = Damage::default();
        let (writer, repairs) = match access {
            Access::Write => {
                let opened = opening::to_write(folder, &path).map_err(|e| e.in_file(&path))?;
                let (connection, lock, repairs) = opened;
                let (packer, unpacker) = (Packer::new()?, Unpacker::new()?);
                (Some(Writer { connection, packer, unpacker, lock }), repairs)
            }
            Access::Read => {
                opening::to_read(&path).map_err(|error| error.in_file(&path))?;
                (None, Vec::new())
            }
        };
        Ok(Self { path, writer, damage, repairs })
    }

    /// What was found damaged when it was opened, and what was done.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// All of `work`, or nothing of it.
    pub fn change<T>(
        &mut self,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_at(Moment::now(), work)
    }

    /// A change at a given moment, for who keeps time himself.
    pub fn change_at<T>(
        &mut self,
        now: Moment,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(writer) = &mut self.writer else {
            return Err(StoreError::ReadOnly { file: self.path.clone() });
        };
        self.damage.noted(&self.path, writer.change(now, work))
    }

    /// A connection of one's own, for a thread of one's own.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(self.path.clone(), self.damage.clone())
    }

    /// Ends well: the next start has nothing to look at. Being dropped does the same, without saying
    /// what went wrong.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StoreError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let ended = writer.end(&self.damage);
        ended.map_err(|error| error.in_file(&self.path))
    }
}

impl Drop for Truth {
    fn drop(&mut self) {
        // Whatever goes wrong here, the mark of a good end is missing, and the next start looks.
        let _ = self.end();
    }
}

impl Writer {
    fn change<T>(
        &mut self,
        now: Moment,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut change = Change::new(&transaction, &mut self.packer, &self.unpacker, now);
        let done = work(&mut change)?;
        fail::point("truth.before_commit");
        transaction.commit()?;
        fail::point("truth.after_commit");
        Ok(done)
    }

    fn end(self, damage: &Damage) -> Result<(), StoreError> {
        let Self { connection, mut lock, .. } = self;
        let closed = closed(connection);
        let met_damage = damage.was_met() || closed.as_ref().is_err_and(StoreError::is_damage);
        // What else went wrong is no good end, which the next start looks into.
        if met_damage || closed.is_ok() {
            lock.end(met_damage)?;
        }
        fail::point("truth.after_close");
        closed
    }
}

fn closed(connection: Connection) -> Result<(), StoreError> {
    connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")?;
    fail::point("truth.before_close");
    Ok(connection.close().map_err(|(_, error)| error)?)
}

/// Reads beside the writer, and never waits for it.
pub struct Reader {
    connection: Connection,
    unpacker: Unpacker,
    path: PathBuf,
    damage: Damage,
}

impl Reader {
    fn open(path: PathBuf, damage: Damage) -> Result<Self, StoreError> {
        let connection = damage.noted(&path, opening::to_read(&path))?;
        Ok(Self { connection, unpacker: Unpacker::new()?, path, damage })
    }

    /// Another one like it, for another thread.
    pub fn another(&self) -> Result<Self, StoreError> {
        Self::open(self.path.clone(), self.damage.clone())
    }

    /// A number that is another one when somebody else has changed anything since it was asked for.
    pub fn version(&self) -> Result<i64, StoreError> {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get(0));
        self.damage.noted(&self.path, version.map_err(StoreError::from))
    }

    /// What `work` reads is all of one moment. While it lasts the write-ahead log cannot shrink.
    pub fn read<T>(
        &mut self,
        work: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let reading = || {
            let transaction = self.connection.transaction()?;
            let found = work(&View::new(&transaction, &self.unpacker))?;
            transaction.finish()?;
            Ok(found)
        };
        self.damage.noted(&self.path, reading())
    }
}
