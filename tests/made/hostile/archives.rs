//! Archives that swell, that hold the same thing a thousand times, and that hold each other.

use super::{Hostile, Maker, words};
use crate::made::archive::{Entries, gzip, gzip_of_megabytes, overlapping, zip, zip_tight};
use crate::made::open_document::CONTAINER;
use crate::made::{Sound, sound};

const SWELLS: &str = "refused: it is too large: how far its packed data swells goes past 200 times";

pub const ALL: &[Maker] = &[
    || Hostile::new("swells.docx", SWELLS, swollen("brief.docx", "word/document.xml")),
    || Hostile::new("styles swell.docx", SWELLS, swollen("brief.docx", "word/styles.xml")),
    || Hostile::new("swells.xlsx", SWELLS, swollen("kasse.xlsx", "xl/sharedStrings.xml")),
    || Hostile::new("swells.pptx", SWELLS, swollen("vortrag.pptx", "ppt/presentation.xml")),
    || Hostile::new("swells.ods", SWELLS, swollen("hoja.ods", "content.xml")),
    || Hostile::new("swells.odt", SWELLS, swollen("carta.odt", "meta.xml")),
    || Hostile::new("swells.epub", SWELLS, swollen("buch.epub", "one.xhtml")),
    // What was read before the part that swells is kept.
    || {
        let expected = "partial: it is too large: how far its packed data swells";
        Hostile::new("swells late.epub", expected, swollen("buch.epub", "two.xhtml"))
    },
    || Hostile::new("swells.txt.gz", SWELLS, gzip_of_megabytes(100, b'x')),
    || Hostile::new("swells twice.txt.gz.gz", SWELLS, gzip(&gzip_of_megabytes(200, b'x'))),
    || Hostile::new("one chapter.epub", "partial: it is too large: ", one_chapter()),
    || Hostile::new("one sheet.xlsx", "partial: it is too large: ", one_sheet()),
    || Hostile::new("crowd.docx", "refused: it is too large: the number of files", crowd()),
    // A quine is an archive that holds itself, and so is as deep as anyone cares to look. This one
    // is deeper than anyone looks.
    || Hostile::new("within itself.gz", "refused: it nests too deep: files within files", layers()),
    || Hostile::new("zip in zip.zip", "refused: files of this kind (ZIP archive)", zips()),
    || Hostile::new("spine.epub", "text", spine()),
];

fn named(name: &str) -> Sound {
    sound().into_iter().find(|file| file.name == name).unwrap()
}

/// A sound file one of whose parts is fifty megabytes of nothing.
fn swollen(name: &str, part: &str) -> Vec<u8> {
    let mut file = named(name);
    file.parts.iter_mut().find(|(name, _)| name == part).unwrap().1.resize(50 << 20, b' ');
    zip_tight(&file.parts)
}

fn entries(of: &[(&str, &str)]) -> Entries {
    of.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

/// A book of nine hundred chapters that are the same megabyte.
fn one_chapter() -> Vec<u8> {
    let names: Vec<String> = (0..900).map(|n| format!("{n}.xhtml")).collect();
    let items: String = names
        .iter()
        .map(|n| format!("<item id=\"i{n}\" href=\"{n}\" media-type=\"application/xhtml+xml\"/>"))
        .collect();
    let spine: String = names.iter().map(|n| format!("<itemref idref=\"i{n}\"/>")).collect();
    let package = format!("<package><manifest>{items}</manifest><spine>{spine}</spine></package>");
    let own = entries(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("book.opf", &package),
    ]);
    let chapter = format!("<html><body><p>{}</p></body></html>", words(1 << 20));
    overlapping(&own, &names, chapter.as_bytes())
}

/// A workbook of nine hundred sheets that are the same megabyte.
fn one_sheet() -> Vec<u8> {
    let mut file = named("kasse.xlsx");
    let names: Vec<String> = (0..900).map(|n| format!("xl/worksheets/{n}.xml")).collect();
    let sheets: String =
        (0..900).map(|n| format!("<sheet name=\"{n}\" sheetId=\"{n}\" r:id=\"r{n}\"/>")).collect();
    let relations: String = (0..900)
        .map(|n| {
            format!(
                "<Relationship Id=\"r{n}\" Type=\"x/worksheet\" Target=\"worksheets/{n}.xml\"/>"
            )
        })
        .collect();
    for (name, bytes) in &mut file.parts {
        match name.as_str() {
            "xl/workbook.xml" => {
                *bytes =
                    format!("<workbook xmlns:r=\"r\"><sheets>{sheets}</sheets></workbook>").into();
            }
            "xl/_rels/workbook.xml.rels" => {
                *bytes = format!("<Relationships>{relations}</Relationships>").into();
            }
            _ => {}
        }
    }
    let cell = format!("<is><t>{}</t></is>", words(1 << 20));
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\">{cell}</c></row></sheetData></worksheet>"
    );
    overlapping(&file.parts, &names, sheet.as_bytes())
}

fn crowd() -> Vec<u8> {
    let mut file = named("brief.docx");
    file.parts.extend((0..2000).map(|n| (format!("{n}.xml"), Vec::new())));
    file.bytes()
}

fn layers() -> Vec<u8> {
    (0..1000).fold(b"x".to_vec(), |bytes, _| gzip(&bytes))
}

fn zips() -> Vec<u8> {
    (0..50).fold(b"x".to_vec(), |bytes, _| zip(&[("in.zip".into(), bytes)]))
}

/// A book whose reading order comes back to the same chapter a hundred thousand times.
fn spine() -> Vec<u8> {
    let mut file = named("buch.epub");
    let package = file.parts.iter_mut().find(|(name, _)| name == "book.opf").unwrap();
    let text = String::from_utf8(package.1.clone()).unwrap();
    let again = "<itemref idref=\"two\"/><itemref idref=\"one\"/>".repeat(50_000);
    package.1 = text.replace("</spine>", &format!("{again}</spine>")).into();
    file.bytes()
}
