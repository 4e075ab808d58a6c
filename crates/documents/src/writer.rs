//! Where every format puts what it reads. Formats decide what a paragraph is; the writer keeps the
//! limits, cleans white space and control characters, and tells whoever watches that work goes on.

use crate::document::{Block, Document, Kind, Metadata};
use crate::formats::Formats;
use crate::limits::Limits;
use crate::refusal::Refusal;

pub struct Writer<'a> {
    document: Document,
    page: Option<u32>,
    depth: usize,
    unpacked: u64,
    limits: Limits,
    formats: Formats,
    /// Called as work goes on, so that a reader that stands still can be told from a slow one.
    alive: &'a mut dyn FnMut(),
}

impl<'a> Writer<'a> {
    pub fn new(formats: Formats, limits: Limits, alive: &'a mut dyn FnMut()) -> Self {
        Self {
            document: Document::default(),
            page: None,
            depth: 0,
            unpacked: 0,
            limits,
            formats,
            alive,
        }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the format says of the document. The outermost file's word counts: a mail's title is not
    /// its attachment's.
    pub fn metadata(&mut self) -> &mut Metadata {
        &mut self.document.metadata
    }

    /// Whether anything has been written yet.
    pub fn has_text(&self) -> bool {
        !self.document.blocks.is_empty()
    }

    /// Says that what is written is not all of the file's text, and why. The first reason is kept.
    pub fn partial(&mut self, reason: impl ToString) {
        self.document.partial.get_or_insert_with(|| reason.to_string());
    }

    /// For what a file can do without: damage to it is noted and costs nothing else. Limits stay
    /// limits.
    pub fn noting_damage<T>(&mut self, read: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
        match read {
            Err(refusal @ Refusal::Damaged { .. }) => {
                self.partial(refusal);
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// What stands before a damaged place is the document's own text: only where there is none, damage
    /// is a refusal.
    pub fn keeping_text(&mut self, read: Result<(), Refusal>) -> Result<(), Refusal> {
        if !self.has_text() {
            return read;
        }
        self.noting_damage(read).map(drop)
    }

    /// What follows stands on this page or slide, counted from 1.
    pub fn page(&mut self, number: u32) {
        self.page = Some(number);
    }

    /// The same for what is shown one at a time: headings of the last slide end with it.
    pub fn slide(&mut self, number: u32) {
        self.page(number);
        self.document.pages_begin_anew |= self.depth == 0;
    }

    /// Levels count from 1. A heading without text is none.
    pub fn heading(&mut self, level: u8, text: &str) -> Result<(), Refusal> {
        self.block(Kind::Heading(level.clamp(1, 6)), &flowing(text))
    }

    pub fn paragraph(&mut self, text: &str) -> Result<(), Refusal> {
        self.block(Kind::Paragraph, &flowing(text))
    }

    pub fn item(&mut self, text: &str) -> Result<(), Refusal> {
        self.block(Kind::Item, &flowing(text))
    }

    /// A table's row. `headers` may be empty, or shorter than the row; empty cells are left out.
    pub fn row(&mut self, headers: &[String], cells: &[String]) -> Result<(), Refusal> {
        let cells = cells.iter().enumerate().filter_map(|(column, cell)| {
            let cell = flowing(cell);
            let header = headers.get(column).map(|header| flowing(header)).unwrap_or_default();
            match (cell.is_empty(), header.is_empty() || header == cell) {
                (true, _) => None,
                (false, true) => Some(cell),
                (false, false) => Some(format!("{header}: {cell}")),
            }
        });
        let row = cells.collect::<Vec<_>>().join(" | ");
        self.block(Kind::Row, &row)
    }

    /// Text whose line breaks and indents mean something.
    pub fn code(&mut self, text: &str) -> Result<(), Refusal> {
        self.block(Kind::Code, &verbatim(text))
    }

    /// Whether nothing but headings has been written.
    pub fn is_empty(&self) -> bool {
        !self.document.blocks.iter().any(|block| !matches!(block.kind, Kind::Heading(_)))
    }

    /// Says that work goes on, where much is read and little written.
    pub fn alive(&mut self) {
        (self.alive)();
    }

    /// Counts bytes that came out of compressed data, before they are kept. `packed` is how many they
    /// were: data that swells beyond belief is refused.
    pub fn unpacked(&mut self, packed: u64, unpacked: u64) -> Result<(), Refusal> {
        self.unpacked_further(packed, 0, unpacked)
    }

    /// The same for data that comes in steps: how much of it had come before, and has come now.
    pub fn unpacked_further(
        &mut self,
        packed: u64,
        before: u64,
        unpacked: u64,
    ) -> Result<(), Refusal> {
        const ALWAYS_FINE: u64 = 1 << 20;
        self.unpacked = self.unpacked.saturating_add(unpacked.saturating_sub(before));
        let Limits { unpacked_bytes, ratio, .. } = self.limits;
        if self.unpacked > unpacked_bytes {
            return Err(Refusal::too_large("what is packed inside it", megabytes(unpacked_bytes)));
        }
        if unpacked > ALWAYS_FINE && unpacked / packed.max(1) > ratio {
            return Err(Refusal::too_large(
                "how far its packed data swells",
                format!("{ratio} times"),
            ));
        }
        self.alive();
        Ok(())
    }

    /// Reads a file inside this one, such as an attachment, under a heading of its name. One that
    /// cannot be read costs only itself; limits of the whole still refuse the whole.
    pub fn nested(&mut self, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        if self.depth >= self.limits.depth {
            return Err(Refusal::TooDeep { what: "files within files".into() });
        }
        let outer = self.document.metadata.clone();
        let (page, format) = (self.page.take(), std::mem::take(&mut self.document.format));
        self.depth += 1;
        let outcome = self.heading(2, name).and_then(|()| self.formats.read(name, bytes, self));
        self.depth -= 1;
        (self.page, self.document.format, self.document.metadata) = (page, format, outer);
        match outcome {
            Err(refusal @ (Refusal::TooLarge { .. } | Refusal::TooDeep { .. })) => Err(refusal),
            // What has no text, or none that anyone reads, leaves nothing out.
            Err(Refusal::Unsupported { .. } | Refusal::Empty | Refusal::NoText { .. }) => Ok(()),
            Err(refusal) => {
                self.partial(format!("of {}, {refusal}", flowing(name)));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Reads the one file that this one wraps, such as what gzip packed, in this one's place.
    pub fn unwrapped(&mut self, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        if self.depth >= self.limits.depth {
            return Err(Refusal::TooDeep { what: "files within files".into() });
        }
        self.depth += 1;
        let outcome = self.formats.read(name, bytes, self);
        self.depth -= 1;
        outcome
    }

    pub(crate) fn set_format(&mut self, name: &str) {
        name.clone_into(&mut self.document.format);
    }

    pub fn finish(self) -> Result<Document, Refusal> {
        if self.document.blocks.is_empty() {
            return Err(Refusal::NoText { reason: "nothing in it can be read as text".into() });
        }
        Ok(self.document)
    }

    fn block(&mut self, kind: Kind, text: &str) -> Result<(), Refusal> {
        self.alive();
        if text.is_empty() {
            return Ok(());
        }
        if self.document.blocks.len() >= self.limits.blocks {
            return Err(Refusal::too_large("the number of its paragraphs", self.limits.blocks));
        }
        let all = &mut self.document.text;
        let room = self.limits.text_bytes.saturating_sub(all.len());
        let fits = &text[..text.floor_char_boundary(room)];
        if fits.is_empty() {
            return Err(self.too_much_text());
        }
        if let Some(last) = self.document.blocks.last() {
            // Rows of a table and items of a list stand together, all else stands apart.
            let together = last.kind == kind && matches!(kind, Kind::Row | Kind::Item);
            all.push_str(if together { "\n" } else { "\n\n" });
        }
        let start = all.len();
        all.push_str(fits);
        self.document.blocks.push(Block { span: start..all.len(), kind, page: self.page });
        if fits.len() < text.len() { Err(self.too_much_text()) } else { Ok(()) }
    }

    fn too_much_text(&self) -> Refusal {
        Refusal::too_large("its text", megabytes(self.limits.text_bytes as u64))
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}

/// White space as between words of a sentence: runs become one space, none at the ends. Control
/// characters, soft hyphens and byte order marks go; joiners that scripts need stay.
fn flowing(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if is_shown(character) {
            clean.push(character);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Lines as they are, without what is not shown, and without empty lines at the ends.
fn verbatim(text: &str) -> String {
    let shown = |c: &char| matches!(c, '\n' | '\t') || is_shown(*c);
    let clean: String =
        text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(shown).collect();
    clean.trim_end().trim_start_matches('\n').to_owned()
}

fn is_shown(character: char) -> bool {
    !(character.is_control()
        || matches!(character, '\u{ad}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), Refusal>,
    ) -> Result<Document, Refusal> {
        let limits =
            Limits { text_bytes: 100, blocks: 9, unpacked_bytes: 4 << 20, ..Limits::default() };
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), limits, &mut alive);
        write(&mut writer)?;
        writer.finish()
    }

    #[test]
    fn blocks_are_exact_ranges_of_the_text_with_white_space_between() {
        let document = written(|w| {
            w.heading(1, " Die\u{ad}se \n Sache ")?;
            w.page(2);
            w.paragraph("eins\u{0} zwei")?;
            w.paragraph("  ")?;
            w.row(&["Ort".into()], &["Köln".into(), "".into(), "7".into()])?;
            w.row(&[], &["Ulm".into()])?;
            w.code("\r\n  if x {\r\n\ty\r\n")
        });
        let document = document.unwrap();
        let found: Vec<_> = document
            .blocks
            .iter()
            .map(|b| (b.kind, b.page, &document.text[b.span.clone()]))
            .collect();
        let expected = [
            (Kind::Heading(1), None, "Diese Sache"),
            (Kind::Paragraph, Some(2), "eins zwei"),
            (Kind::Row, Some(2), "Ort: Köln | 7"),
            (Kind::Row, Some(2), "Ulm"),
            (Kind::Code, Some(2), "  if x {\n\ty"),
        ];
        assert_eq!(found, expected);
        assert!(document.text.contains("7\nUlm\n\n  if"));
    }

    #[test]
    fn text_that_is_not_all_says_why_and_the_first_reason_is_kept() {
        let damaged = || Err(Refusal::damaged("cut"));
        let check = |expected: Option<&str>, write: &dyn Fn(&mut Writer<'_>)| {
            let document = written(|w| {
                write(w);
                w.paragraph("x")
            });
            assert_eq!(document.unwrap().partial.as_deref(), expected);
        };
        check(None, &|_| ());
        check(Some("it is damaged: cut"), &|w| {
            assert_eq!(w.noting_damage::<()>(damaged()), Ok(None));
            w.partial("another");
        });
        check(None, &|w| assert!(w.keeping_text(damaged()).is_err()));
        check(Some("it is damaged: cut"), &|w| {
            w.heading(1, "Kopf").unwrap();
            assert_eq!(w.keeping_text(damaged()), Ok(()));
        });
        check(None, &|w| w.nested("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap());
        check(None, &|w| w.nested("empty.txt", b"").unwrap());
        let of_what_is_attached = written(|w| w.nested("a.gz", b"\x1f\x8b\x08\0\0\0"));
        let partial = of_what_is_attached.unwrap().partial.unwrap();
        assert!(partial.starts_with("of a.gz, it is damaged: "), "{partial}");
    }

    #[test]
    fn what_goes_past_a_limit_is_refused() {
        let too_large = |refusal| matches!(refusal, Err(Refusal::TooLarge { .. }));
        assert!(too_large(written(|w| w.paragraph(&"x".repeat(101)))));
        assert!(too_large(written(|w| (0..10).try_for_each(|_| w.paragraph("x")))));
        assert!(written(|w| (0..9).try_for_each(|_| w.paragraph("x"))).is_ok());
        assert!(too_large(written(|w| w.unpacked(10, 3 << 20))));
        assert!(too_large(written(|w| w.unpacked(3 << 20, 5 << 20))));
        assert!(written(|w| w.unpacked(3 << 20, 3 << 20).and_then(|()| w.paragraph("x"))).is_ok());
        assert!(matches!(written(|_| Ok(())), Err(Refusal::NoText { .. })));
    }
}
