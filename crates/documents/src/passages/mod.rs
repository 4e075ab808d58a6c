//! A document's text cut into passages, each small enough for a model to read at once.
//!
//! Owns: where one passage ends and the next begins, what it repeats, the headings it stands under,
//! its page and its language. Must never know a model: tokens are counted through a trait.
//!
//! What holds of all passages together: each is an exact slice of the text that cuts no grapheme
//! cluster; they stand in order; every byte that is not white space lies in one; none has more tokens
//! than asked for, unless it is one grapheme cluster; and the work is linear in the text's length.
//!
//! The packing is our own, upon ICU's segmenters. The `text-splitter` crate was read for it and left
//! aside: for each chunk it goes through all line breaks that remain, which is quadratic in a long
//! file; it knows neither blocks nor headings; and it overlaps by whatever fits, across both.

mod boundaries;
mod language;
mod overlap;
mod pieces;
mod sections;
#[cfg(test)]
mod tests;

use std::ops::Range;

use kenning_domain::{CountTokens, ModelError, Passage, path_text};

use crate::document::{Document, Kind};
use boundaries::Boundaries;
use pieces::{LEAST_COUNTED, Measure, Piece};
use sections::{Section, Tile, sections};

/// How many tokens a passage may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The most of a passage's own text, and nearly always of its title and headings with it.
    pub most: usize,
    /// The most it repeats of the passage before.
    pub overlap: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { most: 350, overlap: 30 }
    }
}

/// Cuts a document's text into passages.
pub fn passages(
    document: &Document,
    counter: &dyn CountTokens,
    sizes: Sizes,
) -> Result<Vec<Passage>, ModelError> {
    let boundaries = Boundaries::new(&document.text);
    let mut found = Vec::new();
    for section in sections(document, &boundaries) {
        let path = path_text(document.metadata.title.as_deref(), &section.path);
        let path_tokens = if path.is_empty() { 0 } else { counter.count_tokens(&path)? };
        // A path that takes most of the room costs at most half of it.
        let most = sizes.most.saturating_sub(path_tokens).max(sizes.most / 2).max(1);
        let measure = Measure::new(&boundaries, counter, most);
        let mut packer = Packer::new(&measure, sizes, path_tokens);
        packer.section(&section)?;
        found.extend(packer.packed.into_iter().map(|(span, page)| Passage {
            span,
            page,
            headings: section.path.clone(),
            language: None,
        }));
    }
    language::recognise(document, &mut found);
    Ok(found)
}

/// Packs the pieces of one section into passages.
struct Packer<'a> {
    measure: &'a Measure<'a>,
    sizes: Sizes,
    path_tokens: usize,
    /// The passage being filled: where it begins, with what it repeats, and what is its own.
    start: usize,
    pieces: Vec<Piece>,
    tokens: usize,
    limit: usize,
    packed: Vec<(Range<usize>, Option<u32>)>,
}

impl<'a> Packer<'a> {
    fn new(measure: &'a Measure<'a>, sizes: Sizes, path_tokens: usize) -> Self {
        Self {
            measure,
            sizes,
            path_tokens,
            start: 0,
            pieces: Vec::new(),
            tokens: 0,
            limit: measure.most,
            packed: Vec::new(),
        }
    }

    fn section(&mut self, section: &Section) -> Result<(), ModelError> {
        for tile in &section.headings {
            self.tile(tile)?;
        }
        // Headings are in the path already, whose tokens are taken off: they need not fit twice.
        self.limit = self
            .limit
            .saturating_add(self.tokens.min(self.path_tokens))
            .min(self.sizes.most.max(self.limit));
        let mut rest = section.body.as_slice();
        while let Some((first, _)) = rest.split_first() {
            let together = alike(rest);
            let last = &rest[together - 1];
            self.tile(&Tile { span: first.span.start..last.span.end, ..first.clone() })?;
            rest = &rest[together..];
        }
        self.close()
    }

    fn tile(&mut self, tile: &Tile) -> Result<(), ModelError> {
        for piece in self.measure.pieces(tile.span.clone(), tile.kind, tile.page)? {
            self.add(piece)?;
        }
        Ok(())
    }

    fn add(&mut self, piece: Piece) -> Result<(), ModelError> {
        if self.pieces.is_empty() {
            self.start = piece.span.start;
        } else if self.tokens.saturating_add(piece.tokens) > self.limit {
            self.reopen(&piece)?;
        }
        self.tokens = self.tokens.saturating_add(piece.tokens);
        self.pieces.push(piece);
        Ok(())
    }

    /// Closes the passage and begins the next one with what it repeats, where there is room for it.
    fn reopen(&mut self, next: &Piece) -> Result<(), ModelError> {
        let closed = self.pieces.first().zip(self.pieces.last());
        let ends = closed.map(|(first, last)| (first.span.start, last.clone()));
        self.close()?;
        self.start = next.span.start;
        let Some((first, last)) = ends.filter(|_| next.kind != Kind::Row) else { return Ok(()) };
        let first = self.packed.last().map_or(first, |(span, _)| span.start.max(first));
        let repeated = overlap::overlap(self.measure, &last, first, self.sizes.overlap)?;
        if let Some((start, tokens)) = repeated
            && tokens.saturating_add(next.tokens) <= self.limit
        {
            (self.start, self.tokens) = (start, tokens);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ModelError> {
        let pieces = std::mem::take(&mut self.pieces);
        self.settle(self.start, &pieces)?;
        self.tokens = 0;
        self.limit = self.measure.most;
        Ok(())
    }

    /// Keeps a passage of these pieces that begins at `start`. A text may have more tokens than its
    /// parts: then it repeats nothing, and if that does not help it becomes two.
    fn settle(&mut self, start: usize, pieces: &[Piece]) -> Result<(), ModelError> {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Ok(()) };
        let own = first.span.start;
        let counted = pieces.len() == 1 && start == own;
        if counted || self.measure.count(start..last.span.end)? <= self.limit {
            self.packed.push((start..last.span.end, first.page));
            return Ok(());
        }
        if start < own {
            return self.settle(own, pieces);
        }
        let (before, after) = pieces.split_at(pieces.len() / 2);
        self.settle(own, before)?;
        self.settle(after.first().map_or(own, |piece| piece.span.start), after)
    }
}

/// How many tiles at the beginning are counted at once: small ones of one kind.
fn alike(tiles: &[Tile]) -> usize {
    let Some(first) = tiles.first() else { return 0 };
    let small = tiles.iter().take_while(|tile| {
        let short = tile.span.end - first.span.start <= LEAST_COUNTED;
        short && (tile.kind, tile.page) == (first.kind, first.page)
    });
    small.count().max(1)
}
