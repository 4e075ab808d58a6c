//! What has been read of a page and not yet written: the paragraph, item or lines that stand open.

use crate::lines;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// A tag longer than this is a paragraph.
const LONGEST_TAG: usize = 240;
/// A first sentence longer than this is no title.
const LONGEST_TITLE: usize = 200;

pub struct Page<'a, 'w> {
    pub writer: &'a mut Writer<'w>,
    /// The open paragraph's lines.
    text: String,
    /// The next line goes on in the last one, without a space.
    goes_on: bool,
    /// What the open item explains, such as an option.
    tag: Option<String>,
    is_item: bool,
    /// Lines that are kept as they stand.
    code: Option<String>,
    awaited: Awaited,
    /// How many headings of the first level there were.
    sections: usize,
    has_title: bool,
}

/// What the next line of text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Text,
    Heading(u8),
    Tag,
}

impl<'a, 'w> Page<'a, 'w> {
    pub fn of(writer: &'a mut Writer<'w>) -> Self {
        Self {
            writer,
            text: String::new(),
            goes_on: false,
            tag: None,
            is_item: false,
            code: None,
            awaited: Awaited::Text,
            sections: 0,
            has_title: false,
        }
    }

    /// A line of text, in plain characters. `goes_on` says that the next belongs to its last word.
    pub fn line(&mut self, line: &str, goes_on: bool) -> Result<(), Refusal> {
        match self.awaited {
            Awaited::Text => self.text_line(line),
            Awaited::Heading(level) => {
                self.awaited = Awaited::Text;
                return self.heading(level, line);
            }
            Awaited::Tag => {
                if !self.goes_on && self.tag.is_some() {
                    self.add_to_tag(", ");
                }
                self.add_to_tag(line.trim());
                if !goes_on {
                    self.awaited = Awaited::Text;
                }
            }
        }
        self.goes_on = goes_on;
        Ok(())
    }

    fn text_line(&mut self, line: &str) {
        let open = self.code.as_mut().unwrap_or(&mut self.text);
        if self.goes_on && open.ends_with('\n') {
            open.pop();
        }
        open.push_str(line);
        open.push('\n');
    }

    fn add_to_tag(&mut self, more: &str) {
        self.tag.get_or_insert_default().push_str(more);
    }

    /// A heading, or, where it says nothing, what the next line says.
    pub fn heading(&mut self, level: u8, text: &str) -> Result<(), Refusal> {
        self.end_code()?;
        self.flush()?;
        if text.trim().is_empty() {
            self.awaited = Awaited::Heading(level);
            return Ok(());
        }
        self.sections += usize::from(level == 1);
        self.writer.heading(level, text)
    }

    /// An item whose tag is the next line of text.
    pub fn tagged(&mut self) -> Result<(), Refusal> {
        self.end_code()?;
        self.flush()?;
        self.is_item = true;
        self.awaited = Awaited::Tag;
        Ok(())
    }

    /// One more tag for what is explained next, which is the next line too.
    pub fn tagged_too(&mut self) -> Result<(), Refusal> {
        if self.tag.is_none() || !self.text.trim().is_empty() {
            return self.tagged();
        }
        self.awaited = Awaited::Tag;
        Ok(())
    }

    /// An item, with a tag unless it stands behind a bullet.
    pub fn item(&mut self, tag: &str) -> Result<(), Refusal> {
        self.end_code()?;
        self.flush()?;
        self.is_item = true;
        let is_bullet = matches!(tag.trim(), "•" | "*" | "-" | "o" | "+" | "·" | "○" | "–" | "—");
        self.tag = Some(tag.trim().to_owned()).filter(|tag| !tag.is_empty() && !is_bullet);
        Ok(())
    }

    /// Ends a paragraph. A tag without its text still waits for it.
    pub fn pause(&mut self) -> Result<(), Refusal> {
        if self.code.is_some() {
            self.text_line("");
            return Ok(());
        }
        if self.text.trim().is_empty() && self.tag.is_some() {
            return Ok(());
        }
        self.flush()
    }

    /// What stands further in explains what stands alone before it.
    pub fn indent(&mut self) -> Result<(), Refusal> {
        if self.code.is_some() || !self.is_alone() {
            return self.pause();
        }
        let text = std::mem::take(&mut self.text);
        self.tag = Some(lines::unwrapped(&text).trim().to_owned());
        self.is_item = true;
        Ok(())
    }

    /// Whether the open paragraph is a single short line that could be a tag.
    fn is_alone(&self) -> bool {
        let text = self.text.trim();
        let ends = text.ends_with(['.', '!', '?', '。']) || text.contains(". ");
        self.tag.is_none() && !text.is_empty() && text.len() < 120 && !text.contains('\n') && !ends
    }

    pub fn begin_code(&mut self) -> Result<(), Refusal> {
        if self.code.is_none() {
            self.flush()?;
            self.code = Some(String::new());
        }
        Ok(())
    }

    pub fn end_code(&mut self) -> Result<(), Refusal> {
        let Some(code) = self.code.take() else { return Ok(()) };
        self.goes_on = false;
        match code.trim_matches('\n') {
            // A single line was kept from being filled, and is no less a sentence.
            one if !one.contains('\n') => self.writer.paragraph(one),
            more => self.writer.code(more),
        }
    }

    pub fn row(&mut self, headers: &[String], cells: &[String]) -> Result<(), Refusal> {
        self.flush()?;
        self.writer.row(headers, cells)
    }

    /// Writes what is open, and begins anew.
    pub fn flush(&mut self) -> Result<(), Refusal> {
        self.goes_on = false;
        self.awaited = Awaited::Text;
        let text = std::mem::take(&mut self.text);
        let text = lines::unwrapped(&text);
        let (text, is_item) = (text.trim(), std::mem::take(&mut self.is_item));
        let Some(tag) = self.tag.take() else {
            self.notice_title(text);
            return match is_item {
                true => self.writer.item(text),
                false => self.writer.paragraph(text),
            };
        };
        match (text.is_empty(), tag.len() > LONGEST_TAG) {
            (true, _) => self.writer.item(&tag),
            (false, true) => {
                self.writer.paragraph(&tag)?;
                self.writer.paragraph(text)
            }
            (false, false) if tag.ends_with([':', '.', ')', '：']) && !tag.ends_with("()") => {
                self.writer.item(&format!("{tag} {text}"))
            }
            (false, false) => self.writer.item(&format!("{tag}: {text}")),
        }
    }

    /// The first section names the page and says in a few words what it is about.
    fn notice_title(&mut self, text: &str) {
        if self.sections == 1 && !self.has_title && !text.is_empty() {
            self.has_title = true;
            if [" - ", " – ", " — ", " − "].iter().any(|dash| text.contains(dash))
                && text.len() <= LONGEST_TITLE
            {
                self.writer.metadata().title = Some(text.to_owned());
            }
        }
    }
}
