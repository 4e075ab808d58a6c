//! What lies in itself a hundred thousand times over, and entities that stand for more entities.

use super::{Hostile, Maker};
use crate::made::archive::zip;
use crate::made::{Sound, sound};

const DEPTH: usize = 300_000;
const XML: &str = "refused: it nests too deep: its XML elements";

pub const ALL: &[Maker] = &[
    || Hostile::new("deep.xml", XML, format!("<?xml version=\"1.0\"?>{}x", "<a>".repeat(DEPTH))),
    || Hostile::new("deep.svg", XML, format!("<svg>{}x", "<g>".repeat(DEPTH))),
    || Hostile::new("deep.html", "text", format!("<html><body>{}deep", "<div>".repeat(DEPTH))),
    || Hostile::new("deep bold.html", "text", format!("<html><body>{}x", "<b>x".repeat(DEPTH))),
    || Hostile::new("deep lists.html", "text", format!("<html>{}x", "<ul><li>".repeat(DEPTH / 2))),
    || {
        Hostile::new(
            "deep tables.html",
            "text",
            format!("<html>{}x", "<table><tr><td>".repeat(DEPTH / 4)),
        )
    },
    || {
        Hostile::new(
            "deep quotes.html",
            "text",
            format!("<html>{}x", "<blockquote>".repeat(DEPTH / 4)),
        )
    },
    || Hostile::new("deep.json", "text", "[".repeat(DEPTH)),
    || Hostile::new("deep objects.json", "text", "{\"a\":".repeat(DEPTH)),
    || {
        Hostile::new(
            "deep.ipynb",
            "refused: it is damaged",
            format!("{{\"cells\":{}", "[".repeat(DEPTH)),
        )
    },
    || {
        Hostile::new(
            "deep.rtf",
            "refused: it nests too deep: groups",
            format!("{{\\rtf1 {}x", "{".repeat(DEPTH)),
        )
    },
    || Hostile::new("closed.rtf", "text", format!("{{\\rtf1 before{} after", "}".repeat(DEPTH))),
    || Hostile::new("quotes.md", "text", format!("# a\n\n{} x\n", "> ".repeat(100_000))),
    || Hostile::new("lists.md", "text", list()),
    || Hostile::new("brackets.md", "text", format!("# a\n\n{}\n", "[".repeat(300_000))),
    || Hostile::new("links.md", "text", format!("# a\n\n{}\n", "[a](".repeat(100_000))),
    || Hostile::new("stars.md", "text", format!("# a\n\n{}\n", "*a_ **b__ ".repeat(50_000))),
    || Hostile::new("ticks.md", "text", format!("# a\n\n{}\n", ticks())),
    || {
        Hostile::new(
            "tables.docx",
            XML,
            within("brief.docx", "word/document.xml", "<w:body>", "<w:tbl><w:tr><w:tc>"),
        )
    },
    || {
        Hostile::new(
            "frames.odt",
            XML,
            within("carta.odt", "content.xml", "<office:text>", "<text:list><text:list-item>"),
        )
    },
    || {
        Hostile::new(
            "groups.pptx",
            XML,
            within("vortrag.pptx", "ppt/slides/slide1.xml", "<p:spTree>", "<p:grpSp>"),
        )
    },
    || {
        Hostile::new(
            "rows.ods",
            XML,
            within("hoja.ods", "content.xml", "<office:spreadsheet>", "<table:table-row-group>"),
        )
    },
    || Hostile::new("parts.eml", "text", parts()),
    || Hostile::new("mails.eml", "text", mails()),
    || Hostile::new("laughs.xml", "text", format!("<?xml version=\"1.0\"?>{}<a>&i;</a>", laughs())),
    || {
        Hostile::new(
            "laughs.docx",
            "text",
            laughing("brief.docx", "word/document.xml", "Überschrift"),
        )
    },
    || {
        Hostile::new(
            "laughs.xlsx",
            "text",
            laughing("kasse.xlsx", "xl/worksheets/sheet1.xml", "Satz"),
        )
    },
    || Hostile::new("laughs.odt", "text", laughing("carta.odt", "content.xml", "Título")),
    || Hostile::new("laughs.epub", "text", laughing("buch.epub", "one.xhtml", "章")),
];

fn changed(name: &str, part: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut file: Sound = sound().into_iter().find(|file| file.name == name).unwrap();
    let (_, bytes) = file.parts.iter_mut().find(|(name, _)| name == part).unwrap();
    *bytes = change(String::from_utf8(std::mem::take(bytes)).unwrap()).into();
    zip(&file.parts)
}

/// A sound file with this opened a thousand times behind `place`, before anything that is read.
fn within(name: &str, part: &str, place: &str, opened: &str) -> Vec<u8> {
    changed(name, part, |text| {
        let at = text.find(place).unwrap() + place.len();
        format!("{}{}", &text[..at], opened.repeat(1000))
    })
}

/// Nine entities, each of which is ten of the one before: a billion laughs, in a few hundred bytes.
fn laughs() -> String {
    let mut declared = String::from("<!DOCTYPE a [<!ENTITY a \"laugh \">");
    for (one, other) in ('a'..'i').zip('b'..='i') {
        declared += &format!("<!ENTITY {other} \"{}\">", format!("&{one};").repeat(10));
    }
    declared + "]>"
}

fn laughing(name: &str, part: &str, said: &str) -> Vec<u8> {
    changed(name, part, |text| {
        assert!(text.contains(said), "{said} is not in {name}");
        let (before, after) = match text.strip_prefix("<?xml") {
            Some(rest) => {
                rest.split_once("?>").map(|(_, after)| ("<?xml version=\"1.0\"?>", after))
            }
            None => Some(("", text.as_str())),
        }
        .unwrap();
        format!("{before}{}{}", laughs(), after.replace(said, "laughing &i;"))
    })
}

fn list() -> String {
    (0..1500).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect()
}

/// Every opening of code has a length that no closing has.
fn ticks() -> String {
    (1..600).map(|length| format!("{} x ", "`".repeat(length))).collect()
}

/// A mail whose parts lie in each other, each with a boundary of its own.
fn parts() -> String {
    let mut mail = String::from("From: a@example.org\nSubject: deep\nMIME-Version: 1.0\n");
    for depth in 0..20_000 {
        mail += &format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
    }
    mail + "Content-Type: text/plain\n\ndeep\n"
}

/// A mail in a mail in a mail.
fn mails() -> String {
    let one = "From: a@example.org\nSubject: deep\nContent-Type: message/rfc822\n\n";
    format!("{}From: a@example.org\nSubject: last\n\ndeep\n", one.repeat(20_000))
}
