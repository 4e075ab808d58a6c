//! From tokens to pieces: follows which elements are open, and cuts the text where blocks begin and
//! end.

use html5gum::{EndTag, StartTag, State, Token, Tokenizer};

use super::crowded::thinned;
use super::elements::{
    Attributes, alternative, attribute, content_state, ended_by, heading_level, is_bar, is_block,
    is_hidden, is_sign_of_a_link, is_skipped, is_void,
};
use super::page::{Content, Dialect, Page, Piece, Region};
use super::sayings;
use super::table::Table;
use crate::document::Kind;
use crate::lines::{unwrapped, weight};

/// How many open elements are looked through for the one that ends. Pages that nest deeper without
/// closing are broken anyway, and a search without bound would be quadratic.
const SEARCHED: usize = 256;
/// How many elements may be open. What lies deeper is read as if it stood at this depth.
const OPEN: usize = 100_000;
/// How many tokens are read between two signs of life.
const TOKENS: usize = 1024;

#[derive(Debug)]
struct Open {
    name: Vec<u8>,
    within: Within,
}

/// What holds inside an element, inherited from those around it.
#[derive(Clone, Copy, Debug, Default)]
struct Within {
    region: Region,
    heading: Option<u8>,
    is_skipped: bool,
    is_verbatim: bool,
    is_link: bool,
    is_title: bool,
}

#[derive(Debug)]
pub struct Builder {
    dialect: Dialect,
    page: Page,
    open: Vec<Open>,
    tables: Vec<Table>,
    text: String,
    linked: usize,
    /// A list item has begun and nothing of it was written yet.
    item: bool,
    /// A line break was the last thing read.
    broken: bool,
    title: String,
}

impl Builder {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            page: Page::default(),
            open: Vec::new(),
            tables: Vec::new(),
            text: String::new(),
            linked: 0,
            item: false,
            broken: false,
            title: String::new(),
        }
    }

    pub fn read(mut self, html: &str, alive: &mut dyn FnMut()) -> Page {
        let html = thinned(html);
        let mut tokenizer = Tokenizer::new(html.as_ref());
        let mut count = 0_usize;
        while let Some(Ok(token)) = tokenizer.next() {
            count = count.wrapping_add(1);
            if count.is_multiple_of(TOKENS) {
                alive();
            }
            match token {
                Token::StartTag(tag) => {
                    if let Some(state) = self.begin(tag) {
                        tokenizer.set_state(state);
                    }
                }
                Token::EndTag(tag) => self.end(&tag),
                Token::String(text) => self.push(&String::from_utf8_lossy(&text)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        self.finish()
    }

    fn finish(mut self) -> Page {
        self.close_down_to(0);
        self.flush();
        let title = unwrapped(&self.title);
        if !title.trim().is_empty() {
            self.page.metadata.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self.page
    }

    fn within(&self) -> Within {
        self.open.last().map(|open| open.within).unwrap_or_default()
    }

    fn push(&mut self, text: &str) {
        let within = self.within();
        if within.is_title {
            self.title.push_str(text);
        } else if !within.is_skipped {
            self.text.push_str(text);
            self.broken &= text.trim().is_empty();
            if within.is_link {
                self.linked += weight(text);
            }
        }
    }

    /// Takes a start tag; the state in which to go on, where the element's content is no markup.
    fn begin(&mut self, tag: StartTag<()>) -> Option<State> {
        let name = tag.name.0;
        self.end_implied(&name);
        match name.as_slice() {
            b"br" => self.line_break(),
            b"hr" => self.flush(),
            b"meta" => sayings::note(&tag.attributes, &mut self.page.metadata),
            b"img" => {
                if let Some(text) = alternative(&tag.attributes) {
                    self.push(&format!(" {text} "));
                }
            }
            b"html" => {
                let language = attribute(&tag.attributes, "lang")
                    .or_else(|| attribute(&tag.attributes, "xml:lang"));
                if language.is_some() {
                    self.page.metadata.language = language;
                }
            }
            _ => {}
        }
        let closes_itself =
            tag.self_closing && (self.dialect != Dialect::Html || self.is_drawing());
        if is_void(&name) || (closes_itself && !is_block(&name)) {
            return None;
        }
        let outer = self.within();
        let mut within = self.inside(&name, &tag.attributes, outer);
        if is_block(&name) {
            self.begin_block(&name, &tag.attributes, &mut within);
        } else if name.contains(&b'-') {
            self.push(" ");
        }
        let state = content_state(&name);
        if self.open.len() >= OPEN && state.is_none() {
            return None;
        }
        self.open.push(Open { name, within });
        if closes_itself {
            self.close_down_to(self.open.len() - 1);
            return None;
        }
        state
    }

    fn is_drawing(&self) -> bool {
        let inner = self.open.iter().rev().take(SEARCHED);
        inner.into_iter().any(|open| matches!(open.name.as_slice(), b"svg" | b"math"))
    }

    fn inside(&self, name: &[u8], attributes: &Attributes, outer: Within) -> Within {
        let mut within = outer;
        within.region = self.region(name, attributes, outer.region);
        // Questions that unfold are headings with a button inside.
        let is_heading_button = name == b"button" && outer.heading.is_some();
        within.is_skipped |= is_skipped(name) && !is_heading_button;
        if name == b"foreignobject" {
            within.is_skipped = false;
        }
        within.is_verbatim |= matches!(name, b"pre" | b"listing" | b"xmp" | b"plaintext");
        within.is_link |= name == b"a";
        within.is_skipped |= name == b"a" && is_sign_of_a_link(attributes);
        within.is_title = name == b"title" && !outer.is_skipped && self.title.is_empty();
        within.is_skipped |= name == b"title" && !within.is_title;
        let spoken = attribute(attributes, "role").is_some_and(|role| role == "heading");
        let level = || attribute(attributes, "aria-level").and_then(|level| level.parse().ok());
        if let Some(level) = heading_level(name) {
            within.heading = Some(level);
        } else if spoken {
            within.heading = Some(level().unwrap_or(2));
        }
        within
    }

    fn region(&self, name: &[u8], attributes: &Attributes, outer: Region) -> Region {
        let role = attribute(attributes, "role").unwrap_or_default();
        let is_navigation = name == b"nav"
            || matches!(role.as_str(), "navigation" | "search")
            || is_bar(attributes);
        let is_boilerplate = match name {
            b"footer" | b"aside" | b"search" => true,
            b"header" => outer == Region::Body,
            _ => matches!(role.as_str(), "banner" | "contentinfo" | "complementary"),
        };
        // Lists in a page's or an article's header are menus: of other languages, of ways to share.
        let is_menu = matches!(name, b"ul" | b"ol" | b"menu")
            && self.open.iter().rev().take(SEARCHED).any(|open| open.name == b"header");
        let is_boilerplate = is_boilerplate || is_menu;
        let is_aside = is_navigation || (is_boilerplate && self.dialect != Dialect::Book);
        let is_main = name == b"main" || role == "main";
        match outer {
            _ if outer == Region::Hidden || is_hidden(name, attributes) => Region::Hidden,
            _ if is_aside => Region::Aside,
            // The name of a page often stands in the header that all pages share.
            Region::Aside if name == b"h1" => Region::Body,
            _ if is_main => Region::Main,
            Region::Body if name == b"article" || role == "article" => Region::Main,
            _ => outer,
        }
    }

    fn begin_block(&mut self, name: &[u8], attributes: &Attributes, within: &mut Within) {
        let outer = self.within();
        if outer.heading.is_some() && heading_level(name).is_none() {
            // A heading may hold boxes, but a paragraph in one shows that it was never closed.
            let never_in_one = matches!(name, b"table" | b"ul" | b"ol" | b"dl" | b"pre");
            let ends_heading = never_in_one || (name == b"p" && weight(&self.text) > 0);
            if !ends_heading {
                return self.push(" ");
            }
            within.heading = None;
        }
        self.flush();
        let number =
            |name| attribute(attributes, name).and_then(|text| text.parse().ok()).unwrap_or(1);
        match name {
            b"li" | b"dt" | b"dd" => self.item = true,
            b"table" => {
                let role = attribute(attributes, "role").unwrap_or_default();
                self.tables.push(Table::new(matches!(role.as_str(), "presentation" | "none")));
            }
            b"tr" => {
                let table = self.tables.last_mut();
                table.into_iter().for_each(|table| table.end_row(&mut self.page.pieces));
            }
            b"td" | b"th" => {
                let (start, is_header) = (self.page.pieces.len(), name == b"th");
                if let Some(table) = self.tables.last_mut() {
                    table.begin_cell(start, is_header, number("colspan"), number("rowspan"));
                }
            }
            _ => {}
        }
    }

    fn line_break(&mut self) {
        let within = self.within();
        if within.is_verbatim {
            return self.push("\n");
        }
        if self.broken && within.heading.is_none() && !self.is_in_cell() {
            self.flush();
        }
        self.push(" ");
        self.broken = true;
    }

    fn is_in_cell(&self) -> bool {
        let inner = self.open.iter().rev().take(SEARCHED);
        let mut blocks = inner.filter(|open| is_block(&open.name));
        blocks.next().is_some_and(|open| matches!(open.name.as_slice(), b"td" | b"th"))
    }

    /// Ends the elements that the beginning of this one ends.
    fn end_implied(&mut self, name: &[u8]) {
        let (ended, barriers) = ended_by(name);
        if ended.is_empty() {
            return;
        }
        let mut found = None;
        for (depth, open) in self.open.iter().enumerate().rev().take(SEARCHED) {
            let open = open.name.as_slice();
            if barriers.contains(&open) {
                break;
            }
            if ended.contains(&open) {
                found = Some(depth);
                break;
            }
            // A paragraph holds no blocks: one beyond a block is not the one that ends.
            if ended.contains(&b"p".as_slice()) && is_block(open) {
                break;
            }
        }
        if let Some(depth) = found {
            self.close_down_to(depth);
        }
    }

    fn end(&mut self, tag: &EndTag<()>) {
        let name = tag.name.0.as_slice();
        let level = heading_level(name);
        let mut found = None;
        for (depth, open) in self.open.iter().enumerate().rev().take(SEARCHED) {
            let is_it =
                open.name == name || (level.is_some() && heading_level(&open.name).is_some());
            if is_it {
                found = Some(depth);
                break;
            }
            // What stands inside a line ends no block, and a table is ended by nothing inside it.
            let is_cell = matches!(open.name.as_slice(), b"td" | b"th");
            let stops = (!is_block(name) && is_block(&open.name))
                || (is_cell
                    && !matches!(
                        name,
                        b"table" | b"tr" | b"tbody" | b"thead" | b"tfoot" | b"body" | b"html"
                    ));
            if stops {
                break;
            }
        }
        match found {
            Some(depth) => self.close_down_to(depth),
            None if matches!(name, b"p" | b"br") => self.flush(),
            None => {}
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(last) = self.open.last() else { return };
            let is_block = is_block(&last.name);
            let is_in_heading =
                last.within.heading.is_some() && heading_level(&last.name).is_none();
            match (is_in_heading, is_in_heading && self.makes_heading()) {
                (true, false) if is_block => self.push(" "),
                (true, true) => self.flush(),
                (false, _) if is_block => self.flush(),
                _ => {}
            }
            let Some(closed) = self.open.pop() else { return };
            self.closed(&closed.name);
        }
    }

    /// Whether the innermost element is the one that makes a heading.
    fn makes_heading(&self) -> bool {
        let outer = self.open.len().checked_sub(2).and_then(|index| self.open.get(index));
        outer.is_none_or(|outer| outer.within.heading.is_none())
    }

    fn closed(&mut self, name: &[u8]) {
        let Some(table) = self.tables.last_mut() else { return };
        match name {
            b"td" | b"th" => table.end_cell(self.page.pieces.len()),
            b"tr" => table.end_row(&mut self.page.pieces),
            b"table" => {
                if let Some(table) = self.tables.pop() {
                    table.end(&mut self.page.pieces);
                }
            }
            b"li" | b"dt" | b"dd" => self.item = false,
            _ => {}
        }
    }

    /// Makes a piece of the text read so far.
    fn flush(&mut self) {
        self.broken = false;
        let linked = std::mem::take(&mut self.linked);
        if self.text.trim().is_empty() {
            self.text.clear();
            return;
        }
        let text = std::mem::take(&mut self.text);
        let within = self.within();
        let content = match within.heading {
            _ if within.is_verbatim => Content::Text(Kind::Code, text),
            Some(level) => Content::Text(Kind::Heading(level.clamp(1, 6)), unwrapped(&text)),
            None if self.item => Content::Text(Kind::Item, unwrapped(&text)),
            None => Content::Text(Kind::Paragraph, unwrapped(&text)),
        };
        self.item = false;
        self.page.pieces.push(Piece { content, region: within.region, linked });
    }
}
