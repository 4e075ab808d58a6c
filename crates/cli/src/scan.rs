//! `kenning scan`: what lies in a folder, and what of it would be read. Nothing is opened.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Result, bail};
use kenning_engine::{Entry, FoundPath, LeftOut, Reason, Special, walk};
use serde::Serialize;

use crate::arguments::{Global, Scan};
use crate::output;

/// One line of JSON for one file, or for a folder that is not entered.
#[derive(Serialize)]
struct Row {
    path: String,
    /// `found` or `left-out`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_folder: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Default)]
struct Counts {
    files: u64,
    bytes: u64,
    left_out: BTreeMap<&'static str, u64>,
}

pub fn run(global: &Global, command: &Scan) -> Result<()> {
    if !command.folder.is_dir() {
        bail!("{} is not a folder that can be read: name one", command.folder.display());
    }
    let mut counts = Counts::default();
    for found in walk(&command.folder, &command.rules.rules())? {
        match found {
            FoundPath::Folder(_) => {}
            FoundPath::File(entry) => {
                counts.files += 1;
                counts.bytes += entry.stamp.size;
                if global.json {
                    output::json(&file(&entry))?;
                }
            }
            FoundPath::LeftOut(left_out) => {
                *counts.left_out.entry(kind(&left_out.reason)).or_default() += 1;
                tell(global, &left_out)?;
            }
        }
    }
    if !global.json {
        print(&counts)?;
    }
    Ok(())
}

fn tell(global: &Global, left_out: &LeftOut) -> Result<()> {
    let reason = reason(&left_out.reason);
    if global.json {
        return output::json(&Row {
            path: shown(&left_out.path),
            state: "left-out",
            bytes: None,
            is_folder: Some(left_out.is_folder),
            reason: Some(reason),
        });
    }
    writeln!(io::stdout().lock(), "{}: {reason}", shown(&left_out.path))?;
    Ok(())
}

fn file(entry: &Entry) -> Row {
    let bytes = Some(entry.stamp.size);
    Row { path: shown(&entry.path), state: "found", bytes, is_folder: None, reason: None }
}

fn print(counts: &Counts) -> Result<()> {
    let mut out = io::stdout().lock();
    let megabytes = counts.bytes as f64 / 1e6;
    writeln!(out, "\n{} files with {megabytes:.1} MB would be read", counts.files)?;
    for (kind, count) in &counts.left_out {
        writeln!(out, "{count} left out: {kind}")?;
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn kind(reason: &Reason) -> &'static str {
    match reason {
        Reason::Hidden => "hidden",
        Reason::Ignored { .. } => "ignored",
        Reason::Excluded => "excluded",
        Reason::NotIncluded => "not among what is to be read",
        Reason::System => "of the system or a version control",
        Reason::TooLarge => "too large",
        Reason::Special(_) => "no regular file",
        Reason::Link => "a link",
        Reason::Denied => "not ours to read",
        Reason::Placeholder => "in the cloud",
        Reason::Unreadable(_) => "unreadable",
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Ignored { by } => format!("ignored by {}", by.display()),
        Reason::Hidden => "hidden; --hidden takes it too".into(),
        Reason::Special(Special::Pipe) => "a pipe".into(),
        Reason::Special(Special::Socket) => "a socket".into(),
        Reason::Special(_) => "a device".into(),
        Reason::Link => "a link; what it points to is found where it lies".into(),
        Reason::Denied => "not ours to read".into(),
        Reason::Placeholder => "in the cloud, and opening it would fetch it".into(),
        Reason::Unreadable(error) => format!("unreadable ({error})"),
        other => kind(other).into(),
    }
}
