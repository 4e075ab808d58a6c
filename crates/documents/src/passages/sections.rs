//! A document's blocks as sections: what stands under one heading, and the path of headings to it.

use std::ops::Range;

use super::boundaries::Boundaries;
use crate::document::{Document, Kind};

/// A block's stretch of the text. Tiles stand in order, do not overlap, cut no grapheme cluster, and
/// leave nothing out but white space, even where the blocks did not keep to that.
#[derive(Clone, Debug)]
pub struct Tile {
    pub span: Range<usize>,
    pub kind: Kind,
    pub page: Option<u32>,
}

#[derive(Debug, Default)]
pub struct Section {
    pub path: Vec<String>,
    /// The headings that open it: each stands under the one before.
    pub headings: Vec<Tile>,
    pub body: Vec<Tile>,
}

/// A heading is kept with every passage under it, so one as long as a book must not be kept whole.
const LONGEST_HEADING: usize = 512;
const DEEPEST_HEADING: u8 = 6;

pub fn sections(document: &Document, boundaries: &Boundaries<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut path: Vec<(u8, String)> = Vec::new();
    let mut page = None;
    for tile in tiles(document, boundaries) {
        if document.pages_begin_anew && tile.page != page {
            if !(section.headings.is_empty() && section.body.is_empty()) {
                sections.push(finished(std::mem::take(&mut section), &path));
            }
            path.clear();
        }
        page = tile.page;
        let Kind::Heading(level) = tile.kind else {
            section.body.push(tile);
            continue;
        };
        let level = level.clamp(1, DEEPEST_HEADING);
        let deeper = path.last().is_some_and(|(above, _)| *above < level);
        if !section.body.is_empty() || !(section.headings.is_empty() || deeper) {
            sections.push(finished(std::mem::take(&mut section), &path));
        }
        while path.last().is_some_and(|(above, _)| *above >= level) {
            path.pop();
        }
        path.push((level, heading_text(&tile, boundaries)));
        section.headings.push(tile);
    }
    if !(section.headings.is_empty() && section.body.is_empty()) {
        sections.push(finished(section, &path));
    }
    sections
}

fn finished(section: Section, path: &[(u8, String)]) -> Section {
    Section { path: path.iter().map(|(_, text)| text.clone()).collect(), ..section }
}

fn heading_text(tile: &Tile, boundaries: &Boundaries<'_>) -> String {
    let Range { start, end } = tile.span;
    let cut = if tile.span.len() > LONGEST_HEADING {
        boundaries.floor(start + LONGEST_HEADING).max(start)
    } else {
        end
    };
    boundaries.text()[boundaries.trimmed(start..cut)].to_owned()
}

fn tiles(document: &Document, boundaries: &Boundaries<'_>) -> Vec<Tile> {
    let end = document.text.len();
    let mut tiles: Vec<Tile> = Vec::with_capacity(document.blocks.len());
    let mut at = 0;
    let mut add = |span: Range<usize>, kind, page| {
        let span = boundaries.trimmed(span);
        if !span.is_empty() {
            tiles.push(Tile { span, kind, page });
        }
    };
    let mut page = None;
    for block in &document.blocks {
        let from = boundaries.floor(block.span.start.min(end)).max(at);
        let to = boundaries.floor(block.span.end.min(end)).max(from);
        add(at..from, Kind::Paragraph, page);
        add(from..to, block.kind, block.page);
        (at, page) = (to, block.page);
    }
    add(at..end, Kind::Paragraph, page);
    tiles
}
