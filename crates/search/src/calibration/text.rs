//! The text that says the same in every language: `calibration/TAG.txt`, line by line the same.

use kenning_domain::Tag;

macro_rules! texts {
    ($($tag:literal)*) => {
        &[$(($tag, include_str!(concat!("../../calibration/", $tag, ".txt")))),*]
    };
}

/// By tag.
const TEXTS: &[(&str, &str)] = texts!(
    "af" "ar" "az" "be" "bg" "bn" "ca" "cs" "da" "de" "el" "en" "eo" "es" "et" "fa" "fi" "fr" "he" "hi" "hr" "hu" "hy" "id" "it" "ja" "ka" "ko" "lt" "lv" "mr" "nb" "nl" "pl" "pt" "ro" "ru" "sk" "sl" "sr" "sv" "sw" "ta" "te" "th" "tl" "tr" "uk" "ur" "vi" "zh"
);

/// The first lines are passages, the rest queries as people type them.
pub(super) const PASSAGES: usize = 32;
pub(super) const LINES: usize = 48;

/// Which passages a query has to do with, by their numbers from zero, in the order of the queries.
pub(super) const ANSWERS: [&[usize]; LINES - PASSAGES] = [
    &[15],
    &[19],
    &[28],
    &[5],
    &[14],
    &[0],
    &[22],
    &[30],
    &[3, 31],
    &[6],
    &[11],
    &[7],
    &[12],
    &[17],
    &[25],
    &[13, 4],
];

/// One language's lines.
pub(super) struct Text {
    pub language: Tag,
    pub lines: Vec<&'static str>,
}

pub(super) fn texts() -> impl Iterator<Item = Text> {
    TEXTS.iter().filter_map(|(tag, text)| {
        Some(Text { language: Tag::new(tag)?, lines: text.lines().collect() })
    })
}

/// The languages there is a text in.
pub fn languages() -> Vec<Tag> {
    texts().map(|text| text.language).collect()
}

/// Changes when the text does, so that what was measured with another is measured again.
pub(super) fn digest() -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for (tag, text) in TEXTS {
        hasher.update(tag.as_bytes()).update(b"\0").update(text.as_bytes()).update(b"\0");
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use unicode_normalization::is_nfc;

    use super::*;

    #[test]
    fn every_language_says_all_of_it_in_its_own_words() {
        let mut seen = HashSet::new();
        for text in texts() {
            assert_eq!(text.lines.len(), LINES, "{}", text.language);
            for (number, line) in text.lines.iter().enumerate() {
                let place = format!("{}, line {}", text.language, number + 1);
                assert!(line.trim() == *line && !line.is_empty() && is_nfc(line), "{place}");
                assert!(number < PASSAGES || !line.ends_with(['.', '?', '。']), "{place}");
                assert!(number >= PASSAGES || seen.insert(*line), "{place} stands twice");
            }
        }
        assert!(languages().len() >= 40, "{} languages", languages().len());
        assert!(languages().is_sorted(), "the table is by tag");
    }

    #[test]
    fn the_script_is_the_languages_own() {
        let scripts: &[(&str, std::ops::RangeInclusive<char>)] = &[
            ("ar", '\u{600}'..='\u{6ff}'),
            ("bg", '\u{400}'..='\u{4ff}'),
            ("el", '\u{370}'..='\u{3ff}'),
            ("he", '\u{590}'..='\u{5ff}'),
            ("hi", '\u{900}'..='\u{97f}'),
            ("ja", '\u{3040}'..='\u{9fff}'),
            ("ko", '\u{ac00}'..='\u{d7af}'),
            ("ru", '\u{400}'..='\u{4ff}'),
            ("ta", '\u{b80}'..='\u{bff}'),
            ("th", '\u{e00}'..='\u{e7f}'),
            ("zh", '\u{4e00}'..='\u{9fff}'),
        ];
        for (tag, script) in scripts {
            let text = texts().find(|text| text.language.as_str() == *tag).unwrap();
            for line in text.lines {
                let letters: Vec<char> = line.chars().filter(|c| c.is_alphabetic()).collect();
                let own = letters.iter().filter(|letter| script.contains(*letter)).count();
                assert!(own * 10 >= letters.len() * 9, "{tag}: {line}");
            }
        }
    }
}
