//! A Word document's table of paragraph styles: which are headings, and which are lists.

use std::collections::HashMap;

use crate::refusal::Refusal;
use crate::styles::{heading_level, is_code};
use crate::xml::{Element, Xml};

/// What a paragraph is by its style, or by what it says itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Set where something was said: `Some(None)` is text that is expressly no heading.
    pub heading: Option<Option<u8>>,
    /// Likewise whether it is an item of a list.
    pub item: Option<bool>,
    pub is_code: bool,
}

impl Look {
    /// Takes in what an element inside the properties of a paragraph says.
    pub fn notice(&mut self, element: &Element<'_>) {
        let number = || element.attribute("val").and_then(|value| value.trim().parse::<u32>().ok());
        match element.name() {
            // Levels count from 0; 9 is the body's.
            "outlineLvl" => {
                let level = number().and_then(|level| u8::try_from(level).ok());
                self.heading = level.map(|level| (level < 9).then(|| level + 1));
            }
            // A list numbered 0 is none.
            "numId" => self.item = number().map(|list| list != 0),
            _ => {}
        }
    }

    /// What is not said here is as there.
    fn or(self, other: Self) -> Self {
        Self {
            heading: self.heading.or(other.heading),
            item: self.item.or(other.item),
            is_code: self.is_code || other.is_code,
        }
    }

    fn named(name: &str) -> Self {
        Self { heading: heading_level(name).map(Some), item: None, is_code: is_code(name) }
    }
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    look: Look,
}

#[derive(Debug, Default)]
pub struct Styles(HashMap<String, Style>);

impl Styles {
    pub fn read(xml: &mut Xml<'_>) -> Result<Self, Refusal> {
        let mut styles = HashMap::new();
        while let Some(element) = xml.next_element(0)? {
            let id = element.attribute("styleId");
            if let ("style", Some(id)) = (element.name(), id) {
                styles.insert(id, Style::read(xml)?);
            }
        }
        Ok(Self(styles))
    }

    /// What a paragraph of this style is, from the style and those it is based on.
    pub fn look(&self, id: &str) -> Look {
        const LONGEST_CHAIN: usize = 16;
        let Some(mut style) = self.0.get(id) else {
            return Look::named(id);
        };
        let mut look = Look::default();
        for _ in 0..LONGEST_CHAIN {
            look = look.or(style.look).or(Look::named(&style.name));
            match style.based_on.as_ref().and_then(|base| self.0.get(base)) {
                Some(base) => style = base,
                None => break,
            }
        }
        look
    }
}

impl Style {
    fn read(xml: &mut Xml<'_>) -> Result<Self, Refusal> {
        let depth = xml.depth();
        let mut style = Self::default();
        while let Some(element) = xml.next_element(depth)? {
            match element.name() {
                "name" => style.name = element.attribute("val").unwrap_or_default(),
                "basedOn" => style.based_on = element.attribute("val"),
                // Its conditional parts are about cells.
                "tblStylePr" => xml.skip()?,
                _ => style.look.notice(&element),
            }
        }
        Ok(style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLES: &str = r#"<w:styles>
        <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/>
            <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
        <w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
        <w:style w:styleId="TOC"><w:name w:val="TOC Heading"/><w:basedOn w:val="berschrift1"/>
            <w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
        <w:style w:styleId="a3"><w:name w:val="Название"/></w:style>
        <w:style w:styleId="L"><w:name w:val="List Bullet"/>
            <w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>
        <w:style w:styleId="LL"><w:name w:val="x"/><w:basedOn w:val="L"/></w:style>
        <w:style w:styleId="Source"><w:name w:val="Source Code"/></w:style>
        <w:style w:styleId="round"><w:name w:val="y"/><w:basedOn w:val="round"/></w:style>
    </w:styles>"#;

    #[test]
    fn styles_say_what_headings_and_items_are() {
        let styles = Styles::read(&mut Xml::new(STYLES, 99)).unwrap();
        let check = |id, heading, item| {
            let expected = Look { heading, item, is_code: id == "Source" };
            assert_eq!(styles.look(id), expected, "{id}");
        };
        check("berschrift1", Some(Some(1)), None);
        check("Kapitel", Some(Some(1)), None);
        check("TOC", Some(None), None);
        check("a3", Some(Some(1)), None);
        check("LL", None, Some(true));
        check("round", None, None);
        check("Source", None, None);
        check("Heading2", Some(Some(2)), None);
        check("unknown", None, None);
    }
}
