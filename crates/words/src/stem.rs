//! The stem of a word, by Snowball's algorithms, in the languages that have one.

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
    let mut stem = String::new();
    Stems::new(language).stem_onto(clipped(word), &mut stem);
    stem
}

/// Stems words of one language, and keeps what it needs for that.
pub struct Stems {
    stemmer: Option<Stemmer>,
    turkic: bool,
    small: String,
}

impl Stems {
    pub fn new(language: Option<Tag>) -> Self {
        let stemmer = language.and_then(|language| {
            let known = LANGUAGES.iter().find(|(tags, _)| tags.contains(&language.as_str()))?;
            Some(Stemmer::new(known.1))
        });
        let turkic = language.is_some_and(|language| matches!(language.as_str(), "tr" | "az"));
        Self { stemmer, turkic, small: String::new() }
    }

    /// Appends the folded stem. What has digits in it is a name, not a form of one.
    pub fn stem_onto(&mut self, word: &str, to: &mut String) {
        let Some(stemmer) =
            self.stemmer.filter(|_| !word.bytes().any(|byte| byte.is_ascii_digit()))
        else {
            return fold_onto(word, to);
        };
        self.small.clear();
        small_onto(word, self.turkic, &mut self.small);
        let start = to.len();
        fold_onto(&stemmer.stem(&self.small), to);
        if to.len() == start {
            fold_onto(word, to);
        }
    }
}
