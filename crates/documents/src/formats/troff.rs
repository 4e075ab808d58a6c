//! Manual pages: troff with the macros of `man` or `mdoc`, read as a terminal would show them.

mod escapes;
mod input;
mod man;
mod mdoc;
mod page;
mod tables;
#[cfg(test)]
mod tests;

use self::input::{Input, Line, arguments};
use self::mdoc::Mdoc;
use self::page::Page;
use super::{Format, Sample};
use crate::dates;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "manual page", is, read };

fn is(sample: &Sample<'_>) -> bool {
    if !(sample.starts_with(b".") || sample.starts_with(b"'") || is_named(sample.extension)) {
        return false;
    }
    let beginning = sample.beginning();
    let mut lines = beginning.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let Some(first) = lines.next().filter(|line| line.starts_with(['.', '\''])) else {
        return false;
    };
    let is_remark = first.starts_with(".\\\"") || first.starts_with("'\\\"");
    let begins = |line: &str, names: &[&str]| {
        input::request(line).is_some_and(|(name, rest)| names.contains(&name) && !rest.is_empty())
    };
    begins(first, &["so"])
        || std::iter::once(first).chain(lines).any(|line| begins(line, &["TH", "Dd", "Dt"]))
        || (is_remark && is_named(sample.extension))
}

/// Sections of the manual are numbers: `ls.1`, `printf.3posix`.
fn is_named(extension: &str) -> bool {
    matches!(extension, "man" | "mdoc" | "roff" | "troff" | "n" | "l")
        || extension.starts_with(|c: char| ('1'..='9').contains(&c))
            && extension.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic())
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = sample.text()?;
    let mut reader = Reader {
        input: Input::of(&text),
        page: Page::of(writer),
        mdoc: Mdoc::default(),
        other: None,
    };
    reader.read()?;
    let other = reader.other;
    match other {
        Some(other) if !writer.has_text() => Err(Refusal::NoText {
            reason: format!("it only says that {other} is the page to read"),
        }),
        _ => Ok(()),
    }
}

struct Reader<'t, 'a, 'w> {
    input: Input<'t>,
    page: Page<'a, 'w>,
    mdoc: Mdoc,
    /// A page that this one stands for.
    other: Option<String>,
}

impl Reader<'_, '_, '_> {
    fn read(&mut self) -> Result<(), Refusal> {
        while let Some(line) = self.input.next() {
            match line {
                Line::Text(text) => self.text(text)?,
                Line::Request("so", rest) => self.other = Some(rest.to_owned()),
                Line::Request(name, rest) => {
                    if !self.man(name, rest)? && !self.mdoc(name, rest)? {
                        // A macro of the page's own: what it is given is said in some way.
                        let text = self.words(rest);
                        self.page.line(&text, false)?;
                    }
                }
            }
        }
        self.page.end_code()?;
        self.page.flush()
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        if text.trim().is_empty() {
            return self.page.pause();
        }
        let goes_on = text.ends_with("\\c");
        let plain = self.plain(text);
        self.page.line(&plain, goes_on)
    }

    fn plain(&self, text: &str) -> String {
        self.input.strings.plain(text)
    }

    fn words(&self, rest: &str) -> String {
        let words: Vec<String> = arguments(rest).iter().map(|word| self.plain(word)).collect();
        words.join(" ")
    }

    fn set_title(&mut self, name: &str, section: &str, date: Option<&str>) {
        let metadata = self.page.writer.metadata();
        metadata.title = Some(format!("{}({section})", name.to_lowercase()));
        metadata.modified = date.and_then(dates::iso);
    }
}
