//! Word documents: DOCX and its kin with macros or as templates.

mod styles;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::styles::{Look, Styles};
use super::{Format, Sample};
use crate::drawing::Drawings;
use crate::ooxml::{self, Parts, Relations, unless_damaged};
use crate::package;
use crate::pieces::{Piece, Table, write_all, write_settled};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Xml, decoded};

pub const FORMAT: Format = Format { name: "DOCX", is, read };

fn is(sample: &Sample<'_>) -> bool {
    ooxml::is_main(sample.bytes, &["wordprocessingml", "ms-word"])
        || matches!(sample.extension, "docx" | "docm" | "dotx" | "dotm")
            && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut parts = Parts::open(sample.bytes, "word/document.xml", writer)?;
    let main = parts.main.clone();
    let relations = parts.relations(&main, writer)?;
    let styles = read_styles(&mut parts, &relations, writer)?;
    let mut story = Story::new(&styles);
    for kind in ["footnotes", "endnotes"] {
        let noted = read_notes(&mut parts, &relations, kind, &styles, writer)?;
        story.notes.extend(noted.into_iter().map(|(id, pieces)| ((kind, id), pieces)));
    }
    let Some(bytes) = parts.read(&main, writer)? else {
        return Err(Refusal::damaged(format!("{main} is missing")));
    };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let mut pieces = Vec::new();
    let read = story.read_body(&mut xml, &mut parts, &relations, &mut pieces, writer);
    pieces.push(Piece::Paragraph(story.initial));
    write_all(&mut pieces, writer)?;
    writer.keeping_text(read)?;
    let mut comments = read_notes(&mut parts, &relations, "comments", &styles, writer)?;
    comments.iter_mut().try_for_each(|(_, pieces)| write_all(pieces, writer))
}

fn read_styles(
    parts: &mut Parts<'_>,
    relations: &Relations,
    writer: &mut Writer<'_>,
) -> Result<Styles, Refusal> {
    let Some(part) = relations.of_kind("styles").next() else { return Ok(Styles::default()) };
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(Styles::default()) };
    let text = decoded(&bytes);
    let styles = Styles::read(&mut Xml::new(&text, writer.limits().nesting));
    Ok(unless_damaged(styles.map(Some))?.unwrap_or_default())
}

type Note = (String, Vec<Piece>);

/// Footnotes, endnotes or comments by their ids, in the order of their part.
fn read_notes(
    parts: &mut Parts<'_>,
    relations: &Relations,
    kind: &'static str,
    styles: &Styles,
    writer: &mut Writer<'_>,
) -> Result<Vec<Note>, Refusal> {
    let Some(part) = relations.of_kind(kind).next() else { return Ok(Vec::new()) };
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(Vec::new()) };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let mut story = Story::new(styles);
    let mut notes = Vec::new();
    let mut read = || {
        while let Some(element) = xml.next_element(0)? {
            // Those of a type are the lines that set notes apart from the page.
            let drawn = element.attribute("type").is_some_and(|kind| kind != "normal");
            if let ("footnote" | "endnote" | "comment", Some(id), false) =
                (element.name(), element.attribute("id"), drawn)
            {
                notes.push((id, story.blocks(&mut xml)?));
            } else if drawn {
                xml.skip()?;
            }
        }
        Ok(())
    };
    let read = read();
    writer.noting_damage(read)?;
    Ok(notes)
}

/// One flow of text: the body, or the notes.
struct Story<'s> {
    styles: &'s Styles,
    notes: HashMap<(&'static str, String), Vec<Piece>>,
    /// Fields that have begun and not ended: whether each is past its instruction.
    fields: Vec<bool>,
    drawings: Drawings,
    /// Ids of documents of other kinds that are to be read in this place.
    foreign: Vec<String>,
    /// A large first letter, which stands in a paragraph of its own.
    initial: String,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    look: Look,
    style: Look,
    is_initial: bool,
    /// Text boxes and notes, which stand beside it and are read after it.
    beside: Vec<Piece>,
}

/// What is not text of the document: deleted or moved away, instructions, older ways of saying the
/// same, properties with words of their own, and readings printed small above their words.
const UNSEEN: &[&str] = &[
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "delInstrText",
    "Fallback",
    "ffData",
    "fldData",
    "sdtPr",
    "sdtEndPr",
    "sectPr",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "rt",
];

impl<'s> Story<'s> {
    fn new(styles: &'s Styles) -> Self {
        Self {
            styles,
            notes: HashMap::new(),
            fields: Vec::new(),
            drawings: Drawings::default(),
            foreign: Vec::new(),
            initial: String::new(),
        }
    }

    fn read_body(
        &mut self,
        xml: &mut Xml<'_>,
        parts: &mut Parts<'_>,
        relations: &Relations,
        pieces: &mut Vec<Piece>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        while let Some(element) = xml.next_element(0)? {
            self.block(xml, &element, pieces)?;
            pieces.extend(self.drawings.read(parts, relations, writer)?);
            write_settled(pieces, writer)?;
            for id in std::mem::take(&mut self.foreign) {
                let Some(part) = relations.target(&id) else { continue };
                if let Some(bytes) = parts.read_optional(part, writer)? {
                    writer.nested("", &bytes)?;
                }
            }
        }
        Ok(())
    }

    /// The paragraphs and tables inside the element last opened.
    fn blocks(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
        let depth = xml.depth();
        let mut pieces = Vec::new();
        while let Some(element) = xml.next_element(depth)? {
            self.block(xml, &element, &mut pieces)?;
        }
        Ok(pieces)
    }

    fn block(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Refusal> {
        match element.name() {
            "p" => self.paragraph(xml, pieces)?,
            "tbl" => pieces.push(Piece::Table(self.table(xml)?)),
            "altChunk" => self.foreign.extend(element.prefixed_attribute("id")),
            name if UNSEEN.contains(&name) => xml.skip()?,
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, xml: &mut Xml<'_>, pieces: &mut Vec<Piece>) -> Result<(), Refusal> {
        let depth = xml.depth();
        let mut paragraph =
            Paragraph { text: std::mem::take(&mut self.initial), ..Paragraph::default() };
        let mut is_hidden = false;
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "pPr" => self.properties(xml, &mut paragraph)?,
                "r" => is_hidden = false,
                "vanish" => is_hidden = is_on(&element),
                "t" if is_hidden || self.fields.contains(&false) => xml.skip()?,
                _ => self.inline(xml, &element, &mut paragraph)?,
            }
        }
        // An instruction does not go past its paragraph; one that never ends would swallow the rest.
        self.fields.iter_mut().for_each(|past| *past = true);
        if paragraph.is_initial {
            self.initial = paragraph.text;
            pieces.append(&mut paragraph.beside);
        } else {
            paragraph.finish(pieces);
        }
        Ok(())
    }

    fn inline(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        paragraph: &mut Paragraph,
    ) -> Result<(), Refusal> {
        let text = &mut paragraph.text;
        match element.name() {
            "t" => text.push_str(&xml.text()?),
            "tab" | "ptab" => text.push('\t'),
            "br" | "cr" | "p" => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            "sym" => text.extend(symbol(element)),
            "fldChar" => self.field(element),
            "footnoteReference" => self.note("footnotes", element, paragraph),
            "endnoteReference" => self.note("endnotes", element, paragraph),
            "txbxContent" => {
                let fields = std::mem::take(&mut self.fields);
                paragraph.beside.extend(self.blocks(xml)?);
                self.fields = fields;
            }
            name if UNSEEN.contains(&name) => xml.skip()?,
            _ => self.drawings.notice(element),
        }
        Ok(())
    }

    fn properties(&mut self, xml: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Refusal> {
        let depth = xml.depth();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "pStyle" => {
                    let id = element.attribute("val").unwrap_or_default();
                    paragraph.style = self.styles.look(&id);
                }
                "framePr" => {
                    let drop = element.attribute("dropCap");
                    paragraph.is_initial = drop.is_some_and(|how| how != "none");
                }
                "rPr" | "pPrChange" | "sectPr" => xml.skip()?,
                _ => paragraph.look.notice(&element),
            }
        }
        Ok(())
    }

    fn field(&mut self, element: &Element<'_>) {
        const DEEPEST_FIELD: usize = 32;
        match element.attribute("fldCharType").as_deref() {
            Some("begin") if self.fields.len() < DEEPEST_FIELD => self.fields.push(false),
            Some("separate") => {
                if let Some(past) = self.fields.last_mut() {
                    *past = true;
                }
            }
            Some("end") => {
                self.fields.pop();
            }
            _ => {}
        }
    }

    /// A note is read where it is first referred to.
    fn note(&mut self, kind: &'static str, element: &Element<'_>, paragraph: &mut Paragraph) {
        if let Some(id) = element.attribute("id") {
            paragraph.beside.extend(self.notes.remove(&(kind, id)).unwrap_or_default());
        }
    }

    fn table(&mut self, xml: &mut Xml<'_>) -> Result<Table, Refusal> {
        let depth = xml.depth();
        let mut table = Table::default();
        let mut deleted = false;
        while let Some(element) = xml.next_element(depth)? {
            if element.name() == "tr" && std::mem::take(&mut deleted) {
                table.drop_row();
            }
            match element.name() {
                "tblLook" => table.first_row_stands_out = first_row_stands_out(&element),
                "tr" => table.start_row(),
                "tblHeader" if is_on(&element) => table.mark_header(),
                "gridBefore" => table.skip(number(&element)),
                // Inside the properties of a row, where all of it was deleted.
                "del" => deleted = true,
                "tc" => self.cell(xml, &mut table)?,
                name if UNSEEN.contains(&name) => xml.skip()?,
                _ => {}
            }
        }
        if deleted {
            table.drop_row();
        }
        Ok(table)
    }

    fn cell(&mut self, xml: &mut Xml<'_>, table: &mut Table) -> Result<(), Refusal> {
        let depth = xml.depth();
        let (mut columns, mut continues) = (1, false);
        let mut pieces = Vec::new();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "gridSpan" => columns = number(&element),
                "vMerge" => {
                    continues = element.attribute("val").is_none_or(|value| value != "restart");
                }
                _ => self.block(xml, &element, &mut pieces)?,
            }
        }
        match continues {
            true => table.continued(columns, pieces),
            false => table.cell(columns, pieces),
        }
        Ok(())
    }
}

impl Paragraph {
    fn finish(mut self, pieces: &mut Vec<Piece>) {
        // A page of text whose style claims a heading is none.
        const LONGEST_HEADING: usize = 400;
        let heading = self.look.heading.or(self.style.heading).flatten();
        let is_item = self.look.item.or(self.style.item).unwrap_or_default();
        pieces.push(match heading {
            Some(level) if self.text.len() <= LONGEST_HEADING => Piece::Heading(level, self.text),
            _ if is_item => Piece::Item(self.text),
            _ if self.style.is_code => Piece::Code(self.text),
            _ => Piece::Paragraph(self.text),
        });
        pieces.append(&mut self.beside);
    }
}

/// Whether a property that is either on or off is on.
fn is_on(element: &Element<'_>) -> bool {
    !matches!(element.attribute("val").as_deref(), Some("0" | "false" | "off"))
}

fn number(element: &Element<'_>) -> usize {
    element.attribute("val").and_then(|value| value.parse().ok()).unwrap_or(1)
}

fn first_row_stands_out(look: &Element<'_>) -> bool {
    const FIRST_ROW: u32 = 0x20;
    let bits = || u32::from_str_radix(&look.attribute("val")?, 16).ok();
    match look.attribute("firstRow") {
        Some(value) => matches!(value.as_str(), "1" | "true" | "on"),
        None => bits().is_some_and(|bits| bits & FIRST_ROW != 0),
    }
}

/// A character taken from a font by its number, where the number is Unicode's own.
fn symbol(element: &Element<'_>) -> Option<char> {
    const PRIVATE: std::ops::Range<u32> = 0xE000..0xF900;
    let number = u32::from_str_radix(&element.attribute("char")?, 16).ok()?;
    char::from_u32(number).filter(|_| !PRIVATE.contains(&number))
}
