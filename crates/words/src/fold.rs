//! One spelling for what readers take for the same word: case, marks and ways to encode it aside.

use std::borrow::Cow;
use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};

use crate::characters::digit;

/// More characters of a word are never looked at: what is longer was not written to be read.
pub const LONGEST: usize = 64;

/// The beginning of a word, as long as words get.
pub fn clipped(word: &str) -> &str {
    if word.len() <= LONGEST {
        return word;
    }
    word.char_indices().nth(LONGEST).map_or(word, |(end, _)| &word[..end])
}

/// NFKC, case folded, without the diacritics of alphabets and with European digits. Signs that are
/// letters to their readers stay: Indic vowels, the voicing of kana.
pub fn fold(text: &str) -> Cow<'_, str> {
    let same =
        |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase() && byte != b'\'' && byte != b'"';
    if text.bytes().all(same) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    fold_onto(text, &mut folded);
    Cow::Owned(folded)
}

/// Appends what [`fold`] gives.
pub fn fold_onto(text: &str, to: &mut String) {
    let start = to.len();
    let table = &*TABLE;
    let mut composes = false;
    for character in text.chars() {
        let code = u32::from(character);
        match table.get(code as usize) {
            Some(&Folding::One(folded)) => {
                to.push(folded);
                composes |= code >= FIRST_KEPT_MARK;
            }
            Some(Folding::Nothing) => {}
            None if is_plain(code) => to.push(character),
            _ => {
                composes = true;
                to.extend(folding(character));
            }
        }
    }
    if composes && is_nfc_quick(to[start..].chars()) != IsNormalized::Yes {
        let composed: String = to[start..].nfc().collect();
        to.truncate(start);
        to.push_str(&composed);
    }
}

/// What stemmers read: NFKC in small letters, marks and all.
pub fn small_onto(word: &str, turkic: bool, to: &mut String) {
    let small = |character: char, to: &mut String| match character {
        'I' if turkic => to.push('ı'),
        'İ' if turkic => to.push('i'),
        // Stemmers know one apostrophe.
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{2BB}' => to.push('\''),
        'A'..='Z' => to.push(character.to_ascii_lowercase()),
        '\0'..='\u{7F}' => to.push(character),
        _ => to.extend(character.to_lowercase()),
    };
    match is_nfkc_quick(word.chars()) {
        IsNormalized::Yes => word.chars().for_each(|character| small(character, to)),
        _ => word.nfkc().for_each(|character| small(character, to)),
    }
}

#[derive(Clone, Copy)]
enum Folding {
    Nothing,
    One(char),
    /// Several characters, which are worked out each time.
    More,
}

/// Alphabets lie below, whose marks are all dropped, so that nothing is left to be composed.
const FIRST_KEPT_MARK: u32 = 0x900;
const TABLE_END: u32 = 0x3000;

static TABLE: LazyLock<Vec<Folding>> = LazyLock::new(|| {
    let of = |code| {
        let folded = folding(char::from_u32(code)?);
        Some(match folded[..] {
            [] => Folding::Nothing,
            [one] => Folding::One(one),
            _ => Folding::More,
        })
    };
    (0..TABLE_END).map(|code| of(code).unwrap_or(Folding::Nothing)).collect()
});

/// Whether a character above the table folds to itself: the bulk of Chinese, Japanese and Korean.
fn is_plain(code: u32) -> bool {
    matches!(code, 0x3041..=0x3096 | 0x30A1..=0x30FE | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3)
}

/// The characters one is folded to. Taken apart until nothing changes, since small letters can be
/// taken apart that their capitals hide.
fn folding(character: char) -> Vec<char> {
    let mut folded = vec![character];
    loop {
        let apart = folded.iter().flat_map(|&one| one.nfkd());
        let small = apart.flat_map(char::to_lowercase);
        let next: Vec<char> = small.filter(|&one| !is_dropped(one)).flat_map(replaced).collect();
        if next == folded {
            return next.into_iter().nfc().collect();
        }
        folded = next;
    }
}

/// Letters that Unicode does not take apart, though people write one for the other.
fn replaced(character: char) -> impl Iterator<Item = char> {
    let (first, second) = match character {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' | 'ɗ' | 'ɖ' => ('d', None),
        'ł' => ('l', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        'ŋ' | 'ɲ' => ('n', None),
        'ƙ' => ('k', None),
        'ɓ' => ('b', None),
        'ƴ' => ('y', None),
        // Turkish capitals of i and ı are typed one for the other.
        'ı' => ('i', None),
        'ς' => ('σ', None),
        // Arabic, Persian and Urdu write these letters with different characters.
        'ٱ' => ('ا', None),
        'ى' | 'ی' => ('ي', None),
        'ة' | 'ہ' | 'ۃ' => ('ه', None),
        'ک' | 'ڪ' => ('ك', None),
        other => (digit(other).unwrap_or(other), None),
    };
    [Some(first), second].into_iter().flatten()
}

/// Diacritics of alphabets, and what cannot be seen.
fn is_dropped(character: char) -> bool {
    matches!(character,
        // Latin, Greek, Cyrillic.
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{2DE0}'..='\u{2DFF}'
        | '\u{A66F}'..='\u{A67D}' | '\u{A69E}' | '\u{A69F}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{2B9}'..='\u{2DF}'
        // Hebrew points, Arabic and Syriac vowels, tatweel.
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{600}'..='\u{605}' | '\u{610}'..='\u{61A}' | '\u{640}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}'
        | '\u{6EA}'..='\u{6ED}' | '\u{70F}' | '\u{711}' | '\u{730}'..='\u{74A}'
        | '\u{890}'..='\u{89F}' | '\u{8CA}'..='\u{8FF}'
        // Apostrophes inside a word.
        | '\'' | '"' | '\u{2018}' | '\u{2019}' | '\u{201D}' | '\u{5F3}' | '\u{5F4}'
        // What is not drawn: soft hyphens, joiners, marks of direction, selectors.
        | '\u{AD}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{110BD}' | '\u{110CD}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_word_are_one() {
        let table = [
            ("Straße STRASSE", "strasse strasse"),
            ("Ærø Œuvre Þór Łódź Đà", "aero oeuvre thor lodz da"),
            ("cafe\u{301} CAFÉ", "cafe cafe"),
            ("Việt Nam đường", "viet nam duong"),
            ("İstanbul ISTANBUL ıstanbul istanbul", "istanbul istanbul istanbul istanbul"),
            ("Ёлка йод ЇЖАК", "елка иод іжак"),
            ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد كـــتاب", "محمد كتاب"),
            ("أحمد إلى آية مدرسة کتابی", "احمد الي ايه مدرسه كتابي"),
            ("हिन्दी", "हिन्दी"),
            ("বাংলা தமிழ்", "বাংলা தமிழ்"),
            ("ﬁne Ｆｕｌｌ ①", "fine full 1"),
            ("ｶﾞｷﾞ が", "ガギ が"),
            ("한글", "한글"),
            ("가", "가"),
            ("٢٠٢٤ २०२४ ๒๐๒๔", "2024 2024 2024"),
            ("co\u{AD}op\u{200D}", "coop"),
            ("м’ята", "мята"),
            ("ქართული ԵՒ և", "ქართული եւ եւ"),
        ];
        for (text, expected) in table {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn every_character_folds_to_what_folds_to_itself() {
        for character in (0..=0x10FFFF).filter_map(char::from_u32) {
            let once = fold(character.encode_utf8(&mut [0; 4])).into_owned();
            assert_eq!(fold(&once), once, "{character:?} {:x}", u32::from(character));
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,20}") {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once).into_owned(), once);
        }
    }
}
