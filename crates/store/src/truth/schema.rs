//! The versions of the database, and how an older one becomes the newest.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;
use crate::fail;

/// The letters KENN, by which a database is known as ours.
pub(super) const APPLICATION: i64 = 0x4b45_4e4e;

/// What makes each version of the one before; the first of nothing.
const MIGRATIONS: &[&str] = &[include_str!("schema_1.sql")];

pub(super) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// What a database says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Version(i64),
}

/// The version of a database, which must be ours and not newer than we know.
pub(super) fn found(connection: &Connection) -> Result<Found, StoreError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let application: i64 = number("application_id")?;
    let version: i64 = number("user_version")?;
    let file = || connection.path().unwrap_or_default().into();
    let not_ours = || match is_like_ours(connection) {
        Ok(true) => StoreError::damaged("its header is not what was written"),
        Ok(false) => StoreError::Foreign { file: file() },
        Err(error) => error,
    };
    if application == 0 && version == 0 {
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
        return if tables == 0 { Ok(Found::Nothing) } else { Err(not_ours()) };
    }
    // Both are written in one transaction, so ours never has the one without the other.
    if application != APPLICATION || version < 1 {
        return Err(not_ours());
    }
    if version > NEWEST {
        return Err(StoreError::Newer { file: file(), found: version, known: NEWEST });
    }
    Ok(Found::Version(version))
}

/// Whether it has the tables that nobody else's has, so that only its header has rotted.
fn is_like_ours(connection: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('change_log', 'ledger', 'gaps')",
        (),
        |row| row.get(0),
    )?;
    Ok(tables == 3)
}

/// Brings the database to the newest version, all at once or not at all.
pub(super) fn migrate(connection: &mut Connection, from: Found) -> Result<(), StoreError> {
    let done = match from {
        Found::Nothing => 0,
        Found::Version(NEWEST) => return Ok(()),
        Found::Version(version) => version as usize,
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in &MIGRATIONS[done..] {
        transaction.execute_batch(migration)?;
    }
    if from == Found::Nothing {
        // Makes the tables of statistics now. Made later they would have the description of all
        // tables lie all over the file, where a single damaged page hides everything.
        transaction.execute_batch("ANALYZE")?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", NEWEST)?;
    fail::point("truth.before_migration");
    transaction.commit()?;
    fail::point("truth.after_migration");
    Ok(())
}
