//! The word index, kept in step: which of the truth's changes are in it, what is put into it for a
//! passage and for a file's name, and how it is filled where it has nothing to go on from.

use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};
use std::vec;

use kenning_domain::{ContentId, FileId, PassageId, embedded_text};
use kenning_store::index::{Check, Words, WordsError, WordsSnapshot};
use kenning_store::{Content, FileRecord, Mark, View, fail};
use kenning_words::{Term, exact_terms, terms};

use super::super::error::LibraryError;
use super::{Batch, Repaired, knows};

/// What was written is shown this much later at most.
const SHOWN_AFTER: Duration = Duration::from_secs(1);
/// Changes that put nothing into the index are noted in it this much later at most.
const NOTED_AFTER: Duration = Duration::from_secs(60);
const NAMES_AT_ONCE: usize = 1_000;
/// What an index carries that is being filled: no truth has this epoch.
const UNFINISHED: Mark = Mark { epoch: 0, seq: 0 };

pub(super) struct KeptWords {
    folder: PathBuf,
    epoch: u64,
    /// `None` after it has failed, until it is opened anew.
    words: Option<Words>,
    now: WordsSnapshot,
    /// Changes up to this one are in it, shown or not.
    pub seq: i64,
    /// Changes up to this one are in what is on disk.
    pub durable: i64,
    filling: Option<Filling>,
    /// Something was written since the last commit.
    unshown: bool,
    last_commit: Instant,
    terms: Vec<Term>,
}

/// What an index still lacks that is filled from the truth and not by its changes.
struct Filling {
    /// The next names are those of files after this one; `None` when all are there.
    names: Option<FileId>,
    contents: vec::IntoIter<ContentId>,
}

impl KeptWords {
    pub fn open(
        folder: &Path,
        epoch: u64,
        view: &View<'_>,
    ) -> Result<(Self, Option<Repaired>), LibraryError> {
        let folder = folder.join("words");
        let opened = Words::open(&folder, Check::Quick)?;
        let mut kept = Self {
            now: opened.words.snapshot(),
            folder,
            epoch,
            words: Some(opened.words),
            seq: 0,
            durable: 0,
            filling: None,
            unshown: false,
            last_commit: Instant::now(),
            terms: Vec::new(),
        };
        let went_on = kept.go_on(view)?;
        let damage = opened.repair.map(|damage| damage.to_string());
        let repaired = damage.or(went_on).map(|why| Repaired::Words { why });
        Ok((kept, repaired))
    }

    pub fn snapshot(&self) -> WordsSnapshot {
        self.now.clone()
    }

    /// Takes up where the index stands, or begins anew, and then says why, unless there was nothing.
    fn go_on(&mut self, view: &View<'_>) -> Result<Option<String>, LibraryError> {
        let why = match self.now.mark() {
            Some(mark) if mark.epoch == self.epoch && knows(view, mark.seq)? => {
                (self.seq, self.durable) = (mark.seq as i64, mark.seq as i64);
                self.filling = None;
                return Ok(None);
            }
            Some(UNFINISHED) => Some("it was not finished"),
            Some(mark) if mark.epoch == self.epoch => Some("changes since then were forgotten"),
            Some(_) => Some("it was made from another database"),
            None => None,
        };
        self.begin_anew(view)?;
        Ok(why.map(str::to_owned))
    }

    /// Throws away what is there, and fills the index from what the truth has now.
    pub fn begin_anew(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        if self.words.is_none() || self.now.mark().is_some() || self.unshown {
            if self.words.is_none() {
                self.reopen()?;
            }
            if let Some(words) = self.words.take() {
                let words = words.begin_anew()?;
                self.now = words.snapshot();
                self.words = Some(words);
            }
            self.unshown = false;
        }
        fail::point("words.anew_made");
        (self.seq, self.durable) = (view.seq()?, 0);
        let contents = view.content_ids()?.into_iter();
        self.filling = Some(Filling { names: Some(FileId(0)), contents });
        Ok(())
    }

    /// For a truth that was made anew; what is there is to be thrown away.
    pub fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Opens the index anew after something went wrong: what was not committed is gone from it.
    pub fn recover(&mut self, view: &View<'_>) -> Result<Option<Repaired>, LibraryError> {
        if self.words.is_some() {
            return Ok(None);
        }
        let damage = self.reopen()?.map(|damage| damage.to_string());
        let why = self.go_on(view)?;
        Ok(damage.or(why).map(|why| Repaired::Words { why }))
    }

    /// Drops what was not committed: it may be half of something.
    pub fn distrust(&mut self) {
        // Waits until nothing writes into the folder any more. What goes wrong there goes with it.
        let _ = self.words.take().map(Words::close);
    }

    fn reopen(&mut self) -> Result<Option<WordsError>, LibraryError> {
        let opened = Words::open(&self.folder, Check::Quick)?;
        self.now = opened.words.snapshot();
        self.words = Some(opened.words);
        self.unshown = false;
        Ok(opened.repair)
    }

    pub fn is_filling(&self) -> bool {
        self.filling.is_some()
    }

    /// Whether something is not shown yet.
    pub fn is_unshown(&self) -> bool {
        self.unshown
    }

    fn words(&mut self) -> Result<&mut Words, LibraryError> {
        let stopped = || WordsError::Stopped("it is to be opened anew".to_owned());
        Ok(self.words.as_mut().ok_or_else(stopped)?)
    }

    /// Adds all passages of a content, none of which must be there.
    pub fn add(&mut self, content: &Content) -> Result<(), LibraryError> {
        self.unshown = true;
        let title = content.head.metadata.title.as_deref();
        let mut exact = Vec::new();
        let mut stems = std::mem::take(&mut self.terms);
        for (passage, ordinal) in content.passages.iter().zip(0..) {
            let Some(id) = PassageId::new(content.head.id, ordinal) else { break };
            let own = content.text.get(passage.span.clone()).unwrap_or_default();
            // Title and headings are found by their words wherever a passage stands under them. A
            // phrase, however, is what stands in the passage.
            let whole = embedded_text(title, &passage.headings, own);
            terms(&whole, passage.language.map(|language| language.tag), &mut stems);
            exact_terms(own, &mut exact);
            let stems = stems.iter().map(|term| term.text.as_str());
            let exact = exact.iter().map(|term| (term.text.as_str(), term.position));
            self.words()?.add(id, stems, exact)?;
        }
        self.terms = stems;
        Ok(())
    }

    pub fn remove(&mut self, content: ContentId) -> Result<(), LibraryError> {
        self.unshown = true;
        Ok(self.words()?.remove_content(content)?)
    }

    pub fn put_name(&mut self, file: &FileRecord) -> Result<(), LibraryError> {
        self.unshown = true;
        let mut names = std::mem::take(&mut self.terms);
        terms(&name_text(&file.path), None, &mut names);
        self.words()?.put_name(file.id, names.iter().map(|term| term.text.as_str()))?;
        self.terms = names;
        Ok(())
    }

    pub fn remove_name(&mut self, file: FileId) -> Result<(), LibraryError> {
        self.unshown = true;
        Ok(self.words()?.remove_name(file)?)
    }

    /// Fills in a part of what is lacking.
    pub fn fill(&mut self, view: &View<'_>, batch: &mut Batch) -> Result<(), LibraryError> {
        let Some(mut filling) = self.filling.take() else { return Ok(()) };
        fail::point("words.anew_filling");
        if let Some(after) = filling.names {
            let files = view.named_after(after, NAMES_AT_ONCE)?;
            for file in &files {
                self.put_name(file)?;
            }
            filling.names = files.last().map(|file| file.id);
        } else {
            batch.begin();
            while batch.has_room()
                && let Some(id) = filling.contents.next()
            {
                if let Some(content) = batch.content(view, id)? {
                    self.add(&content)?;
                }
            }
        }
        if filling.names.is_some() || filling.contents.len() > 0 {
            self.filling = Some(filling);
        }
        self.unshown = true;
        Ok(())
    }

    /// Commits, if there is a reason to.
    pub fn commit_when_due(&mut self) -> Result<(), LibraryError> {
        let age = self.last_commit.elapsed();
        let behind = self.durable < self.seq && !self.is_filling();
        if self.unshown && age >= SHOWN_AFTER || behind && age >= NOTED_AFTER {
            self.commit()?;
        }
        Ok(())
    }

    /// Makes everything durable and visible, unless it is already.
    pub fn commit(&mut self) -> Result<(), LibraryError> {
        let mark = if self.is_filling() {
            UNFINISHED
        } else {
            Mark { epoch: self.epoch, seq: self.seq as u64 }
        };
        if !self.unshown && self.now.mark() == Some(mark) {
            return Ok(());
        }
        fail::point("words.before_commit");
        let words = self.words()?;
        words.commit(mark)?;
        self.now = words.snapshot();
        fail::point("words.after_commit");
        self.unshown = false;
        self.last_commit = Instant::now();
        if !self.is_filling() {
            self.durable = self.seq;
        }
        Ok(())
    }

    /// Compares what is on disk with its checksums, and begins anew where something has rotted.
    pub fn look_through(&mut self, view: &View<'_>) -> Result<Option<Repaired>, LibraryError> {
        let Some(words) = &self.words else { return Ok(None) };
        // While it is read, segments are merged and removed, which is no damage.
        const TRIES: usize = 3;
        let mut why = String::new();
        for _ in 0..TRIES {
            match words.verify() {
                Ok(()) => return Ok(None),
                Err(damage @ WordsError::Damaged(_)) => why = damage.to_string(),
                Err(other) => return Err(other.into()),
            }
        }
        self.begin_anew(view)?;
        Ok(Some(Repaired::Words { why }))
    }

    pub fn close(mut self) -> Result<(), LibraryError> {
        if self.words.is_none() {
            return Ok(());
        }
        self.commit()?;
        self.words.take().map_or(Ok(()), |words| Ok(words.close()?))
    }
}

/// The file's name, and the folders on the way to it, on lines of their own, so that no term spans two.
fn name_text(path: &Path) -> String {
    let names = path.components().rev().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_itself_and_its_folders() {
        let check = |path: &str, expected: &[&str]| {
            let mut into = Vec::new();
            terms(&name_text(Path::new(path)), None, &mut into);
            let found: Vec<&str> = into.iter().map(|term| term.text.as_str()).collect();
            for word in expected {
                assert!(found.contains(word), "{path} is not found by {word} but by {found:?}");
            }
        };
        check("Steuer 2023.pdf", &["steuer", "2023", "pdf"]);
        check("Reisen/Island/Plan.md", &["reisen", "island", "plan", "md"]);
        check("写真/京都.jpg", &["写真", "京都", "京", "jpg"]);
        check("мои/Отчёт_март.docx", &["мои", "март", "docx"]);
    }
}
