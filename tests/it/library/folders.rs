//! Folders come and go, lie in each other, cannot be reached, and belong to one writer.

use std::fs;

use kenning_engine::State::{LeftOut, Meaning};
use kenning_engine::{Access, LibraryError, Rest, Rules};

use super::stage::Stage;

#[test]
fn a_folder_is_added_given_rules_and_removed() {
    let stage = Stage::opened(&["a.txt", "b.md", "c/d.txt"]);
    stage.wait();
    let library = stage.library();
    let [first] = &library.folders()[..] else { panic!("one folder") };
    assert!(first.is_walked && !first.is_gone);
    let rules = Rules { exclude: vec!["*.md".into()], ..Rules::default() };
    let again = library.add_folder(&stage.path("../w"), rules).unwrap();
    assert_eq!(again, first.folder.id, "a folder is known by any of its names");
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("b.md", LeftOut), ("c/d.txt", Meaning)]);
    library.add_folder(&stage.path(""), Rules::default()).unwrap();
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("b.md", Meaning), ("c/d.txt", Meaning)]);
    library.remove_folder(again).unwrap();
    stage.wait();
    stage.expect(&[]);
    assert!(matches!(library.remove_folder(again), Err(LibraryError::UnknownFolder(_))));
    assert_eq!(stage.counting.embedded(), (3, 1));
}

#[test]
fn what_cannot_be_watched_is_refused_and_leaves_nothing_behind() {
    let stage = Stage::opened(&["a.txt"]);
    stage.wait();
    let library = stage.library();
    for path in ["nirgends", "a.txt"] {
        let refused = library.add_folder(&stage.path(path), Rules::default());
        assert!(matches!(refused, Err(LibraryError::NotAFolder(_))), "{path}");
    }
    let rules = Rules { exclude: vec!["{".into()], ..Rules::default() };
    fs::create_dir(stage.root.path().join("x")).unwrap();
    let refused = library.add_folder(&stage.root.path().join("x"), rules.clone());
    assert!(matches!(refused, Err(LibraryError::Watch(_))));
    assert!(library.add_folder(&stage.path(""), rules).is_err());
    stage.wait();
    stage.expect(&[("a.txt", Meaning)]);
    assert_eq!(library.folders().len(), 1);
    let elsewhere = library.read_again(&stage.root.path().join("x/y"));
    assert!(matches!(elsewhere, Err(LibraryError::NotWatched(_))));
}

#[test]
fn a_folder_within_another_has_its_files_to_itself() {
    let mut stage = Stage::opened(&["a.txt", "in/b.txt", "in/c/d.txt"]);
    stage.wait();
    let library = stage.library();
    let inner = library.add_folder(&stage.path("in"), Rules::default()).unwrap();
    stage.wait();
    let all = [("a.txt", Meaning), ("in/b.txt", Meaning), ("in/c/d.txt", Meaning)];
    stage.expect(&all);
    stage.write("in/e.txt", "Neu darin.");
    stage.rename("a.txt", "in/a.txt");
    stage.settle();
    let moved = [
        ("in/a.txt", Meaning),
        ("in/b.txt", Meaning),
        ("in/c/d.txt", Meaning),
        ("in/e.txt", Meaning),
    ];
    stage.expect(&moved);
    stage.restart();
    stage.wait();
    stage.expect(&moved);
    stage.library().remove_folder(inner).unwrap();
    stage.settle();
    stage.expect(&moved);
    assert_eq!(stage.counting.embedded(), (4, 1));
}

#[test]
fn a_folder_that_vanishes_keeps_what_is_known_of_it() {
    let mut stage = Stage::opened(&["a.txt", "b.txt"]);
    stage.wait();
    let away = stage.root.path().join("away");
    fs::rename(stage.path(""), &away).unwrap();
    stage.wait_for("the folder to be missed", |stage| stage.library().folders()[0].is_gone);
    stage.wait();
    assert_eq!(stage.states().len(), 2);
    // It is missed at the start, too.
    stage.restart();
    stage.wait();
    assert_eq!(stage.states().len(), 2);
    fs::write(away.join("c.txt"), "Inzwischen geschrieben.").unwrap();
    fs::rename(&away, stage.path("")).unwrap();
    stage.wait_for("the folder to be back", |stage| stage.states().len() == 3);
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning), ("c.txt", Meaning)]);
    assert_eq!(stage.counting.embedded(), (3, 1));
}

#[test]
fn one_writes_and_others_read_or_are_told_who_writes() {
    let stage = Stage::opened(&["a.txt"]);
    stage.wait();
    let holder = format!("process {}", std::process::id());
    let refused = stage.open_again(Access::Write).err().unwrap();
    assert!(refused.to_string().contains(&holder), "{refused}");
    for access in [Access::Read, Access::WriteElseRead] {
        let second = stage.open_again(access).unwrap();
        assert!(second.read_only().is_some());
        let refused = second.add_folder(&stage.path(""), Rules::default()).unwrap_err();
        assert!(matches!(refused, LibraryError::ReadOnly(_)), "{refused}");
        assert_eq!(second.progress().ledger.all_files(), 1);
        let mut searcher = second.searcher().unwrap();
        assert_eq!(searcher.truth.read(|view| view.content_ids()).unwrap().len(), 1);
        assert_eq!(second.wait_until_idle(), Rest::Closed);
    }
    let why = stage.open_again(Access::WriteElseRead).unwrap();
    assert!(why.read_only().unwrap().contains(&holder));
}
