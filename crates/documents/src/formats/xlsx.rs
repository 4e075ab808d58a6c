//! Workbooks of Excel (XLSX, XLSM and their templates): every sheet under its name, row by row.
//!
//! Cells are read as they stream by and rows are sparse, so that a lone cell in the last corner of a
//! sheet costs one cell.

mod sheet;
mod styles;

use super::{Format, Sample};
use crate::ooxml::{self, Parts, Relations, unless_damaged};
use crate::package;
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Xml, decoded};
use sheet::Workbook;

pub const FORMAT: Format = Format { name: "XLSX", is, read };

const MARKS: &[&str] = &["spreadsheetml", "ms-excel.sheet.macro", "ms-excel.template.macro"];

fn is(sample: &Sample<'_>) -> bool {
    ooxml::is_main(sample.bytes, MARKS)
        || matches!(sample.extension, "xlsx" | "xlsm" | "xltx" | "xltm")
            && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut parts = Parts::open(sample.bytes, "xl/workbook.xml", writer)?;
    let main = parts.main.clone();
    let Some(bytes) = parts.read(&main, writer)? else {
        return Err(Refusal::damaged("it has no list of sheets"));
    };
    let relations = parts.relations(&main, writer)?;
    let (sheets, since_1904) = sheets(&decoded(&bytes), writer)?;
    let workbook = Workbook {
        strings: strings(&mut parts, &relations, writer)?,
        formats: formats(&mut parts, &relations, writer)?,
        since_1904,
    };
    let mut damage = None;
    for (name, id) in sheets {
        let Some(part) = relations.target(&id) else { continue };
        writer.heading(2, &name)?;
        match read_sheet(&mut parts, part, &workbook, writer) {
            Err(refusal @ Refusal::Damaged { .. }) => damage = Some(refusal),
            outcome => outcome?,
        }
    }
    let read = damage.map_or(Ok(()), Err);
    // The names of sheets alone are nothing to keep.
    if writer.is_empty() { read } else { writer.keeping_text(read) }
}

/// The sheets' names and ids in their order, without those that no menu shows, and how days count.
fn sheets(text: &str, writer: &mut Writer<'_>) -> Result<(Vec<(String, String)>, bool), Refusal> {
    let mut xml = Xml::new(text, writer.limits().nesting);
    let (mut found, mut since_1904) = (Vec::new(), false);
    while let Some(element) = xml.next_element(0)? {
        match element.name() {
            "workbookPr" => {
                let value = element.attribute("date1904");
                since_1904 = value.is_some_and(|value| value == "1" || value == "true");
            }
            "sheet" => {
                let hidden = element.attribute("state").is_some_and(|state| state == "veryHidden");
                if let (Some(name), Some(id), false) =
                    (element.attribute("name"), element.prefixed_attribute("id"), hidden)
                {
                    found.push((name, id));
                }
            }
            _ => {}
        }
    }
    Ok((found, since_1904))
}

fn strings(
    parts: &mut Parts<'_>,
    relations: &Relations,
    writer: &mut Writer<'_>,
) -> Result<Vec<String>, Refusal> {
    let part = relations.of_kind("sharedStrings").next().unwrap_or("xl/sharedStrings.xml");
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(Vec::new()) };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let mut strings = Vec::new();
    let mut read = || -> Result<(), Refusal> {
        while let Some(element) = xml.next_element(0)? {
            if element.name() == "si" {
                strings.push(sheet::rich_text(&mut xml)?);
                writer.alive();
            }
        }
        Ok(())
    };
    // The strings before the damage are still right.
    let read = read();
    writer.noting_damage(read)?;
    Ok(strings)
}

fn formats(
    parts: &mut Parts<'_>,
    relations: &Relations,
    writer: &mut Writer<'_>,
) -> Result<Vec<crate::numbers::NumberFormat>, Refusal> {
    let part = relations.of_kind("styles").next().unwrap_or("xl/styles.xml");
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(Vec::new()) };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    Ok(unless_damaged(styles::formats(&mut xml).map(Some))?.unwrap_or_default())
}

fn read_sheet(
    parts: &mut Parts<'_>,
    part: &str,
    workbook: &Workbook,
    writer: &mut Writer<'_>,
) -> Result<(), Refusal> {
    let Some(bytes) = parts.read(part, writer)? else { return Ok(()) };
    let relations = parts.relations(part, writer)?;
    let outcome = sheet::read(&decoded(&bytes), workbook, writer);
    drop(bytes);
    for kind in ["comments", "threadedComment", "drawing"] {
        for part in relations.of_kind(kind) {
            read_notes(parts, part, writer)?;
            for chart in parts.relations(part, writer)?.of_kind("chart") {
                read_notes(parts, chart, writer)?;
            }
        }
    }
    outcome
}

/// Text that lies over the cells: comments, text boxes, titles of charts.
fn read_notes(parts: &mut Parts<'_>, part: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(()) };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let mut authors = Vec::new();
    let mut read = || -> Result<(), Refusal> {
        while let Some(element) = xml.next_element(0)? {
            match element.name() {
                "author" => authors.push(xml.text()?),
                // A thread has a comment beside it, for programs that know no threads.
                "comment" => {
                    let author = element.attribute("authorId").and_then(|id| id.parse().ok());
                    let author = author.and_then(|id: usize| authors.get(id));
                    if author.is_some_and(|author| author.starts_with("tc=")) {
                        xml.skip()?;
                    }
                }
                "text" | "p" => {
                    let text = sheet::rich_text(&mut xml)?;
                    writer.paragraph(&text)?;
                }
                _ => {}
            }
        }
        Ok(())
    };
    let read = read();
    writer.noting_damage(read).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use crate::document::Document;
    use crate::formats::Formats;
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let types =
            format!("<Types><Override PartName='/xl/workbook.xml' ContentType='{KIND}'/></Types>");
        let usual = [
            ("[Content_Types].xml", types.as_str()),
            (
                "xl/workbook.xml",
                "<workbook><sheets><sheet name='Städte' r:id='r1'/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
            ),
            (
                "xl/styles.xml",
                "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='d\\.m\\.yyyy'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='10'/></cellXfs></styleSheet>",
            ),
        ];
        for (name, text) in usual.iter().chain(parts) {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(parts: &[(&str, &str)]) -> Result<Document, Refusal> {
        Formats::all().extract("x.dat", &packed(parts), Limits::default(), &mut || ())
    }

    fn check(rows: &str, expected: &str) {
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let strings = "<sst><si><t>Ort</t></si><si><r><t>Stich</t></r><r><t>tag</t></r><rPh><t>no</t></rPh></si></sst>";
        let document =
            read(&[("xl/worksheets/sheet1.xml", &sheet), ("xl/sharedStrings.xml", strings)]);
        let document = document.unwrap();
        assert_eq!((document.format.as_str(), document.text.as_str()), ("XLSX", expected));
    }

    #[test]
    fn rows_carry_names_and_numbers_look_as_they_do_on_the_screen() {
        check(
            "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='inlineStr'><is><t>Anteil</t></is></c></row>
             <row r='2'><c r='A2' t='str'><f>\"U\"</f><v>Ulm</v></c><c r='B2' s='1'><v>45292</v></c><c r='C2' s='2'><v>0.125</v></c></row>
             <row r='3'><c r='A3' t='inlineStr'><is><t>تونس</t></is></c><c r='C3' t='b'><v>1</v></c><c r='D3' t='e'><v>#REF!</v></c></row>",
            "Städte\n\nOrt | Stichtag | Anteil\nOrt: Ulm | Stichtag: 2024-01-01 | Anteil: 12.50%\nOrt: تونس | Anteil: TRUE",
        );
    }

    #[test]
    fn a_cell_in_the_last_corner_costs_one_cell_and_merged_cells_come_once() {
        check("<row r='1048576'><c r='XFD1048576'><v>7</v></c></row>", "Städte\n\n7");
        check("<row r='99999999999999'><c r='ZZZZZZZZZZZZZZ9'><v>7</v></c></row>", "Städte\n\n7");
        let sheet = "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>1</v></c><c r='C1'><v>5</v></c></row><row r='2'><c r='A2'><v>1</v></c><c r='C2'><v>6</v></c></row></sheetData><mergeCells><mergeCell ref='A1:B2'/></mergeCells></worksheet>";
        let document = read(&[("xl/worksheets/sheet1.xml", sheet)]).unwrap();
        assert_eq!(document.text, "Städte\n\n1 | 5\n6");
    }

    #[test]
    fn what_is_left_of_a_damaged_sheet_is_read() {
        let sheet = "<worksheet><sheetData><row r='1'><c r='A1'><v>41</v></c></row><row><c";
        assert_eq!(read(&[("xl/worksheets/sheet1.xml", sheet)]).unwrap().text, "Städte\n\n41");
    }

    #[test]
    fn comments_and_text_boxes_are_read() {
        let document = read(&[
            ("xl/worksheets/sheet1.xml", "<worksheet/>"),
            (
                "xl/worksheets/_rels/sheet1.xml.rels",
                "<Relationships><Relationship Id='a' Type='x/comments' Target='../comments1.xml'/><Relationship Id='b' Type='x/drawing' Target='../drawings/d.xml'/></Relationships>",
            ),
            (
                "xl/comments1.xml",
                "<comments><commentList><comment ref='A1'><text><r><t>¿Por </t></r><r><t>qué?</t></r></text></comment></commentList></comments>",
            ),
            (
                "xl/drawings/d.xml",
                "<x><sp><a:p><a:r><a:t>箱の</a:t></a:r><a:r><a:t>文</a:t></a:r></a:p></sp></x>",
            ),
        ]);
        assert_eq!(document.unwrap().text, "Städte\n\n¿Por qué?\n\n箱の文");
    }
}
