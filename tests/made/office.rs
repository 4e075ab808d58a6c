//! Sound files of Office Open XML: DOCX, PPTX and XLSX.

use crate::made::{SENTENCES, Sound};

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

pub fn files() -> Vec<Sound> {
    vec![docx(), pptx(), xlsx()]
}

fn types(part: &str, kind: &str) -> String {
    format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/>\
         </Types>"
    )
}

/// Each an id, the last word of its kind, and where it points.
fn relations(of: &[(&str, &str, &str)]) -> String {
    let of: String = of
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{of}</Relationships>")
}

const CORE: &str = "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\">\
    <dc:title>Τίτλος</dc:title><dc:creator>林</dc:creator><dcterms:created>2024-05-01T10:00:00Z</dcterms:created>\
    </cp:coreProperties>";

fn docx() -> Sound {
    let paragraph =
        |text: &str| format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>");
    let all: String = SENTENCES.iter().map(|sentence| paragraph(sentence)).collect();
    let cell = |text: &str| {
        format!("<w:tc><w:tcPr><w:gridSpan w:val=\"1\"/></w:tcPr>{}</w:tc>", paragraph(text))
    };
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"{WORD}\"><w:body>\
         <w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Überschrift</w:t></w:r></w:p>{all}\
         <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr><w:r><w:t>item</w:t><w:footnoteReference w:id=\"2\"/></w:r></w:p>\
         <w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl></w:body></w:document>",
        cell("Ort"),
        cell("Preis"),
        cell("Köln"),
        cell("7")
    );
    let styles = format!(
        "<w:styles xmlns:w=\"{WORD}\"><w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/>\
         <w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style></w:styles>"
    );
    let notes = format!(
        "<w:footnotes xmlns:w=\"{WORD}\"><w:footnote w:id=\"2\">{}</w:footnote></w:footnotes>",
        paragraph("Fußnote")
    );
    Sound::zipped(
        "brief.docx",
        "DOCX",
        SENTENCES[9],
        &[
            ("[Content_Types].xml", &types("word/document.xml", "wordprocessingml.document")),
            (
                "_rels/.rels",
                &relations(&[
                    ("a", "officeDocument", "word/document.xml"),
                    ("b", "metadata/core-properties", "docProps/core.xml"),
                ]),
            ),
            ("word/document.xml", &document),
            (
                "word/_rels/document.xml.rels",
                &relations(&[("s", "styles", "styles.xml"), ("f", "footnotes", "footnotes.xml")]),
            ),
            ("word/styles.xml", &styles),
            ("word/footnotes.xml", &notes),
            ("docProps/core.xml", CORE),
        ],
    )
}

fn pptx() -> Sound {
    const MAIN: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
    const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
    let shape = |place: &str, texts: &[&str]| {
        let texts: String =
            texts.iter().map(|text| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")).collect();
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{place}\"/></p:nvPr></p:nvSpPr><p:txBody>{texts}</p:txBody></p:sp>"
        )
    };
    let slide = |shapes: &str| {
        format!(
            "<p:sld xmlns:p=\"{MAIN}\" xmlns:a=\"{DRAWING}\"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    };
    let first = slide(&(shape("title", &["Титул"]) + &shape("body", &SENTENCES[..7])));
    let second = slide(&(shape("title", &["タイトル"]) + &shape("body", &SENTENCES[7..])));
    let notes = slide(&shape("body", &["speaker's note"])).replace("p:sld", "p:notes");
    let presentation = format!(
        "<p:presentation xmlns:p=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"one\"/>\
         <p:sldId id=\"257\" r:id=\"two\"/></p:sldIdLst></p:presentation>"
    );
    Sound::zipped(
        "vortrag.pptx",
        "PPTX",
        SENTENCES[10],
        &[
            ("[Content_Types].xml", &types("ppt/presentation.xml", "presentationml.presentation")),
            ("_rels/.rels", &relations(&[("a", "officeDocument", "ppt/presentation.xml")])),
            ("ppt/presentation.xml", &presentation),
            (
                "ppt/_rels/presentation.xml.rels",
                &relations(&[
                    ("one", "slide", "slides/slide1.xml"),
                    ("two", "slide", "slides/slide2.xml"),
                ]),
            ),
            ("ppt/slides/slide1.xml", &first),
            ("ppt/slides/slide2.xml", &second),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                &relations(&[("n", "notesSlide", "../notesSlides/n1.xml")]),
            ),
            ("ppt/notesSlides/n1.xml", &notes),
        ],
    )
}

/// A workbook with this in its only sheet.
pub fn workbook(sheet: &str, strings: &str) -> Vec<(&'static str, String)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Blatt\" sheetId=\"1\" r:id=\"one\"/></sheets></workbook>"
    );
    let targets = [
        ("one", "worksheet", "worksheets/sheet1.xml"),
        ("s", "sharedStrings", "sharedStrings.xml"),
        ("t", "styles", "styles.xml"),
    ];
    vec![
        ("[Content_Types].xml", types("xl/workbook.xml", "spreadsheetml.sheet")),
        ("_rels/.rels", relations(&[("a", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations(&targets)),
        ("xl/sharedStrings.xml", strings.to_owned()),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{MAIN}\"><sheetData>{sheet}</sheetData><mergeCells><mergeCell ref=\"A20:B21\"/></mergeCells></worksheet>"
            ),
        ),
    ]
}

fn xlsx() -> Sound {
    let mut rows = String::from(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Satz</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Tag</t></is></c></row>",
    );
    for place in 0..SENTENCES.len() {
        let row = place + 2;
        rows += &format!(
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>{place}</v></c><c r=\"B{row}\" s=\"1\"><v>{}</v></c></row>",
            45_000 + place
        );
    }
    let strings: String = SENTENCES.iter().map(|s| format!("<si><t>{s}</t></si>")).collect();
    let strings = format!("<sst>{strings}</sst>");
    let parts = workbook(&rows, &strings);
    let parts: Vec<(&str, &str)> =
        parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Sound::zipped("kasse.xlsx", "XLSX", SENTENCES[3], &parts)
}
