//! One sheet of a workbook: its cells as they stream by.

use std::collections::BTreeMap;

use crate::numbers::{NumberFormat, general};
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::writer::Writer;
use crate::xml::{Element, Xml};

/// What the sheets of a workbook share.
pub struct Workbook {
    pub strings: Vec<String>,
    pub formats: Vec<NumberFormat>,
    pub since_1904: bool,
}

pub fn read(text: &str, workbook: &Workbook, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut xml = Xml::new(text, writer.limits().nesting);
    let mut table = Table::default();
    let mut merged = Merged::of(text, writer.limits().nesting);
    let outcome = read_rows(&mut xml, workbook, &mut merged, &mut table, writer);
    // Rows before the damage are still right.
    table.finish(writer)?;
    outcome
}

fn read_rows(
    xml: &mut Xml<'_>,
    workbook: &Workbook,
    merged: &mut Merged,
    table: &mut Table,
    writer: &mut Writer<'_>,
) -> Result<(), Refusal> {
    let mut last = 0;
    while let Some(element) = xml.next_element(0)? {
        if element.name() != "row" {
            continue;
        }
        let number = element.attribute("r").and_then(|r| r.parse().ok()).unwrap_or(last + 1_u32);
        if number > last.saturating_add(1) {
            table.gap();
        }
        last = number;
        merged.enter(number);
        let cells = read_row(xml, workbook, merged)?;
        table.row(cells, writer)?;
        writer.alive();
    }
    Ok(())
}

fn read_row(xml: &mut Xml<'_>, workbook: &Workbook, merged: &Merged) -> Result<Vec<Cell>, Refusal> {
    let depth = xml.depth();
    let mut cells = Vec::new();
    let mut next = 0;
    while let Some(element) = xml.next_element(depth)? {
        if element.name() != "c" {
            continue;
        }
        let column =
            element.attribute("r").and_then(|r| place(&r)).map_or(next, |(column, _)| column);
        next = column.saturating_add(1);
        let cell = read_cell(xml, &element, column, workbook)?;
        if !cell.text.trim().is_empty() && !merged.covers(column) {
            cells.push(cell);
        }
    }
    Ok(cells)
}

fn read_cell(
    xml: &mut Xml<'_>,
    element: &Element<'_>,
    column: usize,
    workbook: &Workbook,
) -> Result<Cell, Refusal> {
    let kind = element.attribute("t").unwrap_or_default();
    let style = element.attribute("s").and_then(|s| s.parse::<usize>().ok()).unwrap_or(0);
    let depth = xml.depth();
    let mut text = String::new();
    while let Some(inner) = xml.next_element(depth)? {
        match inner.name() {
            "v" => text = xml.text()?,
            "is" => text = rich_text(xml)?,
            _ => xml.skip()?,
        }
    }
    let cell = |text: String, is_value| Cell { column, text, is_value };
    Ok(match kind.as_str() {
        "s" => {
            let place = text.trim().parse::<usize>().ok();
            cell(place.and_then(|p| workbook.strings.get(p)).cloned().unwrap_or_default(), false)
        }
        "str" | "inlineStr" => cell(text, false),
        "b" => cell(if text.trim() == "1" { "TRUE" } else { "FALSE" }.into(), true),
        // What could not be computed says nothing of the document.
        "e" => cell(String::new(), false),
        "d" => cell(text.replace('T', " ").trim_end_matches(" 00:00:00").to_owned(), true),
        _ => match text.trim().parse::<f64>() {
            Ok(number) => {
                let format = workbook.formats.get(style);
                let shown = format.map(|format| format.show(number, workbook.since_1904));
                cell(shown.unwrap_or_else(|| general(number)), true)
            }
            Err(_) => cell(text, false),
        },
    })
}

/// The text of a string that may have parts of several looks, without how it is pronounced.
pub fn rich_text(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let depth = xml.depth();
    let mut text = String::new();
    let mut direct = String::new();
    while let Some(event) = xml.next_within(depth)? {
        match event {
            crate::xml::Event::Open(element) => match element.name() {
                "t" => text.push_str(&xml.text()?),
                "rPh" | "phoneticPr" => xml.skip()?,
                "p" | "br" if !text.is_empty() => text.push('\n'),
                _ => {}
            },
            // Comments of newer programs have their text without a `t`.
            crate::xml::Event::Text(piece) => direct.push_str(&piece),
        }
    }
    Ok(if text.is_empty() { direct } else { text })
}

/// The column and row of a place such as `AB12`: the column counts from 0.
fn place(reference: &str) -> Option<(usize, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase).count();
    if letters == 0 || letters > 4 {
        return None;
    }
    let number = reference
        .bytes()
        .take(letters)
        .fold(0, |n, letter| n * 26 + usize::from(letter - b'A') + 1);
    Some((number - 1, reference[letters..].parse().ok()?))
}

/// Which cells lie under a merged one: only the first of these is seen.
#[derive(Debug, Default)]
struct Merged {
    /// By the row they begin in: first column, last column, last row.
    beginning: BTreeMap<u32, Vec<(usize, usize, u32)>>,
    /// Those that go over the present row, by first column: last column, first and last row.
    present: BTreeMap<usize, (usize, u32, u32)>,
    row: u32,
}

impl Merged {
    /// They stand behind the cells and are wanted before them.
    fn of(text: &str, nesting: usize) -> Self {
        let mut merged = Self::default();
        let found = memchr::memmem::find(text.as_bytes(), b"mergeCell ");
        let Some(start) = found.and_then(|found| text[..found].rfind('<')) else { return merged };
        let mut xml = Xml::new(&text[start..], nesting);
        // It ends with the tag that closes their list, which nothing here has opened.
        while let Ok(Some(element)) = xml.next_element(0) {
            let Some(reference) = element.attribute("ref") else { continue };
            if let Some((from, to)) = reference.split_once(':')
                && let (Some((left, top)), Some((right, bottom))) = (place(from), place(to))
            {
                merged.beginning.entry(top).or_default().push((left, right, bottom));
            }
        }
        merged
    }

    fn enter(&mut self, row: u32) {
        while let Some(begun) = self.beginning.first_entry().filter(|begun| *begun.key() <= row) {
            let top = *begun.key();
            for (left, right, bottom) in begun.remove() {
                self.present.insert(left, (right, top, bottom));
            }
        }
        self.row = row;
    }

    fn covers(&self, column: usize) -> bool {
        self.present.range(..=column).next_back().is_some_and(|(left, (right, top, bottom))| {
            column <= *right && self.row <= *bottom && (column, self.row) != (*left, *top)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let check = |reference, expected| assert_eq!(place(reference), expected, "{reference}");
        check("A1", Some((0, 1)));
        check("XFD1048576", Some((16_383, 1_048_576)));
        check("7", None);
        check("ABCDE1", None);
        check("A99999999999", None);
    }
}
