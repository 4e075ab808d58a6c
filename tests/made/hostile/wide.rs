//! Lines, rows, columns and parts without number.

use super::{Hostile, Maker, words};
use crate::made::damage::Chance;
use crate::made::office::workbook;
use crate::made::{Sound, sound};

pub const ALL: &[Maker] = &[
    || Hostile::new("slashes.html", "text", format!("<html><p {}>x</p>", "/".repeat(1_000_000))),
    || Hostile::new("spaces.html", "text", format!("<html><p {}>x</p>", " \n".repeat(1_000_000))),
    || Hostile::new("dashes.html", "text", format!("<html><p>x</p><!--{}", "--!-".repeat(500_000))),
    || Hostile::new("brackets.html", "text", format!("<html><p>x</p>{}", "</<!<?".repeat(200_000))),
    || {
        Hostile::new(
            "scripts.html",
            "text",
            format!("<p>x</p><script>{}", "<!--<script>".repeat(200_000)),
        )
    },
    || Hostile::new("line.txt", "text", "字".repeat(70_000)),
    || Hostile::new("long line.txt", "text", words(70_000).replace(' ', "")),
    || Hostile::new("huge line.txt", "partial: it is too large: its text", words(30 << 20)),
    || Hostile::new("huge word.txt", "partial: it is too large: its text", "図".repeat(10 << 20)),
    || {
        Hostile::new(
            "huge line.json",
            "partial: it is too large: its text",
            format!("[{}]", "{\"a\": \"\\u00e4\"},".repeat(1 << 20)),
        )
    },
    || Hostile::new("minified.js", "text", format!("var x={};", "f(a,b);".repeat(1 << 20))),
    || {
        Hostile::new(
            "far.xlsx",
            "text",
            sheet(
                "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>7</v></c></row>",
            ),
        )
    },
    || {
        Hostile::new(
            "farther.xlsx",
            "text",
            sheet(
                "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"ZZZZZZZZ99999999999\"><v>7</v></c></row>",
            ),
        )
    },
    || Hostile::new("merged.xlsx", "text", merged()),
    || Hostile::new("empty columns.csv", "refused: it holds no text", ",".repeat(1_000_000)),
    || {
        Hostile::new(
            "columns.csv",
            "text",
            format!("{}\n{}\n", ",".repeat(1_000_000), "7,".repeat(1_000_000)),
        )
    },
    || Hostile::new("rows.csv", "text", "a,b\n".repeat(300_000)),
    || Hostile::new("quote.csv", "text", format!("a,b\n\"{}", "x,\"\"y\n".repeat(200_000))),
    || {
        Hostile::new(
            "repeated.ods",
            "text",
            changed(
                "hoja.ods",
                "content.xml",
                "number-columns-repeated=\"2\"",
                "number-columns-repeated=\"999999999\"",
            ),
        )
    },
    || {
        Hostile::new(
            "spans.docx",
            "text",
            changed(
                "brief.docx",
                "word/document.xml",
                "gridSpan w:val=\"1\"",
                "gridSpan w:val=\"999999999\"",
            ),
        )
    },
    || {
        Hostile::new(
            "spaces.odt",
            "text",
            changed("carta.odt", "content.xml", "text:c=\"3\"", "text:c=\"999999999\""),
        )
    },
    || {
        Hostile::new(
            "spans.html",
            "text",
            "<html><table><tr><td rowspan=999999999 colspan=999999999>a</td></tr><tr><td>b</td></tr></table>",
        )
    },
    || Hostile::new("attributes.html", "text", format!("<html><p {}>x</p>", attributes())),
    || {
        Hostile::new(
            "attributes.xml",
            "text",
            format!("<?xml version=\"1.0\"?><a {}>some words of prose</a>", attributes()),
        )
    },
    || {
        Hostile::new(
            "entities.html",
            "text",
            format!("<html><p>{}", "&amp;&#65;&#x110000;&nosuch;".repeat(100_000)),
        )
    },
    || Hostile::new("parts.eml", "text", parts()),
    || Hostile::new("headers.eml", "text", headers()),
    || {
        Hostile::new(
            "boundaries.mbox",
            "text",
            "From a@b.c Sat May  4 10:00:00 2024\nFrom: a@b.c\nSubject: x\n\ny\n\n".repeat(50_000),
        )
    },
    || {
        Hostile::new(
            "binary.rtf",
            "text",
            "{\\rtf1 before\\bin2147483647 after\\bin-5 \\uc2147483647\\u228 end}",
        )
    },
    || {
        Hostile::new(
            "times.srt",
            "refused: it holds no text",
            "1\n99999999999:99:99,999 --> 00:00:00,000\nwords\n\n".repeat(50_000),
        )
    },
    || Hostile::new("noise.txt", "refused: ", noise()),
    || {
        Hostile::new(
            "noise.pdf",
            "refused: it is damaged",
            [b"%PDF-1.7\n".to_vec(), noise()].concat(),
        )
    },
    || {
        Hostile::new(
            "noise.docx",
            "refused: it is damaged",
            [b"PK\x03\x04".to_vec(), noise()].concat(),
        )
    },
    || {
        Hostile::new(
            "noise.gz",
            "refused: it is damaged",
            [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(), noise()].concat(),
        )
    },
];

fn sheet(rows: &str) -> Vec<u8> {
    let parts = workbook(rows, "<sst/>");
    let parts: Vec<(&str, &str)> =
        parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Sound::zipped("x.xlsx", "XLSX", "", &parts).bytes()
}

/// Cells merged over everything, a hundred thousand times.
fn merged() -> Vec<u8> {
    let cell = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>";
    let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(100_000);
    sheet(&format!("{cell}</sheetData><mergeCells>{merges}</mergeCells><sheetData>"))
}

fn changed(name: &str, part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut file = sound().into_iter().find(|file| file.name == name).unwrap();
    let (_, bytes) = file.parts.iter_mut().find(|(name, _)| name == part).unwrap();
    let text = String::from_utf8(std::mem::take(bytes)).unwrap();
    assert!(text.contains(from), "{from} is not in {name}");
    *bytes = text.replace(from, to).into();
    file.bytes()
}

fn attributes() -> String {
    (0..100_000).map(|n| format!("a{n}=\"{n}\" ")).collect()
}

/// A mail of a hundred thousand parts side by side.
fn parts() -> String {
    let mut mail = String::from(
        "From: a@example.org\nSubject: wide\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n",
    );
    for number in 0..100_000 {
        mail += &format!("--b\nContent-Type: text/plain\n\npart {number}\n");
    }
    mail + "--b--\n"
}

fn headers() -> String {
    let people = "a b <a@example.org>, (c) ".repeat(50_000);
    let more: String = (0..50_000).map(|n| format!("X-{n}: =?utf-8?Q?=41?= x\n")).collect();
    format!(
        "From: a@example.org\nTo: {people}\nSubject: {}\n{more}\nwords\n",
        "=?utf-8?B?w6Q=?= ".repeat(50_000)
    )
}

fn noise() -> Vec<u8> {
    let mut chance = Chance::new(3);
    (0..500_000).flat_map(|_| chance.number().to_le_bytes()).collect()
}
