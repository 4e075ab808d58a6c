//! Reading files: threads that each take a file, look whether its bytes are known, and if not have its
//! text made.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use kenning_documents::{Document, EXTRACTOR_VERSION, Offence, Program, Quarantine};
use kenning_domain::{Cancel, FileId, Passage};
use kenning_store::{ContentHash, Reader as TruthReader, Reason, Stamp};
use kenning_watch::Stamp as WatchStamp;

use super::model::Model;
use super::orders::Message;
use super::reasons::{self, VANISHED};
use super::watching;
use crate::reading::{Read, Reader};

/// A file to be read.
pub(super) struct ToRead {
    pub file: FileId,
    pub path: PathBuf,
    /// As the truth knows it.
    pub stamp: Stamp,
}

/// A file that was taken up, and what came of it.
pub(super) struct Reading {
    pub file: FileId,
    pub path: PathBuf,
    /// What it was when it was read.
    pub stamp: Stamp,
    pub outcome: Outcome,
    /// What it has done to workers, where it did just now.
    pub offence: Option<Offence>,
    pub took: Duration,
}

pub(super) enum Outcome {
    /// Its bytes are in the truth already.
    Known(ContentHash),
    Text {
        hash: ContentHash,
        document: Box<Document>,
        passages: Vec<Passage>,
    },
    Refused(Reason),
    Failed(Reason),
    Quarantined(Reason),
    /// It is not as the truth knows it, or has changed while it was read.
    Changed(Stamp),
    Cancelled,
}

/// What every reading thread works with.
pub(super) struct Equipment {
    pub program: Program,
    pub quarantine: Quarantine,
    pub threads: usize,
    /// Counts tokens; they are estimated where there is none, or where it cannot be loaded.
    pub model: Option<Arc<Model>>,
}

/// The threads, and what they are busy with. Dropping it ends them after the file at hand.
pub(super) struct Readers {
    jobs: Sender<(ToRead, Cancel)>,
    cancel: Cancel,
    /// What was handed out and has not come back: its size.
    at_hand: HashMap<FileId, (PathBuf, u64)>,
    bytes_at_hand: u64,
    reader: Arc<Lazy>,
    pub(super) threads: usize,
}

struct Thread {
    jobs: Arc<Mutex<Receiver<(ToRead, Cancel)>>>,
    reader: Arc<Lazy>,
    truth: TruthReader,
    inbox: Sender<Message>,
}

/// The workers and the tokenizer, from when the first file is to be read.
struct Lazy {
    equipment: Equipment,
    reader: OnceLock<Reader>,
}

impl Lazy {
    fn get(&self) -> &Reader {
        self.reader.get_or_init(|| {
            let Equipment { program, quarantine, threads, model } = &self.equipment;
            let counter = model.as_ref().and_then(|model| {
                let loaded = model.loaded().ok()?;
                Some((Arc::clone(&loaded.count), model.name.clone()))
            });
            Reader::with(program.clone(), *threads, counter, quarantine.clone())
        })
    }
}

impl Readers {
    pub(super) fn start(
        equipment: Equipment,
        truth: &TruthReader,
        inbox: &Sender<Message>,
    ) -> Result<Self, super::LibraryError> {
        let (jobs, to_do) = channel();
        let to_do = Arc::new(Mutex::new(to_do));
        let threads = equipment.threads.max(1);
        let reader = Arc::new(Lazy { equipment, reader: OnceLock::new() });
        for _ in 0..threads {
            let thread = Thread {
                jobs: Arc::clone(&to_do),
                reader: Arc::clone(&reader),
                truth: truth.another()?,
                inbox: inbox.clone(),
            };
            thread::Builder::new().name("read".to_owned()).spawn(move || thread.run())?;
        }
        let (cancel, at_hand) = (Cancel::default(), HashMap::new());
        Ok(Self { jobs, cancel, at_hand, bytes_at_hand: 0, reader, threads })
    }

    /// How many more files may be handed out. Few large ones, so that a small one that comes does not
    /// wait for them; enough small ones that no thread waits for the librarian.
    pub(super) fn room(&self) -> usize {
        const MOST: usize = 256;
        const MOST_BYTES: u64 = 16 << 20;
        if self.bytes_at_hand > MOST_BYTES {
            return (self.threads * 2).saturating_sub(self.at_hand.len());
        }
        // In pieces, for each costs a look into the truth.
        let free = MOST - self.at_hand.len().min(MOST);
        if free >= MOST / 2 { free } else { 0 }
    }

    pub(super) fn is_at_hand(&self, file: FileId) -> bool {
        self.at_hand.contains_key(&file)
    }

    pub(super) fn count(&self) -> usize {
        self.at_hand.len()
    }

    pub(super) fn hand_out(&mut self, job: ToRead) {
        self.bytes_at_hand += job.stamp.size;
        self.at_hand.insert(job.file, (job.path.clone(), job.stamp.size));
        // It fails only when all threads have ended, which they never do before this.
        let _ = self.jobs.send((job, self.cancel.clone()));
    }

    /// What came back is in the truth.
    pub(super) fn done(&mut self, file: FileId) {
        if let Some((_, size)) = self.at_hand.remove(&file) {
            self.bytes_at_hand -= size;
        }
    }

    /// Lets a file cost workers again.
    pub(super) fn forgive(&self, path: &Path) {
        self.reader.get().forgive(path);
    }

    /// Gives up everything at hand; it comes back as cancelled.
    pub(super) fn give_up(&mut self) {
        std::mem::take(&mut self.cancel).cancel();
    }

    /// Some of the files that are being read.
    pub(super) fn some_at_hand(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> = self.at_hand.iter().collect();
        files.sort_unstable_by_key(|(file, _)| **file);
        files.into_iter().take(self.threads).map(|(_, (path, _))| path.clone()).collect()
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Thread {
    fn run(mut self) {
        loop {
            let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((job, cancel)) = job else { return };
            let reading = self.read(job, &cancel);
            if self.inbox.send(Message::Read(reading)).is_err() {
                return;
            }
        }
    }

    fn read(&mut self, job: ToRead, cancel: &Cancel) -> Reading {
        let began = Instant::now();
        let outcome = self.outcome(&job, cancel);
        let broke = matches!(outcome, Outcome::Failed(_) | Outcome::Quarantined(_));
        let offence = if broke { self.reader.get().offence(&job.path) } else { None };
        let ToRead { file, path, stamp } = job;
        Reading { file, path, stamp, outcome, offence, took: began.elapsed() }
    }

    fn outcome(&mut self, job: &ToRead, cancel: &Cancel) -> Outcome {
        if cancel.is_cancelled() {
            return Outcome::Cancelled;
        }
        match seen(job) {
            Ok(None) => {}
            Ok(Some(stamp)) => return Outcome::Changed(stamp),
            Err(error) => return Outcome::Failed(unseen(&error)),
        }
        let outcome = self.text(job, cancel);
        // What was read may be half of the one and half of the other.
        match seen(job) {
            Ok(Some(stamp)) if !matches!(outcome, Outcome::Cancelled) => Outcome::Changed(stamp),
            _ => outcome,
        }
    }

    fn text(&mut self, job: &ToRead, cancel: &Cancel) -> Outcome {
        let (mut hash, mut is_known) = (ContentHash([0; 32]), false);
        let truth = &mut self.truth;
        let reader = self.reader.get();
        let read = reader.read_if(&job.path, cancel, |bytes| {
            hash = ContentHash(*blake3::hash(bytes).as_bytes());
            // What cannot be asked is read: that does no harm.
            is_known = truth
                .read(|view| view.content_with(hash))
                .is_ok_and(|head| head.is_some_and(|head| head.extractor == EXTRACTOR_VERSION));
            !is_known
        });
        match read {
            Ok(None) => Outcome::Known(hash),
            Ok(Some(Read::Text { document, passages })) => {
                Outcome::Text { hash, document, passages }
            }
            Ok(Some(Read::Refused(refusal))) => Outcome::Refused(reasons::of_refusal(&refusal)),
            Ok(Some(Read::Failed(failure))) => Outcome::Failed(reasons::of_failure(&failure)),
            Ok(Some(Read::Quarantined(why))) => {
                Outcome::Quarantined(Reason::new("quarantined", why))
            }
            Ok(Some(Read::Cancelled)) => Outcome::Cancelled,
            Err(error) => Outcome::Failed(Reason::new("tokens", error.to_string())),
        }
    }
}

/// The file's stamp where it is another than the truth knows.
fn seen(job: &ToRead) -> io::Result<Option<Stamp>> {
    let now = watching::stamp(&WatchStamp::of(&fs::symlink_metadata(&job.path)?));
    Ok((!job.stamp.looks_unchanged(&now)).then_some(now))
}

fn unseen(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Reason::new(VANISHED, "it is not where it was; perhaps its drive is away")
        }
        _ => Reason::new("unreadable", format!("it cannot be looked at: {error}")),
    }
}
