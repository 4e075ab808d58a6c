//! Opening: what is refused, who may write, who may read.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use kenning_store::{Access, State, StoreError, Truth};
use rusqlite::Connection;

use crate::child;
use crate::support::{database, expect_whole, ledger, made, open, put, temporary};

fn refusal(folder: &Path, access: Access) -> StoreError {
    Truth::open(folder, access).err().unwrap()
}

/// A folder with a database that these statements were run on.
fn with(statements: &str, check: impl Fn(&Path)) {
    let (_kept, path) = temporary();
    fs::create_dir_all(&path).unwrap();
    Connection::open(database(&path)).unwrap().execute_batch(statements).unwrap();
    let before = fs::read(database(&path)).unwrap();
    check(&path);
    let after = fs::read(database(&path)).unwrap();
    assert!(before == after, "what is refused is left as it is");
}

#[test]
fn what_is_not_ours_or_newer_is_refused_and_left_alone() {
    let ours = 0x4b45_4e4e;
    let table = "CREATE TABLE t (x)";
    for statements in [
        table.to_owned(),
        format!("PRAGMA application_id = 7; PRAGMA user_version = 1; {table}"),
        format!("PRAGMA application_id = {ours}; PRAGMA user_version = 0; {table}"),
        format!("PRAGMA user_version = 1; {table}"),
    ] {
        with(&statements, |path| {
            for access in [Access::Write, Access::Read] {
                let error = refusal(path, access);
                assert!(matches!(error, StoreError::Foreign { .. }), "{statements}: {error}");
            }
        });
    }
    with(&format!("PRAGMA application_id = {ours}; PRAGMA user_version = 99; {table}"), |path| {
        for access in [Access::Write, Access::Read] {
            let error = refusal(path, access);
            assert!(matches!(error, StoreError::Newer { found: 99, known: 1, .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains("kenning.db") && text.contains("newer program"), "{text}");
        }
    });
}

#[test]
fn the_first_version_is_made_whole() {
    let (_kept, path) = temporary();
    open(&path).close().unwrap();
    expect_whole(&path);
    let connection = Connection::open(database(&path)).unwrap();
    let number = |pragma: &str| {
        connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((number("user_version"), number("application_id")), (1, 0x4b45_4e4e));
    assert_eq!(number("auto_vacuum"), 2);
    let mode: String =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_database_that_was_begun_and_not_made_is_made() {
    for begun in [&[][..], b"PRAGMA"] {
        let (_kept, path) = temporary();
        fs::create_dir_all(&path).unwrap();
        fs::write(database(&path), begun).unwrap();
        let truth = Truth::open(&path, Access::Write).unwrap();
        assert_eq!(truth.repairs().len(), usize::from(!begun.is_empty()));
    }
}

#[test]
fn there_is_nothing_to_read_where_nothing_was_written() {
    let (_kept, path) = temporary();
    assert!(matches!(refusal(&path, Access::Read), StoreError::Missing { .. }));
    assert!(!path.exists(), "reading makes nothing");
}

#[test]
fn there_is_one_writer_and_it_is_named() {
    let (_kept, path) = temporary();
    let mut holder =
        child::command(std::env::current_exe().unwrap(), "hold the lock", path.clone())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("holding")));
    match refusal(&path, Access::Write) {
        StoreError::InUse { holder: named, .. } if cfg!(unix) => {
            assert_eq!(named, Some(holder.id()));
        }
        StoreError::InUse { .. } if cfg!(windows) => {}
        other => panic!("{other}"),
    }
    assert!(Truth::open(&path, Access::Read).unwrap().reader().is_ok());
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    let first = open(&path);
    assert!(matches!(refusal(&path, Access::Write), StoreError::InUse { .. }));
    first.close().unwrap();
    open(&path);
}

pub fn hold_the_lock(folder: &Path) {
    let _truth = open(folder);
    println!("holding");
    // The parent lets go by closing the pipe, or by ending.
    let _ = std::io::stdin().lines().next();
}

#[test]
fn a_reader_sees_one_moment_while_the_writer_writes() {
    let (_kept, path) = temporary();
    let mut truth = open(&path);
    let folder = truth.change(|change| change.add_folder(Path::new("/f"), "")).unwrap();
    let mut reader = truth.reader().unwrap();
    let mut other = reader.another().unwrap();
    let reading = thread::spawn(move || {
        let mut most = 0;
        while most < 200 {
            let (one, two, contents) = reader
                .read(|view| {
                    let one = view.ledger()?.all_files();
                    thread::sleep(Duration::from_micros(300));
                    Ok((one, view.ledger()?.all_files(), view.content_ids()?.len() as u64))
                })
                .unwrap();
            assert_eq!((one, one), (two, contents));
            most = one;
        }
    });
    for number in 0..200 {
        let document = made(&number.to_string(), &["x"]);
        truth.change(|change| put(change, folder, &number.to_string(), &document)).unwrap();
    }
    reading.join().unwrap();
    assert_eq!(ledger(&mut other).files(State::Words), 200);
}

#[test]
fn a_change_that_fails_leaves_nothing() {
    let (_kept, path) = temporary();
    let mut truth = open(&path);
    let failed: Result<(), _> = truth.change(|change| {
        change.add_folder(Path::new("/f"), "")?;
        change.set("a", "b")?;
        Err(StoreError::Unfit("told to".into()))
    });
    assert!(failed.is_err());
    let mut reader = truth.reader().unwrap();
    assert_eq!(
        reader.read(|view| Ok((view.folders()?, view.settings()?))).unwrap(),
        (vec![], vec![])
    );
    let mut read_only = Truth::open(&path, Access::Read).unwrap();
    let refused = read_only.change(|change| change.set("a", "b"));
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let (kept, path) = temporary();
    let mut truth = open(&path);
    truth.change(|change| change.set("größe", "七")).unwrap();
    truth.close().unwrap();
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let program = kept.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    allow(&program, 0o755);
    allow(kept.path(), 0o755);
    allow(&database(&path), 0o444);
    allow(&path, 0o555);
    let mut command = child::command(&program, "read only", path.clone());
    if rustix::process::geteuid().is_root() {
        // Nothing is forbidden to root, so somebody else has to try.
        command.uid(65534).gid(65534);
    }
    let output = command.current_dir("/").output().unwrap();
    allow(&path, 0o755);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

pub fn read_what_may_not_be_written(folder: &Path) {
    let mut reader = Truth::open(folder, Access::Read).unwrap().reader().unwrap();
    assert_eq!(reader.read(|view| view.setting("größe")).unwrap().as_deref(), Some("七"));
    let error = refusal(folder, Access::Write);
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
}

#[test]
fn whoever_reads_is_told_that_something_changed() {
    let (_kept, path) = temporary();
    let mut truth = open(&path);
    let reader = truth.reader().unwrap();
    let before = reader.version().unwrap();
    assert_eq!(reader.version().unwrap(), before);
    truth.change(|change| change.set("farbe", "blau")).unwrap();
    let after = reader.version().unwrap();
    assert_ne!(after, before);
    assert_eq!(reader.version().unwrap(), after);
}
