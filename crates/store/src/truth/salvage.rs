//! Saves from a damaged database what cannot be made again, or only slowly: folders, settings,
//! spaces, offences, vectors.
//!
//! A table is read from its beginning to the first fault, then from its end to the first fault.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::packing::vector_is_whole;
use super::records::{Moment, Saved};
use crate::error::StoreError;

struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    /// What its rows lie in order of.
    key: &'static [&'static str],
}

const FOLDERS: Table =
    Table { name: "folders", columns: &["id", "path", "rules", "added"], key: &["id"] };
const SETTINGS: Table = Table { name: "settings", columns: &["name", "value"], key: &["name"] };
const SPACES: Table = Table {
    name: "spaces",
    columns: &["id", "model", "revision", "definition", "dimensions", "state", "made"],
    key: &["id"],
};
const OFFENCES: Table = Table {
    name: "offences",
    columns: &["path", "size", "modified", "extractor", "kills", "reason"],
    key: &["path"],
};
const TEXTS: Table = Table { name: "texts", columns: &["id", "hash"], key: &["id"] };
const VECTORS: Table =
    Table { name: "vectors", columns: &["space", "text", "vector"], key: &["space", "text"] };

/// Into a database that is new and empty.
pub(super) fn save(damaged: &Path, into: &mut Connection) -> Result<Saved, StoreError> {
    let mut saved = Saved::default();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(from) = Connection::open_with_flags(damaged, flags) else { return Ok(saved) };
    saved.found_tables = from.prepare("SELECT id FROM folders").is_ok();
    if !saved.found_tables {
        return Ok(saved);
    }
    let transaction = into.transaction()?;
    let (folders, all_folders) = copy(&from, &transaction, &FOLDERS)?;
    let (settings, all_settings) = copy(&from, &transaction, &SETTINGS)?;
    let (spaces, _) = copy(&from, &transaction, &SPACES)?;
    copy(&from, &transaction, &OFFENCES)?;
    copy(&from, &transaction, &TEXTS)?;
    copy(&from, &transaction, &VECTORS)?;
    // A number that is given out again must not find somebody else's vector.
    transaction.execute(
        "DELETE FROM vectors WHERE text NOT IN (SELECT id FROM texts)
            OR space NOT IN (SELECT id FROM spaces)",
        (),
    )?;
    transaction.execute("UPDATE texts SET unused = ?1", [Moment::now().0])?;
    let vectors: i64 =
        transaction.query_row("SELECT count(*) FROM vectors", (), |row| row.get(0))?;
    transaction.commit()?;
    saved.folders = folders;
    saved.settings = settings;
    saved.spaces = spaces;
    saved.vectors = vectors as u64;
    saved.all_folders_and_settings = all_folders && all_settings;
    Ok(saved)
}

/// How many rows could be saved, and whether these are all.
fn copy(from: &Connection, into: &Connection, table: &Table) -> Result<(u64, bool), StoreError> {
    let (forwards, whole) = copy_one_way(from, into, table, "ASC")?;
    if whole {
        return Ok((forwards, true));
    }
    let (backwards, _) = copy_one_way(from, into, table, "DESC")?;
    Ok((forwards + backwards, false))
}

fn copy_one_way(
    from: &Connection,
    into: &Connection,
    table: &Table,
    direction: &str,
) -> Result<(u64, bool), StoreError> {
    let columns = table.columns.join(", ");
    let order: Vec<String> = table.key.iter().map(|key| format!("{key} {direction}")).collect();
    let select = format!("SELECT {columns} FROM {} ORDER BY {}", table.name, order.join(", "));
    let marks = vec!["?"; table.columns.len()].join(", ");
    let mut insert =
        into.prepare(&format!("INSERT OR IGNORE INTO {}({columns}) VALUES ({marks})", table.name))?;
    let Ok(mut statement) = from.prepare(&select) else { return Ok((0, false)) };
    let Ok(mut rows) = statement.query(()) else { return Ok((0, false)) };
    let (mut saved, mut whole) = (0, true);
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok((saved, whole)),
            Err(_) => return Ok((saved, false)),
        };
        let values: rusqlite::Result<Vec<Value>> =
            (0..table.columns.len()).map(|column| row.get(column)).collect();
        match values {
            Ok(values) if is_whole(table, &values) => {
                match insert.execute(params_from_iter(values)) {
                    Ok(added) => saved += added as u64,
                    Err(error) => match StoreError::from(error) {
                        // Only the disk is a reason to stop; a row that does not fit has rotted.
                        full @ StoreError::DiskFull { .. } => return Err(full),
                        _ => whole = false,
                    },
                }
            }
            _ => whole = false,
        }
    }
}

fn is_whole(table: &Table, values: &[Value]) -> bool {
    match values {
        [.., Value::Blob(vector)] if table.name == VECTORS.name => vector_is_whole(vector),
        [.., _] if table.name == VECTORS.name => false,
        _ => true,
    }
}
