//! PowerPoint presentations: PPTX and its kin with macros, as shows or as templates.

use std::collections::HashSet;

use super::{Format, Sample};
use crate::drawing::{self, Drawings, shape_paragraph};
use crate::ooxml::{self, Parts, Relations};
use crate::package;
use crate::pieces::{Piece, Table, write_all};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Xml, decoded};

pub const FORMAT: Format = Format { name: "PPTX", is, read };

/// What PowerPoint calls a presentation that nobody has given a title.
const TITLES_OF_NOTHING: &[&str] = &[
    "PowerPoint Presentation",
    "PowerPoint-Präsentation",
    "Présentation PowerPoint",
    "Presentación de PowerPoint",
    "Presentazione standard di PowerPoint",
    "Apresentação do PowerPoint",
    "PowerPoint-presentatie",
    "PowerPoint-presentation",
    "Prezentacja programu PowerPoint",
    "Презентация PowerPoint",
    "PowerPoint プレゼンテーション",
    "PowerPoint 演示文稿",
    "PowerPoint 簡報",
    "PowerPoint 프레젠테이션",
    "Slide 1",
];

fn is(sample: &Sample<'_>) -> bool {
    ooxml::is_main(sample.bytes, &["presentationml", "ms-powerpoint"])
        || matches!(sample.extension, "pptx" | "pptm" | "ppsx" | "ppsm" | "potx" | "potm")
            && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut parts = Parts::open(sample.bytes, "ppt/presentation.xml", writer)?;
    let title = &mut writer.metadata().title;
    title.take_if(|title| TITLES_OF_NOTHING.contains(&title.as_str()));
    let main = parts.main.clone();
    let relations = parts.relations(&main, writer)?;
    let Some(bytes) = parts.read(&main, writer)? else {
        return Err(Refusal::damaged(format!("{main} is missing")));
    };
    let order = slide_ids(&mut Xml::new(&decoded(&bytes), writer.limits().nesting))?;
    let mut seen = HashSet::new();
    let slides = order.iter().filter_map(|id| relations.target(id));
    let slides: Vec<&str> = slides.filter(|part| seen.insert(*part)).collect();
    writer.metadata().pages = u32::try_from(slides.len()).ok().filter(|slides| *slides > 0);
    let mut damage = None;
    for (part, number) in slides.into_iter().zip(1..) {
        writer.slide(number);
        match read_slide(part, &mut parts, writer) {
            // One slide costs only itself.
            Err(refusal @ Refusal::Damaged { .. }) => damage = Some(refusal),
            read => read?,
        }
    }
    writer.keeping_text(damage.map_or(Ok(()), Err))
}

/// What the slides are referred to by, in the order they are shown.
fn slide_ids(xml: &mut Xml<'_>) -> Result<Vec<String>, Refusal> {
    let mut ids = Vec::new();
    while let Some(element) = xml.next_element(0)? {
        if element.name() == "sldId" {
            ids.extend(element.prefixed_attribute("id"));
        }
    }
    Ok(ids)
}

fn read_slide(part: &str, parts: &mut Parts<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let Some(bytes) = parts.read(part, writer)? else { return Ok(()) };
    let relations = parts.relations(part, writer)?;
    let mut slide = Slide::default();
    let text = decoded(&bytes);
    let read = slide.read(&mut Xml::new(&text, writer.limits().nesting));
    slide.titles.append(&mut slide.rest);
    write_all(&mut slide.titles, writer)?;
    read?;
    let mut drawn = slide.drawings.read(parts, &relations, writer)?;
    write_all(&mut drawn, writer)?;
    for kind in ["notesSlide", "comments"] {
        write_all(&mut beside(kind, parts, &relations, writer)?, writer)?;
    }
    Ok(())
}

/// The speaker's notes, or what others have said about the slide.
fn beside(
    kind: &str,
    parts: &mut Parts<'_>,
    relations: &Relations,
    writer: &mut Writer<'_>,
) -> Result<Vec<Piece>, Refusal> {
    let Some(part) = relations.of_kind(kind).next() else { return Ok(Vec::new()) };
    let Some(bytes) = parts.read_optional(part, writer)? else { return Ok(Vec::new()) };
    let text = decoded(&bytes);
    let mut xml = Xml::new(&text, writer.limits().nesting);
    let found = match kind {
        "comments" => drawing::comments(&mut xml),
        _ => notes(&mut xml),
    };
    Ok(writer.noting_damage(found)?.unwrap_or_default())
}

fn notes(xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    while let Some(element) = xml.next_element(0)? {
        if element.name() == "sp" {
            let shape = Shape::read(xml)?;
            if shape.place.as_deref() == Some("body") {
                pieces.extend(shape.paragraphs.into_iter().map(|one| Piece::Paragraph(one.text)));
            }
        }
    }
    Ok(pieces)
}

#[derive(Default)]
struct Slide {
    titles: Vec<Piece>,
    rest: Vec<Piece>,
    drawings: Drawings,
}

impl Slide {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        while let Some(element) = xml.next_element(0)? {
            match element.name() {
                "sp" => self.place(Shape::read(xml)?),
                "tbl" => self.rest.push(Piece::Table(table(xml)?)),
                "Fallback" | "timing" | "transition" => xml.skip()?,
                _ => self.drawings.notice(&element),
            }
        }
        Ok(())
    }

    /// Puts a shape's paragraphs where its place on the slide has them.
    fn place(&mut self, shape: Shape) {
        let paragraphs = shape.paragraphs.into_iter().filter(|one| !one.text.trim().is_empty());
        let paragraphs: Vec<_> = paragraphs.collect();
        let bulleted = match shape.place.as_deref() {
            Some("title" | "ctrTitle") => {
                let lines: Vec<String> = paragraphs.into_iter().map(|one| one.text).collect();
                self.titles.push(Piece::Heading(1, lines.join(" ")));
                return;
            }
            Some("sldNum" | "ftr" | "dt" | "hdr" | "sldImg") => return,
            Some("body" | "obj") => paragraphs.len() > 1,
            _ => false,
        };
        self.rest.extend(paragraphs.into_iter().map(
            |one| match one.bulleted.unwrap_or(bulleted) {
                true => Piece::Item(one.text),
                false => Piece::Paragraph(one.text),
            },
        ));
    }
}

#[derive(Default)]
struct Shape {
    /// The kind of placeholder it fills, if any.
    place: Option<String>,
    paragraphs: Vec<drawing::ShapeParagraph>,
}

impl Shape {
    /// Reads the shape last opened.
    fn read(xml: &mut Xml<'_>) -> Result<Self, Refusal> {
        let depth = xml.depth();
        let mut shape = Self::default();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "ph" => shape.place = Some(element.attribute("type").unwrap_or("obj".into())),
                "p" => shape.paragraphs.push(shape_paragraph(xml)?),
                "Fallback" => xml.skip()?,
                _ => {}
            }
        }
        Ok(shape)
    }
}

fn table(xml: &mut Xml<'_>) -> Result<Table, Refusal> {
    let depth = xml.depth();
    let mut table = Table::default();
    while let Some(element) = xml.next_element(depth)? {
        match element.name() {
            "tblPr" => table.first_row_stands_out = is_on(&element, "firstRow"),
            "tr" => table.start_row(),
            "tc" => cell(xml, &element, &mut table)?,
            "Fallback" => xml.skip()?,
            _ => {}
        }
    }
    Ok(table)
}

fn cell(xml: &mut Xml<'_>, element: &Element<'_>, table: &mut Table) -> Result<(), Refusal> {
    let columns = element.attribute("gridSpan").and_then(|value| value.parse().ok()).unwrap_or(1);
    let depth = xml.depth();
    let mut pieces = Vec::new();
    while let Some(inner) = xml.next_element(depth)? {
        if inner.name() == "p" {
            pieces.push(Piece::Paragraph(shape_paragraph(xml)?.text));
        }
    }
    // The cell to its left has gone over this one already.
    if is_on(element, "hMerge") {
        return Ok(());
    }
    match is_on(element, "vMerge") {
        true => table.continued(columns, pieces),
        false => table.cell(columns, pieces),
    }
    Ok(())
}

fn is_on(element: &Element<'_>, attribute: &str) -> bool {
    matches!(element.attribute(attribute).as_deref(), Some("1" | "true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::packed;
    use crate::shown;

    const TYPE: &str =
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";

    fn relations(all: &[(&str, &str, &str)]) -> String {
        let relation = |(id, kind, target): &(&str, &str, &str)| {
            format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}"/>"#)
        };
        format!("<Relationships>{}</Relationships>", all.iter().map(relation).collect::<String>())
    }

    /// Two slides, shown in the other order than they are named, the first of them with notes.
    fn presentation(first: &str, second: &str, notes: &str) -> Vec<u8> {
        let slide = |shapes: &str| format!("<p:sld><p:cSld>{shapes}</p:cSld></p:sld>");
        let core = "<cp><dc:title>PowerPoint-Präsentation</dc:title></cp>";
        let entries = [
            ("[Content_Types].xml", format!("<Types><Override ContentType='{TYPE}'/></Types>")),
            (
                "_rels/.rels",
                relations(&[("a", "officeDocument", "p.xml"), ("b", "core-properties", "c.xml")]),
            ),
            ("c.xml", core.into()),
            ("p.xml", "<p:sldId id='256' r:id='r2'/><p:sldId id='257' r:id='r1'/>".into()),
            (
                "_rels/p.xml.rels",
                relations(&[("r1", "slide", "s/1.xml"), ("r2", "slide", "s/2.xml")]),
            ),
            ("s/2.xml", slide(first)),
            ("s/1.xml", slide(second)),
            ("s/_rels/2.xml.rels", relations(&[("n", "notesSlide", "../n.xml")])),
            ("n.xml", notes.into()),
        ];
        let entries: Vec<_> = entries.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        packed(&entries)
    }

    fn shape(place: &str, paragraphs: &[&str]) -> String {
        let paragraphs =
            paragraphs.iter().map(|text| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"));
        let paragraphs: String = paragraphs.collect();
        format!("<p:sp><p:nvPr>{place}</p:nvPr><p:txBody>{paragraphs}</p:txBody></p:sp>")
    }

    #[test]
    fn slides_come_in_the_order_they_are_shown() {
        let first = [
            shape(r#"<p:ph idx="1"/>"#, &["eins", "zwei"]),
            shape(r#"<p:ph type="title"/>"#, &["Der", "Titel"]),
            shape(r#"<p:ph type="sldNum"/>"#, &["1"]),
            shape(r#"<p:ph type="ftr"/>"#, &["© ACME"]),
            shape("", &["箱の中"]),
        ];
        let second = [
            shape(r#"<p:ph type="subTitle"/>"#, &["ثانوي"]),
            shape(r#"<p:ph type="body"/>"#, &["Satz."]),
        ];
        let notes = shape(r#"<p:ph type="body"/>"#, &["Sag das!"])
            + &shape(r#"<p:ph type="sldNum"/>"#, &["1"])
            + &shape(r#"<p:ph type="hdr"/>"#, &["no"]);
        let bytes = presentation(&first.concat(), &second.concat(), &notes);
        let document = shown::read("x", &bytes).unwrap();
        let expected = [
            "1:H1 Der Titel",
            "1:I eins",
            "1:I zwei",
            "1:P 箱の中",
            "1:P Sag das!",
            "2:P ثانوي",
            "2:P Satz.",
        ];
        assert_eq!(shown::shown(&document), expected);
        assert_eq!((document.metadata.pages, document.metadata.title), (Some(2), None));
    }

    #[test]
    fn tables_and_groups_are_read() {
        let cell = |attributes: &str, text: &str| {
            let paragraph = format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
            format!("<a:tc {attributes}><a:txBody>{paragraph}</a:txBody></a:tc>")
        };
        let rows = [
            vec![cell("", "Land"), cell("gridSpan='2'", "Wert"), cell("hMerge='1'", "no")],
            vec![cell("rowSpan='2'", "Chile"), cell("", "1"), cell("", "2")],
            vec![cell("vMerge='1'", ""), cell("", "3"), cell("", "4")],
        ];
        let rows: String =
            rows.iter().map(|row| format!("<a:tr>{}</a:tr>", row.concat())).collect();
        let table = format!("<a:tbl><a:tblPr firstRow='0'/>{rows}</a:tbl>");
        let group = format!("<p:grpSp><p:grpSp>{}</p:grpSp></p:grpSp>", shape("", &["innen"]));
        let twice = format!(
            "<mc:AlternateContent><mc:Choice>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback>\
             </mc:AlternateContent>",
            shape("", &["once"])
        );
        let bytes = presentation(&(table + &group + &twice), "", "");
        let expected =
            ["1:R Land | Wert", "1:R Chile | 1 | 2", "1:R Chile | 3 | 4", "1:P innen", "1:P once"];
        assert_eq!(shown::shown(&shown::read("x", &bytes).unwrap()), expected);
    }

    #[test]
    fn a_damaged_slide_costs_only_itself() {
        let fine = shape("", &["fine"]);
        let document = shown::read("x", &presentation("<p:sp><a:p>", &fine, "")).unwrap();
        assert_eq!(shown::shown(&document), ["2:P fine"]);
        let document = shown::read("x", &presentation(&(fine.clone() + "</x>"), "", "")).unwrap();
        assert_eq!(shown::shown(&document), ["1:P fine"]);
        let broken = shown::read("x", &presentation("<p:sp>", "<p:sp>", ""));
        assert!(matches!(broken, Err(Refusal::Damaged { .. })));
        let whole = presentation(&fine, "", "");
        let half = shown::read("x.pptx", &whole[..whole.len() / 2]);
        assert!(matches!(half, Err(Refusal::Damaged { .. })));
    }
}
