//! The index against plain lists, against damage and against being killed.

mod crash;
mod damage;
mod model;
mod scores;

use kenning_domain::{ContentId, PassageId};

use super::*;

pub(super) fn passage(content: i64, ordinal: u32) -> PassageId {
    PassageId::new(ContentId(content), ordinal).unwrap()
}

pub(super) fn mark(seq: u64) -> Mark {
    Mark { epoch: 11, seq }
}

pub(super) fn open(folder: &Path) -> Words {
    let opened = Words::open(folder, Check::Full).unwrap();
    assert!(opened.repair.is_none(), "{:?}", opened.repair);
    opened.words
}

/// A passage whose stems are its words without their last letter.
pub(super) fn add(words: &mut Words, passage: PassageId, text: &str) {
    let stems = text.split(' ').map(stem_of);
    words.add(passage, stems, text.split(' ').zip(0..)).unwrap();
}

pub(super) fn stem_of(word: &str) -> &str {
    word.char_indices().next_back().map_or("", |(last, _)| &word[..last])
}

pub(super) fn exact(words: &[&str]) -> WordQuery<'static> {
    WordQuery { words: words.iter().map(|word| Word::exact(word)).collect(), ..Default::default() }
}

pub(super) fn ids(hits: &Hits) -> Vec<(i64, u32)> {
    hits.iter().map(|(passage, _)| (passage.content().0, passage.ordinal())).collect()
}

#[test]
fn only_one_may_write_and_many_may_read() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read(folder.path()).unwrap().is_none());
    let mut words = open(folder.path());
    add(&mut words, passage(1, 0), "дом стоит");
    words.commit(mark(1)).unwrap();
    assert!(matches!(Words::open(folder.path(), Check::Full), Err(WordsError::Locked)));
    let reader = read(folder.path()).unwrap().unwrap();
    assert_eq!(reader.mark(), Some(mark(1)));
    assert_eq!(ids(&reader.best(&exact(&["дом"]), 5).unwrap()), [(1, 0)]);
    drop(words);
    let words = open(folder.path());
    assert_eq!(words.snapshot().mark(), Some(mark(1)));
}

#[test]
fn what_is_not_committed_is_neither_seen_nor_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = open(folder.path());
    assert_eq!(words.snapshot().mark(), None);
    add(&mut words, passage(1, 0), "una casa");
    words.commit(mark(1)).unwrap();
    add(&mut words, passage(2, 0), "otra casa");
    words.remove_content(ContentId(1)).unwrap();
    let seen = |words: &Words| ids(&words.snapshot().best(&exact(&["casa"]), 5).unwrap());
    assert_eq!(seen(&words), [(1, 0)]);
    drop(words);
    let mut words = open(folder.path());
    assert_eq!(seen(&words), [(1, 0)]);
    add(&mut words, passage(2, 0), "otra casa");
    words.remove_content(ContentId(1)).unwrap();
    words.commit(mark(2)).unwrap();
    assert_eq!(seen(&words), [(2, 0)]);
}

#[test]
fn a_snapshot_stays_as_it_is_while_the_index_changes() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = open(folder.path());
    for content in 0..20 {
        add(&mut words, passage(content, 0), "küçük bir ev");
    }
    words.commit(mark(1)).unwrap();
    let snapshot = words.snapshot();
    let before = snapshot.best(&exact(&["ev"]), 100).unwrap();
    assert_eq!(before.len(), 20);
    for content in 0..20 {
        words.remove_content(ContentId(content)).unwrap();
        add(&mut words, passage(content + 100, 0), "büyük ev");
        words.commit(mark(2 + content as u64)).unwrap();
        assert_eq!(snapshot.best(&exact(&["ev"]), 100).unwrap(), before);
    }
    words.reload().unwrap();
    let now = words.snapshot().best(&exact(&["ev"]), 100).unwrap();
    assert!(now.len() == 20 && now.iter().all(|(passage, _)| passage.content().0 >= 100));
    assert!(words.snapshot().segments() <= 12, "{} segments", words.snapshot().segments());
}

#[test]
fn names_are_found_apart_from_passages() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = open(folder.path());
    add(&mut words, passage(1, 0), "rapport annuel");
    words.put_name(FileId(1), ["rapport", "2024"]).unwrap();
    words.put_name(FileId(7), ["annuel"]).unwrap();
    words.put_name(FileId(7), ["rapport", "du", "mois", "dernier"]).unwrap();
    words.put_name(FileId(9), ["rapport"]).unwrap();
    words.remove_name(FileId(9)).unwrap();
    words.commit(mark(1)).unwrap();
    let check = |terms: &[&str], prefix: Option<&str>, expected: &[i64]| {
        let word = |term: &&str| NameWord { terms: vec![(*term).to_owned()], prefix: None };
        let mut asked: Vec<NameWord> = terms.iter().map(word).collect();
        let prefix = prefix.map(|prefix| NameWord { prefix: Some(prefix.into()), terms: vec![] });
        asked.extend(prefix);
        let found = words.snapshot().names(&asked, 10).unwrap();
        let found: Vec<i64> = found.iter().map(|(file, _)| file.0).collect();
        assert_eq!(found, expected, "{terms:?} {asked:?}");
    };
    check(&["rapport"], None, &[1, 7]);
    check(&["annuel"], None, &[]);
    check(&[], Some("rap"), &[1, 7]);
    check(&["rapport"], Some("dern"), &[7, 1]);
    check(&[], None, &[]);
    assert_eq!(ids(&words.snapshot().best(&exact(&["rapport"]), 9).unwrap()), [(1, 0)]);
}

#[test]
fn nobody_waits_for_a_cancelled_question() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = open(folder.path());
    add(&mut words, passage(1, 0), "一 座 房子");
    words.commit(mark(1)).unwrap();
    let query = WordQuery { cancelled: Some(&|| true), ..exact(&["房子"]) };
    let snapshot = words.snapshot();
    assert!(matches!(snapshot.best(&query, 5), Err(WordsError::Cancelled)));
    assert!(matches!(snapshot.count(&query), Err(WordsError::Cancelled)));
}

#[test]
fn a_panic_is_damage() {
    let damage = guarded::<()>(|| panic!("of the {}", "library"));
    assert!(matches!(damage, Err(WordsError::Damaged(text)) if text == "of the library"));
}
