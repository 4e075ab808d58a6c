//! Opening the database: for reading as it is, for writing after it was looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::lock::{LastEnd, Lock};
use super::packing::{Unpacker, vector_is_whole};
use super::records::{Repair, Saved};
use super::schema::{self, Found};
use super::transplant::transplant;
use super::{paths, salvage};
use crate::error::StoreError;
use crate::fail;

/// How long a writer waits for another program, such as a backup, to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

const STATEMENTS_KEPT: usize = 96;

type Opened = (Connection, Lock, Vec<Repair>);

pub(super) fn to_write(folder: &Path, path: &Path) -> Result<Opened, StoreError> {
    fs::create_dir_all(folder).map_err(|error| StoreError::io(folder, error))?;
    let (mut lock, last_end) = Lock::take(folder)?;
    finish_repair(path)?;
    match sound(path, last_end) {
        Ok((mut connection, found)) => {
            lock.begin()?;
            schema::migrate(&mut connection, found)?;
            Ok((connection, lock, Vec::new()))
        }
        Err(StoreError::Damaged { detail, .. }) => {
            lock.begin()?;
            let (connection, repair) = begin_anew(path, detail)?;
            Ok((connection, lock, vec![repair]))
        }
        Err(error) => Err(error),
    }
}

/// The database, if it is ours and nothing is wrong with it.
fn sound(path: &Path, last_end: LastEnd) -> Result<(Connection, Found), StoreError> {
    let existed = size(path) > 0;
    // A good end leaves something to find, and what a log goes with is never empty.
    if !existed && path.exists() && (last_end == LastEnd::Clean || size(&beside(path, "-wal")) > 0)
    {
        return Err(StoreError::damaged("it is empty"));
    }
    let connection = connect(path)?;
    // Before anything is set, for that would already change a database that is not ours.
    let found = schema::found(&connection)?;
    prepare(&connection)?;
    match last_end {
        _ if !existed => {}
        LastEnd::Clean => {}
        LastEnd::Unclean => check(&connection, "quick_check")?,
        LastEnd::Damaged => {
            check(&connection, "integrity_check")?;
            check_values(&connection)?;
        }
    }
    Ok((connection, found))
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // This one counts only before the first page is written.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Unfit(format!(
            "{} lies on a disk that cannot keep a write-ahead log; choose another data folder with \
             KENNING_HOME",
            connection.path().unwrap_or_default()
        )));
    }
    // Hashes lie everywhere, so that each batch touches many pages: a long log, of 32 MB, writes each of
    // them back once for many batches.
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA cell_size_check = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -32000;
         PRAGMA wal_autocheckpoint = 8000;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    Ok(())
}

fn check(connection: &Connection, how: &str) -> Result<(), StoreError> {
    let answer: String = connection.query_row(&format!("PRAGMA {how}(1)"), (), |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::damaged(answer)) }
}

/// What no check of pages finds: values whose own checksum is wrong.
fn check_values(connection: &Connection) -> Result<(), StoreError> {
    let unpacker = Unpacker::new()?;
    let mut bodies = connection.prepare("SELECT packed, length FROM bodies")?;
    let mut rows = bodies.query(())?;
    while let Some(row) = rows.next()? {
        let packed = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        unpacker.unpack(packed, row.get::<_, i64>(1)? as usize)?;
    }
    let mut vectors = connection.prepare("SELECT vector FROM vectors")?;
    let mut rows = vectors.query(())?;
    while let Some(row) = rows.next()? {
        if !vector_is_whole(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?) {
            return Err(StoreError::damaged("a vector is not what was written"));
        }
    }
    Ok(())
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// The new database is made whole beside the damaged one before that is moved away: ended at any
/// moment, one of them is in its place at the next start, and the watched folders are not lost.
fn begin_anew(path: &Path, damage: String) -> Result<(Connection, Repair), StoreError> {
    let fresh = beside(path, FRESH);
    remove(&fresh)?;
    let mut connection = connect(&fresh)?;
    prepare(&connection)?;
    schema::migrate(&mut connection, Found::Nothing)?;
    const INTO_THE_FILE: &str = "PRAGMA wal_checkpoint(TRUNCATE);";
    connection.execute_batch(INTO_THE_FILE)?;
    let saved = save(path, &fresh, &mut connection)?;
    connection.execute_batch(INTO_THE_FILE)?;
    connection.close().map_err(|(_, error)| error)?;
    fail::point("repair.saved");
    let set_aside = set_aside(path)?;
    fail::point("repair.set_aside");
    fs::rename(&fresh, path).map_err(|error| StoreError::io(&fresh, error))?;
    let connection = connect(path)?;
    prepare(&connection)?;
    Ok((connection, Repair { set_aside, damage, saved }))
}

/// From the damaged database; where not even its tables can be found, from a copy in which they can.
fn save(path: &Path, fresh: &Path, into: &mut Connection) -> Result<Saved, StoreError> {
    let saved = salvage::save(path, into)?;
    if saved.found_tables {
        return Ok(saved);
    }
    let copy = beside(path, ".copy");
    remove(&copy)?;
    transplant(path, fresh, &copy).map_err(|error| StoreError::io(&copy, error))?;
    let saved = salvage::save(&copy, into);
    remove(&copy)?;
    saved
}

/// What the database that takes a damaged one's place is called until it does.
const FRESH: &str = ".new";

/// Where the damaged database is moved away already, the new one is whole and takes its place.
fn finish_repair(path: &Path) -> Result<(), StoreError> {
    let fresh = beside(path, FRESH);
    if path.exists() {
        return remove(&fresh);
    }
    if fresh.exists() {
        fs::rename(&fresh, path).map_err(|error| StoreError::io(&fresh, error))?;
    }
    Ok(())
}

/// Removes a database, if there is one, with what belongs to it.
fn remove(database: &Path) -> Result<(), StoreError> {
    for ending in ["-wal", "-shm", ""] {
        let file = beside(database, ending);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io(&file, error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Gives the damaged database, and what belongs to it, a name with the day in it.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let day: String =
        Connection::open_in_memory()?.query_row("SELECT date('now')", (), |row| row.get(0))?;
    let named = |number: usize| match number {
        1 => beside(path, &format!(".damaged-{day}")),
        _ => beside(path, &format!(".damaged-{day}-{number}")),
    };
    let aside = (1..).map(named).find(|aside| !aside.exists()).unwrap_or_else(|| named(0));
    // The log first: a database that lies apart from its log must never be opened in its old place.
    for ending in ["-wal", "-shm", ""] {
        let from = beside(path, ending);
        match fs::rename(&from, beside(&aside, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io(&from, error));
            }
            _ => {}
        }
    }
    Ok(aside)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A connection that writes nothing. It needs a writable folder only while the log holds something
/// that is not yet in the database.
pub(super) fn to_read(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { file: path.to_path_buf() });
    }
    match connect_to_read(Connection::open_with_flags(path, READING)) {
        Err(StoreError::ReadOnly { .. } | StoreError::Database { .. }) if is_at_rest(path) => {
            let flags = READING | OpenFlags::SQLITE_OPEN_URI;
            connect_to_read(Connection::open_with_flags(unchanging(path), flags))
        }
        other => other,
    }
}

const READING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

fn connect_to_read(opened: rusqlite::Result<Connection>) -> Result<Connection, StoreError> {
    let connection = opened?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.execute_batch(
        "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8000;",
    )?;
    let file = || connection.path().unwrap_or_default().into();
    match schema::found(&connection)? {
        Found::Nothing => Err(StoreError::Missing { file: file() }),
        Found::Version(version) if version < schema::NEWEST => {
            Err(StoreError::Older { file: file(), found: version, known: schema::NEWEST })
        }
        Found::Version(_) => Ok(connection),
    }
}

/// Nobody is writing, and the last who did took everything into the database.
fn is_at_rest(path: &Path) -> bool {
    ["-wal", "-shm"].iter().all(|ending| {
        let size = fs::metadata(beside(path, ending)).map(|metadata| metadata.len());
        size.is_ok_and(|size| size == 0) || !beside(path, ending).exists()
    })
}

/// Says to SQLite that nothing beside the file need be made or looked for.
fn unchanging(path: &Path) -> String {
    let mut address = String::from("file:");
    let bytes = if cfg!(unix) {
        paths::to_bytes(path)
    } else {
        address.push('/');
        path.to_string_lossy().replace('\\', "/").into_bytes()
    };
    for byte in bytes {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b':' => address.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?immutable=1");
    address
}
