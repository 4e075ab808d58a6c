//! OpenDocument, as LibreOffice writes it: telling its kinds apart, what a document says of itself,
//! and the flow of paragraphs, lists and tables that its kinds have in common.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::formats::Sample;
use crate::package::{self, Package};
use crate::pieces::{Piece, Table};
use crate::refusal::Refusal;
use crate::styles::{heading_level, is_code};
use crate::writer::Writer;
use crate::xml::{Element, Event, Xml, decoded};

const MIME: &str = "application/vnd.oasis.opendocument.";
const MANIFEST: &str = "META-INF/manifest.xml";
/// A file without a container names its kind after its name spaces.
const FLAT_START: usize = 16 << 10;

/// Whether this is OpenDocument of a kind, such as `text`: by the container's own word, by its list
/// of contents, or, without a container, by the root element.
pub fn is_kind(sample: &Sample<'_>, kind: &str) -> bool {
    let is_named = |text: &str| {
        text.split(['"', '\'']).any(|value| {
            let rest = value.trim().strip_prefix(MIME).and_then(|rest| rest.strip_prefix(kind));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    if sample.starts_with(b"PK") {
        let said = package::peek(sample.bytes, "mimetype");
        let said = said.or_else(|| package::peek(sample.bytes, MANIFEST));
        return said.is_some_and(|said| is_named(&decoded(&said)));
    }
    let start = &sample.bytes[..sample.bytes.len().min(FLAT_START)];
    let start = String::from_utf8_lossy(start);
    // Texts about the format have its words in them too.
    let is_xml = start.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    is_xml && start.contains("<office:document") && is_named(&start)
}

/// The document's content, with what it says of itself handed to the writer.
pub fn content<'a>(sample: &Sample<'a>, writer: &mut Writer<'_>) -> Result<Cow<'a, str>, Refusal> {
    if !sample.starts_with(b"PK") {
        let text = decoded(sample.bytes);
        read_metadata(&text, writer)?;
        return Ok(text);
    }
    let mut package = Package::open(sample.bytes, writer.limits().entries)?;
    let manifest = package.read(MANIFEST, writer)?.unwrap_or_default();
    if decoded(&manifest).contains("encryption-data") {
        return Err(Refusal::Encrypted);
    }
    if let Some(meta) = package.read("meta.xml", writer)? {
        read_metadata(&decoded(&meta), writer)?;
    }
    match package.read("content.xml", writer)? {
        Some(bytes) => Ok(decoded(&bytes).into_owned().into()),
        None => Err(Refusal::damaged("content.xml is missing")),
    }
}

/// Damage here costs the metadata only.
fn read_metadata(text: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut xml = Xml::new(text, writer.limits().nesting);
    match read_properties(&mut xml, writer) {
        Err(Refusal::Damaged { .. }) => Ok(()),
        read => read,
    }
}

fn read_properties(xml: &mut Xml<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut last_author = None;
    while let Some(element) = xml.next_element(0)? {
        let metadata = writer.metadata();
        let field = match (element.prefix(), element.name()) {
            ("office", "body") => break,
            ("office", "styles" | "automatic-styles" | "master-styles" | "settings") => {
                xml.skip()?;
                continue;
            }
            ("dc", "title") => &mut metadata.title,
            ("dc", "language") => &mut metadata.language,
            ("dc", "date") => &mut metadata.modified,
            ("dc", "creator") => &mut last_author,
            ("meta", "initial-creator") => &mut metadata.author,
            ("meta", "creation-date") => &mut metadata.created,
            ("meta", "document-statistic") => {
                let pages = element.attribute("page-count");
                metadata.pages = pages.and_then(|n| n.parse().ok()).filter(|pages| *pages > 0);
                continue;
            }
            _ => continue,
        };
        *field = Some(xml.text()?.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let metadata = writer.metadata();
    metadata.author = metadata.author.take().or(last_author);
    Ok(())
}

/// A flow of text as it is read.
#[derive(Debug, Default)]
pub struct Flow {
    /// Styles made for one place, and the style each is made from.
    parents: HashMap<String, String>,
    lists: usize,
    /// What readers have remarked; it stands at the end.
    pub comments: Vec<Piece>,
}

/// What is not text of the document: deletions, forms and scripts, embedded files, descriptions of
/// pictures, numbers as they were counted last, readings printed small above their words.
fn is_unseen(element: &Element<'_>) -> bool {
    match element.name() {
        "tracked-changes" | "forms" | "script" | "scripts" | "event-listeners" => true,
        "object" | "object-ole" | "binary-data" | "ruby-text" | "note-citation" => true,
        "hidden-text" | "number" | "styles" | "master-styles" | "meta" | "settings" => true,
        "title" | "desc" => element.prefix() == "svg",
        _ => false,
    }
}

impl Flow {
    /// The paragraphs, lists and tables inside the element last opened.
    pub fn blocks(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
        let depth = xml.depth();
        let mut pieces = Vec::new();
        while let Some(element) = xml.next_element(depth)? {
            self.block(xml, &element, &mut pieces)?;
        }
        Ok(pieces)
    }

    /// Reads one element that was just opened; what it does not know, the caller looks into.
    pub fn block(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Refusal> {
        match (element.prefix(), element.name()) {
            (_, "h") => {
                let level = element.attribute("outline-level").and_then(|level| level.parse().ok());
                self.paragraph(xml, |text| Piece::Heading(level.unwrap_or(1), text), pieces)
            }
            ("text", "p") => {
                let style = self.style(element);
                let (heading, code) = (heading_level(&style), is_code(&style));
                let in_list = self.lists > 0;
                let make = |text| match heading {
                    Some(level) => Piece::Heading(level, text),
                    None if in_list => Piece::Item(text),
                    None if code => Piece::Code(text),
                    None => Piece::Paragraph(text),
                };
                self.paragraph(xml, make, pieces)
            }
            (_, "list") => {
                self.lists += 1;
                pieces.extend(self.blocks(xml)?);
                self.lists -= 1;
                Ok(())
            }
            ("table", "table") => {
                pieces.push(Piece::Table(self.table(xml, element)?));
                Ok(())
            }
            (_, "annotation") => self.comment(xml),
            ("style", "style") => {
                self.parents
                    .extend(element.attribute("name").zip(element.attribute("parent-style-name")));
                xml.skip()
            }
            _ if is_unseen(element) => xml.skip(),
            _ => Ok(()),
        }
    }

    /// The name of a paragraph's style, that which has a name people know.
    fn style(&self, paragraph: &Element<'_>) -> String {
        let style = paragraph.attribute("style-name").unwrap_or_default();
        self.parents.get(&style).cloned().unwrap_or(style)
    }

    fn comment(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let lists = std::mem::take(&mut self.lists);
        let said = self.blocks(xml)?;
        self.lists = lists;
        self.comments.extend(said);
        Ok(())
    }

    /// Reads the paragraph last opened. Notes, text boxes and shapes in it are read after it.
    fn paragraph(
        &mut self,
        xml: &mut Xml<'_>,
        make: impl FnOnce(String) -> Piece,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Refusal> {
        let depth = xml.depth();
        const WIDEST_GAP: usize = 100;
        let mut text = String::new();
        let mut beside = Vec::new();
        while let Some(event) = xml.next_within(depth)? {
            let element = match event {
                Event::Text(piece) => {
                    // A line break that is meant is an element of its own.
                    text.extend(piece.chars().map(|c| if c == '\n' { ' ' } else { c }));
                    continue;
                }
                Event::Open(element) => element,
            };
            match element.name() {
                "s" => text.extend(std::iter::repeat_n(' ', count(&element, "c").min(WIDEST_GAP))),
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                "note" | "text-box" => {
                    let lists = std::mem::take(&mut self.lists);
                    beside.extend(self.blocks(xml)?);
                    self.lists = lists;
                }
                _ => self.block(xml, &element, &mut beside)?,
            }
        }
        pieces.push(make(text));
        pieces.append(&mut beside);
        Ok(())
    }

    fn table(&mut self, xml: &mut Xml<'_>, element: &Element<'_>) -> Result<Table, Refusal> {
        let mut table = Table::default();
        let stands_out = element.attribute("use-first-row-styles");
        table.first_row_stands_out = stands_out.as_deref() == Some("true");
        let lists = std::mem::take(&mut self.lists);
        self.rows(xml, &mut table, false)?;
        self.lists = lists;
        Ok(table)
    }

    /// Reads rows inside the element last opened into a table.
    fn rows(&mut self, xml: &mut Xml<'_>, table: &mut Table, headers: bool) -> Result<(), Refusal> {
        let depth = xml.depth();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "table-header-rows" => self.rows(xml, table, true)?,
                // Rows said to repeat are empty in all but spreadsheets.
                "table-row" => {
                    table.start_row();
                    if headers {
                        table.mark_header();
                    }
                }
                "table-cell" => {
                    let columns = count(&element, "number-columns-spanned");
                    table.cell(columns, self.blocks(xml)?);
                    // Cells that it goes over are written all the same.
                    table.step_back(columns - 1);
                    table.goes_over_rows(count(&element, "number-rows-spanned"));
                    table.skip(count(&element, "number-columns-repeated") - 1);
                }
                "covered-table-cell" => {
                    table.covered(count(&element, "number-columns-repeated"));
                    xml.skip()?;
                }
                _ if is_unseen(&element) => xml.skip()?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// A count that is one where it is not said.
fn count(element: &Element<'_>, attribute: &str) -> usize {
    const MOST_COLUMNS: usize = 1 << 14;
    let said = element.attribute(attribute).and_then(|value| value.parse().ok());
    said.unwrap_or(1).clamp(1, MOST_COLUMNS)
}
