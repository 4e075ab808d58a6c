//! DrawingML: the text that shapes, diagrams and charts hold, in Word's files as in PowerPoint's.

use std::collections::{BTreeMap, HashSet};

use crate::ooxml::{Parts, Relations, unless_damaged};
use crate::pieces::{Piece, Table};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Event, Xml, decoded};

/// One paragraph of a shape.
#[derive(Debug, Default, PartialEq)]
pub struct ShapeParagraph {
    pub text: String,
    /// Whether it stands behind a bullet or a number; `None` where it is as its place has it.
    pub bulleted: Option<bool>,
}

/// Reads the `p` last opened.
pub fn shape_paragraph(xml: &mut Xml<'_>) -> Result<ShapeParagraph, Refusal> {
    let depth = xml.depth();
    let mut paragraph = ShapeParagraph::default();
    while let Some(element) = xml.next_element(depth)? {
        match element.name() {
            "t" => paragraph.text.push_str(&xml.text()?),
            "br" | "tab" => paragraph.text.push('\n'),
            "buNone" => paragraph.bulleted = Some(false),
            "buChar" | "buAutoNum" | "buBlip" => paragraph.bulleted = Some(true),
            "Fallback" | "rPr" | "endParaRPr" => xml.skip()?,
            "fld" if element.attribute("type").is_some_and(|kind| kind == "slidenum") => {
                xml.skip()?;
            }
            _ => {}
        }
    }
    Ok(paragraph)
}

/// Every paragraph of a part, such as a diagram's data.
fn all_paragraphs(xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
    let mut found = Vec::new();
    while let Some(element) = xml.next_element(0)? {
        if element.name() == "p" {
            found.push(Piece::Item(shape_paragraph(xml)?.text));
        }
    }
    Ok(found)
}

/// Parts with text of their own that a drawing names.
#[derive(Debug, Default)]
pub struct Drawings {
    waiting: Vec<(Kind, String)>,
    read: HashSet<String>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Chart,
    Diagram,
}

impl Drawings {
    /// Notes what an element names, where it is one that does.
    pub fn notice(&mut self, element: &Element<'_>) {
        let found = match element.name() {
            "chart" => element.prefixed_attribute("id").map(|id| (Kind::Chart, id)),
            "relIds" => element.prefixed_attribute("dm").map(|id| (Kind::Diagram, id)),
            _ => None,
        };
        self.waiting.extend(found);
    }

    /// Reads what was noticed since the last time, each part once.
    pub fn read(
        &mut self,
        parts: &mut Parts<'_>,
        relations: &Relations,
        writer: &mut Writer<'_>,
    ) -> Result<Vec<Piece>, Refusal> {
        let mut pieces = Vec::new();
        for (kind, id) in std::mem::take(&mut self.waiting) {
            let Some(part) = relations.target(&id) else { continue };
            if !self.read.insert(part.to_owned()) {
                continue;
            }
            let Some(bytes) = parts.read_optional(part, writer)? else { continue };
            let text = decoded(&bytes);
            let mut xml = Xml::new(&text, writer.limits().nesting);
            let found = match kind {
                Kind::Chart => chart(&mut xml),
                Kind::Diagram => all_paragraphs(&mut xml),
            };
            pieces.extend(unless_damaged(found.map(Some))?.unwrap_or_default());
        }
        Ok(pieces)
    }
}

/// A chart's titles, and what it shows as a table: a row for each category, a column for each series.
fn chart(xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut data = ChartData::default();
    while let Some(element) = xml.next_element(0)? {
        match element.name() {
            "title" => {
                let lines = all_text(xml)?;
                pieces.push(Piece::Paragraph(lines));
            }
            "ser" => data.read_series(xml)?,
            _ => {}
        }
    }
    pieces.push(Piece::Table(data.into_table()));
    Ok(pieces)
}

/// The words of the element last opened, without the formulas they come from.
fn all_text(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let depth = xml.depth();
    let mut all = String::new();
    while let Some(element) = xml.next_element(depth)? {
        match element.name() {
            "t" | "v" => all.push_str(&xml.text()?),
            "p" | "pt" if !all.is_empty() => all.push(' '),
            _ => {}
        }
    }
    Ok(all)
}

#[derive(Default)]
struct ChartData {
    series: Vec<String>,
    points: BTreeMap<u32, Point>,
}

#[derive(Default)]
struct Point {
    category: String,
    /// With the series each is of, in their order.
    values: Vec<(usize, String)>,
}

impl ChartData {
    fn read_series(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let depth = xml.depth();
        let mut name = String::new();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "tx" => name = all_text(xml)?,
                "cat" | "xVal" => self.read_points(xml, true)?,
                "val" | "yVal" => self.read_points(xml, false)?,
                "dLbls" | "extLst" => xml.skip()?,
                _ => {}
            }
        }
        self.series.push(name);
        Ok(())
    }

    fn read_points(&mut self, xml: &mut Xml<'_>, categories: bool) -> Result<(), Refusal> {
        let depth = xml.depth();
        let series = self.series.len();
        while let Some(element) = xml.next_element(depth)? {
            let index = element.attribute("idx").and_then(|index| index.parse().ok());
            let ("pt", Some(index)) = (element.name(), index) else { continue };
            let value = plain_number(all_text(xml)?);
            let point: &mut Point = self.points.entry(index).or_default();
            match categories {
                true if point.category.is_empty() => point.category = value,
                true => {}
                false => point.values.push((series, value)),
            }
        }
        Ok(())
    }

    fn into_table(self) -> Table {
        let mut table = Table::default();
        table.start_row();
        table.mark_header();
        table.skip(1);
        for name in self.series {
            table.cell(1, vec![Piece::Paragraph(name)]);
        }
        for point in self.points.into_values() {
            table.start_row();
            table.cell(1, vec![Piece::Paragraph(point.category)]);
            let mut next = 0;
            for (series, value) in point.values {
                table.skip(series.saturating_sub(next));
                table.cell(1, vec![Piece::Paragraph(value)]);
                next = series + 1;
            }
        }
        table
    }
}

/// A number as a person would write it: files keep 4.3 as 4.2999999999999998.
fn plain_number(text: String) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && text.contains('.') => {
            let shortest = number.to_string();
            if shortest.len() < text.len() { shortest } else { text }
        }
        _ => text,
    }
}

/// Text of a comment or the like, where words stand in `t` or in an element named `text`.
pub fn comments(xml: &mut Xml<'_>) -> Result<Vec<Piece>, Refusal> {
    let mut found = Vec::new();
    while let Some(event) = xml.next_within(0)? {
        let Event::Open(element) = event else { continue };
        match element.name() {
            "text" => found.push(Piece::Paragraph(xml.text()?)),
            "p" => found.push(Piece::Paragraph(shape_paragraph(xml)?.text)),
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_of_a_shape_is_its_runs_without_the_slide_number() {
        let check = |inner: &str, text: &str, bulleted| {
            let source = format!("<a:p>{inner}</a:p>");
            let mut xml = Xml::new(&source, 99);
            xml.next_element(0).unwrap();
            let expected = ShapeParagraph { text: text.into(), bulleted };
            assert_eq!(shape_paragraph(&mut xml).unwrap(), expected);
        };
        check("<a:r><a:rPr/><a:t>Größe </a:t></a:r><a:r><a:t>中</a:t></a:r>", "Größe 中", None);
        check("<a:r><a:t>a</a:t></a:r><a:br/><a:r><a:t>b</a:t></a:r>", "a\nb", None);
        check("<a:pPr><a:buNone/></a:pPr><a:r><a:t>a</a:t></a:r>", "a", Some(false));
        check("<a:pPr><a:buChar char='•'/></a:pPr><a:r><a:t>a</a:t></a:r>", "a", Some(true));
        check("<a:fld type='slidenum'><a:t>7</a:t></a:fld>", "", None);
        check("<a:fld type='datetime1'><a:t>2024</a:t></a:fld>", "2024", None);
    }

    #[test]
    fn a_chart_is_its_titles_and_a_table() {
        let points = |values: &[&str]| {
            let point = |(i, v): (usize, &&str)| format!("<c:pt idx='{i}'><c:v>{v}</c:v></c:pt>");
            values.iter().enumerate().map(point).collect::<String>()
        };
        let series = |name: &str, values: &[&str]| {
            format!(
                "<c:ser><c:tx><c:strRef><c:f>Tabelle1!$B$1</c:f><c:strCache>{}</c:strCache>\
                 </c:strRef></c:tx><c:cat>{}</c:cat><c:val>{}</c:val></c:ser>",
                points(&[name]),
                points(&["2023", "2024"]),
                points(values)
            )
        };
        let source = format!(
            "<c:chart><c:title><a:p><a:r><a:t>Enten</a:t></a:r></a:p></c:title>{}{}</c:chart>",
            series("Süßwasser", &["4.2999999999999998", "5"]),
            series("Meer", &["80"])
        );
        let pieces = chart(&mut Xml::new(&source, 99)).unwrap();
        let mut alive = || ();
        let limits = crate::limits::Limits::default();
        let mut writer = Writer::new(crate::formats::Formats::all(), limits, &mut alive);
        pieces.into_iter().for_each(|piece| piece.write(&mut writer).unwrap());
        let expected = "Enten\n\nSüßwasser | Meer\n2023 | Süßwasser: 4.3 | Meer: 80\n\
                        2024 | Süßwasser: 5";
        assert_eq!(writer.finish().unwrap().text, expected);
    }
}
