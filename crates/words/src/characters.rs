//! What part a character plays in a word. This module knows characters only, never their neighbours.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

/// What a character does to the word it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Ends whatever stands before it.
    Gap,
    Lower,
    Upper,
    /// A letter of a script that has no capitals.
    Letter,
    Digit,
    /// Belongs to the character before it.
    Mark,
    /// Of a script that puts no spaces between words.
    Wide,
    /// Korean puts spaces between phrases only, so its syllables are taken like wide characters.
    Syllable,
    /// May stand inside a word.
    Apostrophe,
    /// Holds the parts of a longer name together: `snake_case`, `kebab-case`, `a.b`.
    Joint,
}

impl Class {
    /// Whether words are made of it in scripts with spaces.
    pub fn is_spaced(self) -> bool {
        matches!(self, Self::Lower | Self::Upper | Self::Letter | Self::Digit)
    }

    pub fn is_wide(self) -> bool {
        matches!(self, Self::Wide | Self::Syllable)
    }
}

/// The classes of the characters that are met most, looked up instead of worked out.
pub struct Classes {
    low: &'static [Class],
}

const LOW: u32 = 0x3100;

static TABLE: LazyLock<Vec<Class>> =
    LazyLock::new(|| (0..LOW).map(|code| char::from_u32(code).map_or(Class::Gap, class)).collect());

impl Classes {
    pub fn new() -> Self {
        Self { low: &TABLE }
    }

    /// The class of the character that begins at this byte and how many bytes it has, or `None` at
    /// the end of the text.
    pub fn at(&self, text: &str, byte: usize) -> Option<(Class, usize)> {
        let first = *text.as_bytes().get(byte)?;
        if first < 0x80 {
            return Some((self.low[usize::from(first)], 1));
        }
        let character = text[byte..].chars().next()?;
        Some((self.of(character), character.len_utf8()))
    }

    pub fn of(&self, character: char) -> Class {
        match u32::from(character) {
            code @ ..LOW => self.low[code as usize],
            0x3400..=0x4DBF | 0x4E00..=0x9FFF => Class::Wide,
            0xAC00..=0xD7A3 => Class::Syllable,
            _ => class(character),
        }
    }
}

fn class(character: char) -> Class {
    match character {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{5F3}' | '\u{FF07}' => Class::Apostrophe,
        '_' | '-' | '.' | ',' | '@' | '&' | '+' | '\u{2010}' | '\u{2011}' | '\u{5BE}' => {
            Class::Joint
        }
        _ if is_mark(character) => Class::Mark,
        _ if digit(character).is_some() => Class::Digit,
        _ if is_syllable(character) => Class::Syllable,
        _ if is_prefix(character) => Class::Letter,
        _ if !character.is_alphanumeric() => Class::Gap,
        _ if is_without_spaces(character) => Class::Wide,
        _ if character.is_uppercase() => Class::Upper,
        _ if character.is_lowercase() => Class::Lower,
        _ => Class::Letter,
    }
}

/// Whether it is drawn with the character before it, or not at all.
fn is_mark(character: char) -> bool {
    let also = matches!(
        character,
        // A soft hyphen, the marks of direction, joiners and selectors are nothing to a reader.
        '\u{AD}' | '\u{61C}' | '\u{200C}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}'
        // Vowels of Thai and Lao that Unicode counts as letters.
        | '\u{E33}' | '\u{EB3}'
        // Vowels and final consonants of Korean syllables written letter by letter.
        | '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FB}'
        // The voicing of half-width kana.
        | '\u{FF9E}' | '\u{FF9F}'
        // Skin tones, and the letters of flags.
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}'
    );
    also || is_combining_mark(character)
}

/// Signs that are drawn around the digits or letters after them.
fn is_prefix(character: char) -> bool {
    matches!(
        character,
        '\u{600}'
            ..='\u{605}'
                | '\u{6DD}'
                | '\u{70F}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8E2}'
                | '\u{110BD}'
                | '\u{110CD}'
    )
}

fn is_syllable(character: char) -> bool {
    matches!(
        character,
        '\u{1100}'..='\u{115F}' | '\u{3131}'..='\u{318E}' | '\u{A960}'..='\u{A97C}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{FFA1}'..='\u{FFDC}'
    )
}

/// The first consonant of a Korean syllable, which goes on with the next character.
pub fn is_leading_consonant(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{115F}' | '\u{A960}'..='\u{A97C}')
}

/// A sign that puts the next consonant below the one before: Khmer, Burmese, Tai Tham.
pub fn is_stacker(character: char) -> bool {
    matches!(character, '\u{17D2}' | '\u{1039}' | '\u{1A60}')
}

fn is_without_spaces(character: char) -> bool {
    matches!(
        character,
        // Thai, Lao, Burmese, Khmer, Tai Le, New Tai Lue, Tai Tham.
        '\u{E00}'..='\u{E7F}' | '\u{E80}'..='\u{EFF}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}' | '\u{1950}'..='\u{19DF}' | '\u{1A20}'..='\u{1AAF}'
        // Signs, kana and bopomofo of Chinese and Japanese.
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}'
        | '\u{3038}'..='\u{303C}' | '\u{3041}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        // Chinese characters, Yi, more of Burmese and Tai.
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A000}'..='\u{A48C}'
        | '\u{A9E0}'..='\u{A9FE}' | '\u{AA60}'..='\u{AADF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        // Ahom, old kana, rare Chinese characters.
        | '\u{11700}'..='\u{1174F}' | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Where the ten digits of a script begin.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// The European digit for a digit of any script.
pub fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_play_their_part() {
        let table = [
            ("aßжωա", Class::Lower),
            ("AÄЖΩԱ", Class::Upper),
            ("אبकαძአꓐ".trim_matches('α'), Class::Letter),
            ("0٣३๙９", Class::Digit),
            ("東あアｱกກကកㄅ々ー", Class::Wide),
            ("한ㄱᄀ", Class::Syllable),
            ("\u{301}\u{200D}\u{94D}\u{E33}\u{5B8}", Class::Mark),
            ("'’", Class::Apostrophe),
            ("_-.@", Class::Joint),
            (" \n。/!😀€", Class::Gap),
        ];
        let classes = Classes::new();
        for (characters, expected) in table {
            for character in characters.chars() {
                assert_eq!(classes.of(character), expected, "{character:?}");
            }
        }
    }
}
