//! `kenning extract`: what would be indexed of a file, or why nothing is.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use kenning_domain::{Cancel, ModelError, Passage};
use kenning_engine::{Document, Metadata, Read, Reader};
use serde::Serialize;

use crate::arguments::{Extract, Global};
use crate::{opening, output};

/// One line of JSON for one file.
#[derive(Serialize)]
struct Report<'a> {
    path: String,
    /// `text`, `refused`, `failed`, `quarantined` or `cancelled`.
    state: &'static str,
    /// Where there is no text: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Of a refusal: which kind, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
    /// How long it took to be read and cut.
    seconds: f64,
    #[serde(flatten)]
    text: Option<Text<'a>>,
}

#[derive(Serialize)]
struct Text<'a> {
    format: &'a str,
    /// Where this is not all of the file's text: why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<&'a str>,
    metadata: &'a Metadata,
    text: &'a str,
    passages: Vec<Cut<'a>>,
}

/// A passage: bytes of the text, and where they stand.
#[derive(Serialize)]
struct Cut<'a> {
    start: usize,
    end: usize,
    page: Option<u32>,
    headings: &'a [String],
    language: Option<&'a str>,
    confidence: Option<f32>,
}

pub fn run(global: &Global, command: &Extract) -> Result<()> {
    let reader = Reader::start(&opening::models())?;
    if reader.counted_by.is_none() {
        output::notice("there is no model yet, so the size of passages is estimated");
    }
    let mut failed = 0;
    in_order(&reader, &command.files, |path, read, took| {
        failed += usize::from(matches!(read, Read::Failed(_)));
        if global.json {
            output::json(&report(path, &read, took))
        } else {
            print(path, &read, command.passages)
        }
    })?;
    if failed > 0 {
        bail!("{failed} of {} files could not be read", command.files.len());
    }
    Ok(())
}

/// Reads files side by side and hands them over in the order given. Where one cannot be taken, such as
/// when nobody reads the output any more, those that are being read are given up.
fn in_order(
    reader: &Reader,
    files: &[PathBuf],
    mut take: impl FnMut(&Path, Read, Duration) -> Result<()>,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let cancel = Cancel::default();
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..Reader::workers() {
            let (next, cancel, sender) = (&next, &cancel, sender.clone());
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(place) else { return };
                    let started = Instant::now();
                    let read = reader.read(file, cancel);
                    if sender.send((place, (read, started.elapsed()))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: BTreeMap<usize, (Result<Read, ModelError>, Duration)> = BTreeMap::new();
        let mut due = 0;
        for (place, read) in &receiver {
            waiting.insert(place, read);
            while let Some((read, took)) = waiting.remove(&due) {
                let taken = read.map_err(Into::into).and_then(|read| take(&files[due], read, took));
                if taken.is_err() {
                    cancel.cancel();
                    return taken;
                }
                due += 1;
            }
        }
        Ok(())
    })
}

const CANCELLED: &str = "it was given up before it was read";

fn report<'a>(path: &Path, read: &'a Read, took: Duration) -> Report<'a> {
    let (state, reason, refusal, text) = match read {
        Read::Text { document, passages } => ("text", None, None, Some(text(document, passages))),
        Read::Refused(refusal) => {
            ("refused", Some(refusal.to_string()), Some(refusal.code()), None)
        }
        Read::Failed(failure) => ("failed", Some(failure.to_string()), None, None),
        Read::Quarantined(reason) => ("quarantined", Some(reason.clone()), None, None),
        Read::Cancelled => ("cancelled", Some(CANCELLED.into()), None, None),
    };
    let (path, seconds) = (path.display().to_string(), took.as_secs_f64());
    Report { path, state, reason, refusal, seconds, text }
}

fn text<'a>(document: &'a Document, passages: &'a [Passage]) -> Text<'a> {
    let cut = |passage: &'a Passage| Cut {
        start: passage.span.start,
        end: passage.span.end,
        page: passage.page,
        headings: &passage.headings,
        language: passage.language.as_ref().map(|language| language.tag.as_str()),
        confidence: passage.language.as_ref().map(|language| language.confidence),
    };
    Text {
        format: &document.format,
        partial: document.partial.as_deref(),
        metadata: &document.metadata,
        text: &document.text,
        passages: passages.iter().map(cut).collect(),
    }
}

fn print(path: &Path, read: &Read, show_passages: bool) -> Result<()> {
    let mut out = io::stdout().lock();
    let path = path.display();
    match read {
        Read::Text { document, passages } => {
            writeln!(out, "== {path} ({}, {} passages)", document.format, passages.len())?;
            if let Some(reason) = &document.partial {
                writeln!(out, "not all of its text: {reason}")?;
            }
            print_metadata(&mut out, &document.metadata)?;
            if show_passages {
                return print_passages(&mut out, document, passages);
            }
            writeln!(out, "\n{}\n", document.text)?;
        }
        Read::Refused(refusal) => writeln!(out, "== {path}: {refusal}")?,
        Read::Failed(reason) => writeln!(out, "== {path}: {reason}")?,
        Read::Cancelled => writeln!(out, "== {path}: {CANCELLED}")?,
        Read::Quarantined(reason) => {
            writeln!(out, "== {path}: left alone until it changes, because {reason}")?;
        }
    }
    Ok(())
}

fn print_metadata(out: &mut impl Write, metadata: &Metadata) -> Result<()> {
    let rows = [
        ("title", metadata.title.clone()),
        ("author", metadata.author.clone()),
        ("language", metadata.language.clone()),
        ("created", metadata.created.clone()),
        ("modified", metadata.modified.clone()),
        ("pages", metadata.pages.map(|pages| pages.to_string())),
    ];
    for (name, value) in rows.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        writeln!(out, "{name:<9} {value}")?;
    }
    Ok(())
}

fn print_passages(out: &mut impl Write, document: &Document, passages: &[Passage]) -> Result<()> {
    for (number, passage) in passages.iter().enumerate() {
        write!(out, "\n-- {}", number + 1)?;
        if let Some(page) = passage.page {
            write!(out, ", page {page}")?;
        }
        if let Some(language) = &passage.language {
            write!(out, ", {}", language.tag.as_str())?;
        }
        if !passage.headings.is_empty() {
            write!(out, ", {}", passage.headings.join(" › "))?;
        }
        writeln!(out, "\n{}", &document.text[passage.span.clone()])?;
    }
    writeln!(out)?;
    Ok(())
}
