//! How far something long is: one line of a terminal, or a line now and then where there is none.
#![allow(
    clippy::print_stderr,
    reason = "progress is no result: it goes to standard error so that results can be piped"
)]

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use crate::terminal;

/// How often there is a line where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);
const BAR: usize = 24;

pub struct Line {
    /// How many columns it has on a terminal.
    columns: Option<usize>,
    is_silent: bool,
    told: Instant,
}

impl Line {
    /// One that shows nothing, where `is_silent`.
    pub fn new(is_silent: bool) -> Self {
        let is_terminal = stderr().is_terminal() && !is_silent;
        let columns = terminal_size::terminal_size_of(stderr()).filter(|_| is_terminal);
        let columns = columns.map(|(columns, _)| usize::from(columns.0));
        Self { columns, is_silent, told: Instant::now() }
    }

    /// `fraction`: how much is done, where that is known.
    pub fn show(&mut self, text: &str, fraction: Option<f64>) {
        if self.is_silent {
            return;
        }
        if let Some(columns) = self.columns {
            let line = with_bar(text, fraction);
            // The last column is left free: some terminals begin a new line there.
            anstream::eprint!("\r{ERASE}{}", terminal::fitting(&line, columns.saturating_sub(1)));
        } else if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            eprintln!("{text}");
        }
    }

    /// Takes itself off a terminal, for what comes next.
    pub fn clear(&self) {
        if self.columns.is_some() {
            anstream::eprint!("\r{ERASE}");
        }
    }
}

/// Erases the line up to its end.
const ERASE: &str = "\u{1b}[K";

fn with_bar(line: &str, fraction: Option<f64>) -> String {
    let Some(fraction) = fraction else { return line.to_owned() };
    let filled = ((fraction * BAR as f64) as usize).min(BAR);
    format!("[{}{}] {line}", "#".repeat(filled), "-".repeat(BAR - filled))
}

/// No more exact than it can be known.
pub fn roughly(left: Duration) -> String {
    let seconds = left.as_secs();
    match seconds {
        0..10 => "a few seconds".to_owned(),
        10..90 => format!("{} s", (seconds + 5) / 10 * 10),
        90..5400 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1800) / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_what_is_done() {
        assert_eq!(with_bar("x", Some(0.96)), "[#######################-] x");
        assert_eq!(with_bar("x", Some(1.0)), format!("[{}] x", "#".repeat(24)));
        assert_eq!(with_bar("x", None), "x");
    }

    #[test]
    fn time_left_is_as_exact_as_it_can_be_known() {
        let check = |seconds: u64, expected: &str| {
            assert_eq!(roughly(Duration::from_secs(seconds)), expected);
        };
        check(3, "a few seconds");
        check(44, "40 s");
        check(89, "90 s");
        check(150, "3 min");
        check(9000, "3 h");
    }
}
