//! Paragraphs, headings, items and rows out of a document's lines.

use std::collections::{HashMap, HashSet};

use super::leaders::without_leaders;
use super::lines::{Line, joins_closely};
use crate::refusal::Refusal;
use crate::writer::Writer;

/// A page's text: parts in reading order, each with its lines.
#[derive(Debug)]
pub struct Page {
    pub number: u32,
    pub parts: Vec<Vec<Line>>,
}

/// What only the whole document shows.
#[derive(Debug)]
pub struct Style {
    body: f32,
    /// Sizes of headings, the largest first, in half points.
    headings: Vec<u32>,
    /// Words that stand somewhere unbroken.
    words: HashSet<String>,
}

/// Type must be this much larger than the body's to be a heading's.
const HEADING: f32 = 1.15;
const LONGEST_HEADING: usize = 250;
const MOST_WORDS: usize = 200_000;

impl Style {
    pub fn of(pages: &[Page]) -> Self {
        let mut letters: HashMap<u32, usize> = HashMap::new();
        let mut words = HashSet::new();
        let lines = || pages.iter().flat_map(|page| page.parts.iter().flatten());
        for line in lines() {
            *letters.entry(half_points(line.size)).or_default() += line.glyphs;
            if words.len() < MOST_WORDS {
                let text = line.text();
                let inner = text.split_whitespace().map(bare).filter(|word| word.len() > 3);
                words.extend(inner.map(str::to_lowercase));
            }
        }
        let body = letters.iter().max_by_key(|(size, count)| (**count, **size));
        let body = body.map_or(10.0, |(size, _)| *size as f32 / 2.0);
        let larger = |size: &u32| *size as f32 / 2.0 >= HEADING * body;
        let mut headings: Vec<u32> = letters.keys().copied().filter(larger).collect();
        headings.sort_unstable_by(|a, b| b.cmp(a));
        Self { body, headings, words }
    }

    fn level(&self, line: &Line, text: &str) -> Option<u8> {
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        let long = text.chars().count() > LONGEST_HEADING;
        if line.size < HEADING * self.body || letters < 2 || long {
            return None;
        }
        let rank = self.headings.iter().position(|size| *size == half_points(line.size))?;
        Some((rank + 1).min(4) as u8)
    }

    /// A line's text with the next one's after it.
    fn join(&self, text: &mut String, next: &str) {
        let Some(stem) = text.strip_suffix(['-', '\u{2010}', '\u{ad}']) else {
            if !joins_closely(text, next) {
                text.push(' ');
            }
            text.push_str(next);
            return;
        };
        let soft = text.ends_with('\u{ad}');
        let begun = stem.chars().next_back().is_some_and(char::is_alphabetic);
        let goes_on = next.chars().next().is_some_and(char::is_lowercase);
        if begun && (soft || goes_on) && (soft || !self.is_compound(stem, next)) {
            let length = stem.len();
            text.truncate(length);
        } else if !begun {
            text.push(' ');
        }
        text.push_str(next);
    }

    /// Whether elsewhere the two halves stand with their hyphen on one line, and not without it.
    fn is_compound(&self, stem: &str, next: &str) -> bool {
        let first = stem.rsplit(char::is_whitespace).next().map(bare).unwrap_or_default();
        let second = next.split(char::is_whitespace).next().map(bare).unwrap_or_default();
        let stands = |word: String| self.words.contains(&word.to_lowercase());
        !stands(format!("{first}{second}")) && stands(format!("{first}-{second}"))
    }
}

fn half_points(size: f32) -> u32 {
    (size * 2.0).round() as u32
}

fn bare(word: &str) -> &str {
    word.trim_matches(|letter: char| !letter.is_alphanumeric())
}

/// Writes a page's parts.
pub fn write(page: &Page, style: &Style, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    writer.page(page.number);
    for part in &page.parts {
        let mut rest = part.as_slice();
        while !rest.is_empty() {
            let rows = table_at(rest);
            let (taken, others) =
                if rows > 0 { rest.split_at(rows) } else { rest.split_at(block_at(rest, style)) };
            if rows > 0 {
                for line in taken {
                    writer.row(&[], &line.cells)?;
                }
            } else {
                write_block(taken, style, writer)?;
            }
            rest = others;
        }
    }
    Ok(())
}

/// How many of the first lines are rows of a table.
fn table_at(lines: &[Line]) -> usize {
    let rows = lines.iter().take_while(|line| line.cells.len() > 1).count();
    let wide = lines[..rows].iter().any(|line| line.cells.len() > 2);
    if rows >= 3 || (rows == 2 && wide) { rows } else { 0 }
}

fn write_block(lines: &[Line], style: &Style, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut text = String::new();
    for line in lines {
        if text.is_empty() {
            text = line.text();
        } else {
            style.join(&mut text, &line.text());
        }
    }
    if let Some(entry) = without_leaders(&text) {
        return writer.item(&entry);
    }
    let level = lines.first().and_then(|line| style.level(line, &text));
    match level {
        Some(level) => writer.heading(level, &text),
        None if begins_item(&text).is_some() => writer.item(&text),
        None => writer.paragraph(&text),
    }
}

/// How many of the first lines belong together.
fn block_at(lines: &[Line], style: &Style) -> usize {
    let mut count = 1;
    while let (Some(line), Some(next)) = (lines.get(count - 1), lines.get(count)) {
        let table = table_at(&lines[count..]) > 0;
        if table || is_apart(lines, count - 1, line, next, style) {
            break;
        }
        count += 1;
    }
    count
}

/// Whether a paragraph ends between a line and the next.
fn is_apart(lines: &[Line], index: usize, line: &Line, next: &Line, style: &Style) -> bool {
    let size = line.size.max(next.size);
    let pitch = next.base - line.base;
    if pitch > 1.35 * usual_pitch(lines, index, size) || pitch <= 0.0 {
        return true;
    }
    if (line.size - next.size).abs() > 0.12 * size {
        return true;
    }
    let large = line.size >= HEADING * style.body;
    if without_leaders(&line.text()).is_some() {
        return true;
    }
    if large {
        return false;
    }
    let text = line.text();
    if begins_item(&next.text()) == Some(true) {
        return true;
    }
    if text.ends_with(['-', '\u{2010}', '\u{ad}']) {
        return false;
    }
    // The lines of an item are set in behind its mark.
    let item = begins_item(&text).is_some();
    ends_early(lines, index, line, next) || !item && begins_inside(lines, index, line, next)
}

/// The distance of lines around here: the smallest that is not an overlap.
fn usual_pitch(lines: &[Line], index: usize, size: f32) -> f32 {
    let around = &lines[index.saturating_sub(3)..(index + 5).min(lines.len())];
    let alike = |line: &Line| (line.size - size).abs() < 0.12 * size;
    let pairs = around.windows(2).filter(|pair| pair.iter().all(alike));
    let pitches = pairs.map(|pair| pair[1].base - pair[0].base);
    let sound = pitches.filter(|pitch| *pitch > 0.8 * size && *pitch < 2.2 * size);
    let least = sound.fold(f32::MAX, f32::min);
    if least == f32::MAX { 1.3 * size } else { least }
}

/// Lines near this one that may be of the same block.
fn neighbours(lines: &[Line], index: usize) -> impl Iterator<Item = &Line> {
    let size = lines[index].size;
    let around = index.saturating_sub(3)..(index + 4).min(lines.len());
    lines[around].iter().filter(move |line| (line.size - size).abs() < 0.12 * size)
}

/// Whether the next line's first word would have found room at the end of this one.
fn ends_early(lines: &[Line], index: usize, line: &Line, next: &Line) -> bool {
    let text = next.text();
    let count = text.chars().count().max(1) as f32;
    let first = text.split_whitespace().next().map_or(0, |word| word.chars().count()) as f32;
    let word = (first + 1.0) * (next.right - next.left) / count;
    let spare = if line.rightward {
        line.left - neighbours(lines, index).map(|line| line.left).fold(f32::MAX, f32::min)
    } else {
        neighbours(lines, index).map(|line| line.right).fold(f32::MIN, f32::max) - line.right
    };
    let wide_script = joins_closely(&line.text(), &text);
    let word = if wide_script { 0.0 } else { word };
    spare > word + 1.5 * line.size
}

/// Whether the next line is set in, as the first line of a paragraph.
fn begins_inside(lines: &[Line], index: usize, line: &Line, next: &Line) -> bool {
    let step = 0.8 * line.size;
    let after = lines.get(index + 2);
    if next.rightward {
        line.right - next.right > step && after.is_none_or(|after| after.right - next.right > step)
    } else {
        next.left - line.left > step && after.is_none_or(|after| next.left - after.left > step)
    }
}

/// Whether a text begins as an item of a list; `Some(true)` where nothing else begins so.
fn begins_item(text: &str) -> Option<bool> {
    let (mark, _) = text.split_once(' ')?;
    let mut letters = mark.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return matches!(
            letter,
            '•' | '‣' | '◦' | '▪' | '●' | '○' | '■' | '□' | '–' | '—' | '·' | '*' | '-'
        )
        .then_some(!matches!(letter, '–' | '—' | '-' | '·' | '*'));
    }
    let number = mark.strip_suffix(['.', ')'])?;
    let short = !number.is_empty() && number.len() <= 3;
    (short && number.chars().all(|letter| letter.is_ascii_digit())).then_some(false)
}
