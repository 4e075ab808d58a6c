//! Sound files of OpenDocument (ODT, ODS and ODP), and a book (EPUB).

use crate::made::{SENTENCES, Sound};

pub fn files() -> Vec<Sound> {
    let paragraphs: String =
        SENTENCES.iter().map(|sentence| format!("<text:p>{sentence}</text:p>")).collect();
    let rows: String = SENTENCES
        .iter()
        .zip(1..)
        .map(|(sentence, number)| {
            format!(
                "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{sentence}</text:p></table:table-cell>\
                 <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"{number}\">\
                 <text:p>{number}</text:p></table:table-cell></table:table-row>"
            )
        })
        .collect();
    let text = format!(
        "<text:h text:outline-level=\"1\">Título</text:h>{paragraphs}<text:list><text:list-item><text:p>uno<text:s text:c=\"3\"/>dos\
         </text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>\
         </table:table-row></table:table>"
    );
    let table = format!("<table:table table:name=\"Hoja\">{rows}</table:table>");
    let slides = format!(
        "<draw:page draw:name=\"p1\"><draw:frame presentation:class=\"title\"><draw:text-box><text:p>Kopf</text:p></draw:text-box></draw:frame>\
         <draw:frame><draw:text-box>{paragraphs}</draw:text-box></draw:frame></draw:page>"
    );
    vec![
        document("carta.odt", "ODT", "text", SENTENCES[13], &text),
        document("hoja.ods", "ODS", "spreadsheet", SENTENCES[11], &table),
        document("charla.odp", "ODP", "presentation", SENTENCES[6], &slides),
        epub(),
    ]
}

fn document(name: &str, format: &str, kind: &str, says: &str, body: &str) -> Sound {
    const SPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
        xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
        xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\"";
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {SPACES}><office:body><office:{kind}>{body}</office:{kind}>\
         </office:body></office:document-content>"
    );
    let meta = format!(
        "<office:document-meta {SPACES}><office:meta><dc:title>Título</dc:title><dc:creator>Rosa</dc:creator>\
         <dc:date>2024-05-01T10:00:00</dc:date></office:meta></office:document-meta>"
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let mime = format!("application/vnd.oasis.opendocument.{kind}");
    let parts = [
        ("mimetype", mime.as_str()),
        ("META-INF/manifest.xml", manifest),
        ("meta.xml", &meta),
        ("content.xml", &content),
    ];
    Sound::zipped(name, format, says, &parts)
}

pub const CONTAINER: &str = "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>\
    <rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

fn epub() -> Sound {
    let chapter = |sentences: &[&str]| {
        let text: String = sentences.iter().map(|s| format!("<p>{s}</p>")).collect();
        format!(
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>x</title></head><body><h1>章</h1>{text}</body></html>"
        )
    };
    let package = "<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\"><metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
        <dc:title>本</dc:title><dc:creator>林</dc:creator><dc:language>zh</dc:language></metadata><manifest>\
        <item id=\"one\" href=\"one.xhtml\" media-type=\"application/xhtml+xml\"/><item id=\"two\" href=\"two.xhtml\" media-type=\"application/xhtml+xml\"/>\
        </manifest><spine><itemref idref=\"one\"/><itemref idref=\"two\"/></spine></package>";
    let (one, two) = (chapter(&SENTENCES[..7]), chapter(&SENTENCES[7..]));
    let parts = [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("book.opf", package),
        ("one.xhtml", &one),
        ("two.xhtml", &two),
    ];
    Sound::zipped("buch.epub", "EPUB", SENTENCES[10], &parts)
}
