//! Random operations against a simple model in memory: states, counts, gaps and the log agree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kenning_domain::{ContentId, FileId, FolderId, SpaceId};
use kenning_store::{
    Changes, FileFilter, Logged, Moment, Place, Reader, Reason, State, StoreError, Truth,
};
use proptest::prelude::*;

use crate::support::{EXTRACTOR, Made, expect_whole, made, open, space, stamp, temporary, vector};

const FOLDERS: [&str; 2] = ["/eins", "/zwei"];
const PATHS: [&str; 4] = ["a", "b", "ordner/c", "ordner/d"];
/// Which texts each document is made of; some stand in several.
const DOCUMENTS: [&[&str]; 5] =
    [&["eins"], &["eins", "zwei"], &["drei", "vier", "zwei", "drei"], &["fünf"], &[]];
const SPACES: [&str; 3] = ["s", "t", "u"];

type Spot = (usize, usize);

#[derive(Clone, Debug)]
enum Operation {
    See(Spot, u64),
    Move(Spot, Spot, u64),
    Forget(Spot),
    LeaveOut(Spot),
    Read(Spot, usize),
    Refuse(Spot),
    Fail(Spot),
    Quarantine(Spot),
    ReadAgain(Spot),
    Distrust(usize),
    AddSpace(usize),
    Answer(usize),
    Drop(usize),
    Embed(usize, usize),
    RemoveFolder(usize),
}

fn operation() -> impl Strategy<Value = Operation> {
    let spot = || (0..FOLDERS.len(), 0..PATHS.len());
    let document = 0..DOCUMENTS.len();
    prop_oneof![
        4 => (spot(), 0..3_u64).prop_map(|(spot, version)| Operation::See(spot, version)),
        2 => (spot(), spot(), 0..3_u64).prop_map(|(from, to, v)| Operation::Move(from, to, v)),
        1 => spot().prop_map(Operation::Forget),
        1 => spot().prop_map(Operation::LeaveOut),
        6 => (spot(), document.clone()).prop_map(|(spot, what)| Operation::Read(spot, what)),
        1 => spot().prop_map(Operation::Refuse),
        1 => spot().prop_map(Operation::Fail),
        1 => spot().prop_map(Operation::Quarantine),
        1 => spot().prop_map(Operation::ReadAgain),
        1 => document.prop_map(Operation::Distrust),
        2 => (0..SPACES.len()).prop_map(Operation::AddSpace),
        2 => (0..SPACES.len()).prop_map(Operation::Answer),
        1 => (0..SPACES.len()).prop_map(Operation::Drop),
        5 => (0..SPACES.len(), 1..4_usize).prop_map(|(space, n)| Operation::Embed(space, n)),
        1 => (0..FOLDERS.len()).prop_map(Operation::RemoveFolder),
    ]
}

#[derive(Clone, Debug)]
struct ModelFile {
    version: u64,
    document: Option<usize>,
    /// `Words` stands for both words and meaning.
    state: State,
}

#[derive(Default)]
struct Model {
    files: BTreeMap<Spot, ModelFile>,
    /// By number in `SPACES`: the texts that have a vector.
    spaces: BTreeMap<usize, BTreeSet<&'static str>>,
    answering: Option<usize>,
}

impl Model {
    fn see(&mut self, spot: Spot, version: u64) {
        let new = ModelFile { version, document: None, state: State::Waiting };
        let file = self.files.entry(spot).or_insert(new);
        if file.state == State::LeftOut || file.version != version {
            file.state = State::Waiting;
            file.version = version;
        }
    }

    fn is_complete(&self, document: usize) -> bool {
        let vectors = self.answering.and_then(|space| self.spaces.get(&space));
        vectors.is_some_and(|vectors| DOCUMENTS[document].iter().all(|text| vectors.contains(text)))
    }

    fn state(&self, file: &ModelFile) -> State {
        match file.document {
            Some(document) if file.state == State::Words && self.is_complete(document) => {
                State::Meaning
            }
            _ => file.state,
        }
    }

    /// Documents that some file holds.
    fn held(&self) -> BTreeSet<usize> {
        self.files.values().filter_map(|file| file.document).collect()
    }
}

struct Run {
    truth: Truth,
    reader: Reader,
    documents: Vec<Made>,
    folders: [FolderId; 2],
    spaces: BTreeMap<usize, SpaceId>,
    model: Model,
    mirror: Mirror,
}

/// What somebody knows who only ever reads the log, and looks up what it names.
#[derive(Default)]
struct Mirror {
    seq: i64,
    contents: BTreeSet<ContentId>,
    names: BTreeSet<FileId>,
    vectors: BTreeMap<(SpaceId, ContentId), usize>,
}

impl Run {
    fn place(&self, (folder, path): Spot) -> Place<'static> {
        Place::new(self.folders[folder], Path::new(PATHS[path]))
    }

    fn file(&mut self, spot: Spot) -> Option<FileId> {
        let place = self.place(spot);
        self.reader.read(|view| view.file_at(place)).unwrap().map(|file| file.id)
    }

    fn apply(&mut self, operation: &Operation) {
        match *operation {
            Operation::See(spot, version) => {
                let place = self.place(spot);
                self.truth.change(|change| change.see(place, &stamp(version))).unwrap();
                self.model.see(spot, version);
            }
            Operation::Move(from, to, version) => self.move_file(from, to, version),
            Operation::Forget(spot) => {
                let place = self.place(spot);
                self.truth.change(|change| change.forget(place)).unwrap();
                self.model.files.remove(&spot);
            }
            Operation::LeaveOut(spot) => {
                let place = self.place(spot);
                let reason = Reason::new("hidden", "");
                self.truth.change(|change| change.leave_out(place, false, 1, &reason)).unwrap();
                let file = ModelFile { version: 0, document: None, state: State::LeftOut };
                self.model.files.insert(spot, file);
            }
            Operation::RemoveFolder(folder) => self.remove_folder(folder),
            Operation::Distrust(document) => self.distrust(document),
            Operation::AddSpace(_)
            | Operation::Answer(_)
            | Operation::Drop(_)
            | Operation::Embed(..) => self.apply_to_space(operation),
            Operation::Read(spot, _)
            | Operation::Refuse(spot)
            | Operation::Fail(spot)
            | Operation::Quarantine(spot)
            | Operation::ReadAgain(spot) => self.apply_to_file(spot, operation),
        }
    }

    fn move_file(&mut self, from: Spot, to: Spot, version: u64) {
        let (old, new) = (self.place(from), self.place(to));
        self.truth.change(|change| change.moved(old, new, &stamp(version))).unwrap();
        let moves = self.model.files.get(&from).is_some_and(|file| file.state != State::LeftOut);
        if moves && let Some(file) = self.model.files.remove(&from) {
            self.model.files.insert(to, file);
        }
        self.model.see(to, version);
    }

    fn remove_folder(&mut self, folder: usize) {
        let id = self.folders[folder];
        self.truth.change(|change| change.remove_folder(id)).unwrap();
        let path = Path::new(FOLDERS[folder]);
        self.folders[folder] = self.truth.change(|change| change.add_folder(path, "")).unwrap();
        self.model.files.retain(|spot, _| spot.0 != folder);
    }

    fn distrust(&mut self, document: usize) {
        let hash = self.documents[document].hash;
        let Some(head) = self.reader.read(|view| view.content_with(hash)).unwrap() else { return };
        self.truth.change(|change| change.distrust(head.id)).unwrap();
        for file in self.model.files.values_mut() {
            if file.document == Some(document) {
                file.document = None;
                file.state = State::Waiting;
            }
        }
    }

    fn apply_to_file(&mut self, spot: Spot, operation: &Operation) {
        let Some(id) = self.file(spot) else { return };
        let Some(file) = self.model.files.get_mut(&spot) else { panic!("{spot:?} is too much") };
        if file.state == State::LeftOut {
            return;
        }
        let stamp = stamp(file.version);
        let reason = Reason::new("why", "because");
        let documents = &self.documents;
        let done: Result<bool, StoreError> = self.truth.change(|change| match operation {
            Operation::Read(_, document) => {
                let made = &documents[*document];
                (file.document, file.state) = (Some(*document), State::Words);
                if change.file_has(id, &stamp, made.hash, EXTRACTOR)?.is_some() {
                    return Ok(true);
                }
                Ok(change.put_content(id, &stamp, &made.as_new())?.is_some())
            }
            Operation::Refuse(_) => {
                (file.document, file.state) = (None, State::Skipped);
                change.refused(id, &stamp, &reason, EXTRACTOR)
            }
            Operation::Quarantine(_) => {
                (file.document, file.state) = (None, State::Quarantined);
                change.quarantined(id, &stamp, &reason, EXTRACTOR)
            }
            Operation::Fail(_) => {
                file.state = State::Failed;
                change.failed(id, &stamp, &reason, Moment(5), EXTRACTOR)
            }
            _ => {
                file.state = State::Waiting;
                change.read_again(id).map(|()| true)
            }
        });
        assert!(done.unwrap());
    }

    fn apply_to_space(&mut self, operation: &Operation) {
        match *operation {
            Operation::AddSpace(number) => {
                let id = self.truth.change(|change| space(change, SPACES[number])).unwrap();
                self.spaces.insert(number, id);
                self.model.spaces.entry(number).or_default();
            }
            Operation::Answer(number) => {
                let Some(&id) = self.spaces.get(&number) else { return };
                self.truth.change(|change| change.answer_from(id)).unwrap();
                self.model.answering = Some(number);
            }
            Operation::Drop(number) => {
                let Some(id) = self.spaces.remove(&number) else { return };
                self.truth.change(|change| change.drop_space(id)).unwrap();
                self.model.spaces.remove(&number);
                self.model.answering = self.model.answering.filter(|space| *space != number);
                self.truth.change(|change| change.sweep(Moment(0))).unwrap();
            }
            Operation::Embed(number, limit) => {
                let Some(&id) = self.spaces.get(&number) else { return };
                let texts = self.reader.read(|view| view.unembedded(id, limit)).unwrap();
                let vectors: Vec<_> =
                    texts.iter().map(|text| (text.id, vector(text.id.0))).collect();
                self.truth.change(|change| change.put_vectors(id, &vectors)).unwrap();
                let Some(known) = self.model.spaces.get_mut(&number) else { return };
                for text in &texts {
                    let words = DOCUMENTS.iter().flat_map(|texts| texts.iter());
                    let mut words = words.filter(|word| text.words.ends_with(**word));
                    assert!(known.insert(words.next().unwrap()), "{} twice", text.words);
                }
            }
            _ => {}
        }
    }

    fn expect_like_the_model(&mut self) {
        let all = FileFilter { limit: usize::MAX, ..FileFilter::default() };
        let files = self.reader.read(|view| view.files(&all)).unwrap();
        let mut counts: BTreeMap<State, u64> = BTreeMap::new();
        assert_eq!(files.len(), self.model.files.len());
        for (spot, expected) in &self.model.files {
            let place = self.place(*spot);
            let found = files
                .iter()
                .find(|file| file.folder == place.folder && file.path == place.path)
                .unwrap();
            let state = self.model.state(expected);
            assert_eq!(found.state, state, "{spot:?}");
            *counts.entry(state).or_default() += 1;
            let head = found.content.map(|content| {
                self.reader.read(|view| view.content_head(content)).unwrap().unwrap().hash
            });
            assert_eq!(head, expected.document.map(|document| self.documents[document].hash));
        }
        let ledger = self.reader.read(|view| view.ledger()).unwrap();
        for state in State::ALL {
            assert_eq!(ledger.files(state), counts.get(&state).copied().unwrap_or(0), "{state:?}");
        }
        self.expect_gaps();
        self.expect_the_log_tells_all(
            files.iter().filter(|file| file.state != State::LeftOut).map(|file| file.id).collect(),
        );
    }

    fn expect_gaps(&mut self) {
        for (number, vectors) in &self.model.spaces {
            let held = self.model.held();
            let texts = held.iter().flat_map(|document| DOCUMENTS[*document]);
            let missing: Vec<_> = texts.filter(|text| !vectors.contains(*text)).collect();
            let id = self.spaces[number];
            let gap = self.reader.read(|view| view.gap(id)).unwrap();
            assert_eq!(gap.passages, missing.len() as u64, "{}", SPACES[*number]);
            let unembedded = self.reader.read(|view| view.unembedded(id, 99)).unwrap();
            assert_eq!(unembedded.len(), missing.into_iter().collect::<BTreeSet<_>>().len());
        }
    }

    fn expect_the_log_tells_all(&mut self, names: BTreeSet<FileId>) {
        let mirror = &mut self.mirror;
        let read = self.reader.read(|view| {
            let Changes::Known(changes) = view.changes_since(mirror.seq, usize::MAX)? else {
                panic!("forgotten");
            };
            for (seq, change) in changes {
                mirror.seq = seq;
                match change {
                    Logged::ContentAdded(id) => assert!(mirror.contents.insert(id)),
                    Logged::ContentRemoved(id) => assert!(mirror.contents.remove(&id)),
                    Logged::ContentFilesChanged(_) => {}
                    Logged::NameChanged(id) => drop(mirror.names.insert(id)),
                    Logged::NameRemoved(id) => assert!(mirror.names.remove(&id)),
                    Logged::VectorsAdded { space, content } => {
                        mirror.vectors.insert((space, content), 0);
                    }
                }
            }
            view.content_ids()
        });
        assert_eq!(read.unwrap(), mirror.contents.iter().copied().collect::<Vec<_>>());
        assert_eq!(names, mirror.names);
        for space in self.spaces.values() {
            for content in &mirror.contents {
                let mut vectors = 0;
                let counted =
                    self.reader.read(|view| view.vectors_of(*space, *content, |_| vectors += 1));
                counted.unwrap();
                let told = mirror.vectors.contains_key(&(*space, *content));
                assert!(told || vectors == 0, "nobody told of vectors of {content}");
            }
        }
    }
}

fn begin(path: &Path) -> Run {
    let mut truth = open(path);
    let documents = DOCUMENTS.map(document).into();
    let folders = truth
        .change(|change| {
            Ok([
                change.add_folder(Path::new(FOLDERS[0]), "")?,
                change.add_folder(Path::new(FOLDERS[1]), "")?,
            ])
        })
        .unwrap();
    let reader = truth.reader().unwrap();
    let (spaces, model, mirror) = Default::default();
    Run { truth, reader, documents, folders, spaces, model, mirror }
}

/// Without headings, so that the same words are the same text wherever they stand.
fn document(texts: &[&str]) -> Made {
    let mut document = made("T", texts);
    for passage in &mut document.passages {
        passage.headings.clear();
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_the_truth_is_what_the_model_says(
        operations in prop::collection::vec(operation(), 1..60)
    ) {
        let (_kept, path) = temporary();
        let mut run = begin(&path);
        for operation in &operations {
            run.apply(operation);
            run.expect_like_the_model();
        }
        let Run { truth, reader, .. } = run;
        drop(reader);
        truth.close().unwrap();
        expect_whole(&path);
    }
}
