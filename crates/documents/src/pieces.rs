//! What office formats read before it is written: paragraphs that may turn out to stand in a cell,
//! and tables, whose shape is known only at their end.

use crate::refusal::Refusal;
use crate::writer::Writer;

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Heading(u8, String),
    Paragraph(String),
    Item(String),
    /// One line of code, or several.
    Code(String),
    Table(Table),
}

impl Piece {
    pub fn write(self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        match self {
            Self::Heading(level, text) => writer.heading(level, &text),
            Self::Paragraph(text) => writer.paragraph(&text),
            Self::Item(text) => writer.item(&text),
            Self::Code(text) => writer.code(&text),
            Self::Table(table) => table.write(writer),
        }
    }

    fn has_text(&self) -> bool {
        match self {
            Self::Heading(_, text)
            | Self::Paragraph(text)
            | Self::Item(text)
            | Self::Code(text) => !text.trim().is_empty(),
            Self::Table(table) => table.cells().any(|cell| cell.pieces.iter().any(Self::has_text)),
        }
    }

    fn flatten(&self, into: &mut String) {
        match self {
            Self::Heading(_, text)
            | Self::Paragraph(text)
            | Self::Item(text)
            | Self::Code(text) => {
                into.push_str(text);
                into.push(' ');
            }
            Self::Table(table) => table.cells().for_each(|cell| cell.flatten(into)),
        }
    }
}

/// Writes pieces in their order and leaves the list empty. Lines of code that follow each other are
/// one block.
pub fn write_all(pieces: &mut Vec<Piece>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut code = String::new();
    for piece in pieces.drain(..) {
        if let Piece::Code(line) = piece {
            code.push_str(&line);
            code.push('\n');
            continue;
        }
        writer.code(&std::mem::take(&mut code))?;
        piece.write(writer)?;
    }
    writer.code(&code)
}

/// The same while more may come: code waits for the lines that follow it.
pub fn write_settled(pieces: &mut Vec<Piece>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    match pieces.last() {
        Some(Piece::Code(_)) => Ok(()),
        _ => write_all(pieces, writer),
    }
}

/// A table as it is read: rows of cells, each at its column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: Vec<Row>,
    /// Whether its first row is set apart in looks. Word and PowerPoint say so of nearly every table.
    pub first_row_stands_out: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    is_header: bool,
    columns: usize,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cell {
    column: usize,
    /// How many columns it goes over.
    columns: usize,
    pieces: Vec<Piece>,
    /// Said again because a cell above goes over this row too.
    again: bool,
    /// How many rows further it goes, where that is said at its top.
    rows_left: usize,
}

impl Cell {
    fn flatten(&self, into: &mut String) {
        self.pieces.iter().for_each(|piece| piece.flatten(into));
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.flatten(&mut text);
        text.truncate(text.trim_end().len());
        text
    }
}

/// Longer than this, a cell is content and no label, and is said once.
const LONGEST_LABEL: usize = 120;
/// Columns and rows further out have no header.
const HEADER_COLUMNS: usize = 256;
const HEADER_ROWS: usize = 3;

impl Table {
    pub fn start_row(&mut self) {
        self.rows.push(Row::default());
    }

    /// The row last started is one of headers.
    pub fn mark_header(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.is_header = true;
        }
    }

    /// The row last started is none.
    pub fn drop_row(&mut self) {
        self.rows.pop();
    }

    /// Leaves columns of the row empty.
    pub fn skip(&mut self, columns: usize) {
        if let Some(row) = self.rows.last_mut() {
            row.columns = row.columns.saturating_add(columns);
        }
    }

    /// Takes back columns that were gone over.
    pub fn step_back(&mut self, columns: usize) {
        if let Some(row) = self.rows.last_mut() {
            row.columns = row.columns.saturating_sub(columns);
        }
    }

    pub fn cell(&mut self, columns: usize, pieces: Vec<Piece>) {
        self.push(columns, pieces, false);
    }

    /// The cell last added goes over this many rows, its own among them.
    pub fn goes_over_rows(&mut self, rows: usize) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            cell.rows_left = rows.saturating_sub(1);
        }
    }

    /// A cell that belongs to the one above it: a label there counts for this row too. One with text
    /// of its own is not to lose it, though no program shows it.
    pub fn continued(&mut self, columns: usize, own: Vec<Piece>) {
        if own.iter().any(Piece::has_text) {
            return self.cell(columns, own);
        }
        let above = self.above().map(Cell::text).unwrap_or_default();
        let label = if above.len() > LONGEST_LABEL { String::new() } else { above };
        self.push(columns, vec![Piece::Paragraph(label)], true);
    }

    /// Columns that cells above or to the left go over, as far as those have said so.
    pub fn covered(&mut self, columns: usize) {
        // Whoever goes over more columns than these is no label.
        const MOST_SEARCHED: usize = 64;
        for _ in 0..columns.min(MOST_SEARCHED) {
            match self.above().map_or(0, |cell| cell.rows_left) {
                0 => self.skip(1),
                rows => {
                    self.continued(1, Vec::new());
                    self.goes_over_rows(rows);
                }
            }
        }
        self.skip(columns.saturating_sub(MOST_SEARCHED));
    }

    /// The cell over the place where the next one comes.
    fn above(&self) -> Option<&Cell> {
        let [.., above, row] = self.rows.as_slice() else { return None };
        let found = above.cells.binary_search_by_key(&row.columns, |cell| cell.column);
        found.ok().map(|at| &above.cells[at])
    }

    fn push(&mut self, columns: usize, pieces: Vec<Piece>, again: bool) {
        if let Some(row) = self.rows.last_mut() {
            let column = row.columns;
            row.columns = column.saturating_add(columns.max(1));
            row.cells.push(Cell { column, columns: columns.max(1), pieces, again, rows_left: 0 });
        }
    }

    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// A table of one column is a frame around text; others are written row by row.
    fn write(self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        if self.rows.iter().all(|row| row.cells.len() <= 1) {
            let cells = self.rows.into_iter().flat_map(|row| row.cells);
            let mut said = cells.filter(|cell| !cell.again);
            return said.try_for_each(|mut cell| write_all(&mut cell.pieces, writer));
        }
        let header_rows = self.header_rows();
        let headers = self.headers(header_rows);
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row.cells.iter().map(Cell::text).collect();
            let above = row.cells.iter().map(|cell| headers.get(cell.column).cloned());
            let above: Vec<String> = match number < header_rows {
                true => Vec::new(),
                false => above.map(Option::unwrap_or_default).collect(),
            };
            writer.row(&above, &cells)?;
        }
        Ok(())
    }

    /// How many rows at the top are headers: as marked, or the first where it looks like it.
    fn header_rows(&self) -> usize {
        let marked = self.rows.iter().take_while(|row| row.is_header).count();
        match marked {
            0 if self.first_row_looks_like_headers() => 1,
            marked if marked < self.rows.len() => marked.min(HEADER_ROWS),
            _ => 0,
        }
    }

    /// Where a table of names and values in two columns is set apart like any other, its first row
    /// would pass for headers; so three columns are asked for.
    fn first_row_looks_like_headers(&self) -> bool {
        let [first, _, ..] = self.rows.as_slice() else { return false };
        let texts: Vec<String> = first.cells.iter().map(Cell::text).collect();
        let is_label = |text: &String| {
            let has_letter = text.chars().any(char::is_alphabetic);
            has_letter && text.len() <= LONGEST_LABEL
        };
        self.first_row_stands_out
            && texts.len() >= 3
            && texts.iter().skip(1).all(is_label)
            && texts.first().is_some_and(|text| text.is_empty() || is_label(text))
            && (1..texts.len()).all(|i| texts[i] != texts[i - 1])
    }

    /// The header over each column, that of several rows together.
    fn headers(&self, rows: usize) -> Vec<String> {
        let mut headers = Vec::new();
        for cell in self.rows[..rows].iter().flat_map(|row| &row.cells) {
            let text = cell.text();
            if text.is_empty() || text.len() > LONGEST_LABEL || cell.again {
                continue;
            }
            let end = cell.column.saturating_add(cell.columns).min(HEADER_COLUMNS);
            if headers.len() < end {
                headers.resize(end, String::new());
            }
            for header in headers.iter_mut().take(end).skip(cell.column) {
                if !header.is_empty() {
                    header.push(' ');
                }
                header.push_str(&text);
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(make: impl FnOnce(&mut Table), expected: &str) {
        let mut table = Table { first_row_stands_out: true, ..Table::default() };
        make(&mut table);
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), Limits::default(), &mut alive);
        table.write(&mut writer).unwrap();
        let document = writer.finish().unwrap();
        assert_eq!(document.text, expected);
    }

    fn row(table: &mut Table, cells: &[&str]) {
        table.start_row();
        cells.iter().for_each(|text| table.cell(1, vec![Piece::Paragraph((*text).into())]));
    }

    #[test]
    fn rows_carry_their_headers() {
        let marked = |table: &mut Table| {
            row(table, &["Ort", "Höhe"]);
            table.mark_header();
            row(table, &["Ulm", "478 m"]);
        };
        check(marked, "Ort | Höhe\nOrt: Ulm | Höhe: 478 m");
        let guessed = |table: &mut Table| {
            row(table, &["", "城市", "人口"]);
            row(table, &["1", "上海", "2487万"]);
        };
        check(guessed, "城市 | 人口\n1 | 城市: 上海 | 人口: 2487万");
        let names_and_values = |table: &mut Table| {
            row(table, &["Name", "Ada"]);
            row(table, &["Ort", "London"]);
        };
        check(names_and_values, "Name | Ada\nOrt | London");
        let numbers = |table: &mut Table| {
            row(table, &["a", "1", "2"]);
            row(table, &["b", "3", "4"]);
        };
        check(numbers, "a | 1 | 2\nb | 3 | 4");
    }

    #[test]
    fn merged_cells_count_for_what_they_go_over() {
        let merged = |table: &mut Table| {
            table.start_row();
            table.mark_header();
            table.skip(1);
            table.cell(2, vec![Piece::Paragraph("2024".into())]);
            row(table, &["Land", "Ein", "Aus"]);
            table.mark_header();
            row(table, &["Perú", "7", "8"]);
            table.start_row();
            table.continued(1, vec![]);
            table.continued(usize::MAX, vec![Piece::Item("9".into()), Piece::Item("10".into())]);
            table.cell(usize::MAX, vec![]);
        };
        let expected = "2024\nLand | Ein | Aus\nLand: Perú | 2024 Ein: 7 | 2024 Aus: 8\n\
                        Land: Perú | 2024 Ein: 9 10";
        check(merged, expected);
    }

    #[test]
    fn cells_that_are_covered_are_told_from_empty_ones() {
        let covered = |table: &mut Table| {
            table.start_row();
            table.cell(1, vec![Piece::Paragraph("النيل".into())]);
            table.goes_over_rows(3);
            row_further(table, "1");
            table.start_row();
            table.covered(1);
            row_further(table, "2");
            table.start_row();
            table.covered(1);
            row_further(table, "3");
            table.start_row();
            table.covered(1);
            row_further(table, "4");
        };
        check(covered, "النيل | 1\nالنيل | 2\nالنيل | 3\n4");
    }

    fn row_further(table: &mut Table, text: &str) {
        table.cell(1, vec![Piece::Paragraph(text.into())]);
    }

    #[test]
    fn lines_of_code_that_follow_each_other_are_one_block() {
        let code = |line: &str| Piece::Code(line.into());
        let mut pieces = vec![code("if x {"), code("    y"), Piece::Item("z".into()), code("}")];
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), Limits::default(), &mut alive);
        write_settled(&mut pieces, &mut writer).unwrap();
        assert_eq!(pieces.len(), 4);
        write_all(&mut pieces, &mut writer).unwrap();
        assert_eq!(writer.finish().unwrap().text, "if x {\n    y\n\nz\n\n}");
    }

    #[test]
    fn a_table_of_one_column_is_a_frame() {
        let frame = |table: &mut Table| {
            table.start_row();
            let mut inner = Table::default();
            row(&mut inner, &["x", "y"]);
            table.cell(1, vec![Piece::Heading(1, "H".into()), Piece::Table(inner)]);
            table.start_row();
            table.continued(1, vec![]);
        };
        check(frame, "H\n\nx | y");
    }
}
