//! Why a file is where it is in the ledger: codes to count by, words to show, and when to try again.

use std::time::Duration;

use kenning_documents::{Failure, Refusal};
use kenning_store::{Moment, Reason};
use kenning_watch::{Reason as LeftOut, Special};

/// The file was not where the watcher saw it. If it is gone the watcher will say so; if its drive is
/// away, it is read when that is back.
pub(super) const VANISHED: &str = "vanished";

pub(super) fn of_refusal(refusal: &Refusal) -> Reason {
    Reason::new(refusal.code(), refusal.to_string())
}

pub(super) fn of_failure(failure: &Failure) -> Reason {
    let code = match failure {
        Failure::Unreadable { .. } => "unreadable",
        Failure::NotStarted { .. } => "not-started",
        Failure::Silent(_) => "silent",
        Failure::TooLong(_) => "too-long",
        Failure::OutOfMemory(_) => "memory",
        Failure::StackOverflow | Failure::Ended { .. } | Failure::Nonsense { .. } => "crashed",
    };
    Reason::new(code, failure.to_string())
}

pub(super) fn of_left_out(reason: &LeftOut) -> Reason {
    let by;
    let (code, text) = match reason {
        LeftOut::Hidden => ("hidden", "it is hidden"),
        LeftOut::Ignored { by: file } => {
            by = format!("{} says so", file.display());
            ("ignored", by.as_str())
        }
        LeftOut::Excluded => ("excluded", "your rules exclude it"),
        LeftOut::NotIncluded => ("not-included", "your rules do not include it"),
        LeftOut::System => ("system", "it belongs to the system"),
        LeftOut::TooLarge => ("over-limit", "it is larger than your rules allow"),
        LeftOut::Special(special) => ("special", special_name(*special)),
        LeftOut::Link => ("link", "it is a link; what it points to is read where it lies"),
        LeftOut::Denied => ("denied", "it may not be opened"),
        LeftOut::Placeholder => ("placeholder", "its content is in the cloud"),
        LeftOut::Unreadable(error) => {
            by = format!("it cannot be looked at: {error}");
            ("unreadable", by.as_str())
        }
    };
    Reason::new(code, text)
}

fn special_name(special: Special) -> &'static str {
    match special {
        Special::Pipe => "it is a pipe",
        Special::Socket => "it is a socket",
        Special::BlockDevice | Special::CharacterDevice => "it is a device",
        Special::Other => "it is no file",
    }
}

/// When a file that failed so often before is tried again: at first soon, in the end once a day.
pub(super) fn next_try(now: Moment, first: Duration, tries: u32) -> Moment {
    const LONGEST: u64 = 24 * 60 * 60;
    let wait = first.as_secs().saturating_mul(5_u64.saturating_pow(tries)).min(LONGEST);
    Moment(now.0.saturating_add(wait as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_again_and_again_is_tried_ever_more_rarely() {
        let minute = Duration::from_secs(60);
        let check = |tries: u32, expected: i64| {
            assert_eq!(next_try(Moment(1000), minute, tries), Moment(1000 + expected));
        };
        check(0, 60);
        check(1, 300);
        check(3, 7_500);
        check(9, 86_400);
        check(u32::MAX, 86_400);
    }
}
