//! Every format is told by its content, whatever the file's name says, as far as content can tell.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::Formats;
use super::pdf::tests::fixture::{Fixture, Text};
use crate::limits::Limits;
use crate::package::packed;
use crate::refusal::Refusal;

/// The format that a file of this name is told to be of; what it is refused as, where it is refused.
fn told(name: &str, bytes: &[u8]) -> String {
    match Formats::all().extract(name, bytes, Limits::default(), &mut || ()) {
        Ok(document) => document.format,
        Err(Refusal::Unsupported { kind }) => kind,
        Err(refusal) => panic!("{name}: {refusal:?}"),
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Holds under the right extension, none, and wrong ones, of text and of data; and packed.
fn check_always(extension: &str, bytes: &[u8], expected: &str) {
    for wrong in [extension, "", "txt", "pdf", "docx"] {
        let name = format!("file.{wrong}");
        let name = name.trim_end_matches('.');
        assert_eq!(told(name, bytes), expected, "{name}");
        let name = format!("{name}.gz");
        assert_eq!(told(&name, &gzipped(bytes)), expected, "{name}");
    }
}

/// Holds under this name; under others such text is what they say, or just text.
fn check_named(name: &str, text: &str, expected: &str) {
    assert_eq!(told(name, text.as_bytes()), expected, "{name}");
    assert_eq!(told(&format!("{name}.gz"), &gzipped(text.as_bytes())), expected, "{name}");
}

/// An Office package whose main part refers to one other.
fn office(kind: &str, main: &str, content: &str, other: &str) -> Vec<u8> {
    let types = format!(
        "<Types><Override ContentType='application/vnd.openxmlformats-officedocument.{kind}.main+xml'/></Types>"
    );
    let (folder, name) = main.split_once('/').unwrap();
    let of_main = format!("{folder}/_rels/{name}.rels");
    let relations = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id='r' Type='x/{kind}' Target='{target}'/></Relationships>"
        )
    };
    let part = if folder == "xl" { "worksheet" } else { "slide" };
    packed(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations("officeDocument", main).as_bytes()),
        (main, content.as_bytes()),
        (&of_main, relations(part, "other.xml").as_bytes()),
        (&format!("{folder}/other.xml"), other.as_bytes()),
    ])
}

fn open_document(kind: &str, body: &str) -> String {
    format!(
        "<?xml version='1.0'?><office:document office:mimetype='application/vnd.oasis.opendocument.{kind}'>\
         <office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    )
}

fn open_package(kind: &str, body: &str) -> Vec<u8> {
    let mime = format!("application/vnd.oasis.opendocument.{kind}");
    packed(&[("mimetype", mime.as_bytes()), ("content.xml", open_document(kind, body).as_bytes())])
}

const SHEET: &str = "<table:table table:name='S'><table:table-row><table:table-cell><text:p>a</text:p>\
                     </table:table-cell></table:table-row></table:table>";
const SLIDE: &str = "<draw:page><draw:frame><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame></draw:page>";

#[test]
fn containers_are_told_by_what_is_in_them() {
    let word = "<w:document><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body></w:document>";
    let document = office("wordprocessingml.document", "word/document.xml", word, "");
    check_always("docx", &document, "DOCX");
    let slides =
        "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='r'/></p:sldIdLst></p:presentation>";
    let slide = "<p:sld><p:cSld><p:sp><p:txBody><a:p><a:r><a:t>a</a:t></a:r></a:p></p:txBody></p:sp></p:cSld></p:sld>";
    let slides = office("presentationml.presentation", "ppt/presentation.xml", slides, slide);
    check_always("pptx", &slides, "PPTX");
    let sheets = "<workbook><sheets><sheet name='S' r:id='r'/></sheets></workbook>";
    let sheet =
        "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>";
    let sheets = office("spreadsheetml.sheet", "xl/workbook.xml", sheets, sheet);
    check_always("xlsx", &sheets, "XLSX");
    check_always("odt", &open_package("text", "<text:p>a</text:p>"), "ODT");
    check_always("ods", &open_package("spreadsheet", SHEET), "ODS");
    check_always("odp", &open_package("presentation", SLIDE), "ODP");
    check_always("fodt", open_document("text", "<text:p>a</text:p>").as_bytes(), "ODT");
    check_always("fods", open_document("spreadsheet", SHEET).as_bytes(), "ODS");
    check_always("fodp", open_document("presentation", SLIDE).as_bytes(), "ODP");
    let book = packed(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", b"<container><rootfile full-path='b.opf'/></container>"),
        (
            "b.opf",
            b"<package><item id='c' href='c.xhtml' media-type='application/xhtml+xml'/><itemref idref='c'/></package>",
        ),
        ("c.xhtml", b"<html><body><p>a</p></body></html>"),
    ]);
    check_always("epub", &book, "EPUB");
    let plain = packed(&[("a.txt", b"a")]);
    assert_eq!(told("a", &plain), "ZIP archive");
    assert_eq!(told("a.key", &plain), "ZIP archive, .key");
}

#[test]
fn data_is_told_by_its_first_bytes() {
    let mut text = Text::default();
    text.line(72.0, 700.0, 10.0, "The ferry leaves at six.");
    check_always("pdf", &Fixture::default().page(&text).bytes(), "PDF");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    check_always("png", picture, "PNG image");
    let mut old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    old.resize(512, 0);
    old.extend("WordDocument\0".encode_utf16().flat_map(u16::to_le_bytes));
    old.resize(1024, 0);
    check_always("doc", &old, "Word before 2007, .doc");
}

#[test]
fn broken_containers_are_told_by_their_names() {
    let whole = packed(&[("a", &[7; 1000])]);
    let half = &whole[..whole.len() / 2];
    for extension in ["docx", "pptx", "xlsx", "odt", "ods", "odp"] {
        let name = format!("a.{extension}");
        let read = Formats::all().extract(&name, half, Limits::default(), &mut || ());
        assert!(matches!(read, Err(Refusal::Damaged { .. })), "{name}: {read:?}");
    }
}

#[test]
fn texts_with_a_sure_beginning_are_told_by_it() {
    let mail = "Message-ID: <a@b>\nFrom: a@b\nTo: c@d\nSubject: x\n\nHallo\n";
    let table: &[(&str, &str, &str)] = &[
        ("rtf", "{\\rtf1\\ansi Hallo}", "RTF"),
        ("eml", mail, "mail"),
        ("mbox", &format!("From a@b Mon Jan  1 00:00:00 2024\n{mail}"), "mbox"),
        (
            "mht",
            "From: <Saved by Blink>\nSnapshot-Content-Location: http://x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>a",
            "MHTML",
        ),
        (
            "ipynb",
            "{\"cells\": [{\"cell_type\": \"markdown\", \"source\": [\"a\"]}], \"nbformat\": 4}",
            "IPYNB",
        ),
        ("json", "{\"name\": \"a\", \"cells\": [1, 2]}", "JSON"),
        ("jsonl", "{\"a\": 1}\n{\"a\": 2}\n", "JSON"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nHallo\n", "subtitles"),
        ("vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n", "subtitles"),
        ("html", "<!-- x -->\n<!DOCTYPE html><title>a</title><p>b", "HTML"),
        ("html", "<div><p>a</p></div>", "HTML"),
        ("xhtml", "<?xml version='1.0'?>\n<html xmlns='x'><body><p>a</p></body></html>", "HTML"),
        ("xml", "<?xml version='1.0'?><note><to>Anna</to></note>", "XML"),
        ("xml", "<note>\n<to>Anna</to>\n</note>\n", "XML"),
        ("svg", "<svg xmlns='x'><text>Wege durch den Wald</text></svg>", "XML"),
        ("md", "# Titel\n\nEin Wort und [mehr](http://x).\n\n## Zwei\n\n- a\n", "Markdown"),
        ("md", "---\ntitle: a\n---\n\nText\n", "Markdown"),
        ("csv", "a,b,c,d\n1,2,3,4\n1,2,3,4\n1,2,3,4\n1,2,3,4\n1,2,3,4\n", "CSV"),
        ("csv", "Ort;Höhe;x\nUlm;478;1\nKiel;5;2\nRom;21;3\n", "CSV"),
        ("sh", "#!/bin/sh\necho a\n", "source code"),
        ("php", "<?php echo 1;", "source code"),
        ("txt", "Ein Satz, noch einer, und noch einer.\nDann ist Schluss.\n", "text"),
        ("txt", "Zutaten: Mehl\nZeit: 10\n\nRühren.\n", "text"),
        ("txt", "From a distance: all is well.\n\nx\n", "text"),
        ("txt", "12\nMonkeys --> Film\n", "text"),
        ("txt", "a < b and b > c\n", "text"),
        ("txt", "<http://example.org> is where it stands.\n", "text"),
        ("txt", "{curly} and [square]\n", "text"),
        ("txt", "PK was its name. %PDF- is a mark.\n", "text"),
    ];
    for (extension, text, expected) in table {
        check_always(extension, text.as_bytes(), expected);
    }
}

#[test]
fn where_content_cannot_tell_the_name_does() {
    let table = [
        ("a.py", "x = 1\n", "source code"),
        ("a.js", "var a={b:1};function c(){return a}", "source code"),
        ("a.js", &format!("!function(){{{}}}();", "a(1);".repeat(9000)), "source code"),
        ("a.sql", "-- x\nselect 1;\n", "source code"),
        ("Makefile", "all:\n\techo\n", "source code"),
        ("CMakeLists.txt", "project(a)\n", "source code"),
        ("App.vue", "<template><p>a</p></template>\n<script>b()</script>\n", "source code"),
        ("a.yaml", "---\ntitle: a\n---\n# b\n", "settings"),
        ("a.toml", "[a]\nb = 1\n", "settings"),
        ("a.ini", "a: b\nc: d\n", "settings"),
        ("a.json", "[1, 2, 3]", "JSON"),
        ("a.csv", "a,b\n1,2\n", "CSV"),
        ("a.tsv", "a\tb\n1\t2\n", "CSV"),
        ("a.xls", "<table><tr><td>a</td></tr></table>", "HTML"),
        ("a.md", "Nur ein Satz.\n", "Markdown"),
        ("README.md", "<div align=center><h1>a</h1></div>\n\nText\n", "Markdown"),
        ("a.md", "| a | b |\n|---|---|\n| 1 | 2 |\n", "Markdown"),
        ("a.rs", "//! <office:document 'application/vnd.oasis.opendocument.text'\n", "source code"),
        ("a.patch", "From 0123 Mon Sep 17 00:00:00 2001\nFrom: a@b\nSubject: x\n\n---\n", "text"),
        ("a.log", "# a\n- b\n- c\n", "text"),
        ("a.txt", "key: value\n", "text"),
    ];
    for (name, text, expected) in table {
        check_named(name, text, expected);
    }
}
