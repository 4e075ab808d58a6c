//! Plain text to paragraphs: lines that were broken to fit a width are joined again, and what was
//! laid out line by line (lists, tables of spaces, code, verse, addresses) keeps its lines.

use crate::lines::{self, Join};
use crate::refusal::Refusal;
use crate::writer::Writer;

/// Lines longer than this were not broken by hand or by a mail program to fit a width.
const WIDEST: usize = 160;
/// So many lines are looked at together: a text without a single empty line is cut here.
const MOST_LINES: usize = 400;

/// Writes plain text as headings, paragraphs, items and blocks of code.
pub fn write(text: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let join = Join::of(text);
    let mut chunk: Vec<Line<'_>> = Vec::new();
    for raw in lines::of(text) {
        let line = Line::of(raw);
        let apart = chunk.last().is_some_and(|last| last.quoted != line.quoted);
        if line.text.is_empty() || apart || chunk.len() >= MOST_LINES {
            write_chunk(&chunk, &join, writer)?;
            chunk.clear();
        }
        if !line.text.is_empty() {
            chunk.push(line);
        }
    }
    write_chunk(&chunk, &join, writer)
}

/// One line: how deep it is quoted (as in mail), how far indented, and its text.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    quoted: usize,
    indent: usize,
    width: usize,
    text: &'a str,
    /// As it stands after the marks of quoting.
    whole: &'a str,
}

impl<'a> Line<'a> {
    fn of(raw: &'a str) -> Self {
        let mut whole = raw.trim_end();
        let mut quoted = 0;
        while let Some(rest) = whole.strip_prefix('>') {
            quoted += 1;
            whole = rest.strip_prefix(' ').filter(|rest| rest.starts_with('>')).unwrap_or(rest);
        }
        if quoted > 0 {
            whole = whole.strip_prefix(' ').unwrap_or(whole);
        }
        let text = whole.trim_start();
        let before = &whole[..whole.len() - text.len()];
        let indent = before.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
        Self { quoted, indent, width: lines::width(text), text, whole }
    }

    /// A line of nothing but strokes. Two of them stand over the signature of a mail.
    fn is_rule(&self) -> bool {
        let mut characters = self.text.chars();
        let first = characters.next().unwrap_or(' ');
        self.text.len() >= 2
            && "-=_*~+#^\u{2500}\u{2550}\u{2014}".contains(first)
            && characters.all(|c| c == first || c == ' ')
    }

    /// The line without its bullet; numbers stay, since they are said.
    fn item(&self) -> Option<&'a str> {
        let mut characters = self.text.chars();
        let first = characters.next()?;
        let rest = characters.as_str();
        if "-*+\u{2022}\u{2023}\u{25e6}\u{25aa}\u{25cf}\u{2043}\u{b7}\u{2013}".contains(first)
            && rest.starts_with([' ', '\t'])
        {
            return Some(rest.trim_start());
        }
        let inner = self.text.strip_prefix('(').unwrap_or(self.text);
        let digits = inner.chars().take_while(char::is_ascii_digit).count();
        let letter = inner.chars().next().is_some_and(|c| c.is_ascii_lowercase());
        let mark = match (digits, letter) {
            (1..=2, _) => &inner[digits..],
            (0, true) => &inner[1..],
            _ => return None,
        };
        let closed =
            mark.strip_prefix(')').or_else(|| mark.strip_prefix('.').filter(|_| !letter))?;
        closed.starts_with([' ', '\t']).then_some(self.text)
    }
}

fn write_chunk(chunk: &[Line<'_>], join: &Join, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { return Ok(()) };
    if let [title, rule] = chunk
        && rule.is_rule()
        && !title.is_rule()
        && rule.width.abs_diff(title.width) <= 3
    {
        return writer.heading(if rule.text.starts_with('=') { 1 } else { 2 }, title.text);
    }
    if first.is_rule() {
        return write_chunk(&chunk[1..], join, writer);
    }
    if last.is_rule() {
        return write_chunk(&chunk[..chunk.len() - 1], join, writer);
    }
    if is_laid_out(chunk) {
        return write_lines(chunk, writer);
    }
    let width = chunk.iter().map(|line| line.width).max().unwrap_or(0);
    let is_wrapped = width <= WIDEST;
    let mut rest = chunk;
    while !rest.is_empty() {
        let length = unit(rest, width, is_wrapped);
        let (now, later) = rest.split_at(length);
        rest = later;
        match now.first().and_then(Line::item).filter(|_| starts_list(chunk)) {
            Some(text) => writer.item(
                &join.lines(std::iter::once(text).chain(now[1..].iter().map(|line| line.text))),
            )?,
            // Short lines that nothing forced apart: an address, verse, a list of words.
            None if length == 1 && is_wrapped && width < 60 && !later.is_empty() => {
                let end = rest.iter().position(|line| line.item().is_some()).unwrap_or(rest.len());
                let start = chunk.len() - rest.len() - 1;
                write_lines(&chunk[start..start + 1 + end], writer)?;
                rest = &rest[end..];
            }
            None => writer.paragraph(&join.lines(now.iter().map(|line| line.text)))?,
        }
    }
    Ok(())
}

/// A number at the start of a line is a list's only where the chunk has more of them or begins so.
fn starts_list(chunk: &[Line<'_>]) -> bool {
    chunk.first().is_some_and(|line| line.item().is_some())
        || chunk.iter().filter(|line| line.item().is_some()).count() > 1
}

fn write_lines(chunk: &[Line<'_>], writer: &mut Writer<'_>) -> Result<(), Refusal> {
    if let [only] = chunk {
        return writer.paragraph(only.text);
    }
    let lines: Vec<&str> = chunk.iter().map(|line| line.whole).collect();
    writer.code(&lines.join("\n"))
}

/// How many lines from the first on belong to one paragraph or item.
fn unit(lines: &[Line<'_>], width: usize, is_wrapped: bool) -> usize {
    let is_item = lines[0].item().is_some();
    let breaks = |pair: &[Line<'_>]| {
        let [line, next] = pair else { return false };
        let hangs = is_item && next.indent > lines[0].indent;
        next.item().is_some()
            // An indented first line begins a paragraph where no empty line does.
            || (!is_item && next.indent >= line.indent + 2)
            || !(is_wrapped && (hangs || was_broken(line, next, width)))
    };
    lines.windows(2).position(breaks).map_or(lines.len(), |end| end + 1)
}

/// Whether a line ends where it does because the next word did not fit, give or take a little.
fn was_broken(line: &Line<'_>, next: &Line<'_>, width: usize) -> bool {
    let ends_sentence = line.text.ends_with(['.', '!', '?', ':', '。', '！', '？', '।', '؟']);
    let slack = if ends_sentence { 0 } else { (width / 5).max(4) };
    line.indent + line.width + 1 + lines::first_word(next.text) + slack > width
        && (line.width >= 20 || width < 40 && line.width * 4 >= width * 3)
}

/// Whether a chunk's look carries meaning: columns apart by gaps, code, drawings of characters.
fn is_laid_out(chunk: &[Line<'_>]) -> bool {
    if chunk.len() < 2 {
        return false;
    }
    let most = |count: usize, part: usize| count * part >= chunk.len();
    let count = |test: fn(&Line<'_>) -> bool| chunk.iter().filter(|line| test(line)).count();
    let gaps = count(|line| line.item().is_none() && has_gap(line.text));
    let code = count(|line| {
        line.text.ends_with([';', '{', '}', '\\'])
            || line.text.starts_with(['$', '#', '|', '}', '<', '+'])
            || line.text.starts_with(">>> ")
    });
    let symbols = count(|line| {
        let marks = line.text.bytes().filter(u8::is_ascii_punctuation).count();
        marks * 3 > line.text.len()
    });
    let fields = count(is_field);
    let mut indents: Vec<usize> = chunk.iter().map(|line| line.indent).collect();
    indents.sort_unstable();
    indents.dedup();
    let steps = indents.len() > 3 && chunk.iter().all(|line| line.item().is_none());
    most(gaps, 2)
        || most(code, 2)
        || most(symbols, 2)
        || steps
        || (fields > 1 && fields + 1 >= chunk.len())
        || is_verse(chunk)
}

/// Short lines that all begin with a capital, where they all end before the width of a page.
fn is_verse(chunk: &[Line<'_>]) -> bool {
    let capital = |line: &Line<'_>| {
        line.text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)
    };
    chunk.len() > 2
        && chunk.iter().all(|line| line.width < 56 && line.item().is_none() && capital(line))
}

/// `Name: value`, as in the head of a mail or a form.
fn is_field(line: &Line<'_>) -> bool {
    let name = line.text.split(": ").next().unwrap_or_default();
    name.len() < line.text.len() && name.len() < 30 && name.split(' ').count() < 4
}

/// Wide gaps within a line stand between columns.
fn has_gap(text: &str) -> bool {
    text.contains('\t') || text.contains("    ") || text.matches("   ").take(2).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(text: &str, expected: &[(Kind, &str)]) {
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), Limits::default(), &mut alive);
        write(text, &mut writer).unwrap();
        let document = writer.finish().unwrap();
        let found: Vec<_> =
            document.blocks.iter().map(|b| (b.kind, &document.text[b.span.clone()])).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn lines_broken_to_a_width_are_joined() {
        check(
            "Als Gregor Samsa eines Morgens aus unruhigen Träumen er-\nwachte, fand er sich in seinem Bett zu einem ungeheueren\nUngeziefer verwandelt.\n\nEr lag auf dem Rücken.",
            &[
                (
                    Kind::Paragraph,
                    "Als Gregor Samsa eines Morgens aus unruhigen Träumen erwachte, fand er sich in seinem Bett zu einem ungeheueren Ungeziefer verwandelt.",
                ),
                (Kind::Paragraph, "Er lag auf dem Rücken."),
            ],
        );
        check(
            "吾輩は猫である。名前はまだ無い。どこで\n生れたか頓と見当がつかぬ。何でも薄暗い\nじめじめした所で泣いて居た。",
            &[(
                Kind::Paragraph,
                "吾輩は猫である。名前はまだ無い。どこで生れたか頓と見当がつかぬ。何でも薄暗いじめじめした所で泣いて居た。",
            )],
        );
        check(
            "> We should meet on Thursday at the station before the\n> train leaves.\nFine with me, and I shall bring the tickets along.",
            &[
                (
                    Kind::Paragraph,
                    "We should meet on Thursday at the station before the train leaves.",
                ),
                (Kind::Paragraph, "Fine with me, and I shall bring the tickets along."),
            ],
        );
    }

    #[test]
    fn what_was_laid_out_in_lines_keeps_them() {
        check(
            "Ana Pérez\nCalle Mayor 7\n28013 Madrid",
            &[(Kind::Code, "Ana Pérez\nCalle Mayor 7\n28013 Madrid")],
        );
        check(
            "for each in all {\n    count += 1;\n}",
            &[(Kind::Code, "for each in all {\n    count += 1;\n}")],
        );
        check(
            "Stadt       Einwohner\nUlm         126000\nKiel        247000",
            &[(Kind::Code, "Stadt       Einwohner\nUlm         126000\nKiel        247000")],
        );
        check(
            "From: a@example.org\nTo: b@example.org",
            &[(Kind::Code, "From: a@example.org\nTo: b@example.org")],
        );
    }

    #[test]
    fn verse_keeps_its_lines() {
        let verse = "Однажды, в студеную зимнюю пору,\nЯ из лесу вышел; был сильный мороз.\nГляжу, поднимается медленно в гору";
        check(verse, &[(Kind::Code, verse)]);
    }

    #[test]
    fn lists_headings_and_long_lines_are_told_apart() {
        check(
            "Einkauf\n=======\n\n- Brot vom Bäcker, aber nur wenn es\n  noch warm ist\n- Käse\n\n1. Eins\n2. Zwei",
            &[
                (Kind::Heading(1), "Einkauf"),
                (Kind::Item, "Brot vom Bäcker, aber nur wenn es noch warm ist"),
                (Kind::Item, "Käse"),
                (Kind::Item, "1. Eins"),
                (Kind::Item, "2. Zwei"),
            ],
        );
        let (one, two) = ("слово ".repeat(40), "другое ".repeat(50));
        check(
            &format!("{one}\n{two}\nконец"),
            &[
                (Kind::Paragraph, one.trim()),
                (Kind::Paragraph, two.trim()),
                (Kind::Paragraph, "конец"),
            ],
        );
    }
}
