//! Lines and how they are put together again: with a space, without one, or over a hyphen.

use std::collections::HashMap;

/// The lines of a text, whatever ends them; pages and paragraphs end lines as well.
pub fn of(text: &str) -> impl Iterator<Item = &str> {
    let breaks =
        |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest?;
        let Some(end) = now.find(breaks) else {
            rest = None;
            return Some(now);
        };
        let mut after = &now[end..];
        after = after.strip_prefix("\r\n").unwrap_or_else(|| {
            let length = after.chars().next().map_or(0, char::len_utf8);
            &after[length..]
        });
        rest = Some(after);
        Some(&now[..end])
    })
}

/// How wide a text stands in a terminal, near enough.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    let none = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}');
    text.chars().map(|c| if wide(c) { 2 } else { usize::from(!none(c)) }).sum()
}

/// The width of the first stretch that may not be broken.
pub fn first_word(text: &str) -> usize {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if is_unspaced(first) => 2,
        // No reader of a text without spaces can say where its first word ends.
        _ => width(text.split_whitespace().next().unwrap_or_default()).min(24),
    }
}

/// Characters of scripts that are written without spaces between words: Chinese and Japanese with
/// their punctuation, Yi, Thai, Lao, Khmer and Burmese. Korean is written with spaces.
pub fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

/// How many characters are shown that are not white space.
pub fn weight(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

/// Joins the lines of a paragraph: a break becomes a space, but nothing between characters of scripts
/// that are written without spaces. A hyphen at a line's end stays, as browsers keep it.
pub fn unwrapped(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        add_apart(&mut whole, line);
    }
    whole
}

/// Adds what comes after, with a space between where the scripts want one.
fn add_apart(whole: &mut String, next: &str) {
    if let (Some(last), Some(first)) = (whole.chars().next_back(), next.chars().next())
        && !(is_unspaced(last) && is_unspaced(first))
    {
        whole.push(' ');
    }
    whole.push_str(next);
}

/// Joins lines, knowing the whole text: whether `well-` + `known` is one word or two with a hyphen
/// is what the rest of the text says.
#[derive(Debug, Default)]
pub struct Join {
    /// For each word joined without its hyphen: whether the text has it so elsewhere, and with it.
    seen: HashMap<String, [bool; 2]>,
}

impl Join {
    pub fn of(text: &str) -> Self {
        const MOST: usize = 50_000;
        let mut join = Self::default();
        let mut last = "";
        for line in of(text) {
            if let Some((head, _)) = hyphenated(last, line)
                && join.seen.len() < MOST
            {
                let tail = word_at_start(line.trim_start());
                join.seen.insert(format!("{head}{tail}").to_lowercase(), [false; 2]);
            }
            last = line;
        }
        if !join.seen.is_empty() {
            join.look_for_words(text);
        }
        join
    }

    fn look_for_words(&mut self, text: &str) {
        let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '\u{2010}';
        for word in text.split(|c| !inside(c)).filter(|word| word.len() < 100) {
            let plain = word.replace(['-', '\u{2010}'], "").to_lowercase();
            if let Some(seen) = self.seen.get_mut(&plain) {
                seen[usize::from(plain.len() != word.to_lowercase().len())] = true;
            }
        }
    }

    pub fn lines<'a>(&self, lines: impl Iterator<Item = &'a str>) -> String {
        let mut joined = String::new();
        for line in lines {
            self.add(&mut joined, line.trim());
        }
        joined
    }

    fn add(&self, joined: &mut String, line: &str) {
        if joined.ends_with('\u{ad}') {
            joined.pop();
        } else if let Some((head, mark)) = hyphenated(joined, line) {
            let word = format!("{head}{}", word_at_start(line)).to_lowercase();
            let [plain, with_hyphen] = self.seen.get(&word).copied().unwrap_or_default();
            if plain || !with_hyphen {
                joined.truncate(joined.len() - mark.len_utf8());
            }
        } else {
            return add_apart(joined, line);
        }
        joined.push_str(line);
    }
}

/// The part of a word before a hyphen at a line's end, and the hyphen, where the next line goes on
/// with the word.
fn hyphenated<'a>(line: &'a str, next: &str) -> Option<(&'a str, char)> {
    let line = line.trim_end();
    let mark = line.chars().next_back().filter(|c| matches!(c, '-' | '\u{2010}'))?;
    let before = &line[..line.len() - mark.len_utf8()];
    let start =
        before.char_indices().rev().take(60).take_while(|(_, c)| c.is_alphabetic()).last()?.0;
    let head = &before[start..];
    let tail = word_at_start(next.trim_start());
    // `Vor- und Nachteile` is two words, and so it is in other languages.
    let and = [
        "und", "oder", "bis", "bzw", "and", "or", "to", "et", "ou", "y", "e", "o", "en", "of",
        "och", "og",
    ];
    let goes_on = tail.chars().next().is_some_and(char::is_lowercase) && !and.contains(&tail);
    (goes_on && head.chars().nth(1).is_some()).then_some((head, mark))
}

fn word_at_start(line: &str) -> &str {
    &line[..line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len()).min(line.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_every_way() {
        let found: Vec<_> = of("a\r\nb\rc\u{c}d\u{2029}e\n\nf").collect();
        assert_eq!(found, ["a", "b", "c", "d", "e", "", "f"]);
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(Join::of(text).lines(of(text)), expected);
    }

    #[test]
    fn joins_know_hyphens_and_scripts_without_spaces() {
        check("zusammen-\ngesetzt", "zusammengesetzt");
        check("Vor-\nund Nachteile", "Vor- und Nachteile");
        check("a well-\nknown man, well-known", "a well-known man, well-known");
        check("soft\u{ad}\nened", "softened");
        check("天地玄黄，\n宇宙洪荒", "天地玄黄，宇宙洪荒");
        check("ภาษา\nไทย", "ภาษาไทย");
        check("나라의\n말이", "나라의 말이");
        check("F-\nDur", "F- Dur");
        check("שלום\nעולם", "שלום עולם");
    }

    #[test]
    fn lines_are_joined_as_their_script_wants_it() {
        let table = [
            ("one\ntwo", "one two"),
            ("one  \r\n\r\n  two\r\n", "one two"),
            ("人人生而\n自由,\n在尊严", "人人生而自由, 在尊严"),
            ("すべての\n人間は、\n生まれ", "すべての人間は、生まれ"),
            ("ในภาษา\nไทย", "ในภาษาไทย"),
            ("한국어는\n띄어 쓴다", "한국어는 띄어 쓴다"),
            ("一行", "一行"),
            ("well-\nknown", "well- known"),
        ];
        for (text, expected) in table {
            assert_eq!(unwrapped(text), expected, "{text:?}");
        }
    }
}
