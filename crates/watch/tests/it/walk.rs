//! What a walk finds and what it leaves out, on the real file system.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use kenning_watch::{Found, Reason, Rules, Special, walk};

use crate::stage::write_all;

/// Every file and everything left out, by path inside the folder.
fn found(folder: &Path, rules: &Rules) -> BTreeMap<String, Option<Reason>> {
    let inside = |path: &Path| {
        let path = path.strip_prefix(folder).unwrap_or(path);
        String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned()
    };
    let outcome = |found: Found| match found {
        Found::Folder(_) => None,
        Found::File(entry) => Some((inside(&entry.path), None)),
        Found::LeftOut(left_out) => Some((inside(&left_out.path), Some(left_out.reason))),
    };
    walk(folder, rules).unwrap().filter_map(outcome).collect()
}

fn check(folder: &Path, rules: &Rules, expected: &[(&str, Option<Reason>)]) {
    let expected: BTreeMap<String, Option<Reason>> =
        expected.iter().map(|(path, reason)| ((*path).to_owned(), reason.clone())).collect();
    assert_eq!(found(folder, rules), expected);
}

#[test]
fn links_are_not_followed_and_so_cannot_loop() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["a/b"], &["a/file"]);
    std::os::unix::fs::symlink("..", folder.path().join("a/b/up")).unwrap();
    std::os::unix::fs::symlink("a/file", folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
    std::os::unix::fs::symlink("self", folder.path().join("self")).unwrap();
    let link = || Some(Reason::Link);
    let expected = [
        ("a/b/up", link()),
        ("a/file", None),
        ("broken", link()),
        ("link", link()),
        ("self", link()),
    ];
    check(folder.path(), &Rules::default(), &expected);
}

#[test]
fn a_folder_named_by_a_link_is_walked() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["real"], &["real/file"]);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("real", &link).unwrap();
    check(&link, &Rules::default(), &[("file", None)]);
}

/// Opening the pipe would wait for a writer for ever.
#[test]
fn pipes_sockets_and_devices_are_told_and_never_opened() {
    use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, kind: FileType, device: u64| {
        mknodat(CWD, folder.path().join(name), kind, Mode::RUSR, device)
    };
    make("pipe", FileType::Fifo, 0).unwrap();
    make(".gitignore", FileType::Fifo, 0).unwrap();
    make(".kenningignore", FileType::Fifo, 0).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let special = |special| Some(Reason::Special(special));
    let mut expected = vec![
        (".git", Some(Reason::System)),
        (".gitignore", special(Special::Pipe)),
        (".kenningignore", special(Special::Pipe)),
        ("pipe", special(Special::Pipe)),
        ("socket", special(Special::Socket)),
    ];
    // Only root may make a device, and in some containers not even root.
    if make("device", FileType::CharacterDevice, makedev(1, 3)).is_ok() {
        expected.push(("device", special(Special::CharacterDevice)));
    }
    check(folder.path(), &Rules::default(), &expected);
}

#[test]
fn names_that_are_not_utf8_are_files_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    // Some file systems refuse such names, and then there is nothing to find.
    if fs::write(folder.path().join(name), "x").is_ok() {
        let walked: Vec<Found> = walk(folder.path(), &Rules::default()).unwrap().collect();
        let is_it = |found: &Found| match found {
            Found::File(entry) => entry.path.file_name() == Some(name) && entry.stamp.size == 1,
            _ => false,
        };
        assert!(walked.iter().any(is_it), "{walked:?}");
    }
}

#[test]
fn a_sparse_file_is_as_large_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, size: u64| {
        File::create(folder.path().join(name)).unwrap().set_len(size).unwrap();
    };
    make("sparse", 1 << 20);
    make("huge", 2 << 30);
    let expected = [("sparse", None), ("huge", Some(Reason::TooLarge))];
    check(folder.path(), &Rules::default(), &expected);
}

#[test]
fn times_in_the_future_and_at_the_epoch_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let far = UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    for (name, time) in [("epoch", UNIX_EPOCH), ("future", far)] {
        File::create(folder.path().join(name)).unwrap().set_modified(time).unwrap();
    }
    let times: BTreeMap<String, i64> = walk(folder.path(), &Rules::default())
        .unwrap()
        .filter_map(|found| match found {
            Found::File(entry) => Some(entry),
            _ => None,
        })
        .map(|entry| (entry.path.file_name().unwrap().to_str().unwrap().to_owned(), entry.stamp))
        .map(|(name, stamp)| (name, stamp.modified))
        .collect();
    let expected = [("epoch", 0), ("future", 4_000_000_000_000_000_000)];
    assert_eq!(times, expected.map(|(name, time)| (name.to_owned(), time)).into());
}

#[test]
fn a_folder_that_is_not_there_or_is_a_file_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[], &["file"]);
    let check = |name: &str, expected: std::io::ErrorKind| {
        let path = folder.path().join(name);
        let reasons: Vec<_> = found(&path, &Rules::default()).into_values().collect();
        assert_eq!(reasons, [Some(Reason::Unreadable(expected))], "{name}");
    };
    check("nowhere", std::io::ErrorKind::NotFound);
    check("file", std::io::ErrorKind::NotADirectory);
}

#[test]
fn what_the_kernel_makes_up_is_left_out() {
    let reasons: Vec<_> = found(Path::new("/proc"), &Rules::default()).into_values().collect();
    assert_eq!(reasons, [Some(Reason::System)]);
}

#[test]
fn folders_nested_as_deep_as_the_system_allows_are_walked() {
    let folder = tempfile::tempdir().unwrap();
    let mut path = folder.path().to_owned();
    let mut depth = 0;
    while fs::create_dir(&path).is_ok() || depth == 0 {
        path.push("d");
        depth += 1;
    }
    let counted = walk(folder.path(), &Rules::default()).unwrap();
    let folders = counted.filter(|found| matches!(found, Found::Folder(_))).count();
    assert_eq!(folders, depth);
    assert!(depth > 500, "{depth}");
}

#[test]
fn files_and_what_is_left_out_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..5000).map(|n| format!("{}/{}/{n}.txt", n % 7, n % 50)).collect();
    write_all(folder.path(), &[], &names.iter().map(String::as_str).collect::<Vec<_>>());
    for number in 0..250 {
        fs::write(folder.path().join(format!("3/.hidden{number}")), "x").unwrap();
    }
    let began = Instant::now();
    let found = found(folder.path(), &Rules::default());
    let took = began.elapsed();
    assert_eq!(found.values().filter(|reason| reason.is_none()).count(), 5000);
    assert_eq!(found.values().filter(|reason| **reason == Some(Reason::Hidden)).count(), 250);
    assert_eq!(found.len(), 5250);
    assert!(took < Duration::from_secs(10), "{took:?}");
}
