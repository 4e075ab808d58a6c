//! EPUB books: the package document says what is read, in which order.

use std::collections::HashMap;

use html5gum::{Token, Tokenizer};

use super::html::declared_encoding;
use super::{Format, Sample};
use crate::dates;
use crate::document::Metadata;
use crate::encoding::decoded;
use crate::html::{Attributes, Dialect, Page, attribute};
use crate::package::{self, Package, holds};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "EPUB", is, read };

const CONTAINER: &str = "META-INF/container.xml";
const ENCRYPTION: &str = "META-INF/encryption.xml";

fn is(sample: &Sample<'_>) -> bool {
    let kind_comes_first = b"mimetypeapplication/epub+zip";
    let beginning = &sample.bytes[..sample.bytes.len().min(100)];
    let marked = beginning.windows(kind_comes_first.len()).any(|part| part == kind_comes_first);
    sample.starts_with(b"PK") && (marked || holds(sample.bytes, CONTAINER))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut package = Package::open(sample.bytes, writer.limits().entries)?;
    let place = book_place(&mut package, writer)?;
    let Some(bytes) = package.read(&place, writer)? else {
        return Err(Refusal::damaged("its package document is missing"));
    };
    let book = Book::parse(&text_of(&bytes));
    *writer.metadata() = book.metadata.clone();
    let locked = locked(&mut package, writer)?;
    let (mut read, mut found_locked) = (0, false);
    for chapter in book.chapters() {
        let name = resolved(&place, &chapter);
        if locked.contains(&name) {
            found_locked = true;
            writer.partial("some of its chapters are encrypted");
            continue;
        }
        // A book with a missing or broken chapter still has the others.
        let bytes = package.read(&name, writer);
        let Some(Some(bytes)) = writer.noting_damage(bytes)? else {
            writer.partial("some of its chapters are missing");
            continue;
        };
        let page = Page::parse(&text_of(&bytes), Dialect::Book, &mut || writer.alive());
        page.write(writer)?;
        read += 1;
    }
    match (read, found_locked) {
        (0, true) => Err(Refusal::Encrypted),
        (0, false) => Err(Refusal::damaged("none of its chapters can be read")),
        _ => Ok(()),
    }
}

fn text_of(bytes: &[u8]) -> String {
    decoded(bytes, declared_encoding(bytes).as_deref()).into_owned()
}

/// Where the package document lies.
fn book_place(package: &mut Package<'_>, writer: &mut Writer<'_>) -> Result<String, Refusal> {
    let container = package.read(CONTAINER, writer)?.unwrap_or_default();
    let mut places = Vec::new();
    each_element(&text_of(&container), |name, attributes| {
        if name == "rootfile" {
            places.extend(attribute(attributes, "full-path"));
        }
    });
    let named =
        places.into_iter().map(|place| resolved("", &place)).find(|place| package.has(place));
    let by_ending = || package.names().into_iter().find(|name| name.ends_with(".opf"));
    named.or_else(by_ending).ok_or_else(|| Refusal::damaged("its package document is missing"))
}

/// The files inside that are encrypted. Fonts often are, which hinders nobody from reading.
fn locked(package: &mut Package<'_>, writer: &mut Writer<'_>) -> Result<Vec<String>, Refusal> {
    let Some(bytes) = package.read(ENCRYPTION, writer)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    each_element(&text_of(&bytes), |name, attributes| {
        if name == "cipherreference" {
            found.extend(attribute(attributes, "uri").map(|place| resolved("", &place)));
        }
    });
    Ok(found)
}

/// What the package document says.
#[derive(Default)]
struct Book {
    metadata: Metadata,
    /// Each file's place and kind by its id.
    files: HashMap<String, File>,
    spine: Vec<String>,
}

struct File {
    place: String,
    is_text: bool,
    is_navigation: bool,
}

impl Book {
    fn parse(xml: &str) -> Self {
        let mut book = Self::default();
        // The element whose text is being read, and what was read of it.
        let mut speaking: Option<(String, String, String)> = None;
        for token in Tokenizer::new(xml).flatten() {
            match token {
                Token::StartTag(tag) => {
                    let name = local(&tag.name);
                    book.note(&name, &tag.attributes);
                    let about = attribute(&tag.attributes, "property")
                        .or_else(|| attribute(&tag.attributes, "opf:event"))
                        .unwrap_or_default();
                    speaking = (!tag.self_closing).then(|| (name, about, String::new()));
                }
                Token::String(text) => {
                    if let Some((_, _, said)) = &mut speaking {
                        said.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(_) => {
                    if let Some((name, about, said)) = speaking.take() {
                        book.say(&name, &about, said.trim());
                    }
                }
                _ => {}
            }
        }
        book
    }

    fn note(&mut self, name: &str, attributes: &Attributes) {
        let get = |name| attribute(attributes, name);
        match (name, get("id"), get("href"), get("idref")) {
            ("item", Some(id), Some(place), _) => {
                let kind = get("media-type").unwrap_or_default();
                let properties = get("properties").unwrap_or_default();
                let is_text = kind.contains("html") || kind == "text/x-oeb1-document";
                let is_navigation = properties.split_whitespace().any(|property| property == "nav");
                self.files.insert(id, File { place, is_text, is_navigation });
            }
            ("itemref", _, _, Some(id)) => self.spine.push(id),
            _ => {}
        }
    }

    fn say(&mut self, name: &str, about: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let Metadata { title, author, language, created, modified, .. } = &mut self.metadata;
        let first = |place: &mut Option<String>, value: Option<String>| {
            if place.is_none() {
                *place = value;
            }
        };
        match (name, about) {
            ("title", _) => first(title, Some(text.into())),
            ("creator", _) => match author {
                Some(others) if others.len() < 500 => *others = format!("{others}, {text}"),
                Some(_) => {}
                None => *author = Some(text.into()),
            },
            ("language", _) => first(language, Some(text.into())),
            ("date", "modification") | ("meta", "dcterms:modified") => {
                first(modified, dates::iso(text));
            }
            ("date", _) => first(created, dates::iso(text)),
            _ => {}
        }
    }

    /// The chapters in the order of reading. A book that forgot its spine is read in the order of
    /// its files' names.
    fn chapters(&self) -> Vec<String> {
        let readable = |file: &&File| file.is_text && !file.is_navigation;
        let mut seen = std::collections::HashSet::new();
        let spine = self.spine.iter().filter(|id| seen.insert(id.as_str()));
        let ordered: Vec<String> = spine
            .filter_map(|id| self.files.get(id))
            .filter(readable)
            .map(|file| file.place.clone())
            .collect();
        if !ordered.is_empty() {
            return ordered;
        }
        let mut all: Vec<String> =
            self.files.values().filter(readable).map(|file| file.place.clone()).collect();
        all.sort_unstable();
        all
    }
}

/// Calls for each start tag with its name without prefix, in lower case. The tokenizer of HTML is
/// used since it forgives what books get wrong, and knows no entities that could be expanded.
fn each_element(xml: &str, mut call: impl FnMut(&str, &Attributes)) {
    for token in Tokenizer::new(xml).flatten() {
        if let Token::StartTag(tag) = token {
            call(&local(&tag.name), &tag.attributes);
        }
    }
}

fn local(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.rsplit(':').next().unwrap_or_default().to_lowercase()
}

/// The name of an entry that a document at `base` refers to.
fn resolved(base: &str, reference: &str) -> String {
    let reference = reference.split(['#', '?']).next().unwrap_or_default();
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    package::resolved(folder, &percent_decoded(reference))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let is_value = |digits: &&[u8]| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit);
        let digits = after.get(..2).filter(is_value);
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::document::Document;
    use crate::formats::Formats;
    use crate::limits::Limits;

    const OPF: &str = "<package xmlns:dc='d'><metadata><dc:title>Das Buch</dc:title>\
        <dc:creator>Ana</dc:creator><dc:creator>Bo</dc:creator><dc:language>de</dc:language>\
        <dc:date>2001-02-03</dc:date></metadata><manifest>\
        <item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
        <item id='b' href='text/zwei%20%C3%A4.xhtml' media-type='application/xhtml+xml'/>\
        <item id='a' href='../eins.xhtml' media-type='application/xhtml+xml'/></manifest>\
        <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/><itemref idref='weg'/></spine></package>";

    fn book(more: &[(&str, &str)]) -> Result<Document, Refusal> {
        let page = |text: &str| {
            format!("<?xml version='1.0'?><html><head><title/></head><body>{text}</body></html>")
        };
        let (one, two) =
            (page("<h1>Eins</h1><aside>Notiz</aside>"), page("<h1>Zwei</h1><p>Ende</p>"));
        let container =
            "<container><rootfiles><rootfile full-path='OPS/book.opf'/></rootfiles></container>";
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let entries = [
            ("META-INF/container.xml", container),
            ("OPS/book.opf", OPF),
            ("eins.xhtml", &one),
            ("OPS/text/zwei ä.xhtml", &two),
            ("OPS/nav.xhtml", "<html>Inhalt</html>"),
        ];
        for (name, text) in entries.iter().chain(more) {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        Formats::all().extract("x.zip", &bytes, Limits::default(), &mut || ())
    }

    #[test]
    fn chapters_are_read_in_the_order_of_the_spine() {
        let document = book(&[]).unwrap();
        assert_eq!(document.text, "Eins\n\nNotiz\n\nZwei\n\nEnde");
        let metadata = document.metadata;
        assert_eq!(metadata.title.as_deref(), Some("Das Buch"));
        assert_eq!(metadata.author.as_deref(), Some("Ana, Bo"));
        assert_eq!(metadata.language.as_deref(), Some("de"));
        assert_eq!(metadata.created.as_deref(), Some("2001-02-03"));
    }

    #[test]
    fn a_locked_book_is_refused_and_locked_fonts_are_not_minded() {
        let lock = |names: &[&str]| -> String {
            names.iter().map(|name| format!("<enc:CipherReference URI='{name}'/>")).collect()
        };
        let font = lock(&["OPS/font.otf"]);
        assert!(book(&[("META-INF/encryption.xml", &font)]).is_ok());
        let all = lock(&["eins.xhtml", "OPS/text/zwei%20%C3%A4.xhtml"]);
        assert_eq!(book(&[("META-INF/encryption.xml", &all)]), Err(Refusal::Encrypted));
    }

    #[test]
    fn references_stay_inside() {
        let table = [
            ("OPS/a.opf", "b%20c.html#d", "OPS/b c.html"),
            ("OPS/a.opf", "../../../x", "x"),
            ("OPS/a.opf", "/y", "y"),
            ("a.opf", "./z%zz%+1", "z%zz%+1"),
        ];
        for (base, reference, expected) in table {
            assert_eq!(resolved(base, reference), expected);
        }
    }
}
