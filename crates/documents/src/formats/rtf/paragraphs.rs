//! What the text of an RTF document is put into: paragraphs, headings, items and rows.

use std::collections::HashMap;

use crate::refusal::Refusal;
use crate::writer::Writer;

/// What is said of the paragraph that is being read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape {
    /// Counted from 0, as the format does.
    pub outline: Option<u8>,
    pub style: Option<i32>,
    pub in_list: bool,
    pub in_table: bool,
}

#[derive(Debug, Default)]
pub struct Paragraphs {
    pub text: String,
    pub shape: Shape,
    pub headings: HashMap<i32, u8>,
    /// Text that waits for the end of the paragraph it stands beside.
    pub beside: Vec<String>,
    pub has_bullet: bool,
    pub is_header_row: bool,
    cells: Vec<String>,
    headers: Vec<String>,
    /// The row of headers, until another follows that can show them.
    unshown: bool,
}

impl Paragraphs {
    pub fn end_paragraph(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        if self.shape.in_table {
            self.text.push(' ');
            return Ok(());
        }
        self.end_table(writer)?;
        let text = std::mem::take(&mut self.text);
        let is_item = std::mem::take(&mut self.has_bullet) || self.shape.in_list;
        match self.level() {
            Some(level) => writer.heading(level, &text)?,
            None if is_item => writer.item(&text)?,
            None => writer.paragraph(&text)?,
        }
        self.write_beside(writer)
    }

    pub fn end_cell(&mut self) {
        self.has_bullet = false;
        self.cells.push(std::mem::take(&mut self.text));
    }

    pub fn end_row(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let mut cells = std::mem::take(&mut self.cells);
        if !self.text.trim().is_empty() {
            cells.push(std::mem::take(&mut self.text));
        }
        if std::mem::take(&mut self.is_header_row) && self.headers.is_empty() {
            self.headers = cells;
            self.unshown = true;
        } else if !cells.is_empty() {
            self.unshown = false;
            writer.row(&self.headers, &cells)?;
        }
        self.write_beside(writer)
    }

    /// Writes what is left at the end of the document.
    pub fn finish(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        if !self.cells.is_empty() {
            self.end_row(writer)?;
        }
        self.shape.in_table = false;
        self.end_paragraph(writer)
    }

    fn end_table(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        if !self.cells.is_empty() {
            self.end_row(writer)?;
        }
        let headers = std::mem::take(&mut self.headers);
        match std::mem::take(&mut self.unshown) {
            true => writer.row(&[], &headers),
            false => Ok(()),
        }
    }

    fn write_beside(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        for text in std::mem::take(&mut self.beside) {
            writer.paragraph(&text)?;
        }
        Ok(())
    }

    fn level(&self) -> Option<u8> {
        let by_style = || self.headings.get(&self.shape.style?).copied();
        let outline = self.shape.outline.filter(|outline| *outline < 9);
        outline.map(|outline| outline + 1).or_else(by_style)
    }
}

/// The level that a style's name gives, in the languages in which word processors have named them.
pub fn heading_level(style: &str) -> Option<u8> {
    const NAMES: &[&str] = &[
        "heading",
        "überschrift",
        "titre",
        "título",
        "titolo",
        "titulo",
        "kop",
        "rubrik",
        "overskrift",
        "otsikko",
        "nagłówek",
        "nadpis",
        "címsor",
        "заголовок",
        "başlık",
        "标题",
        "標題",
        "見出し",
        "제목",
        "επικεφαλίδα",
        "כותרת",
        "عنوان",
    ];
    let name = style.trim().trim_end_matches(';').trim().to_lowercase();
    if matches!(name.as_str(), "title" | "titel") {
        return Some(1);
    }
    let number = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let level = name[number.len()..].parse().ok().filter(|level| (1..=9).contains(level))?;
    NAMES.contains(&number.trim_end()).then_some(level)
}
