//! Spreadsheets of LibreOffice and its relatives (ODS, and FODS without a container): every sheet
//! under its name, row by row, with cells as the program last showed them.

use std::collections::VecDeque;

use super::{Format, Sample};
use crate::odf;
use crate::package;
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::writer::Writer;
use crate::xml::{Element, Event, Xml};

pub const FORMAT: Format = Format { name: "ODS", is, read };

/// Files say of a million empty rows that one row comes a million times. Of rows and cells with
/// something in them so many are believed.
const MOST_REPEATED: usize = 100;

fn is(sample: &Sample<'_>) -> bool {
    odf::is_kind(sample, "spreadsheet")
        || matches!(sample.extension, "ods" | "ots") && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = odf::content(sample, writer)?;
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let read = read_sheets(&mut xml, writer);
    // The names of sheets alone are nothing to keep.
    if writer.is_empty() { read } else { writer.keeping_text(read) }
}

fn read_sheets(xml: &mut Xml<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    while let Some(element) = xml.next_element(0)? {
        match element.name() {
            "table" if element.prefix() == "table" => {
                if let Some(name) = element.attribute("name") {
                    writer.heading(2, &name)?;
                }
                let mut sheet = Sheet::default();
                let outcome = sheet.read(xml, writer);
                sheet.table.finish(writer)?;
                outcome?;
                for remark in sheet.remarks {
                    writer.paragraph(&remark)?;
                }
            }
            "styles" | "automatic-styles" | "master-styles" | "settings" | "meta" | "scripts"
            | "tracked-changes" | "named-expressions" => xml.skip()?,
            _ => {}
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Sheet {
    table: Table,
    /// Comments and text boxes, which stand behind the rows.
    remarks: VecDeque<String>,
}

impl Sheet {
    fn read(&mut self, xml: &mut Xml<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let depth = xml.depth();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "table-row" => {
                    let times = repeated(&element, "number-rows-repeated");
                    let cells = self.row(xml)?;
                    for _ in 0..if cells.is_empty() { 1 } else { times.min(MOST_REPEATED) } {
                        self.table.row(cells.clone(), writer)?;
                    }
                    writer.alive();
                }
                // Drawings that lie on the sheet and not in a cell.
                "shapes" => self.shapes(xml)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn row(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Cell>, Refusal> {
        let depth = xml.depth();
        let mut cells = Vec::new();
        let mut column = 0_usize;
        while let Some(element) = xml.next_element(depth)? {
            // A covered cell lies under a merged one, and is not seen.
            let is_seen = match element.name() {
                "table-cell" => true,
                "covered-table-cell" => false,
                _ => continue,
            };
            let times = repeated(&element, "number-columns-repeated");
            let kind = element.attribute("value-type").unwrap_or_default();
            let is_value = !matches!(kind.as_str(), "" | "string");
            let text = self.cell(xml)?;
            if is_seen && !text.is_empty() {
                let copies = (column..column.saturating_add(times)).take(MOST_REPEATED);
                cells.extend(copies.map(|column| Cell { column, text: text.clone(), is_value }));
            }
            column = column.saturating_add(times);
        }
        Ok(cells)
    }

    /// A cell's own text; what hangs on it is put aside.
    fn cell(&mut self, xml: &mut Xml<'_>) -> Result<String, Refusal> {
        let depth = xml.depth();
        let mut text = String::new();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "annotation" => {
                    let remark = paragraphs(xml, &["creator", "date", "date-string"])?;
                    self.remarks.push_back(remark);
                }
                "p" => {
                    text.push_str(if text.is_empty() { "" } else { " " });
                    text.push_str(&paragraph(xml, &[])?);
                }
                "frame" | "custom-shape" | "rect" => {
                    let remark = paragraphs(xml, &["title", "desc", "object"])?;
                    self.remarks.push_back(remark);
                }
                _ => {}
            }
        }
        Ok(text.trim().to_owned())
    }

    fn shapes(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let remark = paragraphs(xml, &["title", "desc", "object"])?;
        self.remarks.push_back(remark);
        Ok(())
    }
}

/// How often a row or cell comes, as its attribute says.
fn repeated(element: &Element<'_>, attribute: &str) -> usize {
    element.attribute(attribute).and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}

/// The paragraphs in the element last opened, one after the other.
fn paragraphs(xml: &mut Xml<'_>, without: &[&str]) -> Result<String, Refusal> {
    let depth = xml.depth();
    let mut all = String::new();
    while let Some(element) = xml.next_element(depth)? {
        if element.name() == "p" {
            all.push_str(&paragraph(xml, without)?);
            all.push('\n');
        } else if without.contains(&element.name()) {
            xml.skip()?;
        }
    }
    Ok(all)
}

/// The text of the paragraph last opened, its spaces and line breaks among it.
fn paragraph(xml: &mut Xml<'_>, without: &[&str]) -> Result<String, Refusal> {
    let depth = xml.depth();
    let mut text = String::new();
    while let Some(event) = xml.next_within(depth)? {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::Open(element) => match element.name() {
                "s" | "tab" | "line-break" => text.push(' '),
                name if without.contains(&name) || name == "annotation" => xml.skip()?,
                _ => {}
            },
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(sheet: &str, expected: &str) {
        let text = format!(
            "<office:document office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>\
             <office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body></office:document>"
        );
        let read = Formats::all().extract("x", text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!((read.format.as_str(), read.text.as_str()), ("ODS", expected));
    }

    fn cell(text: &str) -> String {
        format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>")
    }

    #[test]
    fn sheets_are_read_as_they_were_shown() {
        let header = [cell("Fecha"), cell("Importe")].concat();
        let row = "<table:table-cell office:value-type='date'><text:p>3 de mayo</text:p></table:table-cell>\
                   <table:table-cell office:value-type='currency'><office:annotation><dc:creator>Ana</dc:creator><text:p>sin IVA</text:p></office:annotation><text:p>12,<text:span>50</text:span><text:s/>€</text:p></table:table-cell>";
        check(
            &format!(
                "<table:table table:name='Gastos'><table:table-row>{header}</table:table-row><table:table-row>{row}</table:table-row></table:table>"
            ),
            "Gastos\n\nFecha | Importe\nFecha: 3 de mayo | Importe: 12,50 €\n\nsin IVA",
        );
    }

    #[test]
    fn what_is_repeated_is_bounded_and_merged_cells_come_once() {
        let empty = "<table:table-cell table:number-columns-repeated='16383'/>";
        let rows = "<table:table-row table:number-rows-repeated='1048575'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>";
        check(
            &format!(
                "<table:table>{rows}<table:table-row>{empty}{}</table:table-row></table:table>",
                cell("角")
            ),
            "角",
        );
        let wide = "<table:table-cell table:number-columns-repeated='99999999999'><text:p>x</text:p></table:table-cell>";
        let many = format!(
            "<table:table><table:table-row table:number-rows-repeated='99999999'>{wide}</table:table-row></table:table>"
        );
        check(&many, &[["x"; MOST_REPEATED].join(" | ").as_str(); MOST_REPEATED].join("\n"));
        let covered = "<table:covered-table-cell><text:p>hid</text:p></table:covered-table-cell>";
        check(
            &format!(
                "<table:table><table:table-row>{}{covered}{}</table:table-row></table:table>",
                cell("a"),
                cell("b")
            ),
            "a | b",
        );
    }
}
