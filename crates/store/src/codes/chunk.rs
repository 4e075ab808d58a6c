//! A few thousand rows of the matrix that are shared until they change.

use std::sync::Arc;

use kenning_domain::PassageId;

use super::quantise::{ALIGNMENT, stride};

/// Few enough that copying a chunk which a reader still holds takes a fraction of a millisecond.
pub(super) const ROWS: usize = 4096;

/// What is known of a row apart from its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label {
    pub passage: PassageId,
    pub scale: f32,
}

/// Cheap to clone; whoever changes a clone copies what it changes.
#[derive(Clone)]
pub(super) struct Chunk {
    rows: Arc<Rows>,
    /// A bit for each row that is no longer there.
    removed: Arc<Vec<u64>>,
    removed_count: usize,
}

struct Rows {
    stride: usize,
    /// Reserved whole at the start, and never grown past that: the alignment would be lost.
    values: Vec<i8>,
    /// Where in `values` the first row begins, so that rows are aligned.
    start: usize,
    labels: Vec<Label>,
    /// The rows in the order of their passages.
    order: Vec<u16>,
}

impl Chunk {
    pub fn new(dimensions: usize) -> Self {
        let rows = Arc::new(Rows::new(stride(dimensions)));
        Self { rows, removed: Arc::new(vec![0; ROWS / 64]), removed_count: 0 }
    }

    pub fn len(&self) -> usize {
        self.rows.labels.len()
    }

    pub fn removed(&self) -> usize {
        self.removed_count
    }

    pub fn alive(&self) -> usize {
        self.len() - self.removed_count
    }

    pub fn is_full(&self) -> bool {
        self.len() == ROWS
    }

    #[inline]
    pub fn is_removed(&self, row: usize) -> bool {
        self.removed[row / 64] >> (row % 64) & 1 == 1
    }

    /// A row with its padding.
    #[inline]
    pub fn row(&self, row: usize) -> &[i8] {
        let begin = self.rows.start + row * self.rows.stride;
        &self.rows.values[begin..begin + self.rows.stride]
    }

    /// All rows, one after another, with their padding.
    pub fn values(&self) -> &[i8] {
        &self.rows.values[self.rows.start..]
    }

    pub fn labels(&self) -> &[Label] {
        &self.rows.labels
    }

    /// The chunk must not be full.
    pub fn push(&mut self, label: Label, codes: &[i8]) {
        let rows = Arc::make_mut(&mut self.rows);
        let row = rows.labels.len() as u16;
        let place = rows.place(label.passage);
        rows.order.insert(place, row);
        rows.labels.push(label);
        let end = rows.values.len() + rows.stride;
        rows.values.extend_from_slice(codes);
        rows.values.resize(end, 0);
    }

    /// The living row of this passage.
    pub fn find(&self, passage: PassageId) -> Option<usize> {
        let rows = &self.rows;
        rows.order[rows.place(passage)..]
            .iter()
            .map(|row| usize::from(*row))
            .take_while(|row| rows.labels[*row].passage == passage)
            .find(|row| !self.is_removed(*row))
    }

    /// Whether rows, living or removed, of passages from `first` up to, without, `end` may be in it.
    pub fn has_between(&self, first: PassageId, end: PassageId) -> bool {
        let passage = |row: &u16| self.rows.labels[usize::from(*row)].passage;
        match (self.rows.order.first().map(passage), self.rows.order.last().map(passage)) {
            (Some(lowest), Some(highest)) => lowest < end && first <= highest,
            _ => false,
        }
    }

    /// Takes away the living rows of passages from `first` up to, without, `end`: how many were there.
    pub fn remove(&mut self, first: PassageId, end: PassageId) -> usize {
        let range = self.rows.place(first)..self.rows.place(end);
        let rows: Vec<usize> = self.rows.order[range].iter().map(|row| usize::from(*row)).collect();
        let mut count = 0;
        for row in rows {
            if !self.is_removed(row) {
                Arc::make_mut(&mut self.removed)[row / 64] |= 1 << (row % 64);
                count += 1;
            }
        }
        self.removed_count += count;
        count
    }

    /// Appends the living rows of another chunk, for which there must be room.
    pub fn absorb(&mut self, other: &Self) {
        for (row, label) in other.labels().iter().enumerate() {
            if !other.is_removed(row) {
                self.push(*label, other.row(row));
            }
        }
    }
}

impl Rows {
    fn new(stride: usize) -> Self {
        let values = Vec::with_capacity(ROWS * stride + ALIGNMENT);
        let mut rows = Self { stride, values, start: 0, labels: Vec::new(), order: Vec::new() };
        rows.align();
        rows
    }

    fn align(&mut self) {
        self.start = self.values.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
        self.values.resize(self.start, 0);
    }

    /// Where in `order` the first row stands whose passage is not before this one.
    fn place(&self, passage: PassageId) -> usize {
        // Passages mostly come in order, and then this is the end.
        match self.order.last() {
            Some(last) if self.labels[usize::from(*last)].passage >= passage => {
                self.order.partition_point(|row| self.labels[usize::from(*row)].passage < passage)
            }
            _ => self.order.len(),
        }
    }
}

impl Clone for Rows {
    /// Keeps the room to grow, and the alignment, which depends on where the copy comes to lie.
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.stride);
        copy.values.extend_from_slice(&self.values[self.start..]);
        copy.labels.clone_from(&self.labels);
        copy.order.clone_from(&self.order);
        copy
    }
}
