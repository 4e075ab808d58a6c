//! How far a library is.

use kenning_engine::{Doing, Progress};

use super::counts::Counts;
use crate::line::{Line, roughly};
use crate::output;
use crate::terminal::{self, number};

pub struct Bar {
    line: Line,
    trouble: Option<String>,
    /// How many of the repairs were told of.
    repairs: usize,
}

impl Bar {
    /// One that says nothing but what went wrong, where `is_silent`.
    pub fn new(is_silent: bool) -> Self {
        Self { line: Line::new(is_silent), trouble: None, repairs: 0 }
    }

    pub fn show(&mut self, progress: &Progress) {
        self.tell_repairs(progress);
        self.tell_trouble(progress);
        match line(progress) {
            Some(line) => self.line.show(&line, fraction(progress)),
            None => self.clear(),
        }
    }

    pub fn clear(&self) {
        self.line.clear();
    }

    /// What was found damaged is never kept quiet.
    pub fn tell_repairs(&mut self, progress: &Progress) {
        for repair in progress.repairs.iter().skip(self.repairs) {
            self.clear();
            output::notice(&repair.to_string());
        }
        self.repairs = progress.repairs.len();
    }

    /// Each trouble is told once, while it lasts.
    fn tell_trouble(&mut self, progress: &Progress) {
        let trouble = match &progress.doing {
            Doing::Halted(why) => Some(format!("waiting, and trying again: {why}")),
            _ => {
                let trouble = progress.model_trouble.as_ref();
                trouble.map(|why| format!("files are searchable by words only for now: {why}"))
            }
        };
        if trouble != self.trouble {
            self.clear();
            if let Some(trouble) = &trouble {
                output::notice(trouble);
            }
            self.trouble = trouble;
        }
    }
}

/// `None` where nothing is being done.
fn line(progress: &Progress) -> Option<String> {
    let counts = Counts::of(&progress.ledger);
    let mut parts = Vec::new();
    match progress.doing {
        Doing::Nothing | Doing::Paused | Doing::OnBattery | Doing::Halted(_) => return None,
        Doing::Looking => {
            parts.push(format!("looking: {} so far", terminal::counted(counts.files, "file")))
        }
        Doing::Reading | Doing::Embedding => {
            let (done, all) = (finished(progress, &counts), counts.wanted());
            parts.push(format!("{} of {}", number(done), terminal::counted(all, "file")));
            if progress.unembedded.passages > 0 && counts.words > 0 {
                parts.push(format!("{} more by words so far", number(counts.words)));
            }
        }
    }
    let per_second =
        |rate: Option<f64>, what| rate.map(|rate| format!("{} {what}/s", rounded(rate)));
    parts.extend(match progress.doing {
        Doing::Reading => per_second(progress.files_per_second, "files"),
        Doing::Embedding => per_second(progress.passages_per_second, "passages"),
        _ => None,
    });
    parts.extend(progress.time_left.map(|left| format!("about {} left", roughly(left))));
    Some(parts.join(" · "))
}

/// Files with which everything is done that can be.
fn finished(progress: &Progress, counts: &Counts) -> u64 {
    let by_words = if progress.unembedded.passages > 0 { counts.words } else { 0 };
    counts.wanted() - counts.waiting - by_words
}

/// Nothing while it is not known how much there is.
fn fraction(progress: &Progress) -> Option<f64> {
    let counts = Counts::of(&progress.ledger);
    let is_known = matches!(progress.doing, Doing::Reading | Doing::Embedding);
    let all = counts.wanted();
    (is_known && all > 0).then(|| finished(progress, &counts) as f64 / all as f64)
}

fn rounded(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}") } else { number(rate as u64) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kenning_domain::FolderId;
    use kenning_engine::{Gap, Ledger, LedgerLine, State};

    use super::*;

    fn progress(doing: Doing, states: &[(State, u64)], passages: u64) -> Progress {
        let line = |(state, files): &(State, u64)| LedgerLine {
            folder: FolderId(1),
            state: *state,
            is_folder: false,
            reason_code: String::new(),
            files: *files,
            bytes: 0,
        };
        Progress {
            doing,
            ledger: Ledger { lines: states.iter().map(line).collect() },
            unembedded: Gap { contents: passages.min(1), passages },
            ..Progress::default()
        }
    }

    #[test]
    fn a_file_is_done_when_nothing_more_can_be_done_with_it() {
        let states = [
            (State::Waiting, 20),
            (State::Words, 30),
            (State::Meaning, 1000),
            (State::Skipped, 50),
            (State::LeftOut, 7),
        ];
        let check = |progress: &Progress, expected: &str| {
            assert_eq!(line(progress).as_deref(), Some(expected));
        };
        check(
            &progress(Doing::Embedding, &states, 40),
            "1,050 of 1,100 files · 30 more by words so far",
        );
        let done = fraction(&progress(Doing::Embedding, &states, 40));
        assert_eq!(done, Some(1050.0 / 1100.0));
        let without_model = progress(Doing::Reading, &states[..2], 0);
        check(&without_model, "30 of 50 files");
        let left = Some(Duration::from_secs(100));
        let timed = Progress { time_left: left, files_per_second: Some(5.0), ..without_model };
        check(&timed, "30 of 50 files · 5.0 files/s · about 2 min left");
        check(&progress(Doing::Looking, &states[..1], 0), "looking: 20 files so far");
        assert_eq!(line(&progress(Doing::Nothing, &states, 0)), None);
    }
}
