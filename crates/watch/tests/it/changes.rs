//! What is told when files are made, changed, moved and removed in one watched folder.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kenning_watch::{Rules, Settings};

use crate::stage::{Stage, settings, stamp, write_all};

#[test]
fn the_first_walk_tells_what_is_there() {
    let mut stage = Stage::new(&["w/a", "w/deep/b", "w/.hidden"]);
    assert_eq!(stage.told(), ["! w/.hidden Hidden", "+ w/a", "+ w/deep/b"]);
}

#[test]
fn a_restart_tells_only_what_changed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &["w"], &["w/same", "w/changed", "w/old name", "w/gone"]);
    let known = ["w/same", "w/changed", "w/old name", "w/gone", "elsewhere"]
        .map(|name| (name, stamp(&folder.path().join(name.replace("elsewhere", "w/gone")))));
    fs::write(folder.path().join("w/changed"), "longer than it was before").unwrap();
    fs::rename(folder.path().join("w/old name"), folder.path().join("w/new name")).unwrap();
    fs::remove_file(folder.path().join("w/gone")).unwrap();
    let mut stage = Stage::over(folder, &["w"], &known, settings());
    assert_eq!(stage.told(), ["- w/gone", "w/old name → w/new name", "~ w/changed"]);
}

#[test]
fn files_that_come_change_and_go_are_told() {
    let mut stage = Stage::new(&["w/a"]);
    stage.told();
    stage.write("w/b", "new");
    stage.expect(&["+ w/b"]);
    stage.write("w/a", "truncated and written anew");
    stage.expect(&["~ w/a"]);
    fs::remove_file(stage.path("w/b")).unwrap();
    stage.expect(&["- w/b"]);
}

#[test]
fn renames_and_moves_keep_the_file() {
    let mut stage = Stage::new(&["w/a", "w/one/b", "w/two/c"]);
    stage.told();
    stage.rename("w/a", "w/A");
    stage.expect(&["w/a → w/A"]);
    stage.rename("w/one/b", "w/two/b");
    stage.expect(&["w/one/b → w/two/b"]);
    stage.rename("w/two", "w/three");
    stage.expect(&["w/two/b → w/three/b", "w/two/c → w/three/c"]);
    // The folder is watched under its new name, and no longer under the old.
    stage.write("w/three/d", "x");
    stage.expect(&["+ w/three/d"]);
    stage.rename("w/three", "w/two");
    stage.expect(&["w/three/b → w/two/b", "w/three/c → w/two/c", "w/three/d → w/two/d"]);
    stage.write("w/two/d", "xyz");
    stage.expect(&["~ w/two/d"]);
}

#[test]
fn a_file_that_is_renamed_and_at_once_written_is_not_lost() {
    let mut stage = Stage::new(&["w/a"]);
    stage.told();
    stage.rename("w/a", "w/b");
    stage.write("w/b", "something else altogether");
    stage.expect(&["+ w/b", "- w/a"]);
}

#[test]
fn moving_out_of_the_folder_removes_and_moving_in_adds() {
    let mut stage = Stage::of(&["w"], &["w/a", "w/d/b", "out/c"], &[], settings());
    stage.told();
    stage.rename("w/d", "out/d");
    stage.expect(&["- w/d/b"]);
    stage.rename("out", "w/in");
    stage.expect(&["+ w/in/c", "+ w/in/d/b"]);
}

#[test]
fn an_editor_that_saves_by_replacing_changes_the_file() {
    let mut stage = Stage::new(&["w/a"]);
    stage.told();
    for turn in 0..3 {
        stage.write("w/a.tmp", &format!("turn {turn}"));
        stage.rename("w/a.tmp", "w/a");
        stage.expect(&["~ w/a"]);
    }
    // Slowly, so that the other name is told too; with a copy of the old file left beside.
    stage.write("w/b.tmp", "slow");
    stage.expect(&["+ w/b.tmp"]);
    stage.rename("w/b.tmp", "w/a");
    stage.expect(&["- w/b.tmp", "~ w/a"]);
    stage.rename("w/a", "w/a~");
    stage.write("w/a", "with a copy");
    stage.expect(&["+ w/a~", "~ w/a"]);
}

#[test]
fn a_file_that_never_stops_growing_is_told_all_the_same() {
    let mut stage = Stage::new(&[]);
    let mut file = OpenOptions::new().append(true).create(true).open(stage.path("w/log")).unwrap();
    let is_done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = {
        let is_done = is_done.clone();
        std::thread::spawn(move || {
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                file.write_all(b"more\n").unwrap();
                sleep(Duration::from_millis(5));
            }
        })
    };
    stage.wait_for_line("+ w/log");
    stage.told();
    stage.wait_for_line("~ w/log");
    is_done.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
}

#[test]
fn what_decides_is_size_time_and_id_and_no_clock() {
    let mut stage = Stage::new(&["w/a", "w/b"]);
    stage.told();
    let set = |stage: &Stage, name: &str, time: SystemTime| {
        File::options().write(true).open(stage.path(name)).unwrap().set_modified(time).unwrap();
    };
    for time in [UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(4_000_000_000), UNIX_EPOCH] {
        set(&stage, "w/a", time);
        stage.expect(&["~ w/a"]);
    }
    // The same time and another size; the same time and size and another file.
    stage.write("w/a", "another size");
    set(&stage, "w/a", UNIX_EPOCH);
    stage.expect(&["~ w/a"]);
    stage.write("w/c", "Another Size");
    set(&stage, "w/c", UNIX_EPOCH);
    stage.rename("w/c", "w/a");
    stage.expect(&["~ w/a"]);
    // Nothing but the permissions: no change.
    let mut permissions = fs::metadata(stage.path("w/b")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(stage.path("w/b"), permissions).unwrap();
    stage.write("w/d", "to know when it was seen");
    stage.expect(&["+ w/d"]);
}

#[test]
fn files_in_folders_made_a_moment_ago_are_found() {
    let mut stage = Stage::new(&[]);
    for turn in 0..5 {
        let name = format!("w/{turn}/b/c/d/file");
        stage.write(&name, "deep");
        stage.expect(&[&format!("+ {name}")]);
        let beside = format!("w/{turn}/b/c/d/later");
        stage.write(&beside, "watched by now");
        stage.expect(&[&format!("+ {beside}")]);
    }
}

#[test]
fn a_folder_that_is_removed_takes_its_files_along() {
    let mut stage = Stage::new(&["w/d/a", "w/d/e/b", "w/d/.c"]);
    stage.told();
    fs::remove_dir_all(stage.path("w/d")).unwrap();
    stage.expect(&["- w/d/.c", "- w/d/a", "- w/d/e/b"]);
    stage.write("w/d", "a file of the same name");
    stage.expect(&["+ w/d"]);
    fs::remove_file(stage.path("w/d")).unwrap();
    stage.write("w/d/again", "and a folder once more");
    stage.expect(&["+ w/d/again", "- w/d"]);
}

#[test]
fn hard_links_are_files_of_their_own() {
    let mut stage = Stage::new(&["w/a"]);
    stage.told();
    fs::hard_link(stage.path("w/a"), stage.path("w/b")).unwrap();
    stage.expect(&["+ w/b"]);
    stage.rename("w/b", "w/c");
    stage.expect(&["w/b → w/c"]);
    fs::remove_file(stage.path("w/a")).unwrap();
    stage.expect(&["- w/a"]);
}

#[test]
fn a_name_that_is_not_utf8_is_told_as_it_is() {
    let mut stage = Stage::new(&[]);
    let name = stage.path("w").join(std::ffi::OsStr::from_bytes(b"\xff\xfe.txt"));
    if fs::write(&name, "x").is_ok() {
        stage.expect(&[&format!(
            "+ w/{}",
            std::path::Path::new(name.file_name().unwrap()).display()
        )]);
    }
}

#[test]
fn thousands_of_events_in_a_burst_lose_nothing() {
    let mut stage = Stage::new(&[]);
    let count = 3000;
    for number in 0..count {
        stage.write(&format!("w/{}/{number}", number % 20), "x");
    }
    let mut expected: Vec<String> =
        (0..count).map(|number| format!("+ w/{}/{number}", number % 20)).collect();
    expected.sort();
    stage.wait_for_count(count);
    assert_eq!(stage.told(), expected);
    for number in 0..20 {
        fs::remove_dir_all(stage.path(&format!("w/{number}"))).unwrap();
    }
    stage.wait_for_count(count);
    let expected: Vec<String> = expected.iter().map(|line| line.replace('+', "-")).collect();
    assert_eq!(stage.told(), expected);
}

#[test]
fn an_ignore_file_that_changes_changes_what_is_read() {
    let mut stage = Stage::new(&["w/a.log", "w/a.txt", "w/d/b.log", "w/e/c.log"]);
    stage.told();
    stage.write("w/.kenningignore", "*.log\n!d/b.log\ne/\n");
    stage.expect(&[
        "! w/.kenningignore Hidden",
        "! w/a.log by w/.kenningignore",
        "! w/e by w/.kenningignore",
        "- w/e/c.log",
    ]);
    stage.write("w/d/.kenningignore", "*.log\n");
    stage.expect(&["! w/d/.kenningignore Hidden", "! w/d/b.log by w/d/.kenningignore"]);
    fs::remove_file(stage.path("w/.kenningignore")).unwrap();
    stage.expect(&["+ w/a.log", "+ w/e/c.log", "- w/.kenningignore", "- w/e"]);
}

#[test]
fn a_gitignore_counts_from_the_moment_there_is_a_repository() {
    let mut stage = Stage::new(&["w/a.log"]);
    stage.told();
    stage.write("w/.gitignore", "*.log\n");
    stage.expect(&["! w/.gitignore Hidden"]);
    fs::create_dir(stage.path("w/.git")).unwrap();
    stage.expect(&["! w/.git System", "! w/a.log by w/.gitignore"]);
    fs::remove_dir(stage.path("w/.git")).unwrap();
    stage.expect(&["+ w/a.log", "- w/.git"]);
}

#[test]
fn what_is_left_out_is_not_watched_and_what_outgrows_the_limit_is_left_out() {
    let mut stage = Stage::with_rules(&["w/a"], Rules { largest: 10, ..Rules::default() });
    stage.told();
    stage.write("w/.cache/x", "inside what is hidden");
    stage.expect(&["! w/.cache Hidden"]);
    stage.write("w/.cache/y", "unseen");
    stage.write("w/a", "more than ten bytes");
    stage.expect(&["! w/a TooLarge"]);
    stage.write("w/a", "fewer");
    stage.expect(&["+ w/a"]);
    stage.rename("w/.cache", "w/cache");
    stage.expect(&["! w/cache/x TooLarge", "+ w/cache/y", "- w/.cache"]);
}

#[test]
fn a_walk_by_the_timer_finds_what_no_event_told() {
    // So long a quiet that no event is looked at.
    let quiet = Duration::from_secs(3600);
    let reconcile = Duration::from_millis(300);
    let settings = Settings { quiet, longest: quiet, reconcile, ..settings() };
    let mut stage = Stage::of(&["w"], &["w/a"], &[], settings);
    stage.told();
    stage.write("w/b", "x");
    stage.wait_for_line("+ w/b");
    fs::remove_file(stage.path("w/a")).unwrap();
    stage.wait_for_line("- w/a");
}

#[test]
fn a_walk_on_demand_finds_what_no_event_told() {
    let quiet = Duration::from_secs(3600);
    let mut stage =
        Stage::of(&["w"], &["w/a"], &[], Settings { quiet, longest: quiet, ..settings() });
    stage.told();
    stage.rename("w/a", "w/b");
    stage.walk_again();
    assert_eq!(stage.told(), ["w/a → w/b"]);
}

#[test]
fn letting_go_of_the_watcher_ends_its_thread() {
    assert!(Stage::new(&["w/a"]).drop_watcher());
}
