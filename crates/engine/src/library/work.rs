//! What the librarian gives out: files to readers, texts to the model; and what it tells of both.

use std::time::{Duration, Instant};

use kenning_search::library::Snapshot;
use kenning_store::{Moment, State, StoreError, fail};

use super::librarian::{Halt, InStep, Librarian};
use super::progress::{Doing, Event, Progress, Rest};
use super::readers::ToRead;
use super::spaces::Spaces;

/// Progress is told of no more often.
const BETWEEN_TELLINGS: Duration = Duration::from_millis(100);
/// How often it is looked for what nothing has used for long.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60 * 60);

impl Librarian {
    fn is_held_up(&self) -> bool {
        self.state.rests() || self.state.halt.is_some()
    }

    pub(super) fn give_out_files(&mut self) {
        let (now, moment) = (Instant::now(), Moment::now());
        let is_due = self.state.next_try.is_some_and(|next| next <= moment);
        let is_ripe = self.state.restless.values().any(|(until, _)| *until <= now);
        if self.is_held_up() || !(self.state.look_for_files || is_due || is_ripe) {
            return;
        }
        if let Err(error) = self.try_to_give_out_files(now, moment) {
            self.halt(error);
        }
    }

    fn try_to_give_out_files(&mut self, now: Instant, moment: Moment) -> Result<(), StoreError> {
        let room = self.readers.room();
        if room == 0 {
            return Ok(());
        }
        let limit = room + self.readers.count() + self.state.restless.len();
        let files = self.reader.read(|view| view.to_read(moment, limit))?;
        let are_all = files.len() < limit;
        let mut given = 0;
        for file in files {
            let rests = self.state.restless.get(&file.id).is_some_and(|(until, _)| *until > now);
            if given == room || rests || self.readers.is_at_hand(file.id) {
                continue;
            }
            let Some(path) = self.watching.path_of(file.folder, &file.path) else { continue };
            self.readers.hand_out(ToRead { file: file.id, path, stamp: file.stamp });
            given += 1;
        }
        if are_all && given < room {
            self.state.look_for_files = false;
            // Those whose time has come are at hand, and have none again before they come back.
            let next = self.reader.read(|view| view.next_try())?;
            self.state.next_try = next.filter(|next| *next > moment);
            self.forget_restless_that_went(now);
        }
        Ok(())
    }

    /// One that is not waiting any more would otherwise be waited for.
    fn forget_restless_that_went(&mut self, now: Instant) {
        let readers = &self.readers;
        self.state.restless.retain(|file, (until, _)| *until > now || readers.is_at_hand(*file));
    }

    pub(super) fn give_out_texts(&mut self) {
        if self.is_held_up() || Halt::holds(self.state.model_rest.as_ref()) {
            return;
        }
        if let Err(error) = self.try_to_give_out_texts() {
            self.halt(error);
        }
    }

    fn try_to_give_out_texts(&mut self) -> Result<(), StoreError> {
        while self.state.look_for_texts
            && let Some(limit) = self.embedder.wanted()
        {
            let spaces = &self.spaces;
            let found = self.reader.read(|view| {
                let Some(filling) = spaces.to_fill(view)? else { return Ok(None) };
                let texts = view.unembedded(filling.space, limit)?;
                Ok(Some((filling, texts)))
            })?;
            let given = found.is_some_and(|(filling, texts)| {
                self.embedder.hand_out(filling.space, &filling.model, texts)
            });
            if !given {
                self.state.look_for_texts = false;
                self.switch_if_full()?;
            }
        }
        Ok(())
    }

    /// The model that is wanted answers once it can.
    fn switch_if_full(&mut self) -> Result<(), StoreError> {
        if self.spaces.is_to_be_switched(&mut self.reader)?
            && let Some((space, model)) = self.spaces.wanted.clone()
        {
            fail::point("space.before_answering");
            self.truth.change(|change| change.answer_from(space))?;
            fail::point("space.after_answering");
            self.spaces =
                Spaces { answering: Some((space, model.clone())), wanted: Some((space, model)) };
            self.state.derived = InStep::Behind;
        }
        Ok(())
    }

    /// Shows and tells how far everything is, and answers who waits for the end.
    pub(super) fn tell(&mut self) {
        if self.rest() == Some(Rest::Done) {
            self.look_through();
        }
        let (is_at_rest, now) = (self.rest(), Instant::now());
        self.state.speeds.tick(now, self.readers.count() > 0);
        let is_time = self.state.shown_at.is_none_or(|at| now >= at + BETWEEN_TELLINGS);
        let is_waited_for = is_at_rest.is_some() && !self.state.waiting_for_rest.is_empty();
        if (is_time && self.state.is_to_be_shown) || is_waited_for {
            self.show(now);
        }
        if let Some(rest) = is_at_rest {
            for waiting in self.state.waiting_for_rest.drain(..) {
                // Whoever waited may have gone.
                let _ = waiting.send(rest.clone());
            }
            if rest == Rest::Done {
                self.sweep(now);
            }
        }
    }

    fn show(&mut self, now: Instant) {
        let Ok(shown) = self.shown() else { return };
        let before = self.board.read();
        let is_searchable = is_newer(&before.snapshot, &shown.snapshot);
        let is_progress = before.progress != shown.progress;
        let is_of_folders = before.folders != shown.folders;
        let progress = Box::new(shown.progress.clone());
        self.board.show(shown);
        self.state.shown_at = Some(now);
        self.state.is_to_be_shown = false;
        if is_searchable {
            self.say(&Event::Searchable);
        }
        if is_of_folders {
            self.say(&Event::FoldersChanged);
        }
        if is_progress {
            self.say(&Event::Progress(progress));
        }
    }

    /// Why there is nothing to be done now, if there is not.
    fn rest(&self) -> Option<Rest> {
        let state = &self.state;
        if let Some(halt) = state.halt.as_ref() {
            return Some(Rest::Halted(halt.why.clone()));
        }
        if state.rests() {
            let is_quiet =
                self.readers.count() == 0 && !self.embedder.is_busy() && state.notes.is_empty();
            return is_quiet.then_some(Rest::Paused);
        }
        (self.is_all_done() && state.derived == InStep::Complete).then_some(Rest::Done)
    }

    pub(super) fn progress(&mut self) -> Result<Progress, StoreError> {
        let spaces = &self.spaces;
        let (ledger, gap) = self.reader.read(|view| {
            let gap = spaces.to_fill(view)?.map(|filling| filling.gap);
            Ok((view.ledger()?, gap.unwrap_or_default()))
        })?;
        let speeds = &self.state.speeds;
        let embeds = self.spaces.wanted.is_some() && self.state.model_rest.is_none();
        Ok(Progress {
            doing: self.doing(ledger.files(State::Waiting), gap.passages),
            reading: self.readers.some_at_hand(),
            unembedded: gap,
            files_per_second: speeds.files_per_second(),
            passages_per_second: speeds.passages_per_second(),
            // Nobody knows how much there is in a folder that is still being walked.
            time_left: match self.watching.all_are_walked() {
                true => speeds.time_left(&ledger, gap, self.readers.threads, embeds),
                false => None,
            },
            model_trouble: self.state.model_rest.as_ref().map(|rest| rest.why.clone()),
            hopeless_texts: self.embedder.hopeless(),
            repairs: self.state.repairs.clone(),
            ledger,
        })
    }

    fn doing(&self, waiting: u64, unembedded: u64) -> Doing {
        match &self.state.halt {
            Some(halt) => Doing::Halted(halt.why.clone()),
            None if self.state.is_paused => Doing::Paused,
            None if self.state.is_on_battery && waiting + unembedded > 0 => Doing::OnBattery,
            None if self.readers.count() > 0 || waiting > 0 => Doing::Reading,
            None if !self.watching.all_are_walked() => Doing::Looking,
            None if self.embedder.is_busy() => Doing::Embedding,
            None => Doing::Nothing,
        }
    }

    /// What is derived is held against its checksums once after each start, when there is nothing else
    /// to do: a damaged disk may not tell of itself otherwise.
    fn look_through(&mut self) {
        if self.state.is_looked_through {
            return;
        }
        self.state.is_looked_through = true;
        match self.derived.look_through(&mut self.reader) {
            Ok(None) => {}
            Ok(Some(repaired)) => {
                self.state.repairs.push(repaired.into());
                self.state.derived = InStep::Behind;
                self.state.is_to_be_shown = true;
            }
            Err(error) => self.halt(error),
        }
    }

    /// Throws away what nothing has used for long, when there is nothing else to do.
    fn sweep(&mut self, now: Instant) {
        if self.state.swept_at.is_some_and(|at| now < at + BETWEEN_SWEEPS) {
            return;
        }
        self.state.swept_at = Some(now);
        let (moment, durable) = (Moment::now(), self.derived.durable());
        let swept = self.truth.change_at(moment, |change| {
            change.forget_changes_until(durable)?;
            change.sweep(moment)
        });
        if swept.is_ok_and(|swept| swept.more) {
            self.state.swept_at = None;
        }
    }
}

/// Whether one finds what the other does not.
fn is_newer(before: &Snapshot, now: &Snapshot) -> bool {
    let meaning = |snapshot: &Snapshot| {
        snapshot.meaning.as_ref().map(|meaning| (meaning.space, meaning.codes.len()))
    };
    before.words.mark() != now.words.mark() || meaning(before) != meaning(now)
}
