//! A small library in many languages, and a model that knows a few dozen words of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use kenning_domain::{
    ContentId, Embed, Embedded, FileId, Language, ModelError, Overlong, Passage, PassageId, Role,
    SpaceId, Tag,
};
use kenning_store::codes::Codes;
use kenning_store::index::{Check, Words};
use kenning_store::{
    Access, ContentHash, Mark, Metadata, NewContent, NewSpace, Place, Reader, Reason, Stamp, Truth,
};
use kenning_words::{exact_terms, terms};
use tempfile::TempDir;

use crate::calibration::Calibration;
use crate::calibration::Scale;
use crate::library::{Catalogue, Described, FileDescribed, Meaning, Snapshot};

/// Made by hand: passages are what stands between empty lines.
#[derive(Clone, Debug)]
pub struct Document {
    /// The first part is one of the two watched folders.
    pub paths: Vec<&'static str>,
    pub language: &'static str,
    pub title: Option<&'static str>,
    pub format: &'static str,
    pub text: &'static str,
    /// Days since the start of 1970 that the document states, and seconds at which its files changed.
    pub stated: Option<i64>,
    pub changed: i64,
    pub is_embedded: bool,
}

pub const DAY: i64 = 86_400;

pub fn document(path: &'static str, language: &'static str, text: &'static str) -> Document {
    let format = match path.rsplit('.').next() {
        Some("md") => "markdown",
        Some("pdf") => "pdf",
        _ => "text",
    };
    Document {
        paths: vec![path],
        language,
        title: None,
        format,
        text,
        stated: None,
        changed: 19_000 * DAY,
        is_embedded: true,
    }
}

/// What the model knows: words of one meaning in several languages.
const MEANINGS: &[&str] = &[
    "tax steuer impôt налог ضريبة 税金",
    "return erklärung déclaration декларац 申告",
    "bicycle fahrrad vélo велосипед 自転車",
    "repair reparier réparer ремонт 修理",
    "bread brot хлеб パン خبز ขนมปัง",
    "bake backen выпека 焼く يخبز อบ",
    "contract vertrag contrat договор 契約",
    "landlord vermieter bailleur арендодатель 大家",
    "tomato tomate помидор トマト",
    "harvest ernte récolte урожай 収穫",
    "starter sauerteig levain закваск",
];
const AXES: usize = 24;
pub const DIMENSIONS: usize = 80;

/// Texts point where their meanings do, besides to an axis of their language, which pulls those of one
/// language together, and a little to one of all others.
pub struct Fake {
    pub asked: std::sync::atomic::AtomicUsize,
}

impl Fake {
    pub const fn new() -> Self {
        Self { asked: std::sync::atomic::AtomicUsize::new(0) }
    }

    fn vector(text: &str) -> Vec<f32> {
        let text = text.trim().to_lowercase();
        let mut vector = vec![0.0; DIMENSIONS];
        for (axis, words) in MEANINGS.iter().enumerate() {
            if words.split(' ').any(|word| text.contains(word)) {
                vector[axis] = 1.0;
            }
        }
        let hash = blake3::hash(text.as_bytes());
        vector[AXES + usize::from(hash.as_bytes()[0]) % AXES] = 0.5;
        let language = kenning_languages::language(&text, None);
        if let Some(language) = language {
            let number: usize = language.tag.as_str().bytes().map(usize::from).sum();
            vector[2 * AXES + number % (DIMENSIONS - 2 * AXES)] = 1.0;
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter().map(|value| value / length).collect()
    }
}

impl Embed for Fake {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        texts: &[&str],
        _: Role<'_>,
        dimensions: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        assert!(dimensions.is_none_or(|dimensions| dimensions == DIMENSIONS));
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let vectors = texts.iter().map(|text| Self::vector(text)).collect();
        Ok(Embedded { vectors, ..Embedded::default() })
    }
}

/// Measured once for all tests.
pub fn calibration() -> Arc<Calibration> {
    static MEASURED: OnceLock<Arc<Calibration>> = OnceLock::new();
    let measure = || {
        let measured = Calibration::measure(&Fake::new(), &mut |_, _| true).unwrap();
        Arc::new(measured.unwrap().with_scale(Scale { chance: 0.3, answer: 0.7, spread: 0.0 }))
    };
    Arc::clone(MEASURED.get_or_init(measure))
}

/// A library on disk, with everything that is derived from it.
pub struct Library {
    pub snapshot: Snapshot,
    pub truth: Reader,
    pub contents: Vec<ContentId>,
    _words: Words,
    /// Changes what is in the truth, and nothing that was derived from it.
    pub writer: Truth,
    _folder: TempDir,
}

impl Library {
    pub fn of(documents: &[Document]) -> Self {
        Self::with_unread(documents, &[])
    }

    /// With files that gave no text, and the codes of the reasons; those without one still wait.
    pub fn with_unread(documents: &[Document], unread: &[(&'static str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut truth = Truth::open(&folder.path().join("data"), Access::Write).unwrap();
        let (space, contents) = fill(&mut truth, documents);
        let mut reader = truth.reader().unwrap();
        let mut words = Words::open(&folder.path().join("words"), Check::Full).unwrap().words;
        let catalogue = derive(&mut reader, &mut words, documents, &contents);
        for (path, reason) in unread {
            let file = refuse(&mut truth, path, reason);
            put_name(&mut words, file, path.split_once('/').unwrap().1);
        }
        words.commit(Mark { epoch: 1, seq: 2 }).unwrap();
        let meaning = space.map(|space| meaning(&mut reader, space));
        let catalogue = Arc::new(RwLock::new(catalogue));
        let snapshot = Snapshot { words: words.snapshot(), meaning, catalogue };
        Self { snapshot, truth: reader, contents, _words: words, writer: truth, _folder: folder }
    }
}

fn passages(document: &Document) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut start = 0;
    for part in document.text.split("\n\n").filter(|_| !document.text.is_empty()) {
        passages.push(Passage {
            span: start..start + part.len(),
            page: Some(1 + passages.len() as u32),
            headings: Vec::new(),
            language: Tag::new(document.language).map(|tag| Language { tag, confidence: 0.9 }),
        });
        start += part.len() + 2;
    }
    passages
}

fn fill(truth: &mut Truth, documents: &[Document]) -> (Option<SpaceId>, Vec<ContentId>) {
    let mut contents = Vec::new();
    let space = truth.change(|change| {
        let folders = ["home", "work"].map(|name| change.add_folder(&root(name), "").unwrap());
        let definition =
            NewSpace { model: "fake", revision: "1", definition: "fake", dimensions: DIMENSIONS };
        let space = change.add_space(definition)?;
        change.answer_from(space)?;
        for document in documents {
            let passages = passages(document);
            let named = format!("{:?}{:?}{}", document.paths, document.title, document.text);
            let metadata =
                Metadata { title: document.title.map(str::to_owned), ..Metadata::default() };
            let new = NewContent {
                hash: ContentHash(*blake3::hash(named.as_bytes()).as_bytes()),
                bytes: document.text.len() as u64,
                format: document.format,
                extractor: 1,
                metadata: &metadata,
                partial: None,
                text: document.text,
                passages: &passages,
            };
            for path in &document.paths {
                let (name, path) = path.split_once('/').unwrap();
                let folder = folders[usize::from(name == "work")];
                let stamp = Stamp { size: 1, modified: document.changed * 1_000_000_000, id: None };
                let file = change.see(Place::new(folder, Path::new(path)), &stamp)?;
                let content = change.put_content(file, &stamp, &new)?.unwrap();
                if contents.last() != Some(&content) {
                    contents.push(content);
                }
            }
        }
        embed(change, space, documents, &contents)?;
        Ok(space)
    });
    (Some(space.unwrap()), contents)
}

fn refuse(truth: &mut Truth, path: &str, reason: &str) -> FileId {
    let refused = truth.change(|change| {
        let folders = change.view().folders()?;
        let (name, path) = path.split_once('/').unwrap();
        let folder = folders.iter().find(|folder| folder.path == root(name)).unwrap();
        let stamp = Stamp { size: 1, modified: 19_500 * DAY * 1_000_000_000, id: None };
        let file = change.see(Place::new(folder.id, Path::new(path)), &stamp)?;
        if !reason.is_empty() {
            let reason = Reason::new(reason, format!("because it is {reason}"));
            assert!(change.refused(file, &stamp, &reason, 1)?);
        }
        Ok(file)
    });
    refused.unwrap()
}

fn put_name(words: &mut Words, file: FileId, path: &str) {
    let mut found = Vec::new();
    terms(path, None, &mut found);
    words.put_name(file, found.iter().map(|term| term.text.as_str())).unwrap();
}

fn embed(
    change: &mut kenning_store::Change<'_>,
    space: SpaceId,
    documents: &[Document],
    contents: &[ContentId],
) -> Result<(), kenning_store::StoreError> {
    let wanted = |content: ContentId| {
        let place = contents.iter().position(|one| *one == content).unwrap();
        documents[place].is_embedded
    };
    let texts = change.view().unembedded(space, 100_000)?;
    let texts = texts.iter().filter(|text| wanted(text.content));
    let vectors: Vec<_> = texts.map(|text| (text.id, Fake::vector(&text.words))).collect();
    change.put_vectors(space, &vectors)
}

fn root(name: &str) -> PathBuf {
    PathBuf::from(format!("/{name}"))
}

fn derive(
    reader: &mut Reader,
    words: &mut Words,
    documents: &[Document],
    contents: &[ContentId],
) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let read = reader.read(|view| {
        catalogue.set_folders(view.folders()?.into_iter().map(|folder| (folder.id, folder.path)));
        for (content, document) in contents.iter().zip(documents) {
            let files = view.files_of(*content)?.into_iter().map(|file| FileDescribed {
                id: file.id,
                folder: file.folder,
                path: file.path.into_boxed_path(),
                modified: file.stamp.modified / 1_000_000_000,
            });
            let files: Vec<FileDescribed> = files.collect();
            for file in &files {
                put_name(words, file.id, &file.path.to_string_lossy());
            }
            let passages = passages(document);
            for (passage, ordinal) in passages.iter().zip(0..) {
                let text = &document.text[passage.span.clone()];
                let (mut stems, mut exact) = (Vec::new(), Vec::new());
                terms(text, passage.language.map(|one| one.tag), &mut stems);
                exact_terms(text, &mut exact);
                let stems = stems.iter().map(|term| term.text.as_str());
                let exact = exact.iter().map(|term| (term.text.as_str(), term.position));
                words.add(PassageId::new(*content, ordinal).unwrap(), stems, exact).unwrap();
            }
            catalogue.put(
                *content,
                Described {
                    format: document.format.into(),
                    title: document.title.map(Into::into),
                    created: None,
                    modified: document.stated,
                    languages: passages.iter().map(|one| one.language.map(|one| one.tag)).collect(),
                    files,
                },
            );
        }
        Ok(())
    });
    read.unwrap();
    words.commit(Mark { epoch: 1, seq: 1 }).unwrap();
    catalogue
}

fn meaning(reader: &mut Reader, space: SpaceId) -> Meaning {
    let calibration = calibration();
    let mut codes = Codes::new(DIMENSIONS);
    let read = reader.read(|view| {
        view.each_vector(space, |row| {
            let mut vector = row.vector.to_vec();
            calibration.shift_document(row.language, &mut vector);
            codes.push(row.passage, &vector).unwrap();
        })
    });
    read.unwrap();
    Meaning { space, codes: codes.snapshot(), calibration }
}
