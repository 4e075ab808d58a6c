//! The scripts languages are told apart by: which one a letter is of, and who writes in it.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Syriac,
    Thaana,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Ethiopic,
    Cherokee,
    Khmer,
    Mongolian,
    Kana,
    Han,
    Hangul,
}

/// How many scripts there are.
pub const COUNT: usize = Script::Hangul as usize + 1;

/// The blocks of Unicode, as far as each belongs to one script.
const BLOCKS: &[(u32, u32, Script)] = &[
    (0x00c0, 0x024f, Script::Latin),
    (0x0250, 0x02af, Script::Latin),
    (0x0370, 0x03ff, Script::Greek),
    (0x0400, 0x052f, Script::Cyrillic),
    (0x0531, 0x058f, Script::Armenian),
    (0x0591, 0x05f4, Script::Hebrew),
    (0x0610, 0x06ff, Script::Arabic),
    (0x0700, 0x074f, Script::Syriac),
    (0x0750, 0x077f, Script::Arabic),
    (0x0780, 0x07bf, Script::Thaana),
    (0x08a0, 0x08ff, Script::Arabic),
    (0x0900, 0x097f, Script::Devanagari),
    (0x0980, 0x09ff, Script::Bengali),
    (0x0a00, 0x0a7f, Script::Gurmukhi),
    (0x0a80, 0x0aff, Script::Gujarati),
    (0x0b00, 0x0b7f, Script::Oriya),
    (0x0b80, 0x0bff, Script::Tamil),
    (0x0c00, 0x0c7f, Script::Telugu),
    (0x0c80, 0x0cff, Script::Kannada),
    (0x0d00, 0x0d7f, Script::Malayalam),
    (0x0d80, 0x0dff, Script::Sinhala),
    (0x0e01, 0x0e3a, Script::Thai),
    (0x0e40, 0x0e5b, Script::Thai),
    (0x0e80, 0x0eff, Script::Lao),
    (0x0f00, 0x0fff, Script::Tibetan),
    (0x1000, 0x109f, Script::Myanmar),
    (0x10a0, 0x10ff, Script::Georgian),
    (0x1100, 0x11ff, Script::Hangul),
    (0x1200, 0x139f, Script::Ethiopic),
    (0x13a0, 0x13ff, Script::Cherokee),
    (0x1780, 0x17ff, Script::Khmer),
    (0x1800, 0x18af, Script::Mongolian),
    (0x1c80, 0x1c8f, Script::Cyrillic),
    (0x1c90, 0x1cbf, Script::Georgian),
    (0x1e00, 0x1eff, Script::Latin),
    (0x1f00, 0x1fff, Script::Greek),
    (0x2c60, 0x2c7f, Script::Latin),
    (0x2d80, 0x2ddf, Script::Ethiopic),
    (0x2de0, 0x2dff, Script::Cyrillic),
    (0x2e80, 0x2fdf, Script::Han),
    (0x3005, 0x3007, Script::Han),
    (0x3041, 0x309f, Script::Kana),
    (0x30a1, 0x30fa, Script::Kana),
    (0x30fc, 0x30ff, Script::Kana),
    (0x3131, 0x318f, Script::Hangul),
    (0x31f0, 0x31ff, Script::Kana),
    (0x3400, 0x4dbf, Script::Han),
    (0x4e00, 0x9fff, Script::Han),
    (0xa640, 0xa69f, Script::Cyrillic),
    (0xa720, 0xa7ff, Script::Latin),
    (0xa8e0, 0xa8ff, Script::Devanagari),
    (0xa960, 0xa97f, Script::Hangul),
    (0xab70, 0xabbf, Script::Cherokee),
    (0xac00, 0xd7ff, Script::Hangul),
    (0xf900, 0xfaff, Script::Han),
    (0xfb1d, 0xfb4f, Script::Hebrew),
    (0xfb50, 0xfdff, Script::Arabic),
    (0xfe70, 0xfefc, Script::Arabic),
    (0xff21, 0xff5a, Script::Latin),
    (0xff66, 0xff9d, Script::Kana),
    (0x20000, 0x323af, Script::Han),
];

/// The script a letter or its vowel sign is of; `None` for digits, punctuation and marks of all.
pub fn script(character: char) -> Option<Script> {
    if character.is_ascii() {
        return character.is_ascii_alphabetic().then_some(Script::Latin);
    }
    if matches!(character, '×' | '÷') || is_mark_of_all(character) {
        return None;
    }
    let code = u32::from(character);
    let after = BLOCKS.partition_point(|(_, last, _)| *last < code);
    BLOCKS.get(after).filter(|(first, ..)| *first <= code).map(|(.., script)| *script)
}

/// Punctuation and digits inside a script's block that other scripts use as well.
fn is_mark_of_all(character: char) -> bool {
    matches!(character,
        '\u{61b}' | '\u{61f}' | '\u{640}' | '\u{660}'..='\u{66c}' | '\u{6d4}' | '\u{6f0}'..='\u{6f9}'
        | '\u{964}'..='\u{96f}' | '\u{37e}' | '\u{387}')
}

/// The language that alone is commonly written in a script.
pub fn only_language(script: Script) -> Option<&'static str> {
    Some(match script {
        Script::Greek => "el",
        Script::Armenian => "hy",
        Script::Syriac => "syr",
        Script::Thaana => "dv",
        Script::Bengali => "bn",
        Script::Gurmukhi => "pa",
        Script::Gujarati => "gu",
        Script::Oriya => "or",
        Script::Tamil => "ta",
        Script::Telugu => "te",
        Script::Kannada => "kn",
        Script::Malayalam => "ml",
        Script::Sinhala => "si",
        Script::Thai => "th",
        Script::Lao => "lo",
        Script::Tibetan => "bo",
        Script::Myanmar => "my",
        Script::Georgian => "ka",
        Script::Ethiopic => "am",
        Script::Cherokee => "chr",
        Script::Khmer => "km",
        Script::Mongolian => "mn",
        Script::Kana => "ja",
        Script::Han => "zh",
        Script::Hangul => "ko",
        Script::Latin | Script::Cyrillic | Script::Hebrew | Script::Arabic | Script::Devanagari => {
            return None;
        }
    })
}

/// The languages that are not written in Latin letters, or not only: whoever is not here, is.
const WRITTEN: &[(Script, &str)] = &[
    (
        Script::Cyrillic,
        "ru uk be bg mk sr kk ky tg tt ba cv mn uz az tk os ce ab av bs sah tyv udm",
    ),
    (Script::Hebrew, "he yi lad"),
    (Script::Arabic, "ar fa ur ps ckb ku ug sd pa ks az kk ky uz ms arz pnb bal"),
    (Script::Devanagari, "hi mr ne sa bho mai kok new sd ks doi awa"),
    (Script::Bengali, "bn as mni"),
    (Script::Ethiopic, "am ti gez tig"),
    (Script::Tibetan, "bo dz"),
    (Script::Myanmar, "my shn mnw kar"),
    (Script::Georgian, "ka xmf"),
    (Script::Greek, "el grc"),
    (Script::Syriac, "syr arc"),
    (Script::Kana, "ja"),
    (Script::Han, "zh ja yue wuu nan hak"),
    (Script::Hangul, "ko"),
];

/// Those of them that are written in Latin letters as well.
const LATIN_TOO: &str = "sr uz az tk ku kk bs ms nan hak lad tt";

/// Whether this language is written in that script.
pub fn writes(language: &str, script: Script) -> bool {
    let among = |languages: &str| languages.split(' ').any(|one| one == language);
    if script == Script::Latin {
        let elsewhere = WRITTEN.iter().any(|(_, languages)| among(languages))
            || (0..COUNT).any(|number| of_number(number) == Some(language));
        return !elsewhere || among(LATIN_TOO);
    }
    only_language(script) == Some(language)
        || WRITTEN.iter().any(|(of, languages)| *of == script && among(languages))
}

fn of_number(number: usize) -> Option<&'static str> {
    let mut scripts = BLOCKS.iter().map(|(.., script)| *script);
    scripts.find(|script| *script as usize == number).and_then(only_language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_in_order() {
        assert!(BLOCKS.iter().all(|(first, last, _)| first <= last));
        assert!(BLOCKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn letters_know_their_script() {
        let table = [
            ('a', Some(Script::Latin)),
            ('ß', Some(Script::Latin)),
            ('ệ', Some(Script::Latin)),
            ('Ж', Some(Script::Cyrillic)),
            ('ש', Some(Script::Hebrew)),
            ('ي', Some(Script::Arabic)),
            ('ी', Some(Script::Devanagari)),
            ('ไ', Some(Script::Thai)),
            ('ლ', Some(Script::Georgian)),
            ('ロ', Some(Script::Kana)),
            ('漢', Some(Script::Han)),
            ('글', Some(Script::Hangul)),
            ('3', None),
            ('।', None),
            ('、', None),
            ('🙂', None),
        ];
        for (letter, expected) in table {
            assert_eq!(script(letter), expected, "{letter}");
        }
    }

    #[test]
    fn languages_know_their_scripts() {
        let table = [
            ("de", Script::Latin, true),
            ("de", Script::Cyrillic, false),
            ("ru", Script::Latin, false),
            ("sr", Script::Latin, true),
            ("sr", Script::Cyrillic, true),
            ("ja", Script::Han, true),
            ("ja", Script::Kana, true),
            ("zh", Script::Kana, false),
            ("th", Script::Latin, false),
            ("th", Script::Thai, true),
            ("haw", Script::Latin, true),
        ];
        for (language, script, expected) in table {
            assert_eq!(writes(language, script), expected, "{language} {script:?}");
        }
    }
}
