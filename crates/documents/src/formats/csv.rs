//! Tables in plain text: CSV, TSV and their relatives with semicolons or bars.

use super::{Format, Sample};
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "CSV", is, read };

const DELIMITERS: [u8; 4] = *b",;\t|";

/// A name says it, or the beginning does: several lines of the same three or more fields.
fn is(sample: &Sample<'_>) -> bool {
    if matches!(sample.extension, "csv" | "tsv" | "tab") {
        return true;
    }
    let beginning = sample.beginning();
    sample.is_unnamed() && DELIMITERS.into_iter().any(|delimiter| is_regular(&beginning, delimiter))
}

/// Whether text falls into so regular fields that it is no prose. Commas stand in prose as well.
fn is_regular(beginning: &str, delimiter: u8) -> bool {
    let mut widths = Records::new(beginning, delimiter).take(20).map(|record| record.len());
    let Some(first) = widths.next() else { return false };
    let (least, same) = if delimiter == b',' { (4, 5) } else { (3, 3) };
    first >= least
        && widths.by_ref().take(same).filter(|width| *width == first).count() == same
        && widths.all(|width| width == first || width <= 1)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = sample.text()?;
    let (delimiter, text) = told_delimiter(&text).unwrap_or_else(|| (delimiter(&text), &text));
    let mut table = Table::default();
    for record in Records::new(text, delimiter) {
        writer.alive();
        let cells = record.iter().enumerate().map(|(column, text)| Cell::guessed(column, text));
        table.row(cells.collect(), writer)?;
    }
    table.finish(writer)
}

/// Excel's way to say it in the first line: `sep=;`.
fn told_delimiter(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let delimiter = first.trim_end_matches('\r').strip_prefix("sep=")?;
    Some((*delimiter.as_bytes().first()?, rest)).filter(|(byte, _)| byte.is_ascii())
}

/// The delimiter that cuts the beginning into the most fields of the same number.
fn delimiter(text: &str) -> u8 {
    let end = text.char_indices().nth(32 << 10).map_or(text.len(), |(at, _)| at);
    let score = |delimiter: u8| {
        let widths: Vec<usize> =
            Records::new(&text[..end], delimiter).take(30).map(|record| record.len()).collect();
        let most = widths.iter().copied().max().unwrap_or(0);
        let steady = widths.windows(2).filter(|pair| pair[0] == pair[1] && pair[0] > 1).count();
        let cut = widths.iter().filter(|width| **width > 1).count();
        (cut * 2 + steady * 3, most)
    };
    // Of equals the first named wins, as the commonest.
    DELIMITERS.into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(b',')
}

/// Reads records one by one: fields in quotes may hold delimiters and line breaks.
struct Records<'a> {
    text: &'a str,
    at: usize,
    delimiter: u8,
    /// Set when a quote was opened and never closed: quotes are then letters like others.
    is_plain: bool,
}

impl<'a> Records<'a> {
    /// A field that is longer than this has lost its closing quote.
    const LONGEST_FIELD: usize = 1 << 20;

    fn new(text: &'a str, delimiter: u8) -> Self {
        Self { text, at: 0, delimiter, is_plain: false }
    }

    /// The next field, and whether the record ends with it.
    fn field(&mut self) -> (String, bool) {
        let rest = &self.text[self.at..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if !self.is_plain && rest[spaces..].starts_with('"') {
            if let Some(found) = self.quoted(self.at + spaces + 1) {
                return found;
            }
            self.is_plain = true;
        }
        let (start, end) = (self.at, self.plain_end(self.at));
        (self.text[start..end].to_owned(), self.pass(end))
    }

    fn quoted(&mut self, start: usize) -> Option<(String, bool)> {
        let mut field = String::new();
        let mut from = start;
        loop {
            let quote = from + memchr::memchr(b'"', &self.text.as_bytes()[from..])?;
            if quote - start > Self::LONGEST_FIELD {
                return None;
            }
            field.push_str(&self.text[from..quote]);
            from = quote + 1;
            if self.text[from..].starts_with('"') {
                field.push('"');
                from += 1;
                continue;
            }
            // Letters after the closing quote are kept, as sloppy writers mean them.
            let end = self.plain_end(from);
            field.push_str(self.text[from..end].trim());
            return Some((field, self.pass(end)));
        }
    }

    fn plain_end(&self, from: usize) -> usize {
        let ends = |byte: &u8| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r';
        let bytes = &self.text.as_bytes()[from..];
        from + bytes.iter().position(ends).unwrap_or(bytes.len())
    }

    /// Steps over what ended a field; whether that ended the record.
    fn pass(&mut self, end: usize) -> bool {
        let rest = &self.text.as_bytes()[end..];
        let length = if rest.starts_with(b"\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        self.at = end + length;
        rest.first() != Some(&self.delimiter)
    }
}

impl Iterator for Records<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Self::Item> {
        const MOST_FIELDS: usize = 16_384;
        if self.at >= self.text.len() {
            return None;
        }
        let mut record = Vec::new();
        loop {
            let (field, is_last) = self.field();
            record.push(field);
            if is_last || record.len() >= MOST_FIELDS {
                return Some(record);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(name: &str, bytes: &[u8], expected: &str) {
        let read = Formats::all().extract(name, bytes, Limits::default(), &mut || ()).unwrap();
        assert_eq!((read.format.as_str(), read.text.as_str()), ("CSV", expected), "{name}");
    }

    #[test]
    fn delimiters_quotes_and_encodings_are_found() {
        let expected = "Name | Alter\nName: José | Alter: 41";
        check("a.csv", "Name,Alter\nJosé,41\n".as_bytes(), expected);
        check("a.csv", "Name;Alter\r\nJosé;41".as_bytes(), expected);
        check("a.tsv", "Name\tAlter\r\"José\"\t41".as_bytes(), expected);
        check("a.csv", "sep=|\nName|Alter\nJosé|41".as_bytes(), expected);
        check(
            "a.csv",
            "Jahr;Umsatz;Kosten\n2023;143,1;-814,38\n2024;215,32;-11,08".as_bytes(),
            "Jahr | Umsatz | Kosten\nJahr: 2023 | Umsatz: 143,1 | Kosten: -814,38\nJahr: 2024 | Umsatz: 215,32 | Kosten: -11,08",
        );
        let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("名前,年齢\n佐藤太郎,30\n");
        check("a.csv", &japanese, "名前 | 年齢\n名前: 佐藤太郎 | 年齢: 30");
    }

    #[test]
    fn fields_may_hold_line_breaks_and_quotes() {
        check(
            "a.csv",
            b"\"A\", 2.99, \"On a\nstick!\"\n\"say \"\"b\"\"\", 1",
            "A | 2.99 | On a stick!\nsay \"b\" | 1",
        );
        check("a.csv", b"\"open,1\nx,2", "\"open | 1\nx | 2");
    }

    #[test]
    fn tables_are_told_from_prose_without_a_name() {
        let table = "a\tb\tc\n".repeat(9);
        check(
            "noname",
            table.as_bytes(),
            "a | b | c\na | b | c\na | b | c\na | b | c\na | b | c\na | b | c\na | b | c\na | b | c\na | b | c",
        );
        let prose = "One, two, three, and four.\nFive, six.\n";
        assert!(!DELIMITERS.into_iter().any(|delimiter| is_regular(prose, delimiter)));
    }

    #[test]
    fn an_open_quote_in_every_line_takes_linear_time() {
        let text = "a,\"b\n".repeat(100_001);
        let read = Formats::all().extract("a.csv", text.as_bytes(), Limits::default(), &mut || ());
        assert!(read.is_ok());
    }
}
