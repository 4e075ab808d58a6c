//! The made-up library: written through the truth, as files that were read and embedded, and derived
//! from it as always. Its vectors lie around those that the model gives to texts of its topics and
//! languages.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kenning_domain::{
    ContentId, FolderId, Language, Overlong, Passage, Role, SpaceId, Tag, TextId,
};
use kenning_engine::{Home, Model};
use kenning_search::calibration::Calibration;
use kenning_search::library::{Derived, Flush};
use kenning_store::{
    Access, ContentHash, Metadata, NewContent, NewSpace, Place, Stamp, StoreError, Truth,
};

use crate::Outcome;
use crate::text::{Chance, TONGUES, TOPICS};

/// Passages of documents, one document after another: most are short, and some are books.
const SIZES: &[usize] = &[1, 4, 2, 8, 3, 1, 12, 2, 5, 62];
/// Words of a passage.
const WORDS: usize = 110;
const PASSAGES_AT_ONCE: usize = 4_000;
/// How far a passage lies from what its document is about, for each number of its vector.
const SPREAD: f64 = 0.02;
const DAY: i64 = 24 * 60 * 60;

struct Document {
    path: String,
    tongue: usize,
    topic: usize,
    text: String,
    passages: Vec<Passage>,
}

impl Document {
    fn new(number: usize) -> Self {
        let mut chance = Chance::new(number as u64);
        let (tongue, topic) = (chance.below(TONGUES.len()), chance.below(TOPICS));
        let own = &TONGUES[tongue];
        let language = Tag::new(own.tag).map(|tag| Language { tag, confidence: 0.9 });
        let mut text = String::new();
        let mut passages = Vec::new();
        for _ in 0..SIZES[number % SIZES.len()] {
            let start = text.len();
            text.push_str(&chance.text(own, topic, WORDS));
            let span = start..text.len();
            passages.push(Passage { span, page: None, headings: Vec::new(), language });
            text.push_str("\n\n");
        }
        let ending = ["txt", "md", "pdf", "docx"][chance.below(4)];
        let name = chance.words(own, topic, 2);
        let path =
            format!("{}/{}/{name} {number}.{ending}", number / 600 % 61, 1990 + number / 40 % 35);
        Self { path, tongue, topic, text, passages }
    }
}

/// Made only where it is not there yet.
pub fn library(home: &Home, model: &Model, folder: &Path, passages: usize) -> Outcome<()> {
    let whole = home.data().join("bench-whole");
    if whole.is_file() {
        return Ok(());
    }
    println!("making a library of {passages} passages …");
    let started = Instant::now();
    match fs::remove_dir_all(home.data()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(home.data())?,
    }
    let mut truth = Truth::open(home.data(), Access::Write)?;
    let space = write(&mut truth, model, passages)?;
    println!("written in {:.0?}", started.elapsed());
    derive(home, &mut truth, space, folder)?;
    truth.close()?;
    println!("derived in {:.0?} since the start", started.elapsed());
    fs::write(whole, [])?;
    Ok(())
}

fn write(truth: &mut Truth, model: &Model, passages: usize) -> Outcome<SpaceId> {
    let (folder, space) = truth.change(|change| {
        let folder = change.add_folder(Path::new("/kenning-bench"), "")?;
        let space = change.add_space(NewSpace {
            model: &model.name,
            revision: &model.revision,
            definition: &model.definition,
            dimensions: model.dimensions,
        })?;
        change.answer_from(space)?;
        Ok((folder, space))
    })?;
    let centres = Centres::of(model)?;
    let (mut number, mut left) = (0, passages);
    while left > 0 {
        let mut documents = Vec::new();
        let mut at_once = 0;
        while left > 0 && at_once < PASSAGES_AT_ONCE {
            let mut document = Document::new(number);
            document.passages.truncate(left);
            left -= document.passages.len();
            at_once += document.passages.len();
            number += 1;
            documents.push(document);
        }
        put(truth, folder, space, &documents, &centres)?;
    }
    Ok(space)
}

fn put(
    truth: &mut Truth,
    folder: FolderId,
    space: SpaceId,
    documents: &[Document],
    centres: &Centres,
) -> Outcome<()> {
    let mut about: HashMap<ContentId, &Document> = HashMap::new();
    truth.change(|change| {
        for document in documents {
            about.extend(put_document(change, folder, document)?.map(|id| (id, document)));
        }
        Ok(())
    })?;
    truth.change(|change| {
        loop {
            let texts = change.view().unembedded(space, PASSAGES_AT_ONCE)?;
            if texts.is_empty() {
                return Ok(());
            }
            let vector = |text: &kenning_store::Unembedded| {
                let document = about.get(&text.content)?;
                Some((text.id, centres.near(document, text.id)))
            };
            let vectors: Vec<_> = texts.iter().filter_map(vector).collect();
            change.put_vectors(space, &vectors)?;
        }
    })?;
    Ok(())
}

fn put_document(
    change: &mut kenning_store::Change<'_>,
    folder: FolderId,
    document: &Document,
) -> Result<Option<ContentId>, StoreError> {
    let days = 12_000 + (document.text.len() as i64 * 7919) % 8_000;
    let modified = days * DAY * 1_000_000_000;
    let stamp = Stamp { size: document.text.len() as u64, modified, id: None };
    let file = change.see(Place::new(folder, Path::new(&document.path)), &stamp)?;
    let new = NewContent {
        hash: ContentHash(*blake3::hash(document.text.as_bytes()).as_bytes()),
        bytes: document.text.len() as u64,
        format: document.path.rsplit('.').next().unwrap_or("text"),
        extractor: 1,
        metadata: &Metadata::default(),
        partial: None,
        text: &document.text,
        passages: &document.passages,
    };
    change.put_content(file, &stamp, &new)
}

fn derive(home: &Home, truth: &mut Truth, space: SpaceId, model: &Path) -> Outcome<()> {
    let mut reader = truth.reader()?;
    let shipped = fs::read(model.join("calibration.bin")).ok();
    let shipped = shipped.and_then(|bytes| Calibration::from_bytes(&bytes).ok());
    let known: Vec<_> = shipped.map(|known| (space, Arc::new(known))).into_iter().collect();
    let (mut derived, _) = Derived::open(home.data(), &mut reader, &known)?;
    while !derived.catch_up(&mut reader, &|| true, Flush::WhenDue)?.caught_up {}
    derived.catch_up(&mut reader, &|| true, Flush::Now)?;
    derived.close()?;
    Ok(())
}

/// Where the model puts texts of each topic in each language.
struct Centres(Vec<Vec<f32>>);

impl Centres {
    fn of(model: &Model) -> Outcome<Self> {
        let embed = &model.loaded()?.embed;
        let mut centres = Vec::new();
        for tongue in TONGUES {
            let text = |topic| Chance::new(topic as u64).text(tongue, topic, 20);
            let texts: Vec<String> = (0..TOPICS).map(text).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            centres.extend(embed.embed(&texts, Role::Document, None, Overlong::Truncate)?.vectors);
        }
        Ok(Self(centres))
    }

    /// A passage is about its document's topic, a little about another, and something of its own.
    fn near(&self, document: &Document, text: TextId) -> Vec<f32> {
        let mut chance = Chance::new(text.0 as u64);
        let centre = |topic: usize| &self.0[document.tongue * TOPICS + topic];
        let (own, other) = (centre(document.topic), centre(chance.below(TOPICS)));
        let share = 0.4 * chance.next();
        let mut value = |(own, other): (&f32, &f32)| {
            // Six even numbers make a nearly normal one.
            let noise: f64 = (0..6).map(|_| chance.next() - 0.5).sum::<f64>() * 1.41;
            ((1.0 - share) * f64::from(*own) + share * f64::from(*other) + SPREAD * noise) as f32
        };
        let mut vector: Vec<f32> = own.iter().zip(other).map(&mut value).collect();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|value| *value /= length);
        vector
    }
}
