//! Derived step by step, derived anew, after a kill, after damage: always what the truth says.

mod made;
mod random;

use std::collections::BTreeMap;
use std::fs;

use kenning_domain::{PassageId, Tag};
use kenning_store::index::{NameWord, Phrase, Word, WordQuery};

use super::*;
use made::{Document, World, always, never};

/// The passages that answer, by their contents' order of coming and their ordinals.
fn passages(snapshot: &Snapshot, query: WordQuery<'_>) -> Vec<(i64, u32)> {
    let found = snapshot.words.best(&query, 1_000).unwrap();
    let mut found: Vec<_> = found.iter().map(|(id, _)| (id.content().0, id.ordinal())).collect();
    found.sort_unstable();
    found
}

fn stem(word: &str) -> WordQuery<'static> {
    WordQuery { words: vec![Word::stem(word)], ..WordQuery::default() }
}

fn phrase(words: &[&str]) -> WordQuery<'static> {
    WordQuery { must: vec![Phrase::of(words)], ..WordQuery::default() }
}

fn names(snapshot: &Snapshot, word: &str) -> Vec<i64> {
    let word = NameWord { terms: vec![word.to_owned()], prefix: None };
    let mut found: Vec<i64> =
        snapshot.words.names(&[word], 1_000).unwrap().iter().map(|(id, _)| id.0).collect();
    found.sort_unstable();
    found
}

/// Every passage's similarity to one query, rounded.
fn similarities(snapshot: &Snapshot) -> BTreeMap<PassageId, i64> {
    let Some(meaning) = &snapshot.meaning else { return BTreeMap::new() };
    let passages: Vec<PassageId> = meaning.codes.passages().collect();
    let found = meaning.codes.similarity_of(&made::query(), &passages).unwrap();
    let rounded = |similarity: Option<f32>| (similarity.unwrap() * 1e4).round() as i64;
    passages.into_iter().zip(found.into_iter().map(rounded)).collect()
}

#[test]
fn passages_are_found_by_words_headings_and_titles_and_files_by_their_names() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put(
        "Reisen/Norden/Island Plan.md",
        &Document {
            title: Some("Gletscherwanderungen"),
            passages: vec![
                ("de", &["Vorbereitungen"], "Wir packen warme Jacken ein."),
                ("", &[], "氷河を歩く"),
            ],
        },
    );
    world.put(
        "tax.txt",
        &Document { title: None, passages: vec![("en", &[], "Paying taxes late")] },
    );
    world.catch_up(&mut derived);
    let snapshot = derived.snapshot();
    let check = |query: WordQuery<'_>, expected: &[(i64, u32)]| {
        assert_eq!(passages(&snapshot, query), expected);
    };
    let stemmed = |word: &str, tag: &str| {
        kenning_words::fold(&kenning_words::stem(word, Tag::new(tag))).into_owned()
    };
    check(stem(&stemmed("jacke", "de")), &[(1, 0)]);
    check(stem(&stemmed("gletscherwanderung", "de")), &[(1, 0)]);
    check(stem(&stemmed("vorbereitung", "de")), &[(1, 0)]);
    check(stem("gletscherwanderungen"), &[(1, 1)]);
    check(stem("氷河"), &[(1, 1)]);
    check(stem(&stemmed("tax", "en")), &[(2, 0)]);
    check(phrase(&["warme", "jacken"]), &[(1, 0)]);
    check(phrase(&["jacken", "warme"]), &[]);
    check(phrase(&["gletscherwanderungen"]), &[]);
    for (word, expected) in [
        ("island", vec![1]),
        ("norden", vec![1]),
        ("md", vec![1]),
        ("tax", vec![2]),
        ("jacken", vec![]),
    ] {
        assert_eq!(names(&snapshot, word), expected, "{word}");
    }
    let catalogue = snapshot.catalogue.read().unwrap();
    assert_eq!((catalogue.contents(), catalogue.passages()), (2, 3));
}

#[test]
fn a_kill_before_words_were_committed_loses_nothing() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins zwei"));
    world.catch_up(&mut derived);
    world.put("b.txt", &Document::plain("zwei drei"));
    world.forget("a.txt");
    let progress = derived.catch_up(&mut world.reader, always(), Flush::WhenDue).unwrap();
    assert!(progress.caught_up && progress.unshown, "{progress:?}");
    drop(derived);
    let mut derived = world.derived();
    assert_eq!(passages(&derived.snapshot(), stem("drei")), []);
    world.catch_up(&mut derived);
    assert_eq!(passages(&derived.snapshot(), stem("zwei")), [(2, 0)]);
    world.expect_same(&derived);
}

#[test]
fn what_was_shown_is_there_after_a_restart_and_nothing_is_read_again() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins zwei"));
    world.embed();
    world.catch_up(&mut derived);
    let seq = world.reader.read(|view| view.seq()).unwrap();
    derived.close().unwrap();
    let (mut derived, repaired) = world.open();
    assert_eq!(repaired, []);
    assert_eq!(derived.durable(), seq);
    assert_eq!(similarities(&derived.snapshot()).len(), 1);
    let progress = derived.catch_up(&mut world.reader, never(), Flush::WhenDue).unwrap();
    assert!(progress.caught_up && !progress.unshown, "{progress:?}");
    world.expect_same(&derived);
}

#[test]
fn who_only_reads_sees_what_was_shown_and_every_vector() {
    let mut world = World::new();
    let look = |world: &mut World| {
        let folder = world.data().to_path_buf();
        Derived::look(&folder, &mut world.reader, &[]).unwrap()
    };
    assert!(look(&mut world).is_none());
    let mut derived = world.derived();
    for number in 0..60 {
        world.put(&format!("{number}.txt"), &Document::plain(&format!("wort{number} alle")));
    }
    world.embed();
    world.catch_up(&mut derived);
    derived.codes.save().unwrap();
    world.put("neu.txt", &Document::plain("alle eins"));
    world.forget("7.txt");
    world.embed();
    let seen = look(&mut world).unwrap();
    assert_eq!(passages(&seen, stem("alle")).len(), 60);
    assert_eq!(seen.catalogue.read().unwrap().contents(), 60);
    world.catch_up(&mut derived);
    let seen = look(&mut world).unwrap();
    assert_eq!(passages(&seen, stem("alle")), passages(&derived.snapshot(), stem("alle")));
    assert_eq!(similarities(&seen), similarities(&derived.snapshot()));
    assert_eq!(similarities(&seen).len(), 60);
}

#[test]
fn what_is_lost_or_damaged_is_made_anew() {
    fn check(damage: impl FnOnce(&Path), expected: &[&str]) {
        let mut world = World::new();
        let mut derived = world.derived();
        for number in 0..60 {
            world.put(&format!("{number}.txt"), &Document::plain(&format!("wort{number} alle")));
        }
        world.embed();
        world.catch_up(&mut derived);
        derived.close().unwrap();
        damage(world.data());
        let (mut derived, repaired) = world.open();
        let parts = repaired.iter().map(|repaired| match repaired {
            Repaired::Words { .. } => "words",
            Repaired::Codes { .. } => "codes",
        });
        assert_eq!(parts.collect::<Vec<_>>(), expected);
        world.catch_up(&mut derived);
        assert_eq!(passages(&derived.snapshot(), stem("wort7")), [(8, 0)]);
        world.expect_same(&derived);
    }
    fn flip(file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(file, bytes).unwrap();
    }
    check(|_| {}, &[]);
    check(|data| fs::remove_dir_all(data.join("words")).unwrap(), &[]);
    check(|data| flip(&data.join("words/meta.json")), &["words"]);
    check(|data| flip(&data.join("codes-1")), &["codes"]);
    check(|data| fs::remove_file(data.join("codes-1")).unwrap(), &[]);
    check(|data| flip(&data.join("means-1")), &[]);
    check(|data| fs::write(data.join("codes-1"), "").unwrap(), &["codes"]);
}

#[test]
fn changes_that_the_truth_has_forgotten_are_made_up_for() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins zwei"));
    world.embed();
    world.catch_up(&mut derived);
    world.put("b.txt", &Document::plain("zwei drei"));
    world.forget("a.txt");
    world.embed();
    let seq = world.reader.read(|view| view.seq()).unwrap();
    world.truth.change(|change| change.forget_changes_until(seq)).unwrap();
    world.catch_up(&mut derived);
    assert_eq!(passages(&derived.snapshot(), stem("zwei")), [(2, 0)]);
    world.expect_same(&derived);
    derived.close().unwrap();
    let (derived, repaired) = world.open();
    assert_eq!(repaired, []);
    drop(derived);
}

#[test]
fn another_truth_has_nothing_of_what_was_derived_from_the_first() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins zwei"));
    world.embed();
    world.catch_up(&mut derived);
    derived.close().unwrap();
    let mut world = world.with_another_truth();
    world.put("b.txt", &Document::plain("drei"));
    let (mut derived, repaired) = world.open();
    assert!(matches!(&repaired[..], [Repaired::Words { .. }]), "{repaired:?}");
    world.catch_up(&mut derived);
    assert_eq!(passages(&derived.snapshot(), stem("zwei")), []);
    assert_eq!(passages(&derived.snapshot(), stem("drei")), [(1, 0)]);
    assert_eq!(derived.snapshot().meaning.map_or(0, |meaning| meaning.codes.len()), 0);
    world.expect_same(&derived);
}

#[test]
fn the_old_space_answers_until_the_codes_of_the_new_one_are_made() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins"));
    world.embed();
    world.catch_up(&mut derived);
    let first = world.space;
    let second = world.add_space("second");
    world.embed();
    world.truth.change(|change| change.answer_from(second)).unwrap();
    let space = |derived: &Derived| derived.snapshot().meaning.map(|meaning| meaning.space);
    let progress = derived.catch_up(&mut world.reader, never(), Flush::Now).unwrap();
    assert!(progress.building_codes && space(&derived) == Some(first), "{progress:?}");
    world.catch_up(&mut derived);
    assert_eq!(space(&derived), Some(second));
    world.expect_same(&derived);
    world.truth.change(|change| change.drop_space(second)).unwrap();
    world.catch_up(&mut derived);
    assert_eq!(space(&derived), None);
}

#[test]
fn a_librarys_own_means_are_taken_out_and_found_again_at_the_next_start() {
    let mut world = World::new();
    let mut derived = world.derived();
    let none = Calibration::none(made::DIMENSIONS);
    let put = |world: &mut World, range: std::ops::Range<usize>| {
        for number in range {
            let tag = ["de", "fi"][number % 2];
            let text = format!("{tag} {number}");
            let document = Document { title: None, passages: vec![(tag, &[], &text)] };
            world.put(&format!("{number}.txt"), &document);
        }
        world.embed();
    };
    put(&mut world, 0..40);
    world.catch_up(&mut derived);
    assert!(*derived.snapshot().meaning.unwrap().calibration == none, "40 are too few");
    put(&mut world, 40..60);
    world.catch_up(&mut derived);
    let measured = derived.snapshot().meaning.unwrap().calibration;
    assert!(*measured != none && measured.knows(Tag::new("fi").unwrap()));
    world.expect_same(&derived);
    put(&mut world, 60..100);
    world.catch_up(&mut derived);
    let meaning = derived.snapshot().meaning.unwrap();
    assert!(Arc::ptr_eq(&meaning.calibration, &measured), "it has not doubled yet");
    world.expect_vectors_shifted(&meaning);
    derived.close().unwrap();
    let (derived, repaired) = world.open();
    assert_eq!(repaired, []);
    assert!(derived.snapshot().meaning.unwrap().calibration == measured);
    drop(derived);
    let mut derived = world.derived();
    put(&mut world, 100..120);
    world.catch_up(&mut derived);
    assert!(derived.snapshot().meaning.unwrap().calibration != measured);
    world.expect_same(&derived);
}

#[test]
fn a_calibration_that_comes_later_is_taken_out_too() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins"));
    world.embed();
    world.catch_up(&mut derived);
    let before = similarities(&derived.snapshot());
    let calibration = Arc::new(made::calibration());
    derived.set_calibration(world.space, calibration.clone());
    world.catch_up(&mut derived);
    let meaning = derived.snapshot().meaning.unwrap();
    assert!(meaning.calibration == calibration);
    assert_ne!(similarities(&derived.snapshot()), before);
    world.expect_vectors_shifted(&meaning);
    derived.close().unwrap();
    let (mut derived, repaired) = world.open();
    // Codes of a calibration are no use without it, and no damage.
    assert_eq!(repaired, []);
    world.catch_up(&mut derived);
    assert_eq!(similarities(&derived.snapshot()), before);
}

#[test]
fn time_is_asked_for_and_what_is_begun_goes_on() {
    let mut world = World::new();
    for number in 0..700 {
        world.put(&format!("{number}.txt"), &Document::plain(&format!("wort{number} alle")));
    }
    let mut derived = world.derived();
    let mut calls = 0;
    loop {
        let progress = derived.catch_up(&mut world.reader, never(), Flush::Now).unwrap();
        calls += 1;
        let found = passages(&derived.snapshot(), stem("alle")).len();
        assert!(found <= calls * CONTENTS_AT_ONCE);
        if progress.caught_up {
            assert_eq!(found, 700);
            break;
        }
        if calls == 2 {
            // What comes while it is filled is there once.
            world.put("neu.txt", &Document::plain("später"));
            world.forget("699.txt");
            world.put("699.txt", &Document::plain("wort699 alle"));
        }
        assert!(calls < 20, "{progress:?}");
    }
    assert!(calls > 3);
    world.expect_same(&derived);
}

#[test]
fn what_has_rotted_in_the_truth_costs_itself_and_is_told() {
    let mut world = World::new();
    world.put("a.txt", &Document::plain("eins"));
    world.put("b.txt", &Document::plain("eins zwei"));
    world.embed();
    world.rot("UPDATE bodies SET packed = zeroblob(9) WHERE content = 1");
    let mut derived = world.derived();
    let progress = derived.catch_up(&mut world.reader, always(), Flush::Now).unwrap();
    assert_eq!(progress.damaged, [ContentId(1)]);
    assert_eq!(passages(&derived.snapshot(), stem("eins")), [(2, 0)]);
    world.truth.change(|change| change.distrust(ContentId(1))).unwrap();
    world.catch_up(&mut derived);
    world.expect_same(&derived);

    world.put("c.txt", &Document::plain("zwei drei"));
    world.embed();
    world.rot("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE text = 3");
    let failed = derived.catch_up(&mut world.reader, always(), Flush::WhenDue);
    assert!(failed.is_err_and(|error| error.is_damage()));
    let progress = derived.catch_up(&mut world.reader, always(), Flush::Now).unwrap();
    assert!(progress.caught_up && derived.snapshot().meaning.is_none(), "{progress:?}");
    assert_eq!(passages(&derived.snapshot(), stem("drei")), [(3, 0)]);
}

#[test]
fn differences_are_seen() {
    let mut world = World::new();
    let mut derived = world.derived();
    world.put("a.txt", &Document::plain("eins"));
    world.embed();
    let verify = |world: &mut World, derived: &Derived| {
        world.reader.read(|view| Ok(derived.verify(view).unwrap())).unwrap()
    };
    assert!(matches!(verify(&mut world, &derived)[..], [Difference::Behind { changes: 1.. }]));
    world.catch_up(&mut derived);
    assert_eq!(verify(&mut world, &derived), []);
    let id = PassageId::new(ContentId(1), 0).unwrap();
    derived.codes.remove(ContentId(1));
    derived.words.remove(ContentId(1)).unwrap();
    derived.words.remove_name(kenning_domain::FileId(1)).unwrap();
    derived.words.commit().unwrap();
    derived.catalogue().remove(ContentId(1));
    let expected = [
        Difference::Passage { id, found: 0, expected: 1 },
        Difference::Name { id: kenning_domain::FileId(1), found: 0, expected: 1 },
        Difference::Vector { id, found: 0, expected: 1 },
        Difference::Described(ContentId(1)),
    ];
    assert_eq!(verify(&mut world, &derived), expected);
}
