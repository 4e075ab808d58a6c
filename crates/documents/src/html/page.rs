//! What a page of HTML says: its pieces in order, and which of them are worth keeping.

use super::blocks::Builder;
use crate::document::{Kind, Metadata};
use crate::lines::weight;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// How a page was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As browsers read it.
    Html,
    /// As XML, in which any element may close itself.
    Xml,
    /// A chapter of a book: XML, and what stands aside belongs to it.
    Book,
}

/// A page that was read, before it is written.
#[derive(Debug, Default)]
pub struct Page {
    pub metadata: Metadata,
    pub pieces: Vec<Piece>,
}

/// A stretch of text, where it stood, and how much of it was a link.
#[derive(Debug)]
pub struct Piece {
    pub content: Content,
    pub region: Region,
    pub linked: usize,
}

#[derive(Debug)]
pub enum Content {
    Text(Kind, String),
    Row(Vec<Cell>),
}

#[derive(Debug)]
pub struct Cell {
    pub header: String,
    pub text: String,
}

/// Where on a page a piece stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Region {
    /// In what the page itself calls its main part or an article.
    Main,
    #[default]
    Body,
    /// In navigation, headers, footers and asides.
    Aside,
    /// Not shown.
    Hidden,
}

/// How much text stands in a region: all of it, and what of it is not links.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    all: usize,
    plain: usize,
}

impl Page {
    /// Reads a page. `alive` is called as it goes on.
    pub fn parse(html: &str, dialect: Dialect, alive: &mut dyn FnMut()) -> Self {
        Builder::new(dialect).read(html, alive)
    }

    /// How many characters there are that would be written.
    pub fn weight(&self) -> usize {
        let keep = self.kept();
        self.pieces.iter().filter(|piece| keep(piece)).map(Piece::weight).sum()
    }

    /// The text of the first heading that would be written.
    pub fn first_heading(&self) -> Option<&str> {
        let keep = self.kept();
        self.pieces.iter().filter(|piece| keep(piece)).find_map(|piece| match &piece.content {
            Content::Text(Kind::Heading(_), text) => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn write(&self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let keep = self.kept();
        for piece in self.pieces.iter().filter(|piece| keep(piece)) {
            match &piece.content {
                Content::Text(Kind::Heading(level), text) => writer.heading(*level, text)?,
                Content::Text(Kind::Item, text) => writer.item(text)?,
                Content::Text(Kind::Code, text) => writer.code(text)?,
                Content::Text(_, text) => writer.paragraph(text)?,
                Content::Row(cells) => {
                    let headers: Vec<_> = cells.iter().map(|cell| cell.header.clone()).collect();
                    let texts: Vec<_> = cells.iter().map(|cell| cell.text.clone()).collect();
                    writer.row(&headers, &texts)?;
                }
            }
        }
        Ok(())
    }

    /// Which pieces are kept. A page's own word on what matters is followed only as far as it leaves
    /// most of the text: many wrap everything in odd elements.
    fn kept(&self) -> impl Fn(&Piece) -> bool + use<> {
        let main = self.amount(Region::Main);
        let body = self.amount(Region::Body);
        let aside = self.amount(Region::Aside);
        let shown = Amount { all: main.all + body.all, plain: main.plain + body.plain };
        let keep_hidden = shown.all + aside.all == 0;
        let keep_aside = shown.all == 0 || aside.plain > 3 * shown.plain.max(20);
        let keep_body = main.plain * 3 < shown.plain.max(1) * 2;
        move |piece| match piece.region {
            Region::Main => true,
            Region::Body => {
                keep_body || matches!(piece.content, Content::Text(Kind::Heading(1), _))
            }
            Region::Aside => keep_aside,
            Region::Hidden => keep_hidden,
        }
    }

    fn amount(&self, region: Region) -> Amount {
        let pieces = self.pieces.iter().filter(|piece| piece.region == region);
        pieces.fold(Amount::default(), |amount, piece| {
            let weight = piece.weight();
            Amount {
                all: amount.all + weight,
                plain: amount.plain + weight.saturating_sub(piece.linked),
            }
        })
    }
}

impl Piece {
    fn weight(&self) -> usize {
        match &self.content {
            Content::Text(_, text) => weight(text),
            Content::Row(cells) => cells.iter().map(|cell| weight(&cell.text)).sum(),
        }
    }

    /// Its bytes.
    pub fn length(&self) -> usize {
        match &self.content {
            Content::Text(_, text) => text.len(),
            Content::Row(cells) => cells.iter().map(|cell| cell.text.len()).sum(),
        }
    }
}
