//! What a terminal is told: text that cannot steer it, lines that fit it, styles that a pipe never sees.

use std::env;
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

pub const STRONG: Style = Style::new().bold();
pub const QUIET: Style = Style::new().dimmed();

/// What comes out of a file, as one line that a terminal only shows. Marks that turn the direction of
/// what follows are left out, since a piece of a text may lack those that end them.
pub fn clean(text: &str) -> String {
    text.chars().filter_map(shown).collect()
}

fn shown(c: char) -> Option<char> {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => Some(char::REPLACEMENT_CHARACTER),
        c => Some(c),
    }
}

/// A path as a person names it, from the home folder where it lies there.
pub fn path(path: &Path) -> String {
    let home = env::home_dir().filter(|home| home.parent().is_some());
    let within = home.as_deref().and_then(|home| path.strip_prefix(home).ok());
    let named = match within {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => path.display().to_string(),
    };
    clean(&named)
}

/// `1 file`, `5,310 files`.
pub fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", number(count))
}

/// With a comma between thousands.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// How many columns a terminal has, if standard output is one.
pub fn width() -> Option<usize> {
    let (columns, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(columns.0))
}

/// A text made clean, with what stands out in it, in lines of at most `width` columns. Blanks and line
/// ends that follow each other become one blank.
pub fn lines(text: &str, standing_out: &[Range<usize>], width: usize) -> Vec<String> {
    let is_out = |at: usize| standing_out.iter().any(|range| range.contains(&at));
    let mut cells: Vec<Cell> = text
        .char_indices()
        .filter_map(|(at, c)| Some(Cell { c: shown(c)?, stands_out: is_out(at) }))
        .collect();
    cells.dedup_by(|next, before| next.c == ' ' && before.c == ' ');
    broken(&cells, width).into_iter().map(written).collect()
}

/// The beginning of a text that is clean already, in at most `width` columns.
pub fn fitting(text: &str, width: usize) -> String {
    let mut columns = 0;
    let fits = |c: &char| {
        columns += c.width().unwrap_or(0);
        columns <= width
    };
    text.chars().take_while(fits).collect()
}

struct Cell {
    c: char,
    stands_out: bool,
}

/// Breaks at the last blank that fits, or anywhere where none does.
fn broken(cells: &[Cell], width: usize) -> Vec<&[Cell]> {
    let mut lines = Vec::new();
    let (mut start, mut blank, mut columns) = (0, None, 0);
    for (place, cell) in cells.iter().enumerate() {
        if cell.c == ' ' {
            blank = Some(place);
        }
        columns += cell.c.width().unwrap_or(0);
        if columns > width && place > start {
            let (end, next) = blank.map_or((place, place), |blank| (blank, blank + 1));
            lines.push(&cells[start..end]);
            let kept = cells[next.min(place + 1)..=place].iter();
            columns = kept.map(|cell| cell.c.width().unwrap_or(0)).sum();
            (start, blank) = (next, None);
        }
    }
    if start < cells.len() || lines.is_empty() {
        lines.push(&cells[start..]);
    }
    lines
}

fn written(cells: &[Cell]) -> String {
    let mut line = String::new();
    for run in cells.chunk_by(|a, b| a.stands_out == b.stands_out) {
        let text = run.iter().map(|cell| cell.c);
        if run.first().is_some_and(|cell| cell.stands_out) {
            // Writing into a string cannot fail.
            let _ = write!(line, "{STRONG}{}{STRONG:#}", text.collect::<String>());
        } else {
            line.extend(text);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_out_of_a_file_steers_a_terminal() {
        let check = |text: &str, expected: &str| assert_eq!(clean(text), expected);
        check("a\u{1b}[31mb", "a\u{fffd}[31mb");
        check("один\r\nдва\tтри", "один  два три");
        check("rep\u{202e}fdp.exe\u{2066}", "repfdp.exe");
        check("\u{9b}2J", "\u{fffd}2J");
        check("नमस्ते 👩‍🌾 שלום", "नमस्ते 👩‍🌾 שלום");
    }

    #[test]
    fn lines_break_at_blanks_and_else_where_they_are_full() {
        let check = |text: &str, width: usize, expected: &[&str]| {
            assert_eq!(lines(text, &[], width), expected, "{text}");
        };
        check("one two three", 7, &["one two", "three"]);
        check("one two three", 80, &["one two three"]);
        check("unbreakable", 4, &["unbr", "eaka", "ble"]);
        check("自転車の修理", 5, &["自転", "車の", "修理"]);
        check("ab 自転車", 5, &["ab", "自転", "車"]);
        check("Title\n\nText", 80, &["Title Text"]);
        check("exact fit", 5, &["exact", "fit"]);
        check("", 5, &[""]);
        check("wide 語", 1, &["w", "i", "d", "e", "語"]);
    }

    #[test]
    fn what_stands_out_is_marked_on_each_line_anew() {
        let text = "einen Reifen flicken";
        let bold = |text: &str| format!("{STRONG}{text}{STRONG:#}");
        assert_eq!(
            lines(text, &[6..12, 13..20], 12),
            [format!("einen {}", bold("Reifen")), bold("flicken")]
        );
    }

    #[test]
    fn numbers_are_written_for_people() {
        let check = |count: u64, expected: &str| assert_eq!(counted(count, "file"), expected);
        check(0, "0 files");
        check(1, "1 file");
        check(999, "999 files");
        check(5310, "5,310 files");
        check(1_234_567, "1,234,567 files");
        assert_eq!(fitting("自転車", 5), "自転");
    }
}
