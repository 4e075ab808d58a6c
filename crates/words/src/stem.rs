//! The stem of a word, by Snowball's algorithms, in the languages that have one.

use std::cell::Cell;

use compact_str::CompactString;
use frostem::{Algorithm, Stemmer};
use kenning_domain::Tag;

use crate::fold::{clipped, fold_onto, small_onto};

/// Languages by their tags, those that share an algorithm together.
const LANGUAGES: &[(&[&str], Algorithm)] = &[
    (&["ar"], Algorithm::Arabic),
    (&["hy"], Algorithm::Armenian),
    (&["eu"], Algorithm::Basque),
    (&["ca"], Algorithm::Catalan),
    (&["cs"], Algorithm::Czech),
    (&["da"], Algorithm::Danish),
    (&["nl"], Algorithm::Dutch),
    (&["en"], Algorithm::English),
    (&["eo"], Algorithm::Esperanto),
    (&["et"], Algorithm::Estonian),
    (&["fi"], Algorithm::Finnish),
    (&["fr"], Algorithm::French),
    (&["de"], Algorithm::German),
    (&["el"], Algorithm::Greek),
    (&["hi"], Algorithm::Hindi),
    (&["hu"], Algorithm::Hungarian),
    // Malay and Indonesian have their affixes in common.
    (&["id", "ms"], Algorithm::Indonesian),
    (&["ga"], Algorithm::Irish),
    (&["it"], Algorithm::Italian),
    (&["lt"], Algorithm::Lithuanian),
    (&["ne"], Algorithm::Nepali),
    (&["no", "nb", "nn"], Algorithm::Norwegian),
    (&["fa"], Algorithm::Persian),
    (&["pl"], Algorithm::Polish),
    (&["pt"], Algorithm::Portuguese),
    (&["ro"], Algorithm::Romanian),
    (&["ru"], Algorithm::Russian),
    // Made for both scripts and for what was one language's textbook.
    (&["sr", "hr", "bs", "sh"], Algorithm::Serbian),
    (&["st"], Algorithm::Sesotho),
    (&["es"], Algorithm::Spanish),
    (&["sv"], Algorithm::Swedish),
    (&["ta"], Algorithm::Tamil),
    (&["tr"], Algorithm::Turkish),
    (&["uk"], Algorithm::Ukrainian),
    (&["yi"], Algorithm::Yiddish),
];

/// The languages whose words have stems here; in any other a word is its own stem.
pub fn languages_with_stems() -> impl Iterator<Item = Tag> {
    LANGUAGES.iter().flat_map(|(tags, _)| tags.iter()).filter_map(|tag| Tag::new(tag))
}

/// The folded stem of a word as it was written; the folded word where the language has no stems.
pub fn stem(word: &str, language: Option<Tag>) -> String {
    Stems::new(language).stem(word)
}

/// Stems words of one language, and remembers those it met.
pub struct Stems {
    language: Option<Tag>,
    stemmer: Option<Stemmer>,
    turkic: bool,
    small: String,
    known: Option<Known>,
}

impl Stems {
    pub fn new(language: Option<Tag>) -> Self {
        let stemmer = language.and_then(|language| {
            let known = LANGUAGES.iter().find(|(tags, _)| tags.contains(&language.as_str()))?;
            Some(Stemmer::new(known.1))
        });
        let turkic = language.is_some_and(|language| matches!(language.as_str(), "tr" | "az"));
        let known = stemmer.and_then(|_| SPARE.take());
        Self { language, stemmer, turkic, small: String::new(), known }
    }

    /// The folded stem of a word as it was written.
    pub fn stem(&mut self, word: &str) -> String {
        let mut stem = String::new();
        self.stem_onto(clipped(word), &mut stem);
        stem
    }

    /// Appends the folded stem. What has digits in it is a name, not a form of one.
    pub(crate) fn stem_onto(&mut self, word: &str, to: &mut String) {
        let Some(stemmer) = self.stemmer else { return fold_onto(word, to) };
        if let Some(stem) = self.known.as_ref().and_then(|known| known.stem(word, self.language)) {
            return to.push_str(stem);
        }
        let start = to.len();
        if !word.bytes().any(|byte| byte.is_ascii_digit()) {
            self.small.clear();
            small_onto(word, self.turkic, &mut self.small);
            fold_onto(&stemmer.stem(&self.small), to);
        }
        if to.len() == start {
            fold_onto(word, to);
        }
        if let Some(known) = &mut self.known {
            known.keep(word, self.language, &to[start..]);
        }
    }
}

impl Drop for Stems {
    fn drop(&mut self) {
        if let Some(known) = self.known.take() {
            SPARE.set(Some(known));
        }
    }
}

thread_local! {
    /// Texts are short and a stem takes longer than all else, so what one text taught serves the next.
    static SPARE: Cell<Option<Known>> = Cell::new(Some(Known::default()));
}

/// Stems of words met lately. A word has one place; whoever comes later takes it.
#[derive(Default)]
struct Known {
    /// Empty until the first word is kept.
    entries: Vec<Entry>,
}

#[derive(Clone, Default)]
struct Entry {
    language: Option<Tag>,
    word: CompactString,
    stem: CompactString,
}

const PLACES: usize = 1 << 14;
/// Words this short, and their stems, need no memory of their own.
const LONGEST_KEPT: usize = 24;

impl Known {
    fn stem(&self, word: &str, language: Option<Tag>) -> Option<&str> {
        let entry = self.entries.get(place(word))?;
        (entry.word == word && entry.language == language).then_some(entry.stem.as_str())
    }

    fn keep(&mut self, word: &str, language: Option<Tag>, stem: &str) {
        if word.len() > LONGEST_KEPT || stem.len() > LONGEST_KEPT {
            return;
        }
        if self.entries.is_empty() {
            self.entries.resize(PLACES, Entry::default());
        }
        self.entries[place(word)] =
            Entry { language, word: CompactString::new(word), stem: CompactString::new(stem) };
    }
}

/// Eight bytes at a time; a collision costs one more stemming, so nobody gains by making them.
fn place(word: &str) -> usize {
    let mut hash = word.len() as u64;
    for bytes in word.as_bytes().chunks(8) {
        let mut eight = [0; 8];
        eight[..bytes.len()].copy_from_slice(bytes);
        hash =
            (hash.rotate_left(23) ^ u64::from_le_bytes(eight)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (hash >> (64 - PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_that_is_remembered_is_that_of_its_language() {
        let words = ["IŞIKLAR", "IN", "Gasten", "houses", "casas", "straße", "utf8", "книгами"];
        let languages = ["tr", "de", "nl", "en", "es", "ru"].map(Tag::new);
        let mut remembered = Vec::new();
        for _ in 0..2 {
            for language in languages {
                let mut stems = Stems::new(language);
                assert!(stems.known.is_some());
                // There is one memory, and it is lent out: this one has to work without.
                let mut forgetful = Stems::new(language);
                assert!(forgetful.known.is_none());
                for word in words {
                    let (mut one, mut other) = (String::new(), String::new());
                    stems.stem_onto(word, &mut one);
                    forgetful.stem_onto(word, &mut other);
                    assert_eq!(one, other, "{language:?} {word}");
                    remembered.push(
                        stems
                            .known
                            .as_ref()
                            .and_then(|known| known.stem(word, language).map(str::to_owned)),
                    );
                }
            }
        }
        assert!(remembered.iter().all(Option::is_some), "nothing is remembered");
    }
}
