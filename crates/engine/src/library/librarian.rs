//! The one thread that owns the truth and what is derived from it: it hears, writes, keeps everything
//! in step, gives out work and tells how far it is.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use kenning_documents::EXTRACTOR_VERSION;
use kenning_domain::{Cancel, ContentId, FileId, SpaceId};
use kenning_search::library::{Derived, Flush, LibraryError as DerivedError};
use kenning_store::{
    Moment, Reader as TruthReader, Reason, State as InLedger, StoreError, Truth, fail,
};

use super::board::{Board, Shown};
use super::embedding::{Embedder, Embedding};
use super::error::LibraryError;
use super::model::Model;
use super::notes::{Note, Notes, Writing};
use super::orders::{Listener, Message, Order};
use super::progress::{Event, Halted, Rest, Speeds};
use super::readers::{Outcome, Readers, Reading};
use super::repairs::Repairs;
use super::spaces::{self, Spaces};
use super::watching::Watching;

pub(super) struct Librarian {
    pub(super) truth: Truth,
    pub(super) reader: TruthReader,
    pub(super) derived: Derived,
    pub(super) watching: Watching,
    pub(super) readers: Readers,
    pub(super) embedder: Embedder,
    pub(super) spaces: Spaces,
    pub(super) others: Vec<Arc<Model>>,
    pub(super) first_retry: Duration,
    pub(super) offenders: HashSet<PathBuf>,
    pub(super) inbox: Receiver<Message>,
    /// For the threads that are started later.
    pub(super) sender: Sender<Message>,
    pub(super) board: Arc<Board>,
    pub(super) state: State,
}

/// What the librarian remembers from one round to the next.
#[derive(Default)]
pub(super) struct State {
    pub(super) notes: Notes,
    pub(super) speeds: Speeds,
    pub(super) is_paused: bool,
    /// Whether the work rests until the machine has current again.
    pub(super) is_on_battery: bool,
    is_stopped: bool,
    /// Whether the folders are watched.
    is_begun: bool,
    pub(super) halt: Option<Halt<Halted>>,
    /// The halt that is over, until something succeeds: the next one lasts longer.
    halted_before: Option<Halt<Halted>>,
    /// Whether there may be files, or texts, that nobody was given yet.
    pub(super) look_for_files: bool,
    pub(super) look_for_texts: bool,
    pub(super) next_try: Option<Moment>,
    /// Files that changed while they were read, when to try them again, and how often they did.
    pub(super) restless: HashMap<FileId, (Instant, u32)>,
    pub(super) model_rest: Option<Halt<String>>,
    pub(super) derived: InStep,
    pub(super) measuring: HashSet<SpaceId>,
    pub(super) stop_measuring: Cancel,
    pub(super) waiting_for_rest: Vec<Sender<Rest>>,
    pub(super) listeners: Vec<Listener>,
    pub(super) shown_at: Option<Instant>,
    /// Whether something may have changed since.
    pub(super) is_to_be_shown: bool,
    pub(super) swept_at: Option<Instant>,
    pub(super) is_looked_through: bool,
    pub(super) repairs: Vec<Repairs>,
}

impl State {
    pub(super) fn new(is_paused: bool, repairs: Vec<Repairs>) -> Self {
        Self { is_paused, repairs, ..Self::default() }
    }

    /// Whether nothing more is to be begun.
    pub(super) fn rests(&self) -> bool {
        self.is_paused || self.is_on_battery
    }
}

/// How far what is derived is behind the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum InStep {
    #[default]
    Behind,
    /// It has everything, and does not show everything yet.
    Unshown,
    Complete,
}

/// Something that cannot be done now and is tried again.
#[derive(Clone, Debug)]
pub(super) struct Halt<Why> {
    pub(super) why: Why,
    pub(super) until: Instant,
    tries: u32,
}

impl<Why> Halt<Why> {
    fn again(before: Option<&Self>, why: Why) -> Self {
        const LONGEST: Duration = Duration::from_secs(60);
        let tries = before.map_or(0, |halt| halt.tries + 1);
        let pause = Duration::from_millis(500).saturating_mul(1 << tries.min(10)).min(LONGEST);
        Self { why, until: Instant::now() + pause, tries }
    }

    pub(super) fn holds(halt: Option<&Self>) -> bool {
        halt.is_some_and(|halt| Instant::now() < halt.until)
    }
}

/// How long a round may keep from listening.
const ROUND: Duration = Duration::from_millis(100);
/// How soon what is derived is asked again to show what it has.
const SHOWN_AFTER: Duration = Duration::from_millis(250);

impl Librarian {
    pub(super) fn run(mut self) {
        while !self.state.is_stopped {
            self.go_on_after_halt();
            let has_begun = self.has_begun();
            self.hear();
            if has_begun {
                self.write_if_due();
                self.keep_in_step();
                self.give_out_files();
                self.give_out_texts();
            }
            self.tell();
        }
        self.end();
    }

    /// Takes up what the truth says is to be watched; not before somebody could search.
    fn has_begun(&mut self) -> bool {
        if !self.state.is_begun && self.state.halt.is_none() {
            match self.begin() {
                Ok(()) => self.state.is_begun = true,
                Err(error) => self.halt(error),
            }
        }
        self.state.is_begun
    }

    fn begin(&mut self) -> Result<(), LibraryError> {
        self.truth.change(|change| change.read_older_again(EXTRACTOR_VERSION))?;
        let watching = &mut self.watching;
        let started = self.reader.read(|view| {
            let folders = view.folders()?;
            Ok(folders.into_iter().try_for_each(|folder| watching.start(folder, view)))
        })?;
        started?;
        let ledger = self.reader.read(|view| view.ledger())?;
        if ledger.files(InLedger::Words) + ledger.files(InLedger::Meaning) > 0 {
            for (space, _) in self.spaces.models() {
                self.measure_if_needed(space);
            }
        }
        self.look_for_everything();
        Ok(())
    }

    fn go_on_after_halt(&mut self) {
        let is_over = !Halt::holds(self.state.halt.as_ref());
        if let Some(over) = self.state.halt.take_if(|_| is_over) {
            self.state.halted_before = Some(over);
            self.state.look_for_files = true;
            self.state.look_for_texts = true;
        }
    }

    /// Waits until something is said or due, and takes up all that was said.
    fn hear(&mut self) {
        let wait = self.until_due();
        let mut said = match self.inbox.recv_timeout(wait) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            // It holds a sender itself, so this cannot be.
            Err(RecvTimeoutError::Disconnected) => return self.state.is_stopped = true,
        };
        while let Some(message) = said.take() {
            self.take(message);
            if self.state.notes.is_enough() || self.state.is_stopped {
                break;
            }
            said = self.inbox.try_recv().ok();
        }
    }

    fn take(&mut self, message: Message) {
        self.state.is_to_be_shown = true;
        match message {
            Message::Order(Order::Stop) => self.state.is_stopped = true,
            Message::Order(order) => self.obey(order),
            Message::Changes(changes) => self.state.notes.push(Note::Changes(changes)),
            Message::Read(reading) => self.state.notes.push(Note::Read(reading)),
            Message::Embedded(embedding) => self.take_vectors(embedding),
            Message::Measured { space, calibration } => {
                match self.know_calibration(space, *calibration) {
                    Ok(()) => self.state.derived = InStep::Behind,
                    Err(error) => self.halt(error),
                }
            }
        }
    }

    fn take_vectors(&mut self, embedding: Embedding) {
        let made = embedding.vectors.len();
        self.state.speeds.embedded(made, embedding.took);
        match &embedding.failure {
            Some(why) => {
                let halt = Halt::again(self.state.model_rest.as_ref(), why.clone());
                self.state.model_rest = Some(halt);
            }
            None if made > 0 => self.state.model_rest = None,
            None => {}
        }
        self.state.notes.push(Note::Embedded(embedding));
    }

    fn until_due(&self) -> Duration {
        const LONGEST: Duration = Duration::from_secs(60);
        let state = &self.state;
        let now = Instant::now();
        // What is past waits for something else, such as room among the readers.
        let soon = |at: Instant| if at > now { at } else { now + ROUND };
        let mut due = vec![now + LONGEST];
        if let Some(halt) = &state.halt {
            due.push(halt.until);
        } else {
            due.extend(state.notes.due());
            due.extend(match state.derived {
                InStep::Behind => Some(now),
                InStep::Unshown if self.is_all_done() => Some(now),
                InStep::Unshown => Some(now + SHOWN_AFTER),
                InStep::Complete => None,
            });
            if !state.rests() {
                due.extend(state.restless.values().map(|(until, _)| soon(*until)).min());
                due.extend(state.model_rest.as_ref().map(|rest| soon(rest.until)));
                let left = state.next_try.map(|next| next.0.saturating_sub(Moment::now().0));
                let left = left.map(|left| Duration::from_secs(u64::try_from(left).unwrap_or(0)));
                due.extend(left.map(|left| soon(now + left)));
            }
        }
        if state.is_to_be_shown || self.readers.count() > 0 || self.embedder.is_busy() {
            due.push(now + ROUND);
        }
        let next = due.into_iter().min().unwrap_or(now);
        next.saturating_duration_since(now)
    }

    fn write_if_due(&mut self) {
        let notes = &self.state.notes;
        // Nothing else is on its way that could be written with it.
        let is_all = self.readers.count() == 0 && !self.embedder.is_busy();
        let is_due = notes.due().is_some_and(|due| due <= Instant::now());
        if notes.is_enough() || is_due || is_all {
            self.write();
        }
    }

    /// Writes everything that was noted, unless the disk refuses.
    pub(super) fn write(&mut self) {
        while !self.state.notes.is_empty() && self.state.halt.is_none() {
            let now = Moment::now();
            let writing = Writing {
                watching: &self.watching,
                first_retry: self.first_retry,
                offenders: &self.offenders,
                now,
            };
            let notes = self.state.notes.next();
            let count = notes.len();
            let written = self.truth.change_at(now, |change| {
                notes.into_iter().try_for_each(|note| writing.write(change, note))
            });
            match written {
                Ok(()) => {
                    fail::point("librarian.written");
                    self.state.halted_before = None;
                    let written = self.state.notes.written(count);
                    written.into_iter().for_each(|note| self.settle(note, true));
                }
                Err(error @ (StoreError::Unfit(_) | StoreError::Unknown { .. })) => {
                    if let Some(note) = self.state.notes.one_is_unfit(count) {
                        self.tell_unfit(note, &error);
                    }
                }
                Err(error) => self.halt(error),
            }
        }
    }

    /// What came of a file and cannot be kept is a failure of the file.
    fn tell_unfit(&mut self, note: Note, error: &StoreError) {
        match note {
            Note::Read(mut reading) if !matches!(reading.outcome, Outcome::Failed(_)) => {
                reading.outcome = Outcome::Failed(Reason::new("unfit", error.to_string()));
                self.state.notes.push(Note::Read(reading));
            }
            other => self.settle(other, false),
        }
    }

    /// Nothing can be kept now; what was noted waits, and nothing new is begun.
    pub(super) fn halt(&mut self, why: impl Into<LibraryError>) {
        self.state.is_to_be_shown = true;
        self.state.halt =
            Some(Halt::again(self.state.halted_before.as_ref(), Halted::from(&why.into())));
    }

    /// What is written, or could not be, is at hand no more.
    fn settle(&mut self, note: Note, is_kept: bool) {
        self.state.derived = InStep::Behind;
        match note {
            Note::Changes(changes) => {
                self.watching.remember(&changes);
                self.state.look_for_files = true;
                self.state.look_for_texts = true;
            }
            Note::Read(reading) => self.settle_reading(reading, is_kept),
            Note::Embedded(embedding) => {
                self.embedder.done(&embedding);
                self.state.look_for_texts = true;
                if !embedding.vectors.is_empty() {
                    self.measure_if_needed(embedding.space);
                }
            }
        }
    }

    fn settle_reading(&mut self, reading: Reading, is_kept: bool) {
        self.readers.done(reading.file);
        if reading.offence.is_some() {
            self.offenders.insert(reading.path);
        }
        let restless = &mut self.state.restless;
        match &reading.outcome {
            // What cannot be kept would come back at once.
            Outcome::Changed(_) => rest(restless, reading.file),
            _ if !is_kept => rest(restless, reading.file),
            Outcome::Text { passages, .. } => {
                restless.remove(&reading.file);
                self.state.look_for_texts = true;
                self.state.speeds.read(reading.stamp.size, reading.took, passages.len());
            }
            Outcome::Cancelled => {}
            _ => {
                restless.remove(&reading.file);
                self.state.speeds.read(reading.stamp.size, reading.took, 0);
            }
        }
        // It may still be waiting, having changed meanwhile.
        self.state.look_for_files = true;
    }

    /// Brings words and codes up to the truth, for a while.
    fn keep_in_step(&mut self) {
        if self.state.derived == InStep::Complete || self.state.halt.is_some() {
            return;
        }
        self.state.is_to_be_shown = true;
        let until = Instant::now() + ROUND;
        let flush = if self.is_all_done() { Flush::Now } else { Flush::WhenDue };
        match self.derived.catch_up(&mut self.reader, &|| Instant::now() < until, flush) {
            Ok(step) => {
                self.state.derived = match (step.caught_up, step.unshown) {
                    (false, _) => InStep::Behind,
                    (true, true) => InStep::Unshown,
                    (true, false) => InStep::Complete,
                };
                self.state.repairs.extend(step.repaired.into_iter().map(Repairs::from));
                self.distrust(&step.damaged);
            }
            Err(error) => self.halt(error),
        }
    }

    /// Files whose kept text has rotted are read again.
    fn distrust(&mut self, damaged: &[ContentId]) {
        if damaged.is_empty() {
            return;
        }
        let distrusted = self
            .truth
            .change(|change| damaged.iter().try_for_each(|content| change.distrust(*content)));
        match distrusted {
            Ok(()) => self.look_for_everything(),
            Err(error) => self.halt(error),
        }
    }

    /// Nothing is left to do but what waits for the clock or for somebody outside.
    pub(super) fn is_all_done(&self) -> bool {
        let state = &self.state;
        let embeds = self.spaces.wanted.is_some() && state.model_rest.is_none();
        state.notes.is_empty()
            && !state.look_for_files
            && self.readers.count() == 0
            && state.restless.is_empty()
            && self.watching.all_are_walked()
            && !self.embedder.is_busy()
            && !(embeds && state.look_for_texts)
    }

    /// Measures a model of which nobody has, once its space has vectors.
    pub(super) fn measure_if_needed(&mut self, space: SpaceId) {
        if self.state.measuring.contains(&space) {
            return;
        }
        let Some((_, model)) = self.spaces.models().into_iter().find(|(id, _)| *id == space) else {
            return;
        };
        self.state.measuring.insert(space);
        match model.calibration() {
            Some(known) => {
                if let Err(error) = self.know_calibration(space, known) {
                    self.halt(error);
                }
            }
            None => {
                let (cancel, sender) = (self.state.stop_measuring.clone(), self.sender.clone());
                // Without it searching across languages is weaker, and the next start tries again.
                let _ = spaces::measure(space, model, cancel, sender);
            }
        }
    }

    /// Ends well: what is on its way is taken in, as long as that takes only a moment.
    fn end(mut self) {
        const PATIENCE: Duration = Duration::from_millis(1500);
        self.state.stop_measuring.cancel();
        self.watching.stop_all();
        self.readers.give_up();
        self.embedder.give_up();
        let until = Instant::now() + PATIENCE;
        while self.embedder.at_hand() > self.state.notes.embeddings() {
            let left = until.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(left) {
                Ok(Message::Order(_)) => {}
                Ok(message) => self.take(message),
                Err(_) => break,
            }
        }
        self.state.halt = None;
        self.write();
        for waiting in self.state.waiting_for_rest.drain(..) {
            // Whoever waited may have gone.
            let _ = waiting.send(Rest::Closed);
        }
        let Self { derived, truth, reader, .. } = self;
        // Whatever goes wrong here, the next start finds that no good end was noted, and looks.
        let _: Result<(), DerivedError> = derived.close();
        drop(reader);
        let _ = truth.close();
    }

    pub(super) fn shown(&mut self) -> Result<Shown, StoreError> {
        Ok(Shown {
            snapshot: self.derived.snapshot(),
            progress: self.progress()?,
            folders: match self.state.is_begun {
                true => self.watching.shown(),
                false => self.board.read().folders.clone(),
            },
            models: self.models(),
        })
    }

    /// Those in use, and that of the space which answered when something was shown last: whoever took that
    /// snapshot is about to ask for its model.
    fn models(&self) -> Vec<(SpaceId, Arc<Model>)> {
        let mut models = self.spaces.models();
        let before = self.board.read();
        let answered = before.snapshot.meaning.as_ref().map(|meaning| meaning.space);
        let is_new = |space: &SpaceId| !models.iter().any(|(id, _)| id == space);
        if let Some(space) = answered.filter(is_new) {
            models.extend(before.models.iter().filter(|(id, _)| *id == space).cloned());
        }
        models
    }

    pub(super) fn say(&mut self, event: &Event) {
        self.state.listeners.retain_mut(|listener| {
            let is_wanted = listener.wanted.strong_count() > 0;
            if is_wanted {
                (listener.tell)(event);
            }
            is_wanted
        });
    }
}

fn rest(restless: &mut HashMap<FileId, (Instant, u32)>, file: FileId) {
    let tries = restless.get(&file).map_or(0, |(_, tries)| tries + 1);
    let pause = Duration::from_millis(250).saturating_mul(1 << tries.min(8));
    restless.insert(file, (Instant::now() + pause, tries));
}
