//! The one check that everything here is held against: the disk, the ledger, the truth, the words and
//! the codes of a library that is at rest agree, each with each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use kenning_domain::{ContentId, FileId, PassageId};
use kenning_engine::{FileRecord, Searcher, Snapshot, State, StoreError};
use kenning_store::codes::ScanOptions;
use kenning_store::index::{Entry, Word, WordQuery};
use kenning_store::{LedgerLine, View};

use super::disorder::mark_of;

/// How much was compared: a check of nothing finds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    pub files: usize,
    pub contents: usize,
    pub passages: usize,
}

/// So many vectors are looked for in all of the codes.
const NEAREST: usize = 400;
/// What is written of more differences helps nobody.
const MOST_TOLD: usize = 12;

/// A file as the disk has it.
struct OnDisk {
    hash: [u8; 32],
    size: u64,
    modified: i64,
    mark: Option<String>,
}

/// What differs, in words. `gone` are marks of texts that are no more.
pub fn compare(
    folder: &Path,
    searcher: &mut Searcher,
    gone: &[String],
) -> Result<Compared, Vec<String>> {
    let mut disk = BTreeMap::new();
    walk(folder, &mut disk);
    let snapshot = searcher.snapshot();
    let mut wrong = Wrong::default();
    let compared = searcher.truth.read(|view| {
        let known = files(folder, view)?;
        compare_files(&disk, &known, view, &mut wrong)?;
        let passages = compare_contents(&known, &disk, view, &mut wrong)?;
        compare_words(&known, &passages, &disk, gone, &snapshot, view, &mut wrong)?;
        compare_codes(&passages, &snapshot, view, &mut wrong)?;
        compare_catalogue(&known, &snapshot, &mut wrong);
        let contents = passages.len();
        let passages = passages.values().map(|count| *count as usize).sum();
        Ok(Compared { files: disk.len(), contents, passages })
    });
    match compared {
        Ok(compared) if wrong.0.is_empty() => Ok(compared),
        Ok(_) => Err(wrong.told()),
        Err(error) => Err(vec![format!("the truth cannot be read: {error}")]),
    }
}

#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    fn told(mut self) -> Vec<String> {
        let more = self.0.len().saturating_sub(MOST_TOLD);
        self.0.truncate(MOST_TOLD);
        if more > 0 {
            self.0.push(format!("and {more} more"));
        }
        self.0
    }
}

/// What is not hidden.
fn walk(folder: &Path, into: &mut BTreeMap<PathBuf, OnDisk>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            walk(&path, into);
            continue;
        }
        let (bytes, metadata) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap());
        let since = metadata.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
        let file = OnDisk {
            hash: *blake3::hash(&bytes).as_bytes(),
            size: metadata.len(),
            modified: since.as_nanos() as i64,
            mark: mark_of(&bytes),
        };
        into.insert(path, file);
    }
}

/// Each file that the ledger has, by its whole path.
fn files(folder: &Path, view: &View<'_>) -> Result<BTreeMap<PathBuf, FileRecord>, StoreError> {
    let mut found = BTreeMap::new();
    for watched in view.folders()?.iter().filter(|watched| watched.path.starts_with(folder)) {
        view.each_file(watched.id, |file| {
            found.insert(watched.path.join(&file.path), file);
        })?;
    }
    Ok(found)
}

fn compare_files(
    disk: &BTreeMap<PathBuf, OnDisk>,
    known: &BTreeMap<PathBuf, FileRecord>,
    view: &View<'_>,
    wrong: &mut Wrong,
) -> Result<(), StoreError> {
    for (path, record) in known.iter().filter(|(_, record)| record.state != State::LeftOut) {
        let shown = path.display();
        let Some(file) = disk.get(path) else {
            wrong.0.push(format!("{shown} is {:?} and not there", record.state));
            continue;
        };
        let state = if file.size == 0 { State::Skipped } else { State::Meaning };
        wrong.unless(record.state == state, || {
            format!("{shown} is {:?} ({:?}), not {state:?}", record.state, record.reason)
        });
        let stamp = (record.stamp.size, record.stamp.modified);
        wrong.unless(stamp == (file.size, file.modified), || {
            format!("{shown} is known as it was before: {stamp:?}")
        });
    }
    let is_known = |path: &PathBuf| known.get(path).is_some_and(|f| f.state != State::LeftOut);
    for path in disk.keys().filter(|path| !is_known(path)) {
        wrong.0.push(format!("{} is not known", path.display()));
    }
    let left_out = known.values().filter(|record| record.state == State::LeftOut).count();
    wrong.unless(left_out == 1, || format!("{left_out} hidden folders are known"));
    compare_ledger(known, view, wrong)
}

/// The ledger counts what there is.
fn compare_ledger(
    known: &BTreeMap<PathBuf, FileRecord>,
    view: &View<'_>,
    wrong: &mut Wrong,
) -> Result<(), StoreError> {
    let mut counted: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for file in known.values() {
        let line = (file.folder, file.state, file.is_folder, file.reason.code.clone());
        let (files, bytes) = counted.entry(line).or_default();
        (*files, *bytes) = (*files + 1, *bytes + file.stamp.size);
    }
    let line = |((folder, state, is_folder, reason_code), (files, bytes))| LedgerLine {
        folder,
        state,
        is_folder,
        reason_code,
        files,
        bytes,
    };
    let expected: BTreeSet<LedgerLine> = counted.into_iter().map(line).collect();
    let ledger: BTreeSet<LedgerLine> = view.ledger()?.lines.into_iter().collect();
    wrong.unless(ledger == expected, || {
        format!("the ledger counts {ledger:?} where there are {expected:?}")
    });
    Ok(())
}

/// Every content is that of a file, whole, and nothing lacks a vector. How many passages each has.
fn compare_contents(
    known: &BTreeMap<PathBuf, FileRecord>,
    disk: &BTreeMap<PathBuf, OnDisk>,
    view: &View<'_>,
    wrong: &mut Wrong,
) -> Result<BTreeMap<ContentId, u32>, StoreError> {
    let mut held: BTreeSet<ContentId> = BTreeSet::new();
    let mut passages = BTreeMap::new();
    for (path, record) in known {
        let (Some(id), Some(file)) = (record.content, disk.get(path)) else { continue };
        held.insert(id);
        let content = view.content(id)?;
        let Some(content) = content else {
            wrong.0.push(format!("{} has content {id}, which is not there", path.display()));
            continue;
        };
        wrong.unless(content.head.hash.0 == file.hash, || {
            format!("{} holds something else than is kept of it", path.display())
        });
        let has_mark = file.mark.as_ref().is_none_or(|mark| content.text.contains(mark.as_str()));
        wrong.unless(has_mark, || format!("the text of {} lacks its mark", path.display()));
        passages.insert(id, content.head.passages);
    }
    let kept: BTreeSet<ContentId> = view.content_ids()?.into_iter().collect();
    wrong.unless(kept == held, || format!("contents {kept:?} are kept, {held:?} are held"));
    if let Some(space) = view.answering()? {
        let gap = view.gap(space.id)?;
        wrong.unless(gap.passages == 0, || format!("{gap:?} lack vectors"));
    } else {
        wrong.0.push("no space answers".to_owned());
    }
    Ok(passages)
}

fn compare_words(
    known: &BTreeMap<PathBuf, FileRecord>,
    passages: &BTreeMap<ContentId, u32>,
    disk: &BTreeMap<PathBuf, OnDisk>,
    gone: &[String],
    snapshot: &Snapshot,
    view: &View<'_>,
    wrong: &mut Wrong,
) -> Result<(), StoreError> {
    let mut entries: HashMap<Entry, usize> = HashMap::new();
    let each = snapshot.words.each(|entry| *entries.entry(entry).or_default() += 1);
    wrong.unless(each.is_ok(), || format!("the word index cannot be read: {each:?}"));
    let names = known.values().filter(|file| file.state != State::LeftOut);
    let names = names.map(|file| Entry::Name(file.id));
    let expected: BTreeSet<Entry> =
        all_passages(passages).map(Entry::Passage).chain(names).collect();
    for (entry, count) in &entries {
        let wanted = usize::from(expected.contains(entry));
        wrong.unless(*count == wanted, || format!("{entry:?} is found {count} times by words"));
    }
    for entry in expected.iter().filter(|entry| !entries.contains_key(entry)) {
        wrong.0.push(format!("{entry:?} is not found by words"));
    }
    let seq = snapshot.words.mark().map(|mark| mark.seq);
    let newest = view.seq()? as u64;
    wrong.unless(seq.is_some_and(|seq| seq <= newest), || {
        format!("the words stand at {seq:?}, the truth at {newest}")
    });
    compare_marks(known, disk, gone, snapshot, wrong);
    Ok(())
}

/// Each text is found by the word that only it has, and what is gone by none.
fn compare_marks(
    known: &BTreeMap<PathBuf, FileRecord>,
    disk: &BTreeMap<PathBuf, OnDisk>,
    gone: &[String],
    snapshot: &Snapshot,
    wrong: &mut Wrong,
) {
    let mut marks: BTreeMap<&str, BTreeSet<ContentId>> = BTreeMap::new();
    for (path, file) in disk {
        if let (Some(mark), Some(record)) = (&file.mark, known.get(path)) {
            marks.entry(mark).or_default().extend(record.content);
        }
    }
    let absent = gone.iter().filter(|mark| !disk.values().any(|f| f.mark.as_ref() == Some(*mark)));
    let absent: Vec<&str> = absent.map(String::as_str).collect();
    absent.into_iter().for_each(|mark| drop(marks.insert(mark, BTreeSet::new())));
    for (mark, expected) in marks {
        let query = WordQuery { words: vec![Word::exact(mark)], ..WordQuery::default() };
        match snapshot.words.best(&query, 1_000) {
            Ok(hits) => {
                let found: BTreeSet<ContentId> = hits.iter().map(|hit| hit.0.content()).collect();
                wrong.unless(found == expected, || {
                    format!("{mark} finds {found:?} and stands in {expected:?}")
                });
            }
            Err(error) => wrong.0.push(format!("{mark} cannot be looked for: {error}")),
        }
    }
}

fn compare_codes(
    passages: &BTreeMap<ContentId, u32>,
    snapshot: &Snapshot,
    view: &View<'_>,
    wrong: &mut Wrong,
) -> Result<(), StoreError> {
    let (Some(meaning), Some(space)) = (&snapshot.meaning, view.answering()?) else {
        wrong.0.push("nothing is found by meaning".to_owned());
        return Ok(());
    };
    wrong.unless(meaning.space == space.id, || "another space answers than is to".to_owned());
    let mut codes: HashMap<PassageId, usize> = HashMap::new();
    meaning.codes.passages().for_each(|passage| *codes.entry(passage).or_default() += 1);
    let expected: BTreeSet<PassageId> = all_passages(passages).collect();
    for (passage, count) in &codes {
        let wanted = usize::from(expected.contains(passage));
        wrong.unless(*count == wanted, || format!("{passage:?} has {count} codes"));
    }
    for passage in expected.iter().filter(|passage| !codes.contains_key(passage)) {
        wrong.0.push(format!("{passage:?} has no code"));
    }
    let (every, mut number) = (expected.len() / NEAREST + 1, 0);
    view.each_vector(meaning.space, |row| {
        number += 1;
        if number % every != 0 {
            return;
        }
        let mut vector = row.vector.to_vec();
        meaning.calibration.shift_document(row.language, &mut vector);
        let own = meaning.codes.similarity_of(&vector, &[row.passage]);
        let own = own.ok().and_then(|own| own.first().copied().flatten()).unwrap_or(-1.0);
        let best = meaning.codes.scan(&vector, &ScanOptions::best(1));
        let best = best.map_or(2.0, |nearest| nearest.first().map_or(2.0, |(_, best)| *best));
        wrong.unless(own > 0.98 && own >= best - 1e-3, || {
            format!("{:?} is {own} like its own vector, another {best}", row.passage)
        });
    })?;
    Ok(())
}

fn compare_catalogue(
    known: &BTreeMap<PathBuf, FileRecord>,
    snapshot: &Snapshot,
    wrong: &mut Wrong,
) {
    let mut held: BTreeMap<ContentId, BTreeSet<FileId>> = BTreeMap::new();
    for file in known.values() {
        if let Some(content) = file.content {
            held.entry(content).or_default().insert(file.id);
        }
    }
    let catalogue = snapshot.catalogue.read().unwrap();
    let described = catalogue.each().map(|(id, described)| {
        (id, described.files.iter().map(|file| file.id).collect::<BTreeSet<FileId>>())
    });
    let described: BTreeMap<_, _> = described.collect();
    wrong.unless(described == held, || {
        format!("the catalogue knows {described:?}, the truth {held:?}")
    });
}

fn all_passages(of: &BTreeMap<ContentId, u32>) -> impl Iterator<Item = PassageId> {
    of.iter().flat_map(|(id, count)| (0..*count).filter_map(|at| PassageId::new(*id, at)))
}
