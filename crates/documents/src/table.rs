//! Rows of any table (a sheet, a CSV file): finds the row that names the columns and writes the
//! others with those names. Rows are sparse: only cells with something in them are ever held.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::refusal::Refusal;
use crate::writer::Writer;

/// A cell: its column, counted from 0, and its text as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub column: usize,
    pub text: String,
    /// A number or a date. Rows of such cells are not headers.
    pub is_value: bool,
}

impl Cell {
    /// A cell of a format that does not say what is a number.
    pub fn guessed(column: usize, text: &str) -> Self {
        let text = text.trim();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let marks = |c: char| ".,:/-+%()' \u{a0}\u{202f}$€£¥eETZ".contains(c);
        let is_value = digits > 0 && text.chars().all(|c| c.is_ascii_digit() || marks(c));
        Self { column, text: text.to_owned(), is_value }
    }
}

/// So many rows are held back to see what stands under a row that may be a header.
const AHEAD: usize = 6;
/// A header longer than this says something, but names no column.
const LONGEST_NAME: usize = 60;

#[derive(Debug, Default)]
pub struct Table {
    names: BTreeMap<usize, String>,
    waiting: VecDeque<Vec<Cell>>,
    /// How many rows have been written since the last gap.
    written: usize,
}

impl Table {
    /// Takes the next row. An empty one is a gap, after which another table may begin.
    pub fn row(&mut self, cells: Vec<Cell>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let cells: Vec<Cell> = cells.into_iter().filter(|cell| !cell.text.is_empty()).collect();
        if cells.is_empty() {
            self.gap();
            return Ok(());
        }
        self.waiting.push_back(cells);
        if self.waiting.len() > AHEAD { self.write_first(writer) } else { Ok(()) }
    }

    /// Below a gap another table may begin. The names of the columns hold on, unless new ones come.
    pub fn gap(&mut self) {
        if self.waiting.back().is_some_and(|last| !last.is_empty()) {
            self.waiting.push_back(Vec::new());
        }
    }

    /// Writes what is still held back.
    pub fn finish(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        while !self.waiting.is_empty() {
            self.write_first(writer)?;
        }
        Ok(())
    }

    fn write_first(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let Some(row) = self.waiting.pop_front() else { return Ok(()) };
        if row.is_empty() {
            self.written = 0;
            return Ok(());
        }
        // Below a few rows without names none will come.
        if self.written < AHEAD
            && (self.names.is_empty() || self.written == 0)
            && is_header(&row, &self.waiting, !self.names.is_empty())
        {
            self.names = row.iter().map(|cell| (cell.column, cell.text.clone())).collect();
            self.written = AHEAD;
            let cells: Vec<String> = row.into_iter().map(|cell| cell.text).collect();
            return writer.row(&[], &cells);
        }
        self.written += 1;
        let name = |cell: &Cell| self.names.get(&cell.column).cloned().unwrap_or_default();
        // A single cell across a table is a title or a remark.
        let names: Vec<String> = if row.len() == 1 && row[0].column == 0 {
            vec![]
        } else {
            row.iter().map(name).collect()
        };
        let cells: Vec<String> = row.into_iter().map(|cell| cell.text).collect();
        writer.row(&names, &cells)
    }
}

/// Whether a row names the columns of those below it. Where names are known already, it takes more to
/// replace them.
fn is_header(row: &[Cell], below: &VecDeque<Vec<Cell>>, is_known: bool) -> bool {
    // An empty row may part the names from what they name; the one after that parts tables.
    let below = || below.iter().skip_while(|row| row.is_empty()).take_while(|row| !row.is_empty());
    let Some(widest) = below().map(Vec::len).max() else { return false };
    let texts: BTreeSet<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
    let short = row.iter().all(|cell| cell.text.chars().count() <= LONGEST_NAME);
    if row.len() < 2 || texts.len() * 5 < row.len() * 4 || !short || row.len() * 3 < widest * 2 {
        return false;
    }
    let values = row.iter().filter(|cell| cell.is_value).count();
    if values > 0 && !(values < row.len() && are_years(row)) {
        return false;
    }
    // What comes again in its own column is content.
    let names: BTreeMap<usize, &str> = row.iter().map(|c| (c.column, c.text.as_str())).collect();
    let mut cells = below().flatten();
    if cells.any(|cell| names.get(&cell.column) == Some(&cell.text.as_str())) {
        return false;
    }
    !is_known || below().flatten().any(|cell| cell.is_value && names.contains_key(&cell.column))
}

/// Years that follow one another, as over the columns of a report.
fn are_years(row: &[Cell]) -> bool {
    let values = row.iter().filter(|cell| cell.is_value);
    let years: Option<Vec<u16>> = values.map(|cell| cell.text.parse().ok()).collect();
    years.is_some_and(|years| {
        years.len() > 1
            && years.iter().all(|year| (1800..=2100).contains(year))
            && years.windows(2).all(|pair| pair[0].abs_diff(pair[1]) == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(rows: &[&str], expected: &str) {
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), Limits::default(), &mut alive);
        let mut table = Table::default();
        for row in rows {
            let cells = row.split(',').enumerate().map(|(c, text)| Cell::guessed(c, text));
            table.row(cells.collect(), &mut writer).unwrap();
        }
        table.finish(&mut writer).unwrap();
        assert_eq!(writer.finish().unwrap().text, expected, "{rows:?}");
    }

    #[test]
    fn the_row_that_names_the_columns_is_found() {
        check(
            &["Stadt,Einwohner", "Ulm,126000"],
            "Stadt | Einwohner\nStadt: Ulm | Einwohner: 126000",
        );
        check(
            &["Стэнли,,", "Команда,Город,Кубки", "Блюз,STL,1", "Флайерз,PHI,2"],
            "Стэнли\nКоманда | Город | Кубки\nКоманда: Блюз | Город: STL | Кубки: 1\nКоманда: Флайерз | Город: PHI | Кубки: 2",
        );
        check(
            &["Land,2019,2020,2021", "Peru,1,2,3"],
            "Land | 2019 | 2020 | 2021\nLand: Peru | 2019: 1 | 2020: 2 | 2021: 3",
        );
        check(
            &["Albatross,2.99,stick", "Frog,1.49,bones"],
            "Albatross | 2.99 | stick\nFrog | 1.49 | bones",
        );
        check(&["1,2,3", "a,b,c", "a,b,c"], "1 | 2 | 3\na | b | c\na | b | c");
    }

    #[test]
    fn an_empty_row_may_stand_below_the_names() {
        check(
            &["Quadrate,", "", "Zahl,Quadrat", "", "2,4", "3,9"],
            "Quadrate\nZahl | Quadrat\nZahl: 2 | Quadrat: 4\nZahl: 3 | Quadrat: 9",
        );
    }

    #[test]
    fn another_table_below_a_gap_has_its_own_names() {
        check(
            &["Ort,Zahl", "Ulm,1", "", "Kiel,2", "", "Tier,Beine", "Ente,2"],
            "Ort | Zahl\nOrt: Ulm | Zahl: 1\nOrt: Kiel | Zahl: 2\nTier | Beine\nTier: Ente | Beine: 2",
        );
    }
}
