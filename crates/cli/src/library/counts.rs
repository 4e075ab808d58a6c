//! How many files are in which state, in numbers and in words.

use kenning_domain::FolderId;
use kenning_engine::{Ledger, State};
use serde::Serialize;

use crate::terminal::{counted, number};

/// Adds up: `files` is the sum of all others but `folders_left_out`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub files: u64,
    pub meaning: u64,
    pub words: u64,
    pub waiting: u64,
    pub failed: u64,
    pub quarantined: u64,
    pub skipped: u64,
    pub left_out: u64,
    /// Folders that the rules leave out, whose files nobody counted.
    pub folders_left_out: u64,
}

impl Counts {
    pub fn of(ledger: &Ledger) -> Self {
        Self::of_some(ledger, |_| true)
    }

    pub fn of_folder(ledger: &Ledger, folder: FolderId) -> Self {
        Self::of_some(ledger, |one| one == folder)
    }

    fn of_some(ledger: &Ledger, counts: impl Fn(FolderId) -> bool) -> Self {
        let mut found = Self::default();
        for line in ledger.lines.iter().filter(|line| counts(line.folder)) {
            if line.is_folder {
                found.folders_left_out += line.files;
                continue;
            }
            found.files += line.files;
            *found.in_state(line.state) += line.files;
        }
        found
    }

    fn in_state(&mut self, state: State) -> &mut u64 {
        match state {
            State::Waiting => &mut self.waiting,
            State::Words => &mut self.words,
            State::Meaning => &mut self.meaning,
            State::Skipped => &mut self.skipped,
            State::Failed => &mut self.failed,
            State::Quarantined => &mut self.quarantined,
            State::LeftOut => &mut self.left_out,
        }
    }

    /// All but those that the rules leave out.
    pub fn wanted(&self) -> u64 {
        self.files - self.left_out
    }

    /// `5,310 files: 5,098 searchable by meaning, 212 by words only`
    pub fn sentence(&self) -> String {
        let searchable = match (self.meaning, self.words) {
            (meaning, 0) => format!("{} searchable", number(meaning)),
            (0, words) => format!("{} searchable by words", number(words)),
            (meaning, words) => {
                format!(
                    "{} searchable by meaning, {} by words only",
                    number(meaning),
                    number(words)
                )
            }
        };
        let mut sentence = format!("{}: {searchable}", counted(self.wanted(), "file"));
        let rest = [
            (self.waiting, "to be read"),
            (self.skipped, "without text"),
            (self.failed, "that failed"),
            (self.quarantined, "in quarantine"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            sentence.push_str(&format!(", {} {what}", number(count)));
        }
        sentence
    }
}

/// A state in a word, as `--files` takes it and JSON has it.
pub fn name(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Words => "words",
        State::Meaning => "meaning",
        State::Skipped => "skipped",
        State::Failed => "failed",
        State::Quarantined => "quarantined",
        State::LeftOut => "left-out",
    }
}

/// A state as a person is told of it.
pub fn described(state: State) -> &'static str {
    match state {
        State::Waiting => "to be read",
        State::Words => "searchable by words so far",
        State::Meaning => "searchable by words and meaning",
        State::Skipped => "without text",
        State::Failed => "failed, tried again later",
        State::Quarantined => "in quarantine until they change",
        State::LeftOut => "left out by the rules",
    }
}

/// What a reason's code says; a code that is new is shown as it is.
pub fn reason(code: &str) -> &str {
    match code {
        "unsupported" => "of a kind that is not read",
        "empty" => "empty",
        "encrypted" => "encrypted",
        "damaged" => "damaged",
        "no-text" => "with pictures or data, but no text",
        "garbled" => "with text that cannot be told from noise",
        "too-large" => "too large to be read",
        "too-deep" => "nested too deeply",
        "unreadable" => "not ours to read, or unreadable",
        "not-started" => "no worker could be started",
        "silent" => "the worker fell silent",
        "too-long" => "took too long",
        "memory" => "took too much memory",
        "crashed" => "the worker ended",
        "vanished" => "were gone when they were to be read",
        "hidden" => "hidden",
        "ignored" => "named in an ignore file",
        "excluded" => "excluded by your rules",
        "not-included" => "not among what your rules include",
        "system" => "of the system",
        "over-limit" => "larger than your rules allow",
        "special" => "no regular files",
        "link" => "links",
        "denied" => "not ours to open",
        "placeholder" => "in the cloud",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use kenning_engine::LedgerLine;

    use super::*;

    #[test]
    fn every_file_is_counted_once_and_folders_apart() {
        let mut lines = Vec::new();
        for (number, state) in State::ALL.into_iter().enumerate() {
            for folder in [1, 2] {
                let files = 1 << number;
                let (folder, reason_code) = (FolderId(folder), String::new());
                lines.push(LedgerLine {
                    folder,
                    state,
                    is_folder: false,
                    reason_code,
                    files,
                    bytes: 0,
                });
            }
        }
        let left_out = LedgerLine { is_folder: true, files: 9, ..lines[13].clone() };
        let ledger = Ledger { lines: [lines, vec![left_out]].concat() };
        let (all, one) = (Counts::of(&ledger), Counts::of_folder(&ledger, FolderId(1)));
        assert_eq!((all.files, all.folders_left_out), (254, 9));
        assert_eq!((one.files, one.folders_left_out, one.wanted()), (127, 0, 63));
        assert_eq!((one.waiting, one.words, one.meaning, one.left_out), (1, 2, 4, 64));
    }

    #[test]
    fn a_sentence_says_what_there_is_and_nothing_of_what_there_is_not() {
        let check = |counts: Counts, expected: &str| assert_eq!(counts.sentence(), expected);
        let counts = Counts { files: 3, meaning: 3, ..Counts::default() };
        check(counts.clone(), "3 files: 3 searchable");
        check(
            Counts { files: 4, words: 1, ..counts.clone() },
            "4 files: 3 searchable by meaning, 1 by words only",
        );
        check(
            Counts { files: 7, failed: 1, left_out: 3, ..counts },
            "4 files: 3 searchable, 1 that failed",
        );
        check(Counts { files: 1, words: 1, ..Counts::default() }, "1 file: 1 searchable by words");
    }
}
