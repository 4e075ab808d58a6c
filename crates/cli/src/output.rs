//! Printing: JSON for programs, words for people, notices apart from results.
#![allow(
    clippy::print_stderr,
    reason = "notices go to standard error so that results can be piped"
)]

use std::io::{self, ErrorKind, IsTerminal, Write};

use anyhow::Result;
use kenning_domain::Truncation;
use kenning_engine::Selected;
use serde::Serialize;

use crate::terminal;

/// What came of a command that did not fail.
pub enum Outcome {
    Done,
    NothingFound,
}

/// One JSON value and a line end.
pub fn json(value: &impl Serialize) -> Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

/// Something the user should know that is not the result. Names out of files may be part of it, and
/// must not steer the terminal.
pub fn notice(text: &str) {
    let shown: Vec<String> = text.lines().map(terminal::clean).collect();
    eprintln!("kenning: {}", shown.join("\n"));
}

/// How far something is, on one line that is written over, where somebody can see it.
pub struct ProgressLine {
    is_shown: bool,
}

impl ProgressLine {
    pub fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal() }
    }

    pub fn show(&mut self, done: usize, total: usize, what: &str) {
        if self.is_shown {
            eprint!("\r{done} of {total} {what}\x1b[K");
        }
        if self.is_shown && done == total {
            eprintln!();
        }
    }
}

/// A device that is not the one hoped for is never kept quiet.
pub fn notice_fallback(selected: &Selected) {
    if let Some(reason) = &selected.fallback {
        notice(reason);
    }
}

pub fn notice_truncated(truncated: &[Truncation]) {
    for cut in truncated {
        notice(&format!(
            "text {} was cut: its first {} of {} bytes were read ({} tokens)",
            cut.index + 1,
            cut.kept_bytes,
            cut.text_bytes,
            cut.kept_tokens
        ));
    }
}

/// Whether the program that read our output has closed it, as `head` does.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json =
            cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(ErrorKind::BrokenPipe)
    })
}

/// A truncation as JSON.
#[derive(Serialize)]
pub struct Cut {
    index: usize,
    kept_tokens: usize,
    kept_bytes: usize,
    text_bytes: usize,
}

impl From<&Truncation> for Cut {
    fn from(cut: &Truncation) -> Self {
        let Truncation { index, kept_tokens, kept_bytes, text_bytes } = *cut;
        Self { index, kept_tokens, kept_bytes, text_bytes }
    }
}
