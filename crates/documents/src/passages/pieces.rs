//! Pieces that fit: a stretch of text is counted, and broken down where it has too many tokens.
//!
//! Counting runs a tokenizer, so it is the cost to keep low. Each step below counts each byte at most
//! once, and a stretch that cannot fit for its mere length is broken down uncounted. Nothing long is
//! ever counted at once, because a tokenizer needs hundreds of bytes for each one it reads.

use std::ops::Range;

use kenning_domain::{CountTokens, ModelError};

use super::boundaries::{Boundaries, Edge};
use crate::document::Kind;

/// A stretch that is never cut again.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Neither begins nor ends with white space.
    pub span: Range<usize>,
    pub tokens: usize,
    pub kind: Kind,
    pub page: Option<u32>,
    /// Where the block it is of begins.
    pub block: usize,
}

/// Tokens of what is not worth counting: more than fit anywhere.
const TOO_MANY: usize = usize::MAX / 2;

/// What is shorter than this is counted together with what follows it.
pub const LEAST_COUNTED: usize = 32;

/// No text that is longer has few enough tokens, if one token is not longer than this on average.
const LONGEST_TOKENS: usize = 12;

/// Breaks text down until each piece has at most so many tokens.
pub struct Measure<'a> {
    pub boundaries: &'a Boundaries<'a>,
    pub counter: &'a dyn CountTokens,
    pub most: usize,
    /// Ever smaller edges, with how many bytes the units between them have at the least.
    steps: [(Edge, usize); 8],
}

impl<'a> Measure<'a> {
    pub fn new(boundaries: &'a Boundaries<'a>, counter: &'a dyn CountTokens, most: usize) -> Self {
        // A token has one byte in the densest text, three or four in most: such stretches are small
        // enough to fill a passage well, and large enough to need few calls.
        let stretch = (most / 2).clamp(16, 512);
        let steps = [
            (Edge::Line, LEAST_COUNTED),
            (Edge::Sentence, LEAST_COUNTED),
            (Edge::Word, stretch),
            (Edge::Word, stretch / 8),
            (Edge::Word, 1),
            (Edge::Grapheme, stretch),
            (Edge::Grapheme, stretch / 8),
            (Edge::Grapheme, 1),
        ];
        Self { boundaries, counter, most, steps }
    }

    pub fn count(&self, span: Range<usize>) -> Result<usize, ModelError> {
        self.counter.count_tokens(&self.boundaries.text()[span])
    }

    /// The pieces of a block, or of several small ones of one kind: one where it fits.
    pub fn pieces(
        &self,
        span: Range<usize>,
        kind: Kind,
        page: Option<u32>,
    ) -> Result<Vec<Piece>, ModelError> {
        let mut spans = Vec::new();
        self.break_down(span.clone(), kind, 0, &mut spans)?;
        let piece = |(own, tokens)| Piece { span: own, tokens, kind, page, block: span.start };
        Ok(spans.into_iter().map(piece).collect())
    }

    fn break_down(
        &self,
        span: Range<usize>,
        kind: Kind,
        step: usize,
        into: &mut Vec<(Range<usize>, usize)>,
    ) -> Result<(), ModelError> {
        let span = self.boundaries.trimmed(span);
        if span.is_empty() {
            return Ok(());
        }
        let mut tokens = TOO_MANY;
        if span.len() <= self.most.saturating_mul(LONGEST_TOKENS).clamp(64, 8 << 10) {
            tokens = self.count(span.clone())?;
            if tokens <= self.most {
                into.push((span, tokens));
                return Ok(());
            }
        }
        for (number, (edge, least)) in self.steps.iter().enumerate().skip(step) {
            if *edge == Edge::Sentence && matches!(kind, Kind::Code) {
                continue;
            }
            let units = self.boundaries.units(span.clone(), *edge, *least);
            if units.len() > 1 {
                for unit in units {
                    self.break_down(unit, kind, number + 1, into)?;
                }
                return Ok(());
            }
        }
        // One grapheme cluster: it stays whole, whatever it costs.
        into.push((span, tokens));
        Ok(())
    }
}
