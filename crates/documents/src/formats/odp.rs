//! OpenDocument presentations: ODP, its templates, and the same as one XML file (FODP).

use super::{Format, Sample};
use crate::odf::{self, Flow};
use crate::package;
use crate::pieces::{Piece, write_all};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Xml};

pub const FORMAT: Format = Format { name: "ODP", is, read };

fn is(sample: &Sample<'_>) -> bool {
    odf::is_kind(sample, "presentation")
        || matches!(sample.extension, "odp" | "otp") && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let content = odf::content(sample, writer)?;
    let mut flow = Flow::default();
    let read = read_slides(&content, &mut flow, writer);
    writer.keeping_text(read)?;
    write_all(&mut flow.comments, writer)
}

fn read_slides(content: &str, flow: &mut Flow, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut xml = Xml::new(content, writer.limits().nesting);
    let mut number = 0;
    while let Some(element) = xml.next_element(0)? {
        match (element.prefix(), element.name()) {
            ("draw", "page") => {
                number += 1;
                writer.slide(number);
                let mut pieces = slide(&mut xml, flow)?;
                write_all(&mut pieces, writer)?;
            }
            ("office", "master-styles" | "styles" | "settings" | "meta") => xml.skip()?,
            _ => {}
        }
    }
    writer.metadata().pages = Some(number).filter(|slides| *slides > 0);
    Ok(())
}

/// Reads the slide last opened: its titles, what stands on it, the speaker's notes.
fn slide(xml: &mut Xml<'_>, flow: &mut Flow) -> Result<Vec<Piece>, Refusal> {
    let depth = xml.depth();
    let (mut titles, mut rest, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(element) = xml.next_element(depth)? {
        match element.name() {
            "notes" => notes = spoken(xml, flow)?,
            "frame" if class(&element) == "title" => {
                titles.extend(flow.blocks(xml)?.into_iter().map(titled));
            }
            "frame" if is_furniture(&element) => xml.skip()?,
            _ => flow.block(xml, &element, &mut rest)?,
        }
    }
    titles.append(&mut rest);
    titles.append(&mut notes);
    Ok(titles)
}

/// Reads the notes last opened. Beside them stand a small picture of the slide and the page's own.
fn spoken(xml: &mut Xml<'_>, flow: &mut Flow) -> Result<Vec<Piece>, Refusal> {
    let depth = xml.depth();
    let mut pieces = Vec::new();
    while let Some(element) = xml.next_element(depth)? {
        match element.name() {
            "frame" if is_furniture(&element) => xml.skip()?,
            _ => flow.block(xml, &element, &mut pieces)?,
        }
    }
    Ok(pieces)
}

fn titled(piece: Piece) -> Piece {
    match piece {
        Piece::Paragraph(text) | Piece::Item(text) => Piece::Heading(1, text),
        other => other,
    }
}

fn class(frame: &Element<'_>) -> String {
    frame.attribute("class").unwrap_or_default()
}

/// Whether it is the same on every slide.
fn is_furniture(frame: &Element<'_>) -> bool {
    matches!(class(frame).as_str(), "page-number" | "footer" | "header" | "date-time")
}

#[cfg(test)]
mod tests {
    use crate::package::packed;
    use crate::shown;

    fn check(slides: &str, expected: &[&str]) {
        let content = format!(
            "<office:document-content><office:body><office:presentation>{slides}\
             </office:presentation></office:body></office:document-content>"
        );
        let mime = b"application/vnd.oasis.opendocument.presentation-template";
        let bytes = packed(&[("mimetype", mime), ("content.xml", content.as_bytes())]);
        let document = shown::read("x", &bytes).unwrap();
        assert_eq!(document.format, "ODP");
        assert_eq!(shown::shown(&document), expected);
        assert_eq!(document.metadata.pages, Some(slides.matches("<draw:page ").count() as u32));
    }

    fn frame(class: &str, inner: &str) -> String {
        format!(
            "<draw:frame presentation:class='{class}'><draw:text-box>{inner}</draw:text-box>\
             </draw:frame>"
        )
    }

    #[test]
    fn slides_come_with_their_title_first_and_their_notes_last() {
        let list = "<text:list><text:list-item><text:p>Punkt</text:p></text:list-item></text:list>";
        let shape = "<draw:g><draw:custom-shape><text:p>図形</text:p></draw:custom-shape></draw:g>";
        let notes = format!(
            "<presentation:notes><draw:page-thumbnail/>{}{}</presentation:notes>",
            frame("notes", "<text:p>Sprich langsam</text:p>"),
            frame("page-number", "<text:p>1</text:p>")
        );
        let first = [
            notes,
            frame("outline", list),
            frame("title", "<text:p>Überblick</text:p>"),
            frame("footer", "<text:p>© ACME</text:p>"),
            shape.into(),
        ];
        let table = "<draw:frame><table:table><table:table-row><table:table-cell><text:p>a</text:p>\
            </table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell>\
            </table:table-row></table:table></draw:frame>";
        let second = format!("{}{table}", frame("subtitle", "<text:p>والثاني</text:p>"));
        let slides = format!(
            "<draw:page a=''>{}</draw:page><draw:page b=''>{second}</draw:page>",
            first.concat()
        );
        let expected = [
            "1:H1 Überblick",
            "1:I Punkt",
            "1:P 図形",
            "1:P Sprich langsam",
            "2:P والثاني",
            "2:R a | b",
        ];
        check(&slides, &expected);
    }
}
