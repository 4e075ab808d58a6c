//! XML as a flow of opened elements and text, for every format made of it.
//!
//! Owns: the limit on nesting, and references. A document type's own entities are never
//! declared nor fetched: a reference to one stays in the text as it is written.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event as RawEvent};

use crate::encoding;
use crate::refusal::Refusal;

/// The text of an XML file, in the encoding that its declaration names where that can be so.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    encoding::decoded(bytes, declared_encoding(bytes))
}

fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    const LONGEST_DECLARATION: usize = 200;
    let start = &bytes[..bytes.len().min(LONGEST_DECLARATION)];
    let end = start.iter().position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(&start[..end]).ok()?.strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("encoding")?;
    value.split(['"', '\'']).nth(1)
}

/// What comes next inside an element.
#[derive(Debug)]
pub enum Event<'a> {
    Open(Element<'a>),
    /// A piece of text: one run of text may come in several.
    Text(Cow<'a, str>),
}

/// An element as it opens. Names are given without their prefix.
#[derive(Debug)]
pub struct Element<'a>(BytesStart<'a>);

/// Reads an XML text from its beginning to its end.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    nesting: usize,
    /// The element last opened has no content: its end comes next.
    closes: bool,
}

impl<'a> Xml<'a> {
    /// `nesting` is how deep elements may lie in each other.
    pub fn new(text: &'a str, nesting: usize) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, depth: 0, nesting, closes: false }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The next element opened or text found while at least `depth` elements stay open; `None` when
    /// fewer are. So a loop that asks with the depth it began at sees one element's whole content,
    /// that of its children too, unless it reads or skips them itself.
    pub fn next_within(&mut self, depth: usize) -> Result<Option<Event<'a>>, Refusal> {
        loop {
            if std::mem::take(&mut self.closes) {
                self.depth -= 1;
            }
            if self.depth < depth {
                return Ok(None);
            }
            match self.reader.read_event().map_err(Refusal::damaged)? {
                RawEvent::Start(start) => return self.open(start).map(Some),
                RawEvent::Empty(start) => {
                    self.closes = true;
                    return self.open(start).map(Some);
                }
                RawEvent::End(_) => self.depth = self.depth.saturating_sub(1),
                RawEvent::Text(text) => return Ok(Some(Event::Text(text.into_inner()))),
                RawEvent::CData(text) => return Ok(Some(Event::Text(text.into_inner()))),
                RawEvent::GeneralRef(name) => return Ok(Some(Event::Text(referred(&name)))),
                RawEvent::Eof if self.depth > 0 => {
                    return Err(Refusal::damaged("its XML ends in the middle"));
                }
                RawEvent::Eof => return Ok(None),
                RawEvent::Comment(_)
                | RawEvent::Decl(_)
                | RawEvent::PI(_)
                | RawEvent::DocType(_) => {}
            }
        }
    }

    /// The next element opened while at least `depth` stay open, text passed over.
    pub fn next_element(&mut self, depth: usize) -> Result<Option<Element<'a>>, Refusal> {
        while let Some(event) = self.next_within(depth)? {
            if let Event::Open(element) = event {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Passes over the rest of the element last opened.
    pub fn skip(&mut self) -> Result<(), Refusal> {
        let depth = self.depth;
        while self.next_within(depth)?.is_some() {}
        Ok(())
    }

    /// All text in the element last opened, to its end.
    pub fn text(&mut self) -> Result<String, Refusal> {
        let depth = self.depth;
        let mut all = String::new();
        while let Some(event) = self.next_within(depth)? {
            if let Event::Text(text) = event {
                all.push_str(&text);
            }
        }
        Ok(all)
    }

    fn open(&mut self, start: BytesStart<'a>) -> Result<Event<'a>, Refusal> {
        self.depth += 1;
        if self.depth > self.nesting {
            return Err(Refusal::TooDeep { what: "its XML elements".into() });
        }
        Ok(Event::Open(Element(start)))
    }
}

impl Element<'_> {
    pub fn name(&self) -> &str {
        self.0.name().local_name().into_inner()
    }

    pub fn prefix(&self) -> &str {
        self.0.name().prefix().map_or("", |prefix| prefix.into_inner())
    }

    /// The value of the first attribute of this name, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.find(|_, local| local == name)
    }

    /// The same among those that have a prefix: `r:id` where there is also an `id`.
    pub fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|prefix, local| prefix && local == name)
    }

    /// All attributes, by their names without prefixes. Declarations of name spaces are none.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, String)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.flatten().filter_map(|attribute| {
            let (name, prefix) = attribute.key.decompose();
            let declares = prefix.is_some_and(|prefix| prefix.into_inner() == "xmlns");
            let value = match quick_xml::escape::unescape(&attribute.value) {
                Ok(value) => value.into_owned(),
                Err(_) => attribute.value.clone().into_owned(),
            };
            (!declares).then(|| (name.into_inner(), value))
        })
    }

    fn find(&self, wanted: impl Fn(bool, &str) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        // The check for doubles costs the square of their number.
        attributes.with_checks(false);
        let found = attributes.flatten().find(|attribute| {
            let (name, prefix) = attribute.key.decompose();
            wanted(prefix.is_some(), name.into_inner())
        })?;
        Some(match quick_xml::escape::unescape(&found.value) {
            Ok(value) => value.into_owned(),
            Err(_) => found.value.into_owned(),
        })
    }
}

/// What a reference in the text stands for; one that is not XML's own stays as it is.
fn referred<'a>(name: &BytesRef<'a>) -> Cow<'a, str> {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return character.to_string().into();
    }
    match resolve_xml_entity(name) {
        Some(text) => text.into(),
        None => format!("&{};", &**name).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opened elements as `<prefix:name`, text as it is, ` | ` between.
    fn read(text: &str) -> Result<String, Refusal> {
        let mut xml = Xml::new(text, 5);
        let mut found = Vec::new();
        while let Some(event) = xml.next_within(0)? {
            found.push(match event {
                Event::Open(element) => format!("<{}:{}", element.prefix(), element.name()),
                Event::Text(text) => text.into_owned(),
            });
        }
        Ok(found.join("|"))
    }

    #[test]
    fn elements_and_text_come_in_order() {
        let check = |text: &str, expected: &str| assert_eq!(read(text).unwrap(), expected);
        check("<a><w:b/>größer<c>x</c></a>", "<:a|<w:b|größer|<:c|x");
        check("<?xml version='1.0'?><!-- no --><a>1<?php no ?>2</a>", "<:a|1|2");
        check("<a>&lt;&#x4e2d;&#25991;&amp;<![CDATA[<b>&]]></a>", "<:a|<|中|文|&|<b>&");
        check("<a>Q & A</a>", "<:a|Q |& A");
        check("", "");
    }

    #[test]
    fn entities_are_neither_declared_nor_fetched() {
        let text = r#"<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;&b;">
            <!ENTITY d SYSTEM "file:///etc/passwd">]><a x="&c;">&c;&d;&#0;</a>"#;
        assert_eq!(read(text.trim()).unwrap(), "<:a|&c;|&d;|&#0;");
    }

    #[test]
    fn what_is_damaged_or_too_deep_is_refused() {
        let damaged = ["<a>", "<a></b>", "<a><b></a>", "</a>", "<a", "<a>x<!--"];
        for text in damaged {
            assert!(matches!(read(text), Err(Refusal::Damaged { .. })), "{text}");
        }
        assert!(read("<a><a><a><a><a/></a></a></a></a>").is_ok());
        assert!(matches!(read(&"<a>".repeat(6)), Err(Refusal::TooDeep { .. })));
    }

    #[test]
    fn one_element_is_read_or_skipped_to_its_end() {
        let mut xml = Xml::new("<a><b>1<c>2</c>3<d/></b>4<e><f/></e><g h='5'/></a>", 9);
        let mut seen = String::new();
        xml.next_element(0).unwrap();
        while let Some(event) = xml.next_within(1).unwrap() {
            match event {
                Event::Open(element) if element.name() == "b" => {
                    assert_eq!(xml.text().unwrap(), "123");
                }
                Event::Open(element) if element.name() == "e" => xml.skip().unwrap(),
                Event::Open(element) => seen += &element.attribute("h").unwrap(),
                Event::Text(text) => seen += &text,
            }
        }
        assert_eq!((seen.as_str(), xml.depth()), ("45", 0));
    }

    #[test]
    fn attributes_are_found_by_name() {
        let mut xml = Xml::new("<a id='1' r:id='&quot;2&amp;3' x='&y;' z=bare/>", 9);
        let element = xml.next_element(0).unwrap().unwrap();
        let check = |found: Option<String>, expected| assert_eq!(found.as_deref(), expected);
        check(element.attribute("id"), Some("1"));
        check(element.prefixed_attribute("id"), Some("\"2&3"));
        check(element.attribute("x"), Some("&y;"));
        check(element.attribute("y"), None);
    }

    #[test]
    fn every_encoding_is_decoded() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decoded(bytes), expected);
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| {
            text.encode_utf16().flat_map(order).collect::<Vec<u8>>()
        };
        check("<a>ж</a>".as_bytes(), "<a>ж</a>");
        check("\u{feff}<a>ж</a>".as_bytes(), "<a>ж</a>");
        check(&wide("<a>語</a>", u16::to_le_bytes), "<a>語</a>");
        check(&wide("\u{feff}<a>語</a>", u16::to_be_bytes), "<a>語</a>");
        let latin = b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>\xfc</a>";
        assert!(decoded(latin).ends_with("<a>ü</a>"));
        let koi = b"<?xml version=\"1.0\" encoding=\"koi8-r\"?><a>\xc1</a>";
        assert!(decoded(koi).ends_with("<a>а</a>"));
        let wrong = b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>\xc3\xbc</a>";
        assert!(decoded(wrong).ends_with("<a>ü</a>"));
        check(b"<a>gr\xf6\xdfer</a>", "<a>größer</a>");
    }
}
