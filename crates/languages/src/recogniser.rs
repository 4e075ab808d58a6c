//! Which language a text is in, and how sure that is.
//!
//! Most scripts decide by themselves. Where languages share one, trigrams (whatlang) and small words
//! are asked, and what the document says of itself where they are unsure. A language is only named
//! when it is more likely right than not: a wrong one does more harm in a search than none.

use kenning_domain::{Language, Tag};

use crate::scripts::{COUNT, Script, only_language, script, writes};
use crate::small_words;

/// How many letters are looked at: enough for any language, and a bound on the work.
const LETTERS_READ: usize = 1500;
/// Fewer letters than this say nothing in a script that several languages share.
const FEWEST_LETTERS: usize = 4;

/// The language of some text. `declared` is what its document claims, which often is only what its
/// author's program is set to.
pub fn language(text: &str, declared: Option<Tag>) -> Option<Language> {
    let letters = Letters::of(text);
    let main = letters.main?;
    if let Some(language) = by_script(&letters, main, declared) {
        return Some(language);
    }
    if only_language(main).is_some() || letters.read < FEWEST_LETTERS {
        return declared.and_then(|declared| prior(main, declared, 0.6));
    }
    let told = by_words(&letters);
    match (told, declared.filter(|declared| writes(declared.as_str(), main))) {
        (Some(told), Some(declared)) if told.tag == declared => {
            Some(Language { confidence: told.confidence.max(0.95), ..told })
        }
        // What neither trigrams nor words know they take for something near it.
        (Some(told), Some(declared)) if !is_known(declared) && told.tag.as_str() != "en" => {
            Some(Language { tag: declared, confidence: 0.7 })
        }
        (Some(told), Some(declared)) if told.confidence < SURE => {
            Some(Language { tag: declared, confidence: 0.6 })
        }
        (Some(told), _) if told.confidence >= LIKELY => Some(told),
        (_, Some(declared)) => Some(Language { tag: declared, confidence: 0.6 }),
        _ => None,
    }
}

/// Letters of languages that whatlang has no trigrams of: it would take Kazakh for Belarusian.
const UNKNOWN_TO_TRIGRAMS: &[char] = &[
    'ң', 'ғ', 'қ', 'ү', 'ұ', 'һ', 'ә', 'ө', 'җ', 'ӣ', 'ӯ', 'ҳ', 'ҷ', 'ټ', 'ډ', 'ړ', 'ښ', 'ۍ', 'ځ',
    'څ', 'ێ', 'ڵ', 'ڕ', 'ې', 'ۇ', 'ۈ', 'ڭ', 'ڄ', 'ڃ', 'ڳ', 'ٻ',
];

const SURE: f32 = 0.85;
const LIKELY: f32 = 0.5;

/// That a text which says nothing itself is in this language, where the script allows it.
pub fn presumed(text: &str, tag: Tag, confidence: f32) -> Option<Language> {
    prior(Letters::of(text).main?, tag, confidence)
}

fn prior(main: Script, tag: Tag, confidence: f32) -> Option<Language> {
    writes(tag.as_str(), main).then_some(Language { tag, confidence })
}

/// All that speaks for this or that language in a text too short to tell one from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The script most of it is in.
    pub script: Option<Script>,
    /// How many letters were read.
    pub letters: usize,
    /// What small words and letters say: about one for each word that no other language has.
    pub words: Vec<(Tag, f32)>,
    /// What trigrams say, with their own confidence. They are sure of themselves too early.
    pub trigrams: Option<(Tag, f32)>,
}

/// What speaks for which language, weighed by whoever knows more than the text.
pub fn evidence(text: &str) -> Evidence {
    let letters = Letters::of(text);
    let scores = small_words::scores(&letters.text).0;
    let scored = small_words::WORDS.iter().zip(scores);
    let told = scored.filter(|(_, score)| score.evidence > 0.0);
    let shared = letters.main.is_some_and(|main| only_language(main).is_none());
    Evidence {
        script: letters.main,
        letters: letters.read,
        words: told
            .filter_map(|((tag, _), score)| Some((Tag::new(tag)?, score.evidence)))
            .collect(),
        trigrams: shared
            .then(|| by_trigrams(&letters))
            .flatten()
            .and_then(|(tag, confidence)| Some((same_as(Tag::new(tag)?), confidence))),
    }
}

/// What the script alone says.
fn by_script(letters: &Letters, main: Script, declared: Option<Tag>) -> Option<Language> {
    let only = only_language(main)?;
    // One Greek letter is a formula's.
    let fewest = if main == Script::Greek { 6 } else { 2 };
    if letters.counts[main as usize] < fewest {
        return None;
    }
    let kana = letters.counts[Script::Kana as usize];
    let han = letters.counts[Script::Han as usize];
    let share = letters.share(main);
    let (tag, confidence) = match main {
        // Japanese without a single kana is rare past a few words, and Chinese quotes some.
        Script::Han if kana * 20 > han => ("ja", 0.9),
        Script::Han if kana > 0 || han < 8 => ("zh", 0.7),
        _ => (only, share),
    };
    let other = declared.filter(|declared| declared.as_str() != tag);
    let other = other.filter(|declared| writes(declared.as_str(), main));
    // Such scripts are shared as well, if rarely: Assamese, Tigrinya, Dzongkha, and bare kanji.
    let tag = match other {
        Some(declared) if main != Script::Han || confidence < 0.9 => declared,
        _ => Tag::new(tag)?,
    };
    Some(Language { tag, confidence })
}

/// What trigrams and small words say together.
fn by_words(letters: &Letters) -> Option<Language> {
    let words = small_words::verdict(&letters.text);
    let trigrams = by_trigrams(letters);
    let strong = words.filter(|words| words.evidence >= 1.5 && words.lead >= 0.4);
    let (tag, confidence) = match (strong, words, trigrams) {
        (Some(words), _, Some((tag, _))) if words.language == tag => (tag, 1.0),
        (Some(words), ..) if words.share >= 0.12 => (words.language, 0.6 + 0.3 * words.lead),
        (_, Some(words), Some((tag, confidence))) if words.language == tag => {
            (tag, confidence.max(0.55 + 0.4 * words.lead))
        }
        (_, Some(words), Some((_, confidence))) if confidence < 0.9 && words.evidence >= 0.9 => {
            (words.language, 0.45 + 0.3 * words.lead)
        }
        (_, _, Some((tag, confidence))) => (tag, confidence * 0.8),
        (_, Some(words), None) => (words.language, 0.4 + 0.4 * words.lead),
        _ => return None,
    };
    Some(Language { tag: same_as(Tag::new(tag)?), confidence: confidence * letters.purity() })
}

fn by_trigrams(letters: &Letters) -> Option<(&'static str, f32)> {
    let known = !letters.text.contains(UNKNOWN_TO_TRIGRAMS);
    let info = known.then(|| whatlang::detect(&letters.text)).flatten()?;
    Some((tag_of(info.lang())?, info.confidence() as f32))
}

fn is_known(tag: Tag) -> bool {
    small_words::knows(tag.as_str())
}

/// One tag for what is one language to a reader of search results.
pub fn same_as(tag: Tag) -> Tag {
    let same = match tag.as_str() {
        "nb" | "nn" | "nob" | "nno" => "no",
        "fil" => "tl",
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "mo" => "ro",
        "cmn" | "zho" => "zh",
        "bs" | "sh" => "hr",
        _ => return tag,
    };
    Tag::new(same).unwrap_or(tag)
}

/// The letters of a text, counted by script, and those of its main script by themselves.
struct Letters {
    counts: [usize; COUNT],
    main: Option<Script>,
    read: usize,
    /// The words of the main script in small letters, apart by single spaces.
    text: String,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut counts = [0; COUNT];
        let mut read = 0;
        let mut end = text.len();
        for (at, character) in text.char_indices() {
            if let Some(script) = script(character) {
                counts[script as usize] += 1;
                read += 1;
            }
            if read == LETTERS_READ {
                end = at + character.len_utf8();
                break;
            }
        }
        // One character of these says as much as two or three letters.
        let dense = [Script::Han, Script::Kana, Script::Hangul];
        let mut weights = counts;
        dense.iter().for_each(|&script| weights[script as usize] *= 2);
        // Kana and Han are written together: the kana decide.
        let japanese = weights[Script::Kana as usize] * 10 >= weights[Script::Han as usize];
        if japanese && weights[Script::Kana as usize] > 0 {
            weights[Script::Kana as usize] += std::mem::take(&mut weights[Script::Han as usize]);
        }
        let most = weights.iter().max().copied().filter(|&most| most > 0);
        let main = most.and_then(|most| {
            let number = weights.iter().position(|&weight| weight == most)?;
            text.chars().find_map(|character| script(character).filter(|s| *s as usize == number))
        });
        let text = main.map_or_else(String::new, |main| words_in(&text[..end], main));
        Self { counts, main, read, text }
    }

    fn share(&self, script: Script) -> f32 {
        let mut own = self.counts[script as usize];
        if script == Script::Kana {
            own += self.counts[Script::Han as usize];
        }
        own as f32 / self.read.max(1) as f32
    }

    /// How little of other scripts there is, from a half to one.
    fn purity(&self) -> f32 {
        self.main.map_or(0.5, |main| 0.5 + 0.5 * self.share(main))
    }
}

/// Links, paths and code would be taken for Latin words: what has such marks in it is left out.
fn words_in(text: &str, main: Script) -> String {
    let mut words = String::with_capacity(text.len());
    let marked = |word: &&str| !word.contains(['/', '\\', '@', '_', '<', '>', '=', '{', '}']);
    for word in text.split_whitespace().filter(marked) {
        for character in word.chars() {
            let mark = ('\u{300}'..='\u{36f}').contains(&character);
            // Joiners stand inside words of Persian and of Indic scripts.
            let joiner = matches!(character, '\u{200c}' | '\u{200d}');
            if script(character) == Some(main) || (mark && !words.ends_with(' ')) {
                words.extend(character.to_lowercase());
            } else if !joiner && !words.ends_with(' ') {
                words.push(' ');
            }
        }
        if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words
}

/// BCP 47 takes two letters where there are two.
fn tag_of(language: whatlang::Lang) -> Option<&'static str> {
    let code = language.code();
    TAGS.iter().find(|(long, _)| *long == code).map(|(_, short)| *short)
}

const TAGS: &[(&str, &str)] = &[
    ("epo", "eo"),
    ("eng", "en"),
    ("rus", "ru"),
    ("cmn", "zh"),
    ("spa", "es"),
    ("por", "pt"),
    ("ita", "it"),
    ("ben", "bn"),
    ("fra", "fr"),
    ("deu", "de"),
    ("ukr", "uk"),
    ("kat", "ka"),
    ("ara", "ar"),
    ("hin", "hi"),
    ("jpn", "ja"),
    ("heb", "he"),
    ("yid", "yi"),
    ("pol", "pl"),
    ("amh", "am"),
    ("jav", "jv"),
    ("kor", "ko"),
    ("nob", "no"),
    ("dan", "da"),
    ("swe", "sv"),
    ("fin", "fi"),
    ("tur", "tr"),
    ("nld", "nl"),
    ("hun", "hu"),
    ("ces", "cs"),
    ("ell", "el"),
    ("bul", "bg"),
    ("bel", "be"),
    ("mar", "mr"),
    ("kan", "kn"),
    ("ron", "ro"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("mkd", "mk"),
    ("lit", "lt"),
    ("lav", "lv"),
    ("est", "et"),
    ("tam", "ta"),
    ("vie", "vi"),
    ("urd", "ur"),
    ("tha", "th"),
    ("guj", "gu"),
    ("uzb", "uz"),
    ("pan", "pa"),
    ("aze", "az"),
    ("ind", "id"),
    ("tel", "te"),
    ("pes", "fa"),
    ("mal", "ml"),
    ("ori", "or"),
    ("mya", "my"),
    ("nep", "ne"),
    ("sin", "si"),
    ("khm", "km"),
    ("tuk", "tk"),
    ("aka", "ak"),
    ("zul", "zu"),
    ("sna", "sn"),
    ("afr", "af"),
    ("lat", "la"),
    ("slk", "sk"),
    ("cat", "ca"),
    ("tgl", "tl"),
    ("hye", "hy"),
    ("cym", "cy"),
];
