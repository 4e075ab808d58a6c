//! What is read once is kept, and follows its file wherever that goes.

use std::fs;
use std::time::{Duration, SystemTime};

use kenning_engine::State::{LeftOut, Meaning, Skipped, Waiting};
use kenning_engine::{Options, WatchSettings};
use kenning_tests::made::{SENTENCES, sound};

use super::stage::{Stage, options};

#[test]
fn files_of_every_format_come_to_be_found_by_their_meaning() {
    let mut stage = Stage::new(&[]);
    let all = sound();
    for (number, file) in all.iter().enumerate() {
        stage.write(&format!("{number}/{}", file.name), file.bytes());
    }
    stage.open();
    stage.add("");
    stage.wait();
    stage.expect_whole();
    let states = stage.states();
    for (number, file) in all.iter().enumerate() {
        let name = format!("{number}/{}", file.name);
        let expected = if file.says.is_empty() { Skipped } else { Meaning };
        assert_eq!(states[&name].0, expected, "{name}: {}", states[&name].1);
        if expected == Meaning {
            let text = stage.text(&name).unwrap();
            assert!(text.contains(&file.says), "{name}: {text}");
        }
    }
    let (_, most) = stage.counting.embedded();
    assert_eq!(most, 1, "nothing is embedded twice");
}

#[test]
fn a_rename_a_copy_a_touch_and_a_restart_embed_nothing() {
    let mut stage = Stage::new(&[]);
    for (number, sentence) in SENTENCES.iter().enumerate() {
        stage.write(&format!("{number}.txt"), sentence);
    }
    stage.open();
    stage.add("");
    stage.wait();
    let before = stage.counting.embedded();
    assert_eq!(before, (SENTENCES.len(), 1));

    fs::create_dir(stage.path("neu")).unwrap();
    stage.rename("0.txt", "neu/anders.txt");
    fs::copy(stage.path("1.txt"), stage.path("neu/kopie.txt")).unwrap();
    let later = SystemTime::now() + Duration::from_secs(7);
    fs::File::options()
        .append(true)
        .open(stage.path("2.txt"))
        .unwrap()
        .set_modified(later)
        .unwrap();
    stage.settle();
    stage.expect_whole();
    assert_eq!(stage.text("neu/anders.txt").as_deref(), Some(SENTENCES[0]));
    assert_eq!(stage.text("neu/kopie.txt").as_deref(), Some(SENTENCES[1]));
    assert!(stage.states().values().all(|(state, _)| *state == Meaning));

    stage.restart();
    stage.wait();
    // While nobody watches, too.
    stage.close();
    stage.rename("3.txt", "neu/drei.txt");
    fs::rename(stage.path("neu"), stage.path("alt")).unwrap();
    stage.open();
    stage.wait();
    stage.expect_whole();
    assert!(stage.states().values().all(|(state, _)| *state == Meaning));
    assert_eq!(stage.counting.embedded(), before);
}

#[test]
fn what_is_deleted_is_forgotten_and_embedded_no_second_time_when_it_comes_back() {
    let stage = Stage::opened(&["a.txt", "b.txt", "c/d.txt"]);
    stage.wait();
    fs::remove_file(stage.path("a.txt")).unwrap();
    fs::remove_dir_all(stage.path("c")).unwrap();
    stage.settle();
    stage.expect(&[("b.txt", Meaning)]);
    stage.write("z.txt", "Der Text von a.txt");
    stage.settle();
    stage.expect(&[("b.txt", Meaning), ("z.txt", Meaning)]);
    assert_eq!(stage.counting.embedded(), (3, 1));
}

#[test]
fn what_changes_is_read_again() {
    let stage = Stage::opened(&["a.txt"]);
    stage.wait();
    stage.write("a.txt", "Ein anderer Text.");
    // Without being asked to look.
    stage.wait_for("the new text", |stage| {
        stage.text("a.txt").as_deref() == Some("Ein anderer Text.")
    });
    stage.wait();
    stage.expect(&[("a.txt", Meaning)]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_changes_while_it_is_read_is_read_as_it_is_in_the_end() {
    // Reading it takes four seconds.
    let mut stage = Stage::new(&[]);
    stage.write("a.txt", "HOSTILE slow");
    stage.open();
    stage.add("");
    stage.wait_for("it to be read", |stage| !stage.library().progress().reading.is_empty());
    stage.write("a.txt", "Nun steht hier etwas anderes.");
    stage.wait();
    assert_eq!(stage.text("a.txt").as_deref(), Some("Nun steht hier etwas anderes."));
}

#[test]
fn every_file_has_its_line_in_the_ledger_whether_it_is_read_or_not() {
    let stage = Stage::opened(&["gut.txt", ".versteckt", ".git/config", "weg/x.txt"]);
    stage.write("leer.txt", "");
    stage.write(".kenningignore", "weg/\n");
    stage.write("bild.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    #[cfg(unix)]
    std::os::unix::fs::symlink(stage.path("gut.txt"), stage.path("verweis.txt")).unwrap();
    stage.settle();
    let states = stage.states();
    let check = |name: &str, state, code: &str| {
        assert_eq!(states[name], (state, code.to_owned()), "{name}");
    };
    check("gut.txt", Meaning, "");
    check(".versteckt", LeftOut, "hidden");
    check(".git", LeftOut, "system");
    check("weg", LeftOut, "ignored");
    check("leer.txt", Skipped, "empty");
    check("bild.png", Skipped, "unsupported");
    #[cfg(unix)]
    check("verweis.txt", LeftOut, "link");
    // What is not left out any more is read, and what is gone is gone.
    fs::remove_file(stage.path(".kenningignore")).unwrap();
    fs::remove_dir_all(stage.path(".git")).unwrap();
    stage.settle();
    let states = stage.states();
    assert_eq!(states["weg/x.txt"].0, Meaning);
    assert!(!states.contains_key(".git") && !states.contains_key("weg"), "{states:?}");
    stage.expect_whole();
}

#[test]
fn what_was_left_out_and_went_while_nobody_watched_is_forgotten() {
    let mut stage = Stage::opened(&["a.txt", ".b", ".c"]);
    stage.wait();
    stage.close();
    fs::remove_file(stage.path(".b")).unwrap();
    stage.open();
    stage.wait();
    stage.expect(&[(".c", LeftOut), ("a.txt", Meaning)]);
    stage.expect_whole();
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_is_moved_before_its_turn_is_read_where_it_is_then() {
    // They keep both readers busy for four seconds.
    let mut stage = Stage::new(&[]);
    stage.write("lang.txt", "HOSTILE slow");
    stage.write("länger.txt", "HOSTILE slow at last");
    stage.open();
    stage.add("");
    stage.wait_for("them to be read", |stage| stage.library().progress().reading.len() == 2);
    stage.write("a.txt", "Ein Text, der wandert.");
    stage.wait_for("its turn", |stage| stage.library().progress().ledger.files(Waiting) == 3);
    stage.rename("a.txt", "b.txt");
    stage.wait_for("it to be moved", |stage| stage.states().contains_key("b.txt"));
    stage.wait();
    assert_eq!(stage.states()["b.txt"], (Meaning, String::new()));
}

/// Its reader looks for it before the watcher has told where it went.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_is_told_to_have_moved_after_it_was_missed_is_read_where_it_is() {
    let late = Duration::from_secs(2);
    let watching = WatchSettings { quiet: late, longest: late, ..options().watching };
    let first_retry = Duration::from_secs(600);
    // Both readers are busy for four seconds before its turn comes.
    let mut stage = Stage::new(&["a.txt"]);
    stage.write("lang.txt", "HOSTILE slow");
    stage.write("länger.txt", "HOSTILE slow at last");
    stage.open_with(Options { watching, first_retry, ..options() });
    stage.add("");
    stage.wait_for("them to be read", |stage| stage.library().progress().reading.len() == 2);
    std::thread::sleep(Duration::from_secs(3));
    stage.rename("a.txt", "b.txt");
    stage.wait_for("it to be missed", |stage| {
        stage.states().get("a.txt").is_some_and(|(_, reason)| reason == "vanished")
    });
    stage.wait_for("it to be moved", |stage| stage.states().contains_key("b.txt"));
    stage.wait();
    assert_eq!(stage.states()["b.txt"], (Meaning, String::new()));
}
