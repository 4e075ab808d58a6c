//! What is told of the watched folders themselves: several, nested, vanishing and coming back.

use std::fs;
use std::time::Duration;

use kenning_watch::{Settings, Stamp};

use crate::stage::{Stage, settings, stamp, write_all};

#[test]
fn a_move_between_watched_folders_is_a_rename() {
    let mut stage = Stage::of(&["one", "two"], &["one/a", "one/d/b", "two/c"], &[], settings());
    assert_eq!(stage.told(), ["+ one/a", "+ one/d/b", "+ two/c"]);
    stage.rename("one/a", "two/a");
    stage.expect(&["one/a → two/a"]);
    stage.rename("one/d", "two/d");
    stage.expect(&["one/d/b → two/d/b"]);
    stage.write("two/d/e", "x");
    stage.expect(&["+ two/d/e"]);
}

#[test]
fn a_move_between_watched_folders_while_nobody_watched_is_a_rename() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["one", "two"], &["one/a"]);
    let known = [("one/a", stamp(&folder.path().join("one/a")))];
    fs::rename(folder.path().join("one/a"), folder.path().join("two/b")).unwrap();
    let mut stage = Stage::over(folder, &["one", "two"], &known, settings());
    assert_eq!(stage.told(), ["one/a → two/b"]);
}

#[test]
fn nested_folders_tell_each_file_once() {
    let mut stage = Stage::of(
        &["w", "w/in/ner", "w/.hidden", "w"],
        &["w/a", "w/in/ner/b", "w/.hidden/c"],
        &[],
        settings(),
    );
    assert_eq!(stage.told(), ["! w/.hidden Hidden", "+ w/.hidden/c", "+ w/a", "+ w/in/ner/b"]);
    stage.write("w/in/ner/d", "x");
    stage.expect(&["+ w/in/ner/d"]);
    stage.rename("w/in/ner/d", "w/in/d");
    stage.expect(&["w/in/ner/d → w/in/d"]);
    fs::remove_file(stage.path("w/.hidden/c")).unwrap();
    stage.expect(&["- w/.hidden/c"]);
    fs::remove_file(stage.path("w/in/ner/b")).unwrap();
    stage.expect(&["- w/in/ner/b"]);
}

#[test]
fn a_folder_and_a_link_to_it_are_one() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["real"], &["real/a"]);
    std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
    let mut stage = Stage::over(folder, &["link"], &[], settings());
    assert_eq!(stage.told(), ["+ link/a"]);
    stage.write("real/b", "x");
    stage.expect(&["+ link/b"]);
}

#[test]
fn a_folder_that_vanishes_and_comes_back_loses_nothing() {
    let mut stage = Stage::new(&["w/a", "w/d/b", "w/d/c"]);
    stage.told();
    stage.rename("w", "away");
    stage.wait_for_line("gone w");
    assert_eq!(stage.told(), ["gone w"]);
    stage.write("away/d/b", "changed while it was away");
    stage.rename("away", "w");
    stage.wait_for_line("~ w/d/b");
    stage.walk_again();
    assert_eq!(stage.told(), ["back w", "~ w/d/b"]);
    stage.write("w/d/c", "watched again");
    stage.expect(&["~ w/d/c"]);
}

#[test]
fn a_folder_that_is_deleted_takes_no_document_from_anybody() {
    let quick = Settings { quiet: Duration::from_millis(500), ..settings() };
    let mut stage = Stage::of(&["w"], &["w/a", "w/d/b"], &[], quick);
    stage.told();
    fs::remove_dir_all(stage.path("w")).unwrap();
    stage.wait_for_line("gone w");
    assert_eq!(stage.told(), ["gone w"]);
    stage.write("w/a", "w/a");
    stage.wait_for_line("- w/d/b");
    stage.walk_again();
    assert_eq!(stage.told(), ["- w/d/b", "back w", "~ w/a"]);
}

#[test]
fn a_folder_may_come_after_the_watcher() {
    let mut stage = Stage::of(&["w"], &["w/a"], &[], settings());
    stage.told();
    let folder = tempfile::tempdir().unwrap();
    let mut later = Stage::over(folder, &["later"], &[], settings());
    later.wait_for_line("gone later");
    later.write("later/a", "x");
    later.wait_for_line("+ later/a");
    assert_eq!(later.told(), ["+ later/a", "back later", "gone later"]);
}

/// As when a drive is unplugged: its files were on another device than the empty folder.
#[test]
fn an_empty_mount_point_is_not_a_folder_whose_files_were_deleted() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["w"], &["file"]);
    let here = stamp(&folder.path().join("file"));
    let id = here.id.map(|id| kenning_watch::FileId { device: id.device + 1, ..id });
    let known = [("w/a", Stamp { id, ..here })];
    let (watcher, changes) = kenning_watch::Watcher::start(
        &[folder.path().join("w")],
        known.map(|(path, stamp)| (folder.path().join(path), stamp)),
        settings(),
    )
    .unwrap();
    let first = changes.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(first, kenning_watch::Change::FolderGone(folder.path().join("w")));
    drop(watcher);
}
