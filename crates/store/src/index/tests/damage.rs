//! Every file of an index cut short, changed and taken away.

use std::fs;
use std::path::PathBuf;

use super::*;

/// Some segments, one of them with removed passages.
fn index(folder: &Path) -> (Hits, usize) {
    let mut words = open(folder);
    for content in 0..30i64 {
        let text = format!("слово{content} общее 共通 word{}", content % 7);
        add(&mut words, passage(content, 0), &text);
        add(&mut words, passage(content, 1), "общее word1");
        words.put_name(FileId(content), ["общее", "имя"]).unwrap();
        if content % 12 == 11 {
            words.commit(mark(content as u64)).unwrap();
        }
    }
    words.remove_content(ContentId(3)).unwrap();
    words.commit(mark(99)).unwrap();
    let answer = answer(&words.snapshot()).unwrap();
    words.close().unwrap();
    answer
}

fn answer(snapshot: &WordsSnapshot) -> Result<(Hits, usize)> {
    let mut query = exact(&["общее", "word1", "слово5", "слово3"]);
    let best = snapshot.best(&query, 100)?;
    query.must = vec![Phrase::of(&["общее", "共通"])];
    query.words.push(Word { prefix: Some("сл".into()), ..Default::default() });
    snapshot.names(&[NameWord { terms: vec!["имя".into()], prefix: None }], 5)?;
    Ok((best, snapshot.count(&query)?))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.collect();
    files.retain(|file| file.extension().is_none_or(|extension| extension != "lock"));
    files.sort();
    files
}

/// Opens a copy of the index in which one file was changed.
fn with_change(whole: &Path, file: &Path, check: Check, change: impl FnOnce(&Path)) -> Opened {
    let copy = tempfile::tempdir().unwrap();
    for other in files(whole) {
        fs::copy(&other, copy.path().join(other.file_name().unwrap())).unwrap();
    }
    change(&copy.path().join(file.file_name().unwrap()));
    let opened = Words::open(copy.path(), check);
    // Kept open by what reads it; the folder itself may go.
    opened.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn flipped(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1 << (at % 8);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_index_is_made_anew_or_answers_as_before() {
    let whole = tempfile::tempdir().unwrap();
    let expected = index(whole.path());
    assert_eq!(expected.0.len(), 58, "two passages of each content but the removed one");
    let mut made_anew = 0;
    let mut hold = |opened: Opened, what: String| match &opened.repair {
        Some(_) => {
            made_anew += 1;
            assert_eq!(opened.words.snapshot().mark(), None, "{what}");
            assert_eq!(answer(&opened.words.snapshot()).unwrap(), (Vec::new(), 0), "{what}");
        }
        None => {
            let snapshot = opened.words.snapshot();
            // Without the list of segments there is no index to repair.
            if snapshot.mark().is_some() {
                assert_eq!(snapshot.mark(), Some(mark(99)), "{what}");
                assert_eq!(answer(&snapshot).unwrap(), expected, "{what}");
            } else {
                assert_eq!(answer(&snapshot).unwrap(), (Vec::new(), 0), "{what}");
            }
        }
    };
    let files = files(whole.path());
    assert!(files.len() > 15, "{files:?}");
    for file in &files {
        let length = fs::metadata(file).unwrap().len() as usize;
        let name = file.display();
        for at in (0..8).map(|part| part * (length - 1) / 7) {
            let change = |path: &Path| flipped(path, at);
            hold(with_change(whole.path(), file, Check::Full, change), format!("{name} at {at}"));
        }
        for at in [0, 1, length / 2, length - 1] {
            let change = |path: &Path| fs::write(path, &fs::read(path).unwrap()[..at]).unwrap();
            hold(with_change(whole.path(), file, Check::Full, change), format!("{name} to {at}"));
        }
        let change = |path: &Path| fs::remove_file(path).unwrap();
        hold(with_change(whole.path(), file, Check::Full, change), format!("{name} gone"));
    }
    assert!(made_anew > files.len() * 8, "{made_anew} of {} files", files.len());
}

#[test]
fn damage_that_is_not_looked_for_ends_in_an_error_at_worst() {
    let whole = tempfile::tempdir().unwrap();
    index(whole.path());
    let mut noticed = 0;
    for file in files(whole.path()) {
        let length = fs::metadata(&file).unwrap().len() as usize;
        for at in (0..6).map(|part| part * (length - 1) / 6) {
            let change = |path: &Path| flipped(path, at);
            let opened = with_change(whole.path(), &file, Check::Quick, change);
            if opened.repair.is_none() {
                let _ = answer(&opened.words.snapshot());
                noticed += usize::from(opened.words.verify().is_err());
            }
        }
    }
    assert!(noticed > 10, "{noticed}");
}

#[test]
fn an_index_of_another_version_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema = tantivy::schema::Schema::builder();
    schema.add_u64_field("other", tantivy::schema::NumericOptions::default());
    let directory = Folder::open(folder.path(), false).unwrap();
    Index::builder().schema(schema.build()).open_or_create(directory).unwrap();
    let opened = Words::open(folder.path(), Check::Quick).unwrap();
    assert!(matches!(opened.repair, Some(WordsError::Damaged(_))));
    drop(opened);
    assert!(Words::open(folder.path(), Check::Full).unwrap().repair.is_none());
}
