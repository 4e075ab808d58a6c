//! Packing texts into batches: the tokens of many texts one after another, without padding.

use std::ops::Range;

use kenning_domain::Role;

use crate::ops::Span;

/// Who waits for what is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody at the keyboard.
    Query,
    /// Nobody: it is work in the background.
    Document,
}

impl Urgency {
    pub fn of(role: Role<'_>) -> Self {
        if role == Role::Document { Self::Document } else { Self::Query }
    }
}

/// The tokens of one batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub ids: Vec<u32>,
    /// Each token's place in its own text.
    pub positions: Vec<u32>,
    /// Each text's tokens.
    pub texts: Vec<Range<usize>>,
}

impl Batch {
    pub fn push(&mut self, ids: &[u32]) {
        let start = self.ids.len();
        self.ids.extend_from_slice(ids);
        self.positions.extend(0..ids.len() as u32);
        self.texts.push(start..self.ids.len());
    }

    /// The same texts in batches of about so many tokens, in their order.
    pub fn parts(&self, tokens: usize) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for text in &self.texts {
            match parts.last_mut().filter(|part| part.ids.len() + text.len() <= tokens) {
                Some(part) => part.push(&self.ids[text.clone()]),
                None => {
                    let mut part = Self::default();
                    part.push(&self.ids[text.clone()]);
                    parts.push(part);
                }
            }
        }
        parts
    }

    /// Every row of a text asks every row of the same text.
    pub fn spans(&self) -> Vec<Span> {
        self.texts.iter().map(|text| Span { queries: text.clone(), keys: text.clone() }).collect()
    }

    /// One row of each text asks every row of the same text.
    pub fn spans_of_single_rows(&self) -> Vec<Span> {
        let keys = self.texts.iter().cloned();
        keys.enumerate().map(|(row, keys)| Span { queries: row..row + 1, keys }).collect()
    }

    pub fn first_rows(&self) -> Vec<u32> {
        self.texts.iter().map(|text| text.start as u32).collect()
    }

    pub fn last_rows(&self) -> Vec<u32> {
        self.texts.iter().map(|text| text.end as u32 - 1).collect()
    }
}

/// Groups texts by length and cuts the row of them wherever a batch holds `tokens_per_batch`. Answers
/// which texts go into which batch: texts of like length share one, since attention is computed for
/// equal lengths at once.
pub fn pack(lengths: &[usize], tokens_per_batch: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&text| (lengths[text], text));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut tokens = usize::MAX;
    for text in order {
        if tokens.saturating_add(lengths[text]) > tokens_per_batch {
            batches.push(Vec::new());
            tokens = 0;
        }
        tokens += lengths[text];
        if let Some(batch) = batches.last_mut() {
            batch.push(text);
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_one_batch_and_no_batch_of_several_is_too_large() {
        let check = |lengths: &[usize], limit: usize, expected: &[&[usize]]| {
            assert_eq!(pack(lengths, limit), expected, "{lengths:?} by {limit}");
        };
        check(&[], 10, &[]);
        check(&[3], 10, &[&[0]]);
        check(&[30], 10, &[&[0]]);
        check(&[5, 3, 5, 2], 10, &[&[3, 1, 0], &[2]]);
        check(&[20, 1, 20, 1], 10, &[&[1, 3], &[0], &[2]]);
        check(&[4, 4, 4, 4], 8, &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn tokens_keep_their_place_in_their_own_text() {
        let mut batch = Batch::default();
        batch.push(&[7, 8]);
        batch.push(&[9, 7, 8]);
        assert_eq!(batch.ids, [7, 8, 9, 7, 8]);
        assert_eq!(batch.positions, [0, 1, 0, 1, 2]);
        assert_eq!(batch.texts, [0..2, 2..5]);
        assert_eq!((batch.first_rows(), batch.last_rows()), (vec![0, 2], vec![1, 4]));
        assert_eq!(batch.spans_of_single_rows()[1], Span { queries: 1..2, keys: 2..5 });
    }
}
