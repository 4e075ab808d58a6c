//! A truth in a folder of its own, documents made in code, and vectors that tell whose they are.

use std::path::{Path, PathBuf};

use kenning_domain::{
    Embed, Embedded, FileId, Language, ModelError, Overlong, Passage, Role, SpaceId, Tag,
};
use kenning_store::codes::Codes;
use kenning_store::{
    Access, ContentHash, Metadata, NewContent, NewSpace, Place, Reader, Stamp, Truth,
};
use tempfile::TempDir;

use super::super::{Derived, Flush, Repaired};
use super::{names, passages, similarities, stem};
use crate::calibration::Calibration;
use crate::library::Meaning;

pub const DIMENSIONS: usize = 12;
pub const WORDS: &[&str] = &["eins", "zwei", "drei", "海", "море", "alle"];

/// A document's passages: language, headings, text.
pub struct Document<'a> {
    pub title: Option<&'a str>,
    pub passages: Vec<(&'a str, &'a [&'a str], &'a str)>,
}

impl<'a> Document<'a> {
    pub fn plain(text: &'a str) -> Self {
        Self { title: None, passages: vec![("", &[], text)] }
    }
}

pub struct World {
    folder: TempDir,
    pub truth: Truth,
    pub reader: Reader,
    pub space: SpaceId,
    root: kenning_domain::FolderId,
    stamps: i64,
}

pub fn always() -> &'static dyn Fn() -> bool {
    &|| true
}

pub fn never() -> &'static dyn Fn() -> bool {
    &|| false
}

pub fn query() -> Vec<f32> {
    vector(4_711)
}

fn vector(seed: i64) -> Vec<f32> {
    let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut vector: Vec<f32> = (0..DIMENSIONS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / 8_388_608.0 - 0.9
        })
        .collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

/// A model for which all texts of equal length mean the same.
struct ByLength;

impl Embed for ByLength {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        texts: &[&str],
        _: Role<'_>,
        _: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        let vectors = texts.iter().map(|text| vector(text.len() as i64)).collect();
        Ok(Embedded { vectors, ..Embedded::default() })
    }
}

pub fn calibration() -> Calibration {
    Calibration::measure(&ByLength, &mut |_, _| true).unwrap().unwrap()
}

impl World {
    pub fn new() -> Self {
        Self::in_folder(TempDir::new().unwrap())
    }

    fn in_folder(folder: TempDir) -> Self {
        let mut truth = Truth::open(folder.path(), Access::Write).unwrap();
        let root = truth.change(|change| change.add_folder(Path::new("/f"), "")).unwrap();
        let reader = truth.reader().unwrap();
        let mut world = Self { folder, truth, reader, space: SpaceId(0), root, stamps: 0 };
        let space = world.add_space("first");
        world.truth.change(|change| change.answer_from(space)).unwrap();
        world
    }

    /// The same data folder, in which the database was made anew.
    pub fn with_another_truth(self) -> Self {
        let Self { folder, truth, reader, .. } = self;
        drop(reader);
        truth.close().unwrap();
        std::fs::remove_file(folder.path().join("kenning.db")).unwrap();
        Self::in_folder(folder)
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// A space of another model, which is filled from now on.
    pub fn add_space(&mut self, name: &str) -> SpaceId {
        let new = NewSpace { model: name, revision: "1", definition: name, dimensions: DIMENSIONS };
        self.space = self.truth.change(|change| change.add_space(new)).unwrap();
        self.space
    }

    pub fn put(&mut self, path: &str, document: &Document<'_>) -> FileId {
        self.stamps += 1;
        let stamp = Stamp { size: 1, modified: self.stamps * 1_000_000_000, id: None };
        let (text, passages) = text_of(document);
        let metadata = Metadata { title: document.title.map(str::to_owned), ..Metadata::default() };
        let hash = format!("{:?} {text} {passages:?}", document.title);
        let new = NewContent {
            hash: ContentHash(*blake3::hash(hash.as_bytes()).as_bytes()),
            bytes: text.len() as u64,
            format: "text",
            extractor: 1,
            metadata: &metadata,
            partial: None,
            text: &text,
            passages: &passages,
        };
        let place = Place::new(self.root, Path::new(path));
        self.truth
            .change(|change| {
                let file = change.see(place, &stamp)?;
                change.put_content(file, &stamp, &new)?.unwrap();
                Ok(file)
            })
            .unwrap()
    }

    pub fn forget(&mut self, path: &str) {
        let place = Place::new(self.root, Path::new(path));
        self.truth.change(|change| change.forget(place)).unwrap();
    }

    pub fn move_to(&mut self, from: &str, to: &str) {
        self.stamps += 1;
        let stamp = Stamp { size: 1, modified: self.stamps * 1_000_000_000, id: None };
        let [from, to] = [from, to].map(|path| Place::new(self.root, Path::new(path)));
        self.truth.change(|change| change.moved(from, to, &stamp)).unwrap();
    }

    /// Gives every text of the newest space that lacks one a vector.
    pub fn embed(&mut self) {
        while self.embed_some(100) > 0 {}
    }

    pub fn embed_some(&mut self, limit: usize) -> usize {
        let space = self.space;
        let texts = self.reader.read(|view| view.unembedded(space, limit)).unwrap();
        let of = |text: &kenning_store::Unembedded| {
            let hash = blake3::hash(text.words.as_bytes());
            let bytes = hash.as_bytes()[..4].iter();
            (text.id, vector(bytes.fold(space.0, |seed, byte| seed * 256 + i64::from(*byte))))
        };
        let vectors: Vec<_> = texts.iter().map(of).collect();
        self.truth.change(|change| change.put_vectors(space, &vectors)).unwrap();
        vectors.len()
    }

    /// Changes the database behind everybody's back.
    pub fn rot(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.data().join("kenning.db")).unwrap();
        assert_eq!(connection.execute(sql, ()).unwrap(), 1);
    }

    pub fn open(&mut self) -> (Derived, Vec<Repaired>) {
        Derived::open(self.folder.path(), &mut self.reader, &[]).unwrap()
    }

    pub fn derived(&mut self) -> Derived {
        let (derived, repaired) = self.open();
        assert_eq!(repaired, []);
        derived
    }

    pub fn catch_up(&mut self, derived: &mut Derived) {
        let progress = derived.catch_up(&mut self.reader, always(), Flush::Now).unwrap();
        assert!(progress.caught_up && progress.behind == 0, "{progress:?}");
        assert!(!progress.unshown && progress.damaged.is_empty(), "{progress:?}");
    }

    /// It says what the truth says, and answers as one that was made from nothing.
    pub fn expect_same(&mut self, derived: &Derived) {
        let differences = self.reader.read(|view| Ok(derived.verify(view).unwrap())).unwrap();
        assert_eq!(differences, []);
        let elsewhere = TempDir::new().unwrap();
        let elsewhere: PathBuf = elsewhere.path().join("data");
        std::fs::create_dir_all(&elsewhere).unwrap();
        let (mut fresh, _) = Derived::open(&elsewhere, &mut self.reader, &[]).unwrap();
        self.catch_up(&mut fresh);
        let (one, other) = (derived.snapshot(), fresh.snapshot());
        for word in WORDS {
            assert_eq!(passages(&one, stem(word)), passages(&other, stem(word)), "{word}");
            assert_eq!(names(&one, word), names(&other, word), "{word}");
        }
        let calibration =
            |meaning: &Option<Meaning>| meaning.as_ref().map(|meaning| meaning.calibration.clone());
        // Means are measured now and then, so that they may be of less than there is.
        if calibration(&one.meaning) == calibration(&other.meaning) {
            assert_eq!(similarities(&one), similarities(&other));
        }
        let (one, other) = (one.catalogue.read().unwrap(), other.catalogue.read().unwrap());
        assert_eq!(*one, *other);
    }

    /// The codes are what comes of each vector when the calibration is taken out of it.
    pub fn expect_vectors_shifted(&mut self, meaning: &Meaning) {
        let mut codes = Codes::new(DIMENSIONS);
        self.reader
            .read(|view| {
                view.each_vector(meaning.space, |row| {
                    let mut vector = row.vector.to_vec();
                    meaning.calibration.shift_document(row.language, &mut vector);
                    codes.push(row.passage, &vector).unwrap();
                })
            })
            .unwrap();
        let passages: Vec<_> = codes.snapshot().passages().collect();
        assert_eq!(passages.len(), meaning.codes.len());
        let similarity = |codes: &kenning_store::codes::CodesSnapshot| {
            codes.similarity_of(&query(), &passages).unwrap()
        };
        assert_eq!(similarity(&codes.snapshot()), similarity(&meaning.codes));
    }
}

fn text_of(document: &Document<'_>) -> (String, Vec<Passage>) {
    let mut text = String::new();
    let mut passages = Vec::new();
    for (tag, headings, own) in &document.passages {
        let start = text.len();
        text.push_str(own);
        passages.push(Passage {
            span: start..text.len(),
            page: None,
            headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
            language: Tag::new(tag).map(|tag| Language { tag, confidence: 1.0 }),
        });
        text.push('\n');
    }
    (text, passages)
}
