//! JSON and JSON Lines: laid out in lines where it is packed into one, and letters that are written
//! as numbers become letters.

use std::borrow::Cow;

use super::{Format, Sample};
use crate::blocks;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "JSON", is, read };

const EXTENSIONS: &[&str] =
    &["json", "jsonl", "ndjson", "geojson", "jsonc", "json5", "webmanifest", "har", "jsonld"];

/// Lines longer than this are laid out anew.
const LONG_LINE: usize = 300;
/// A block is cut at the next place between two values once it is this long.
const BLOCK: usize = 2000;
/// Deeper than this nothing is indented further.
const DEEPEST_INDENT: usize = 12;
const LINE: usize = 100;

fn is(sample: &Sample<'_>) -> bool {
    EXTENSIONS.contains(&sample.extension) || begins_like_json(sample.beginning().trim_start())
}

/// An object with a quoted name, or an array of such.
fn begins_like_json(text: &str) -> bool {
    let inside = text.strip_prefix('[').map_or(text, str::trim_start);
    let Some(name) = inside.strip_prefix('{').and_then(|rest| rest.trim_start().strip_prefix('"'))
    else {
        return false;
    };
    name.split_once('"').is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = sample.text()?;
    let text = with_letters(&text);
    if text.lines().all(|line| line.len() <= LONG_LINE) {
        return blocks::write(&text, writer);
    }
    Layout::default().write(&text, writer)
}

/// Without `\u00e4` where `ä` is meant. Other escapes stay, since they keep strings in their lines.
fn with_letters(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"\\u").is_none() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (shown, length) = escaped(rest);
        match shown {
            Some(character) => plain.push(character),
            None => plain.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain.into()
}

/// The letter that the escape at the beginning stands for, and how long the escape is.
fn escaped(text: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let after = 1 + text[1..].chars().next().map_or(0, char::len_utf8);
    let Some(first) = unit(0) else { return (None, after) };
    let units = [Some(first), unit(6)];
    let decoded = char::decode_utf16(units.into_iter().flatten()).next().and_then(Result::ok);
    match decoded {
        Some(c) if c.is_control() || matches!(c, '"' | '\\') => (None, 6),
        Some(c) => (Some(c), c.len_utf16() * 6),
        None => (None, 6),
    }
}

/// Lays values out in lines. Nothing is checked: what is damaged comes out as it is.
#[derive(Debug, Default)]
struct Layout {
    block: String,
    line_start: usize,
    depth: usize,
}

impl Layout {
    fn write(mut self, text: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = self.token(first, rest);
            let next = rest[length..].trim_start();
            let is_between = matches!(first, ',' | '}' | ']') && self.depth <= 2;
            if is_between && self.block.len() >= BLOCK {
                writer.code(&self.block)?;
                self.block.clear();
                self.line_start = 0;
            }
            rest = next;
        }
        writer.code(&self.block)
    }

    /// Writes the token at the beginning and says how long it is.
    fn token(&mut self, first: char, rest: &str) -> usize {
        match first {
            '"' => {
                let length = string_length(rest);
                self.block.push_str(&rest[..length]);
                length
            }
            '{' | '[' => {
                self.block.push(first);
                self.depth += 1;
                if !rest[1..].trim_start().starts_with(['}', ']']) {
                    self.new_line();
                }
                1
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if !self.block.ends_with(['{', '[']) {
                    self.new_line();
                }
                self.block.push(first);
                if self.depth == 0 {
                    self.new_line();
                }
                1
            }
            ',' => {
                self.block.push(',');
                let next = rest[1..].trim_start();
                // Numbers stand side by side.
                let flows = next.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                if flows && self.block.len() - self.line_start < LINE {
                    self.block.push(' ');
                } else {
                    self.new_line();
                }
                1
            }
            ':' => {
                self.block.push_str(": ");
                1
            }
            _ => {
                let ends = |c: char| ",:{}[]\"".contains(c) || c.is_whitespace();
                let skip = first.len_utf8();
                let length = rest[skip..].find(ends).map_or(rest.len(), |end| skip + end);
                self.block.push_str(&rest[..length]);
                length
            }
        }
    }

    fn new_line(&mut self) {
        self.block.push('\n');
        self.line_start = self.block.len();
        for _ in 0..self.depth.min(DEEPEST_INDENT) {
            self.block.push_str("  ");
        }
    }
}

/// The length of the string at the beginning, with its quotes.
fn string_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        // The backslash, and whatever character it is before.
        at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(name: &str, text: &str, expected: &str) {
        let read = Formats::all().extract(name, text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!((read.format.as_str(), read.text.as_str()), ("JSON", expected));
    }

    #[test]
    fn letters_are_letters_and_lines_stay() {
        check(
            "a",
            "{\"a\": \"Gr\\u00f6\\u00dfe \\ud83d\\ude00 \\\\u00e4 \\u0022\"}",
            "{\"a\": \"Größe 😀 \\\\u00e4 \\u0022\"}",
        );
        check("a.json", "{\n  \"città\": [1, 2]\n}", "{\n  \"città\": [1, 2]\n}");
        check("a.jsonl", "{\"a\":1}\n{\"a\":2}", "{\"a\":1}\n{\"a\":2}");
        check("a.json", "{\"bad\": \"\\ud83d \\u12", "{\"bad\": \"\\ud83d \\u12");
    }

    #[test]
    fn what_is_packed_into_one_line_is_laid_out() {
        let long = "слово ".repeat(60);
        check(
            "a.json",
            &format!("{{\"a\":[1,2,{{}}],\"b\":\"{long}\\\"{{\"}}"),
            &format!("{{\n  \"a\": [\n    1, 2,\n    {{}}\n  ],\n  \"b\": \"{long}\\\"{{\"\n}}"),
        );
    }

    #[test]
    fn hostile_nesting_and_damage_take_linear_time() {
        for text in [
            "[".repeat(1 << 20),
            "{\"a\":".repeat(1 << 18),
            "\"\\".repeat(1 << 19),
            "]".repeat(1 << 20),
        ] {
            let read =
                Formats::all().extract("a.json", text.as_bytes(), Limits::default(), &mut || ());
            assert!(read.is_ok());
        }
    }
}
