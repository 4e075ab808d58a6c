//! Tables: which cells make a row, and which header stands above each.

use super::page::{Cell, Content, Piece};
use crate::document::Kind;

/// Beyond so many columns headers are no longer told.
const COLUMNS: usize = 256;
/// A longer text is no header that could be said before each cell.
const HEADER: usize = 120;
/// A longer text is not said again in each row that its cell reaches into.
const REPEATED: usize = 80;
/// Cells of several paragraphs make a row up to so many bytes, unless headers say it is one.
const LOOSE_ROW: usize = 400;
/// A row of plain cells up to so many bytes is one; beyond, the table only lays out a page.
const ROW: usize = 4000;

/// A table that is being read.
#[derive(Debug, Default)]
pub struct Table {
    cells: Vec<OpenCell>,
    headers: Vec<String>,
    /// Rows of headers, kept in case no other row follows.
    header_rows: Vec<Piece>,
    has_rows: bool,
    reaching: Vec<Reaching>,
    is_layout: bool,
}

#[derive(Debug)]
struct OpenCell {
    start: usize,
    end: usize,
    is_header: bool,
    columns: usize,
    rows: usize,
}

/// A cell of an earlier row that reaches into this column of the next.
#[derive(Clone, Debug, Default)]
struct Reaching {
    rows: usize,
    text: String,
}

struct Placed {
    column: usize,
    text: String,
    is_header: bool,
}

impl Table {
    pub fn new(is_layout: bool) -> Self {
        Self { is_layout, ..Self::default() }
    }

    /// A cell begins at this piece.
    pub fn begin_cell(&mut self, at: usize, is_header: bool, columns: usize, rows: usize) {
        let (columns, rows) = (columns.clamp(1, COLUMNS), rows.max(1));
        self.cells.push(OpenCell { start: at, end: at, is_header, columns, rows });
    }

    pub fn end_cell(&mut self, at: usize) {
        if let Some(cell) = self.cells.last_mut() {
            cell.end = at;
        }
    }

    /// Makes one piece of a row's pieces, if they are a row.
    pub fn end_row(&mut self, pieces: &mut Vec<Piece>) {
        let cells = std::mem::take(&mut self.cells);
        let Some(start) = cells.first().map(|cell| cell.start) else { return };
        if !self.is_row(&cells, pieces) {
            return;
        }
        let (region, linked) =
            (pieces[start].region, pieces[start..].iter().map(|p| p.linked).sum());
        let texts: Vec<String> =
            cells.iter().map(|cell| joined(&pieces[cell.start..cell.end])).collect();
        pieces.truncate(start);
        let only_headers = cells.iter().all(|cell| cell.is_header) && cells.len() > 1;
        let short = texts.iter().all(|text| text.len() <= HEADER);
        let placed = self.place(&cells, texts);
        let is_header_row = only_headers && short && !self.has_rows;
        if is_header_row {
            self.remember(&cells, &placed);
        }
        let row = self.row(placed, is_header_row);
        let piece = Piece { content: Content::Row(row), region, linked };
        if is_header_row {
            self.header_rows.push(piece);
        } else {
            self.has_rows = true;
            pieces.push(piece);
        }
    }

    pub fn end(mut self, pieces: &mut Vec<Piece>) {
        self.end_row(pieces);
        if !self.has_rows {
            pieces.append(&mut self.header_rows);
        }
    }

    /// Whether what stands in these cells reads as a row; otherwise the table only lays out the page,
    /// and each piece stays what it is.
    fn is_row(&self, cells: &[OpenCell], pieces: &[Piece]) -> bool {
        let Some(start) = cells.first().map(|cell| cell.start) else { return false };
        // Text between the cells would be lost if they were taken out.
        let mut end = start;
        let together = cells.iter().all(|cell| {
            let follows = cell.start == end && cell.end >= cell.start;
            end = cell.end;
            follows
        });
        if self.is_layout || !together || end != pieces.len() || end == start {
            return false;
        }
        let plain = |piece: &Piece| match &piece.content {
            Content::Text(kind, _) => matches!(kind, Kind::Paragraph | Kind::Item),
            Content::Row(_) => false,
        };
        let pieces = &pieces[start..];
        let has_headers = !self.headers.is_empty() || cells.iter().any(|cell| cell.is_header);
        let length: usize = pieces.iter().map(Piece::length).sum();
        let tight = cells.iter().all(|cell| cell.end - cell.start <= 1);
        let small = if has_headers || tight { ROW } else { LOOSE_ROW };
        pieces.iter().all(plain) && (cells.len() > 1 || has_headers) && length <= small
    }

    /// Puts each cell into its column, and between them those that reach in from above.
    fn place(&mut self, cells: &[OpenCell], texts: Vec<String>) -> Vec<Placed> {
        let mut placed = Vec::new();
        let mut column = 0;
        for (cell, text) in cells.iter().zip(texts) {
            self.reach(&mut column, &mut placed);
            let reaches = cell.rows > 1 && column + cell.columns <= COLUMNS;
            if reaches {
                if self.reaching.len() < column + cell.columns {
                    self.reaching.resize(column + cell.columns, Reaching::default());
                }
                let repeated = if text.len() <= REPEATED { text.as_str() } else { "" };
                for (offset, place) in
                    self.reaching[column..column + cell.columns].iter_mut().enumerate()
                {
                    let text = if offset == 0 { repeated.to_owned() } else { String::new() };
                    *place = Reaching { rows: cell.rows - 1, text };
                }
            }
            placed.push(Placed { column, text, is_header: cell.is_header });
            column = column.saturating_add(cell.columns);
        }
        self.reach(&mut column, &mut placed);
        placed
    }

    fn reach(&mut self, column: &mut usize, placed: &mut Vec<Placed>) {
        while let Some(above) = self.reaching.get_mut(*column).filter(|above| above.rows > 0) {
            above.rows -= 1;
            let text = above.text.clone();
            placed.push(Placed { column: *column, text, is_header: false });
            *column += 1;
        }
    }

    fn remember(&mut self, cells: &[OpenCell], placed: &[Placed]) {
        let mut own = cells.iter();
        for place in placed {
            let width = match place.is_header {
                true => own.next().map_or(1, |cell| cell.columns),
                false => 1,
            };
            let end = (place.column + width).min(COLUMNS);
            if self.headers.len() < end {
                self.headers.resize(end, String::new());
            }
            for header in self.headers.iter_mut().take(end).skip(place.column) {
                if header.is_empty() {
                    header.clone_from(&place.text);
                } else if *header != place.text && header.len() + place.text.len() < HEADER {
                    *header = format!("{header} {}", place.text).trim().to_owned();
                }
            }
        }
    }

    fn row(&self, placed: Vec<Placed>, is_header_row: bool) -> Vec<Cell> {
        // A row such as of an information box: what it is about, then what it says.
        let labelled = self.headers.is_empty()
            && placed.len() == 2
            && placed[0].is_header
            && !placed[1].is_header
            && placed[0].text.len() <= HEADER;
        if labelled {
            let mut texts = placed.into_iter().map(|place| place.text);
            let header = texts.next().unwrap_or_default();
            let header = header.trim_end_matches([':', '：']).to_owned();
            return vec![Cell { header, text: texts.next().unwrap_or_default() }];
        }
        let header = |column: usize| match is_header_row {
            true => String::new(),
            false => self.headers.get(column).cloned().unwrap_or_default(),
        };
        placed
            .into_iter()
            .map(|place| Cell { header: header(place.column), text: place.text })
            .collect()
    }
}

fn joined(pieces: &[Piece]) -> String {
    let texts = pieces.iter().filter_map(|piece| match &piece.content {
        Content::Text(_, text) => Some(text.as_str()),
        Content::Row(_) => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}
