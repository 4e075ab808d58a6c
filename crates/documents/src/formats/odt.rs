//! OpenDocument texts: ODT, its templates, and the same as one XML file (FODT).

use super::{Format, Sample};
use crate::odf::{self, Flow};
use crate::package;
use crate::pieces::{Piece, write_all, write_settled};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::Xml;

pub const FORMAT: Format = Format { name: "ODT", is, read };

fn is(sample: &Sample<'_>) -> bool {
    odf::is_kind(sample, "text")
        || matches!(sample.extension, "odt" | "ott") && package::is_broken(sample.bytes)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let content = odf::content(sample, writer)?;
    let mut flow = Flow::default();
    let mut pieces = Vec::new();
    let read = read_flow(&content, &mut flow, &mut pieces, writer);
    write_all(&mut pieces, writer)?;
    writer.keeping_text(read)?;
    write_all(&mut flow.comments, writer)
}

fn read_flow(
    content: &str,
    flow: &mut Flow,
    pieces: &mut Vec<Piece>,
    writer: &mut Writer<'_>,
) -> Result<(), Refusal> {
    let mut xml = Xml::new(content, writer.limits().nesting);
    while let Some(element) = xml.next_element(0)? {
        flow.block(&mut xml, &element, pieces)?;
        write_settled(pieces, writer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::packed;
    use crate::shown;

    const MIME: &str = "application/vnd.oasis.opendocument.text";

    fn text(body: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:automatic-styles>\
             <style:style style:name='P1' style:parent-style-name='Title'/>\
             <style:style style:name='P2' style:parent-style-name='Preformatted_20_Text'/>\
             </office:automatic-styles><office:body><office:text>{body}</office:text></office:body>\
             </office:document-content>"
        );
        let meta = "<office:meta><meta:initial-creator>Zoë</meta:initial-creator>\
            <dc:creator>other</dc:creator><dc:title>Titel</dc:title><dc:language>pt-BR</dc:language>\
            <meta:creation-date>2024-05-06T07:08:09</meta:creation-date><dc:date>2024-06</dc:date>\
            <meta:document-statistic meta:page-count='3'/></office:meta>";
        packed(&[
            ("mimetype", MIME.as_bytes()),
            ("meta.xml", meta.as_bytes()),
            ("content.xml", content.as_bytes()),
        ])
    }

    fn check(body: &str, expected: &[&str]) {
        let document = shown::read("x", &text(body)).unwrap();
        assert_eq!(document.format, "ODT");
        assert_eq!(shown::shown(&document), expected, "{body}");
    }

    #[test]
    fn paragraphs_are_headings_items_or_text() {
        check("<text:h text:outline-level='2'>Größe</text:h>", &["H2 Größe"]);
        check("<text:h>標題</text:h>", &["H1 標題"]);
        check("<text:p text:style-name='P1'>Titel</text:p>", &["H1 Titel"]);
        check("<text:p text:style-name='Heading_20_3'>x</text:p>", &["H3 x"]);
        check(
            "<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p>",
            &["P a b c d"],
        );
        check(
            "<text:p>ein\n  <text:span>ganzer</text:span>\n <text:a>Satz</text:a></text:p>",
            &["P ein ganzer Satz"],
        );
        let code = "<text:p text:style-name='P2'>{</text:p>\
            <text:p text:style-name='P2'><text:s text:c='2'/>x</text:p>";
        check(code, &["C {\n  x"]);
        let list = "<text:list><text:list-item><text:p>один</text:p><text:list><text:list-item>\
            <text:p>два</text:p></text:list-item></text:list></text:list-item></text:list>\
            <text:p>три</text:p>";
        check(list, &["I один", "I два", "P три"]);
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        let deletions = "<text:tracked-changes><text:changed-region><text:deletion>\
            <text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>";
        check(&format!("{deletions}<text:p>stays</text:p>"), &["P stays"]);
        let frame = "<text:p>a<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box>\
            <svg:title>no</svg:title><svg:desc>no</svg:desc></draw:frame>b</text:p>";
        check(frame, &["P ab", "P boxed"]);
        let reading = "<text:p><text:ruby><text:ruby-base>漢字</text:ruby-base>\
            <text:ruby-text>かんじ</text:ruby-text></text:ruby></text:p>";
        check(reading, &["P 漢字"]);
    }

    #[test]
    fn notes_follow_their_paragraph_and_comments_come_last() {
        let body = "<text:p>Satz<text:note><text:note-citation>1</text:note-citation>\
            <text:note-body><text:p>Fußnote</text:p></text:note-body></text:note>\
            <office:annotation><dc:creator>X</dc:creator><dc:date>2024</dc:date>\
            <text:p>wirklich?</text:p></office:annotation>.</text:p><text:p>Ende</text:p>";
        check(body, &["P Satz.", "P Fußnote", "P Ende", "P wirklich?"]);
    }

    #[test]
    fn tables_come_row_by_row() {
        let cell = |attributes: &str, text: &str| {
            format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
        };
        let empty = "<table:table-cell table:number-columns-repeated='999999999'/>";
        let covered = "<table:covered-table-cell table:number-columns-repeated='2'/>";
        let table = format!(
            "<table:table><table:table-header-rows><table:table-row>{}{}{covered}</table:table-row>\
             </table:table-header-rows><table:table-row>{}{}{empty}</table:table-row>\
             <table:table-row table:number-rows-repeated='1000000'><table:covered-table-cell/>{}\
             </table:table-row></table:table>",
            cell("", "Fluss"),
            cell("table:number-columns-spanned='3'", "Länge"),
            cell("table:number-rows-spanned='2'", "Нил"),
            cell("", "6650"),
            cell("", "km"),
        );
        check(
            &table,
            &["R Fluss | Länge", "R Fluss: Нил | Länge: 6650", "R Fluss: Нил | Länge: km"],
        );
    }

    #[test]
    fn the_deepest_nesting_that_is_allowed_is_read() {
        let nested = |open: &str, close: &str, levels: usize| {
            open.repeat(levels) + "<text:p>innermost</text:p>" + &close.repeat(levels)
        };
        check(&nested("<text:list>", "</text:list>", 240), &["I innermost"]);
        check(
            &nested("<text:p><draw:text-box>", "</draw:text-box></text:p>", 120),
            &["P innermost"],
        );
        let (open, close) = (
            "<table:table><table:table-row><table:table-cell>",
            "</table:table-cell></table:table-row></table:table>",
        );
        check(&nested(open, close, 80), &["P innermost"]);
    }

    #[test]
    fn metadata_is_what_the_document_says_of_itself() {
        let document = shown::read("x", &text("<text:p>x</text:p>")).unwrap();
        let metadata = document.metadata;
        assert_eq!(metadata.title.as_deref(), Some("Titel"));
        assert_eq!(metadata.author.as_deref(), Some("Zoë"));
        assert_eq!(metadata.language.as_deref(), Some("pt-BR"));
        assert_eq!(metadata.created.as_deref(), Some("2024-05-06T07:08:09"));
        assert_eq!((metadata.modified.as_deref(), metadata.pages), (Some("2024-06"), Some(3)));
    }

    #[test]
    fn containers_are_told_whether_whole_flat_encrypted_or_broken() {
        let flat = format!(
            "<?xml version='1.0'?><office:document office:mimetype='{MIME}'><office:meta>\
             <dc:title>Flach</dc:title></office:meta><office:body><office:text><text:p>ein Blatt\
             </text:p></office:text></office:body></office:document>"
        );
        let document = shown::read("x", flat.as_bytes()).unwrap();
        assert_eq!((document.format.as_str(), document.text.as_str()), ("ODT", "ein Blatt"));
        assert_eq!(document.metadata.title.as_deref(), Some("Flach"));
        let manifest = format!(
            "<m:manifest><m:file-entry m:full-path='/' m:media-type='{MIME}'/>\
             <m:file-entry m:full-path='content.xml'><m:encryption-data/></m:file-entry></m:manifest>"
        );
        let locked =
            packed(&[("META-INF/manifest.xml", manifest.as_bytes()), ("content.xml", b"\x07")]);
        assert_eq!(shown::read("x", &locked), Err(Refusal::Encrypted));
        let empty = packed(&[("mimetype", MIME.as_bytes())]);
        assert!(matches!(shown::read("x", &empty), Err(Refusal::Damaged { .. })));
        let whole = text("<text:p>x</text:p>");
        let half = shown::read("x.odt", &whole[..whole.len() / 2]);
        assert!(matches!(half, Err(Refusal::Damaged { .. })));
        let torn = shown::read("x", &text("<text:p>so far</text:p><text:p></x>")).unwrap();
        assert_eq!(torn.text, "so far");
        assert!(matches!(shown::read("x", &text("</x>")), Err(Refusal::Damaged { .. })));
        let deep = shown::read("x", &text(&"<text:list>".repeat(9999)));
        assert!(matches!(deep, Err(Refusal::TooDeep { .. })));
    }
}
