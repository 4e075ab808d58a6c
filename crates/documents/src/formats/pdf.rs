//! PDF, with its pages kept. The pages are interpreted by hayro without drawing anything; where the
//! glyphs stand tells the lines, the columns and the paragraphs.
//!
//! Must run within limits of memory and time that others set: hayro unpacks streams whole and has no
//! option to stop. [`swelling`] measures them before it does, as far as it can see them; the worker's
//! address space bounds what it cannot, such as streams that are encrypted.

mod columns;
mod cost;
mod fragments;
mod garbled;
mod glyphs;
mod leaders;
mod lines;
mod metadata;
mod paragraphs;
mod running;
mod swelling;
#[cfg(test)]
pub mod tests;
mod unspoken;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::{InterpreterCache, InterpreterSettings};

use self::glyphs::{Direction, Glyph, Shown};
use self::lines::Line;
use self::paragraphs::{Page, Style};
use self::unspoken::Unspoken;
use super::{Format, Sample};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "PDF", is, read };

/// Readers have always looked for the mark in the first kilobyte: some files have something before it.
fn is(sample: &Sample<'_>) -> bool {
    const MARK: &[u8] = b"%PDF-";
    const WITHIN: usize = 1024;
    if sample.starts_with(MARK) {
        return true;
    }
    let head = &sample.bytes[..sample.bytes.len().min(WITHIN)];
    let tail = &sample.bytes[sample.bytes.len().saturating_sub(2 * WITHIN)..];
    holds(head, MARK) && (holds(tail, b"startxref") || holds(tail, b"%%EOF"))
        || sample.extension == "pdf" && holds(head, b" obj")
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    swelling::check(sample.bytes, writer)?;
    let pdf = Pdf::new(sample.bytes.to_vec()).map_err(|error| refusal(error, sample.bytes))?;
    metadata::read(&pdf, writer.metadata());
    let Found { mut pages, pictures, left_out } = read_pages(&pdf, writer)?;
    let said_anything = pages.iter().any(|page| !page.parts.is_empty());
    if !said_anything {
        if let Some(refusal) = left_out {
            return Err(refusal);
        }
        let reason = if pictures {
            "its pages are pictures, scanned without their text"
        } else {
            "its pages are empty"
        };
        return Err(Refusal::NoText { reason: reason.into() });
    }
    garbled::judge(&mut pages)?;
    running::drop_running_lines(&mut pages);
    let style = Style::of(&pages);
    pages.iter().try_for_each(|page| paragraphs::write(page, &style, writer))
}

fn refusal(error: LoadPdfError, bytes: &[u8]) -> Refusal {
    match error {
        // A key that nobody has also hides where the pages are.
        LoadPdfError::Invalid if holds(bytes, b"/Encrypt") => Refusal::Encrypted,
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::Encrypted,
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => Refusal::Encrypted,
        LoadPdfError::Decryption(_) => Refusal::damaged("its encryption does not hold together"),
        LoadPdfError::Invalid => Refusal::damaged("no pages can be found in it"),
    }
}

#[derive(Default)]
struct Found {
    /// Every page's lines.
    pages: Vec<Page>,
    pictures: bool,
    /// Why pages were left out, where some were.
    left_out: Option<Refusal>,
}

fn read_pages(pdf: &Pdf, writer: &mut Writer<'_>) -> Result<Found, Refusal> {
    let count = pdf.pages().len();
    let most = writer.limits().entries;
    if count > most {
        return Err(Refusal::too_large("the number of its pages", most));
    }
    if let Some(claimed) = metadata::claimed_pages(pdf).filter(|claimed| *claimed > count) {
        writer.partial(format!("it says it has {claimed} pages, and {count} can be found"));
    }
    let mut interpreter = Interpreter::default();
    let (mut found, mut bytes, mut content) = (Found::default(), 0, 0);
    for (page, number) in pdf.pages().iter().zip(1..) {
        // What goes wrong on a page costs only that page.
        let shown = match interpreter.shown(page, &mut || writer.alive()) {
            Ok(shown) => shown,
            Err(refusal) => {
                writer.partial(format!("page {number} was left out: {refusal}"));
                found.left_out.get_or_insert(refusal);
                continue;
            }
        };
        found.pictures |= shown.pictures;
        let parts = parts_of(shown);
        let lines = parts.iter().flatten().flat_map(|line: &Line| &line.cells);
        bytes += lines.map(String::len).sum::<usize>();
        // Each page keeps its own copy of its content, though many may share one.
        content += page.page_stream().map_or(0, <[u8]>::len);
        if let Some(refusal) = too_much(bytes, content, writer.limits()) {
            writer.partial(&refusal);
            found.left_out = Some(refusal);
            break;
        }
        found.pages.push(Page { number, parts });
    }
    Ok(found)
}

fn too_much(text: usize, content: usize, limits: &Limits) -> Option<Refusal> {
    let most = swelling::most(limits);
    let (what, most) = match () {
        () if text > limits.text_bytes => ("its text", limits.text_bytes as u64),
        () if content as u64 > most => ("what its pages are made of", most),
        () => return None,
    };
    Some(Refusal::too_large(what, format!("{} MB", most >> 20)))
}

#[derive(Default)]
struct Interpreter<'a> {
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
    unspoken: Unspoken,
}

impl<'a> Interpreter<'a> {
    /// What a page shows, unless it is too much work or the interpreter fails on it.
    fn shown(&mut self, page: &PdfPage<'a>, alive: &mut dyn FnMut()) -> Result<Shown, Refusal> {
        alive();
        cost::check(page)?;
        let show = || Shown::of(page, &self.cache, &self.settings, &mut self.unspoken, alive);
        catch_unwind(AssertUnwindSafe(show)).map_err(|_| Refusal::damaged("its reader failed"))
    }
}

/// A page's lines in reading order. Text that is turned is read after the rest.
fn parts_of(shown: Shown) -> Vec<Vec<Line>> {
    let mut parts = Vec::new();
    for direction in shown.directions {
        let rightward = is_rightward(&direction);
        let fragments = fragments::fragments(direction.glyphs);
        let read = columns::parts(fragments, rightward).into_iter().map(lines::lines);
        parts.extend(read.filter(|part| !part.is_empty()));
    }
    parts
}

fn is_rightward(direction: &Direction) -> bool {
    let is = |glyph: &Glyph| match glyph.letters {
        Some(BfString::Char(letter)) => lines::is_rightward(letter),
        _ => false,
    };
    let count = direction.glyphs.iter().filter(|glyph| is(glyph)).count();
    2 * count > direction.glyphs.len()
}
