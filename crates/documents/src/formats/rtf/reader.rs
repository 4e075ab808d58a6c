//! Goes through the words of an RTF document and keeps what holds in each group.

use super::characters::{Characters, Coding, Codings, character_set, code_page, named};
use super::destinations::{self, Destination};
use super::paragraphs::{Paragraphs, Shape, heading_level};
use super::tokens::{Token, Tokens};
use crate::dates;
use crate::document::Metadata;
use crate::formats::Sample;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// How many words are read between two signs of life.
const WORDS: usize = 4096;

pub fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut reader = Reader::default();
    let mut tokens = Tokens::of(sample.bytes);
    let mut count = 0_usize;
    while let Some(token) = tokens.next() {
        count = count.wrapping_add(1);
        if count.is_multiple_of(WORDS) {
            writer.alive();
        }
        match token {
            Token::Open => reader.open(writer)?,
            Token::Close => reader.close(),
            Token::Symbol(symbol) => reader.symbol(symbol, writer)?,
            Token::Byte(byte) => {
                reader.byte(byte);
                if reader.group.destination == Destination::Nothing {
                    tokens.pass_text();
                }
            }
            Token::Word("bin", length) => {
                tokens.pass(length.and_then(|length| length.try_into().ok()).unwrap_or(0));
            }
            Token::Word(word, number) => reader.word(word, number, writer)?,
        }
    }
    reader.settle();
    reader.paragraphs.finish(writer)?;
    *writer.metadata() = reader.metadata;
    Ok(())
}

/// What holds in a group, and in those inside it unless they say otherwise.
#[derive(Clone, Copy, Debug)]
struct Group {
    destination: Destination,
    coding: Coding,
    is_hidden: bool,
    /// How many characters after a number of UTF-16 say the same for older programs.
    repeated: usize,
    is_optional: bool,
    /// Nothing was read of it yet: a word now says what it is for.
    is_fresh: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            destination: Destination::Body,
            coding: Coding::Default,
            is_hidden: false,
            repeated: 1,
            is_optional: false,
            is_fresh: false,
        }
    }
}

#[derive(Debug, Default)]
struct Reader {
    group: Group,
    outer: Vec<Group>,
    codings: Codings,
    characters: Characters,
    paragraphs: Paragraphs,
    metadata: Metadata,
    default_font: i32,
    skipped: usize,
    /// The text of what is not the body, and what it is about.
    aside: String,
    font: i32,
    style: Shape,
    /// Year, month, day, hour, minute, second.
    moment: [i32; 6],
}

impl Reader {
    fn open(&mut self, writer: &Writer<'_>) -> Result<(), Refusal> {
        self.settle();
        self.skipped = 0;
        if self.outer.len() >= writer.limits().nesting {
            return Err(Refusal::TooDeep { what: "groups of its text".into() });
        }
        self.outer.push(self.group);
        if self.group.destination == Destination::Twofold {
            self.group.destination = Destination::Nothing;
        }
        (self.group.is_fresh, self.group.is_optional) = (true, false);
        Ok(())
    }

    fn close(&mut self) {
        self.settle();
        self.skipped = 0;
        let Some(outer) = self.outer.pop() else { return };
        let closed = std::mem::replace(&mut self.group, outer);
        self.group.is_fresh = false;
        if closed.destination == outer.destination && outer.destination != Destination::Styles {
            return;
        }
        let said = || Some(self.aside.trim().to_owned()).filter(|said| !said.is_empty());
        match closed.destination {
            Destination::Title => self.metadata.title = said(),
            Destination::Author => self.metadata.author = said(),
            Destination::Created => self.metadata.created = self.take_moment(),
            Destination::Modified => self.metadata.modified = self.take_moment(),
            Destination::Beside => self.paragraphs.beside.extend(said()),
            Destination::Styles => self.end_style(),
            _ => {}
        }
        // An aside within an aside is said before it, and once.
        if closed.destination != Destination::Nothing {
            self.aside.clear();
        }
    }

    fn take_moment(&mut self) -> Option<String> {
        let [year, month, day, hour, minute, second] = std::mem::take(&mut self.moment);
        // Some programs count from 1601 and write that year where they know nothing.
        let date = (year > 1601).then_some([year, month, day])?;
        dates::from_numbers(date, Some([hour, minute, second]))
    }

    fn end_style(&mut self) {
        let outline = self.style.outline.filter(|outline| *outline < 9).map(|outline| outline + 1);
        let style = self.style.style.take().unwrap_or(0);
        if let Some(level) = outline.or_else(|| heading_level(&self.aside)) {
            self.paragraphs.headings.insert(style, level);
        }
        self.style = Shape::default();
    }

    /// Where text goes now; `None` where it is not read.
    fn place(&mut self) -> Option<&mut String> {
        match self.group.destination {
            _ if self.group.is_hidden => None,
            Destination::Body => Some(&mut self.paragraphs.text),
            Destination::Beside
            | Destination::Styles
            | Destination::Title
            | Destination::Author => Some(&mut self.aside),
            _ => None,
        }
    }

    /// Puts collected characters where they belong, before that changes.
    fn settle(&mut self) {
        let mut text = String::new();
        self.characters.settle(&self.codings, &mut text);
        if let Some(place) = self.place() {
            place.push_str(&text);
        }
    }

    fn byte(&mut self, byte: u8) {
        self.group.is_fresh = false;
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let coding = self.group.coding;
        let mut text = String::new();
        if self.place().is_some() {
            self.characters.byte(byte, coding, &self.codings, &mut text);
        }
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        if !text.is_empty()
            && let Some(place) = self.place()
        {
            place.push_str(text);
        }
    }

    fn symbol(&mut self, symbol: u8, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        match symbol {
            // Anywhere but at the beginning of a group it means nothing.
            b'*' => self.group.is_optional = self.group.is_fresh,
            b'\n' | b'\r' => self.word("par", None, writer)?,
            _ if self.skipped > 0 => self.skipped -= 1,
            b'~' => self.character('\u{a0}'),
            b'_' => self.character('\u{2011}'),
            b'{' | b'}' | b'\\' => self.byte(symbol),
            _ => {}
        }
        Ok(())
    }

    fn character(&mut self, character: char) {
        self.settle();
        self.push(character.encode_utf8(&mut [0; 4]));
    }

    fn word(
        &mut self,
        word: &str,
        number: Option<i32>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        if std::mem::take(&mut self.group.is_fresh) {
            let optional = std::mem::take(&mut self.group.is_optional);
            let outer = self.outer.last().map(|outer| outer.destination).unwrap_or_default();
            if let Some(destination) = destinations::of(word, optional, outer) {
                self.settle();
                self.group.destination = destination;
                self.paragraphs.has_bullet |= destination == Destination::Bullet;
                return Ok(());
            }
        }
        match self.group.destination {
            Destination::Nothing => return Ok(()),
            Destination::Fonts => {
                self.font_word(word, number.unwrap_or(0));
                return Ok(());
            }
            Destination::Created | Destination::Modified => {
                self.moment_word(word, number.unwrap_or(0));
                return Ok(());
            }
            Destination::Information if word == "nofpages" => {
                self.metadata.pages = number.and_then(|pages| pages.try_into().ok());
            }
            Destination::Styles => self.style_word(word, number),
            _ => {}
        }
        if let Some(character) = named(word) {
            // Such a word counts as one of the characters that repeat what was said in UTF-16.
            match self.skipped {
                0 => self.character(character),
                _ => self.skipped -= 1,
            }
            return Ok(());
        }
        if self.character_word(word, number) {
            return Ok(());
        }
        if self.group.destination == Destination::Body {
            self.settle();
            return self.paragraph_word(word, number, writer);
        }
        if matches!(word, "par" | "line" | "cell") {
            self.character(' ');
        }
        Ok(())
    }

    /// Whether it was a word about characters.
    fn character_word(&mut self, word: &str, number: Option<i32>) -> bool {
        let switched_on = number != Some(0);
        match word {
            "u" => {
                let unit = number.unwrap_or(0) as u16;
                let mut text = String::new();
                self.characters.unit(unit, &self.codings, &mut text);
                self.push(&text);
                self.skipped = self.group.repeated;
            }
            "uc" => self.group.repeated = number.unwrap_or(1).clamp(0, 16) as usize,
            "f" => self.group.coding = self.codings.of_font(number.unwrap_or(0)),
            "plain" => {
                self.settle();
                self.group.coding = self.codings.of_font(self.default_font);
                self.group.is_hidden = false;
            }
            "v" | "deleted" => {
                self.settle();
                self.group.is_hidden = switched_on;
            }
            "ansicpg" => {
                self.codings.page = number.and_then(code_page).unwrap_or(self.codings.page)
            }
            "mac" => self.codings.page = encoding_rs::MACINTOSH,
            "deff" => self.default_font = number.unwrap_or(0),
            _ => return false,
        }
        true
    }

    fn paragraph_word(
        &mut self,
        word: &str,
        number: Option<i32>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        let paragraphs = &mut self.paragraphs;
        let shape = &mut paragraphs.shape;
        match word {
            "par" | "sect" | "page" | "column" => return paragraphs.end_paragraph(writer),
            "line" | "softline" | "nestcell" | "nestrow" => paragraphs.text.push(' '),
            "cell" => paragraphs.end_cell(),
            "row" => return paragraphs.end_row(writer),
            "trowd" => paragraphs.is_header_row = false,
            "trhdr" => paragraphs.is_header_row = true,
            "pard" => *shape = Shape::default(),
            "intbl" => shape.in_table = true,
            "outlinelevel" => shape.outline = number.and_then(|level| level.try_into().ok()),
            "s" => shape.style = number,
            "ls" => shape.in_list = number.is_some_and(|list| list > 0),
            _ => {}
        }
        Ok(())
    }

    fn font_word(&mut self, word: &str, number: i32) {
        match word {
            "f" => self.font = number,
            "fcharset" => {
                self.codings.fonts.insert(self.font, character_set(number));
            }
            "cpg" => {
                if let Some(page) = code_page(number) {
                    self.codings.fonts.insert(self.font, Coding::Page(page));
                }
            }
            _ => {}
        }
    }

    fn style_word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "s" => self.style.style = number,
            "outlinelevel" => self.style.outline = number.and_then(|level| level.try_into().ok()),
            _ => {}
        }
    }

    fn moment_word(&mut self, word: &str, number: i32) {
        let place = ["yr", "mo", "dy", "hr", "min", "sec"].iter().position(|name| *name == word);
        if let Some(place) = place.and_then(|place| self.moment.get_mut(place)) {
            *place = number;
        }
    }
}
