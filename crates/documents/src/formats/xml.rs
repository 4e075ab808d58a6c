//! XML of any kind: prose as paragraphs, records as rows with the names of their fields, and what has
//! next to no text in it (settings, drawings, data in attributes) as it stands.

mod vocabulary;

use std::collections::HashMap;

use super::{Format, Sample};
use crate::blocks;
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Event, Xml, decoded};

pub const FORMAT: Format = Format { name: "XML", is, read };

const EXTENSIONS: &[&str] = &[
    "xml", "xsd", "xsl", "xslt", "rss", "atom", "svg", "kml", "gpx", "plist", "dbk", "docbook",
    "nxml", "jats", "tei", "dita", "ditamap", "resx", "xlf", "xliff", "tmx", "wsdl", "opml", "fb2",
    "page",
];

/// A value longer than this is prose, and no field of a record.
const LONGEST_FIELD: usize = 100;
const MOST_FIELDS: usize = 64;

fn is(sample: &Sample<'_>) -> bool {
    let beginning = sample.beginning();
    let text = beginning.trim_start();
    text.starts_with("<?xml")
        || (text.starts_with('<') && EXTENSIONS.contains(&sample.extension))
        || (sample.is_unnamed() && is_closed_at_its_end(text, sample.bytes))
}

/// Whether the element that begins the text ends with it.
fn is_closed_at_its_end(text: &str, bytes: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix('<') else { return false };
    let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next();
    let name = name.unwrap_or_default().as_bytes();
    let end = bytes.trim_ascii_end().strip_suffix(b">").map(<[u8]>::trim_ascii_end);
    let end = end.and_then(|end| end.strip_suffix(name));
    !name.is_empty() && end.is_some_and(|end| end.ends_with(b"</"))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = decoded(sample.bytes);
    match Shape::of(&text, writer) {
        Ok(shape) if shape.has_prose(&text) => Reader::new(&shape, writer).read(&text),
        Ok(_) if sample.extension == "svg" => Ok(()),
        Ok(_) | Err(Refusal::Damaged { .. }) => blocks::write(&text, writer),
        Err(refusal) => Err(refusal),
    }
}

/// What a first look at the whole shows.
#[derive(Default)]
struct Shape {
    /// For each element's name: how often it stands within a line of text, and how often in all.
    elements: HashMap<String, [usize; 2]>,
    prose: usize,
}

impl Shape {
    fn of(text: &str, writer: &mut Writer<'_>) -> Result<Self, Refusal> {
        let mut shape = Self::default();
        let mut xml = Xml::new(text, writer.limits().nesting);
        // For each open element: whether text stood in it, and the last element in it.
        let mut open: Vec<(bool, String)> = Vec::new();
        while let Some(event) = xml.next_within(0)? {
            writer.alive();
            match event {
                Event::Open(element) => {
                    open.truncate(xml.depth() - 1);
                    let name = element.name();
                    let within = open.last().is_some_and(|(has_text, _)| *has_text);
                    shape.count(name, [usize::from(within), 1]);
                    if let Some((_, last)) = open.last_mut() {
                        *last = if within { String::new() } else { name.to_owned() };
                    }
                    shape.prose +=
                        prose_attributes(&element).map(|(_, value)| value.len()).sum::<usize>();
                    open.push((false, String::new()));
                }
                Event::Text(piece) => {
                    open.truncate(xml.depth());
                    shape.prose += piece.trim().len();
                    if let Some((has_text, last)) = open.last_mut()
                        && !piece.trim().is_empty()
                    {
                        *has_text = true;
                        let last = std::mem::take(last);
                        if !last.is_empty() {
                            shape.count(&last, [1, 0]);
                        }
                    }
                }
            }
        }
        Ok(shape)
    }

    fn count(&mut self, name: &str, add: [usize; 2]) {
        match self.elements.get_mut(name) {
            Some(counts) => {
                counts[0] += add[0];
                counts[1] += add[1];
            }
            None => {
                self.elements.insert(name.to_owned(), add);
            }
        }
    }

    fn is_inline(&self, name: &str) -> bool {
        self.elements.get(name).is_some_and(|[within, all]| within * 2 >= *all)
    }

    fn has_prose(&self, text: &str) -> bool {
        self.prose * 20 >= text.len()
    }
}

/// Attributes whose values are sentences and no settings.
fn prose_attributes<'e>(element: &'e Element<'_>) -> impl Iterator<Item = (&'e str, String)> {
    let all = element.attributes();
    all.filter(|(_, value)| {
        let letters = value.chars().filter(|c| c.is_alphabetic()).count();
        let words = value.split_whitespace().count();
        words >= 3 && letters * 4 >= value.chars().count() * 3 && !value.contains([';', '{', '='])
    })
}

/// Pictures and the like, packed into letters that nobody reads.
fn is_packed_data(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    let words = text.split_whitespace().count();
    text.len() > 200
        && words * 40 < text.len()
        && text.bytes().all(|byte| letters(byte) || byte.is_ascii_whitespace())
}

/// One open element that is a block.
#[derive(Default)]
struct Frame {
    name: String,
    depth: usize,
    text: String,
    /// Short values in it, by the names of their elements.
    fields: Vec<(String, String)>,
    has_blocks: bool,
    is_mixed: bool,
}

struct Reader<'a, 'w> {
    shape: &'a Shape,
    writer: &'a mut Writer<'w>,
    open: Vec<Frame>,
}

impl<'a, 'w> Reader<'a, 'w> {
    fn new(shape: &'a Shape, writer: &'a mut Writer<'w>) -> Self {
        Self { shape, writer, open: vec![Frame::default()] }
    }

    fn read(mut self, text: &str) -> Result<(), Refusal> {
        let mut xml = Xml::new(text, self.writer.limits().nesting);
        while let Some(event) = xml.next_within(0)? {
            match event {
                Event::Open(element) => {
                    self.close_to(xml.depth() - 1)?;
                    if self.is_about_the_text(element.name()) {
                        xml.skip()?;
                    } else {
                        self.element(&element, xml.depth())?;
                    }
                }
                Event::Text(piece) => {
                    self.close_to(xml.depth())?;
                    if let Some(frame) = self.open.last_mut() {
                        frame.text.push_str(&piece);
                    }
                }
            }
        }
        self.close_to(0)?;
        self.close()
    }

    fn is_about_the_text(&self, name: &str) -> bool {
        let root = self.open.get(1).map(|frame| frame.name.as_str()).unwrap_or_default();
        let parent = self.open.last().map(|frame| frame.name.as_str()).unwrap_or_default();
        vocabulary::is_about_the_text(root, parent, name)
    }

    /// Titles stand a level below those of the sections around them.
    fn title_level(&self) -> u8 {
        let sections = self.open.iter().filter(|frame| vocabulary::is_section(&frame.name));
        match sections.take(6).count() {
            0 => 2,
            level => level as u8,
        }
    }

    fn element(&mut self, element: &Element<'_>, depth: usize) -> Result<(), Refusal> {
        if self.shape.is_inline(element.name()) {
            if let Some(frame) = self.open.last_mut() {
                frame.is_mixed = true;
            }
            return Ok(());
        }
        if let Some(parent) = self.open.last_mut() {
            parent.has_blocks = true;
            let before = std::mem::take(&mut parent.text);
            if !before.trim().is_empty() {
                self.write_fields()?;
                self.writer.paragraph(&before)?;
            }
        }
        if depth == 1 {
            let language = element.prefixed_attribute("lang");
            self.writer.metadata().language = language.filter(|language| language != "zxx");
        }
        let mut fields = Vec::new();
        for (name, value) in prose_attributes(element) {
            fields.push((name.to_owned(), value));
        }
        let name = element.name().to_owned();
        self.open.push(Frame { name, depth, fields, ..Frame::default() });
        Ok(())
    }

    /// Closes what lies deeper than this.
    fn close_to(&mut self, depth: usize) -> Result<(), Refusal> {
        while self.open.len() > 1 && self.open.last().is_some_and(|frame| frame.depth > depth) {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Refusal> {
        self.write_fields()?;
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let text = without_tags(frame.text.trim());
        if text.is_empty() || is_packed_data(&text) {
            return Ok(());
        }
        let is_title =
            matches!(frame.name.as_str(), "title" | "head" | "heading" | "article-title");
        let is_field =
            !frame.has_blocks && !frame.is_mixed && text.chars().count() <= LONGEST_FIELD;
        if is_title && is_field {
            self.write_fields()?;
            let title = &mut self.writer.metadata().title;
            title.get_or_insert_with(|| text.clone());
            return self.writer.heading(self.title_level(), &text);
        }
        match self.open.last_mut() {
            Some(parent) if is_field => {
                parent.fields.push((frame.name, text));
                if parent.fields.len() >= MOST_FIELDS { self.write_fields() } else { Ok(()) }
            }
            _ => {
                self.write_fields()?;
                self.writer.paragraph(&text)
            }
        }
    }

    /// Writes the short values of the innermost element: as items where all have one name.
    fn write_fields(&mut self) -> Result<(), Refusal> {
        let Some(frame) = self.open.last_mut() else { return Ok(()) };
        let fields = std::mem::take(&mut frame.fields);
        let is_list = fields.windows(2).all(|pair| pair[0].0 == pair[1].0);
        match fields.as_slice() {
            [] => Ok(()),
            [(_, text)] => self.writer.paragraph(text),
            fields if is_list => fields.iter().try_for_each(|(_, text)| self.writer.item(text)),
            _ => {
                let (names, values): (Vec<String>, Vec<String>) = fields.into_iter().unzip();
                self.writer.row(&names, &values)
            }
        }
    }
}

/// Feeds put HTML into text. Tags go; what only looks like one stays.
fn without_tags(text: &str) -> String {
    if !text.contains("</") && !text.contains("/>") && !text.contains("<p>") {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('<');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once('>') {
            Some((tag, rest))
                if tag.starts_with(|c: char| c.is_ascii_alphabetic() || "/!".contains(c)) =>
            {
                plain.push(' ');
                plain.push_str(rest);
            }
            _ => {
                plain.push('<');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    fn check(text: &str, expected: &[(Kind, &str)]) {
        let read = Formats::all().extract("x", text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        let found: Vec<_> =
            read.blocks.iter().map(|block| (block.kind, &read.text[block.span.clone()])).collect();
        assert_eq!((read.format.as_str(), found.as_slice()), ("XML", expected));
    }

    #[test]
    fn packed_pictures_are_left_out() {
        let picture =
            format!("{}\n", "iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAIAAADbtmxL".repeat(2)).repeat(9);
        let book =
            format!("<?xml version='1.0'?><b><p>Ein Satz.</p><binary>{picture}</binary></b>");
        check(&book, &[(Kind::Paragraph, "Ein Satz.")]);
    }

    #[test]
    fn prose_records_and_settings_are_told_apart() {
        check(
            "<?xml version='1.0'?><book><title>Die Größe</title><p>Ein <b>kurzer</b> Satz.</p><p><b>Noch</b> einer &amp; mehr.</p></book>",
            &[
                (Kind::Heading(1), "Die Größe"),
                (Kind::Paragraph, "Ein kurzer Satz."),
                (Kind::Paragraph, "Noch einer & mehr."),
            ],
        );
        check(
            "<?xml version='1.0'?><все><город><имя>Тверь</имя><год>1135</год></город><город><имя>Омск</имя><год>1716</год></город></все>",
            &[(Kind::Row, "имя: Тверь | год: 1135"), (Kind::Row, "имя: Омск | год: 1716")],
        );
        let settings = "<?xml version='1.0'?>\n<a><b x='1' y='2'/><b x='3' y='4'/></a>";
        check(settings, &[(Kind::Code, settings)]);
    }

    #[test]
    fn manuals_are_read_without_what_is_said_about_them() {
        check(
            "<?xml version='1.0'?><page xml:lang='de'><info><credit><name>Eva Muster</name><email>e@example.org</email></credit><title type='link'>Kurz</title><desc>Wie man den Hof fegt.</desc></info><title>Hof fegen</title><p>Man <em>nehme</em> einen Besen.</p><section><title>Im Winter</title><p>Erst <em>Schnee</em> räumen.</p></section></page>",
            &[
                (Kind::Paragraph, "Wie man den Hof fegt."),
                (Kind::Heading(1), "Hof fegen"),
                (Kind::Paragraph, "Man nehme einen Besen."),
                (Kind::Heading(2), "Im Winter"),
                (Kind::Paragraph, "Erst Schnee räumen."),
            ],
        );
        check(
            "<?xml version='1.0'?><article><articleinfo><title>Двор</title><author><firstname>Ева</firstname></author><legalnotice><para>Все права.</para></legalnotice></articleinfo><sect1><indexterm><primary>снег</primary><secondary>зимой</secondary></indexterm><title>Зимой</title><para>Сначала <emphasis>снег</emphasis>.</para></sect1></article>",
            &[
                (Kind::Heading(1), "Двор"),
                (Kind::Heading(2), "Зимой"),
                (Kind::Paragraph, "Сначала снег."),
            ],
        );
    }

    #[test]
    fn damage_is_shown_as_it_is_and_depth_is_refused() {
        let damaged = "<?xml version='1.0'?><a><b>offen</a>";
        check(damaged, &[(Kind::Code, damaged)]);
        let deep = format!("<?xml version='1.0'?>{}", "<a>".repeat(100_000));
        let read = Formats::all().extract("x", deep.as_bytes(), Limits::default(), &mut || ());
        assert!(matches!(read, Err(Refusal::TooDeep { .. })));
    }
}
