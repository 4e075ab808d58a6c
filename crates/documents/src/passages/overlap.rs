//! What a passage repeats of the one before it, so that nothing is lost between the two: its last
//! sentences, or the last words of a sentence that is too long.

use std::ops::Range;

use kenning_domain::ModelError;

use super::boundaries::Edge;
use super::pieces::{Measure, Piece};
use crate::document::Kind;

/// An overlap is counted no more often than this before it is given up.
const TRIES: usize = 4;
/// No repeated text is longer than this for each token it may have.
const LONGEST_TOKENS: usize = 8;

/// The end of `last`, which closed a passage that began at `first`: at most `most` tokens, and never
/// the whole of it. Rows are not repeated, as each says all of itself; nor are headings.
pub fn overlap(
    measure: &Measure<'_>,
    last: &Piece,
    first: usize,
    most: usize,
) -> Result<Option<(usize, usize)>, ModelError> {
    if most == 0 || matches!(last.kind, Kind::Row | Kind::Heading(_)) {
        return Ok(None);
    }
    let end = last.span.end;
    let earliest = end.saturating_sub(most.saturating_mul(LONGEST_TOKENS));
    let start = first.max(last.block).max(measure.boundaries.floor(earliest));
    let edge = if last.kind == Kind::Code { Edge::Line } else { Edge::Sentence };
    let (whole, over) = whole_units(measure, start..end, edge, most)?;
    match (whole, over) {
        (None, Some((length, tokens))) if edge == Edge::Sentence => {
            last_words(measure, start..end, length.saturating_mul(most) / tokens.max(1), most)
        }
        (whole, _) => Ok(whole),
    }
}

/// As many units from the end as fit, or where not even one does, the bytes and tokens of that one.
type Fitting = (Option<(usize, usize)>, Option<(usize, usize)>);

fn whole_units(
    measure: &Measure<'_>,
    span: Range<usize>,
    edge: Edge,
    most: usize,
) -> Result<Fitting, ModelError> {
    let mut edges = Vec::new();
    measure.boundaries.edges(span.clone(), edge, &mut |position| edges.push(position));
    let mut fitting = None;
    let mut tried = 0;
    for position in edges.iter().rev() {
        let start = measure.boundaries.trimmed(*position..span.end).start;
        if start == span.end {
            continue;
        }
        let tokens = measure.count(start..span.end)?;
        tried += 1;
        if tokens > most {
            let over = (fitting.is_none()).then_some((span.end - start, tokens));
            return Ok((fitting, over));
        }
        fitting = Some((start, tokens));
        if tried == TRIES {
            break;
        }
    }
    // No edge at all: the sentence is longer than what was looked at.
    let over = edges.is_empty().then_some((span.len(), most.saturating_mul(2)));
    Ok((fitting, over))
}

/// The last words that have about `bytes`, fewer where those are too many.
fn last_words(
    measure: &Measure<'_>,
    span: Range<usize>,
    mut bytes: usize,
    most: usize,
) -> Result<Option<(usize, usize)>, ModelError> {
    let mut edges = Vec::new();
    measure.boundaries.edges(span.clone(), Edge::Word, &mut |position| edges.push(position));
    // A word's end before a space is its edge too, but nothing begins there.
    let text = measure.boundaries.text();
    edges.retain(|&at| text[at..].starts_with(char::is_alphanumeric));
    for _ in 0..TRIES {
        let wanted = span.end.saturating_sub(bytes);
        let Some(&start) = edges.iter().find(|&&at| at >= wanted) else { break };
        let tokens = measure.count(start..span.end)?;
        if tokens <= most {
            return Ok(Some((start, tokens)));
        }
        bytes = (span.end - start).saturating_mul(most) / tokens * 9 / 10;
    }
    Ok(None)
}
