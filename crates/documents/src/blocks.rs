//! Source code and its like, cut where empty lines part what stands at the left margin.

use crate::refusal::Refusal;
use crate::writer::Writer;

/// A unit shorter than this stays with the one after it.
const SHORTEST: usize = 200;
/// A unit longer than this is cut at the next line that is not indented.
const LONG: usize = 8 << 10;
/// One longer than this is cut at any line.
const LONGEST: usize = 64 << 10;

pub fn write(text: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut start = 0;
    let mut at = 0;
    let mut after_gap = false;
    for line in text.split_inclusive('\n') {
        let length = at - start;
        let first = line.chars().next().unwrap_or('\n');
        let is_empty = line.trim().is_empty();
        let begins = !is_empty && !first.is_whitespace() && !closes(line);
        if (begins && after_gap && length >= SHORTEST)
            || (begins && length >= LONG)
            || length >= LONGEST
        {
            writer.code(&text[start..at])?;
            start = at;
        }
        after_gap = is_empty;
        at += line.len();
    }
    writer.code(&text[start..])
}

/// Whether a line at the margin ends what came before it.
fn closes(line: &str) -> bool {
    line.starts_with(['}', ')', ']', '{'])
        || ["end", "else", "fi", "done", "esac"].contains(&line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    #[test]
    fn units_at_the_margin_stay_whole() {
        let body = "    // Zählt, was übrig ist.\n    count += 1;\n\n".repeat(8);
        let text = format!("use a;\n\nfn eins() {{\n{body}}}\n\nfn zwei() {{\n{body}\n}}\n");
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), Limits::default(), &mut alive);
        write(&text, &mut writer).unwrap();
        let document = writer.finish().unwrap();
        let starts: Vec<&str> = document
            .blocks
            .iter()
            .filter_map(|block| document.text[block.span.clone()].lines().next())
            .collect();
        assert_eq!(starts, ["use a;", "fn zwei() {"]);
    }
}
