//! What the parts of this crate promise together, in many languages and for any text.

use std::time::{Duration, Instant};

use icu_segmenter::GraphemeClusterSegmenter;
use kenning_domain::Tag;
use proptest::prelude::*;

use crate::{
    LastWord, Segmenter, Term, exact_terms, languages_with_stems, matches, phrase_terms,
    query_terms, stem, terms,
};

fn tag(language: &str) -> Option<Tag> {
    Tag::new(language)
}

fn texts_of(terms: &[Term]) -> String {
    let texts: Vec<&str> = terms.iter().map(|term| term.text.as_str()).collect();
    texts.join(" ")
}

#[test]
fn forms_of_a_word_have_one_stem() {
    let table = [
        ("ar", "كتاب", "الكتاب"),
        ("ca", "gats", "gat"),
        ("cs", "ženami", "žena"),
        ("da", "husene", "huset"),
        ("de", "Häusern", "Haus"),
        ("el", "ΔΡΌΜΟΥΣ", "δρόμους"),
        ("en", "Libraries", "library"),
        ("es", "canciones", "canción"),
        ("et", "raamatud", "raamatu"),
        ("eu", "etxean", "etxera"),
        ("fi", "taloissa", "talossa"),
        ("fr", "éléphants", "elephant"),
        ("hi", "किताबें", "किताब"),
        ("hu", "házakban", "házban"),
        ("id", "membaca", "dibaca"),
        ("it", "ragazzi", "ragazzo"),
        ("lt", "namuose", "namas"),
        ("nb", "husene", "huset"),
        ("nl", "katten", "kat"),
        ("pt", "nações", "nação"),
        ("ro", "copiilor", "copii"),
        ("ru", "книгами", "книга"),
        ("sr", "књигама", "knjiga"),
        ("sv", "husen", "huset"),
        ("tr", "KITAPLARI", "kıtap"),
        ("tr", "kitapları", "kitap"),
        ("uk", "книгами", "книга"),
        // Languages without stems: one spelling is all that is asked.
        ("vi", "Đường", "duong"),
        ("ko", "한국", "한국"),
        ("xx", "Été", "ete"),
    ];
    for (language, one, other) in table {
        assert_eq!(
            stem(one, tag(language)),
            stem(other, tag(language)),
            "{language}: {one} {other}"
        );
    }
}

#[test]
fn stems_are_known_for_the_languages_that_have_them() {
    let languages: Vec<String> =
        languages_with_stems().map(|language| language.to_string()).collect();
    assert!(languages.len() >= 40, "{}", languages.len());
    for language in ["ar", "de", "en", "hi", "nb", "ru", "ta", "tr"] {
        assert!(languages.iter().any(|known| known == language), "{language}");
    }
    for language in ["ja", "th", "vi", "ko"] {
        assert!(!languages.iter().any(|known| known == language), "{language}");
    }
}

#[test]
fn a_text_is_found_by_its_terms() {
    let table = [
        ("en", "The Libraries opened.", "the librari open"),
        ("de", "Die Häuser, grün!", "die haus grun"),
        ("ru", "Ёлки и книги", "елк и книг"),
        ("vi", "Tiếng Việt", "tieng viet"),
        ("he", "שָׁלוֹם צה\"ל", "שלום צהל"),
        ("uk", "м'ята", "мят"),
        ("am", "ሰላም ለዓለም", "ሰላም ለዓለም"),
        ("ka", "გამარჯობა", "გამარჯობა"),
        ("bn", "আমার বাংলা", "আমার বাংলা"),
        ("bo", "བོད་སྐད", "བོད སྐད"),
        ("ja", "東京都", "東京 東 京都 京 都"),
        ("zh", "猫。", "猫"),
        ("zh", "天\n气", "天气 天 气"),
        ("ko", "학교 에", "학교 학 교 에"),
        ("th", "ที่นี้", "ที่นี้ ที่ นี้"),
        ("km", "ខ្មែរ", "ខ្មែរ ខ្មែ រ"),
        ("my", "မြန်မာ", "မြန် မြ န်မာ န် မာ"),
        ("ja", "Wi‑Fiルータ", "wifi wi fi ルー ル ータ ー タ"),
        ("", "camelCase", "camelcase camel case"),
        ("", "XMLHttpRequest", "xmlhttprequest xml http request"),
        ("", "snake_case", "snakecase snake case"),
        ("", "utf8 utf-8", "utf8 utf utf8 utf 8"),
        ("", "3.14 3,14", "3.14 3 14 3.14 3 14"),
        ("", "2024-06-30", "2024-06-30 2024 06 30"),
        ("", "v1.2.3", "v1.2.3 v1 2 3"),
        ("", "ada@example.org", "adaexampleorg ada example org"),
        ("", "/home/file.txt", "home filetxt file txt"),
        ("fr", "l’eau", "leau l eau"),
        ("", "a,b", "a b"),
        ("", "iPhone", "iphone phone"),
        ("", "😀 … —", ""),
    ];
    for (language, text, expected) in table {
        let mut found = Vec::new();
        terms(text, tag(language), &mut found);
        assert_eq!(texts_of(&found), expected, "{text}");
    }
}

/// Where a phrase stands among the terms of a text, by the positions alone.
fn stands_in(phrase: &str, text: &str) -> bool {
    let mut of_text = Vec::new();
    exact_terms(text, &mut of_text);
    let phrase = phrase_terms(phrase);
    let Some(first) = phrase.first() else { return false };
    of_text.iter().filter(|term| term.text == first.text).any(|start| {
        phrase.iter().all(|wanted| {
            let position = start.position + wanted.position - first.position;
            of_text.iter().any(|term| term.position == position && term.text == wanted.text)
        })
    })
}

#[test]
fn a_phrase_stands_where_its_words_follow_each_other() {
    let table = [
        ("open the door", "Please open the door!", true),
        ("open door", "Please open the door!", false),
        ("doors", "the door", false),
        ("foo bar", "foo-bar baz", true),
        ("foo-bar", "see foo-bar-baz", true),
        ("bar baz", "foo-bar baz", true),
        ("homme libre", "l'homme libre", true),
        ("camelcase rocks", "camelCase rocks", true),
        ("case rocks", "camelCase rocks", false),
        ("東京都", "ここは東京都です", true),
        ("東都", "ここは東京都です", false),
        ("都", "ここは東京都です", true),
        ("す", "ここは東京都です", true),
        ("東京 tower", "東京 Tower", true),
        ("東京 tower", "東京都 Tower", false),
        ("天气很好", "今天天\n气很好。", true),
        ("ที่นี่", "อยู่ที่นี่แล้ว", true),
        ("ที", "อยู่ที่นี่แล้ว", false),
        ("café crème", "un CAFE CREME", true),
        ("한국어", "나는 한국어를", true),
    ];
    for (phrase, text, expected) in table {
        assert_eq!(stands_in(phrase, text), expected, "{phrase} in {text}");
    }
}

#[test]
fn a_query_knows_the_terms_its_words_may_be_met_as() {
    let table: &[(&str, &[&str], &[&[&str]])] = &[
        ("", &[], &[]),
        ("houses", &["en"], &[&["hous", "houses"]]),
        ("Canciones", &["es", "de", "en"], &[&["cancion", "cancio", "cancion", "canciones"]]),
        ("l'eau", &["fr"], &[&["eau", "leau"]]),
        ("don't", &["en"], &[&["don", "dont"]]),
        ("e-mail", &[], &[&["e", "email"], &["mail", "email"]]),
        ("camelCase", &[], &[&["camel", "camelcase"], &["case", "camelcase"]]),
        ("iPhone", &[], &[&["iphone"]]),
        ("東京都", &["ja"], &[&["東京"], &["京都"]]),
        ("都", &["ja"], &[&["都"]]),
        ("東京 都", &["ja"], &[&["東京"], &["都"]]),
    ];
    for (text, languages, expected) in table {
        let languages: Vec<Tag> = languages.iter().filter_map(|one| Tag::new(one)).collect();
        let words = query_terms(text, &languages);
        let found: Vec<&[String]> = words.iter().map(|word| word.alternatives.as_slice()).collect();
        let mut expected: Vec<Vec<&str>> = expected.iter().map(|one| one.to_vec()).collect();
        for one in &mut expected {
            let mut seen = Vec::new();
            one.retain(|term| {
                !seen.contains(term) && {
                    seen.push(term);
                    true
                }
            });
        }
        assert_eq!(found, expected, "{text}");
        assert!(words.iter().rev().skip(1).all(|word| !word.is_last));
        assert!(words.last().is_none_or(|word| word.is_last));
    }
}

/// The text with the places of a query's words in brackets.
fn marked(language: &str, text: &str, query: &str, last: LastWord) -> String {
    let languages: Vec<Tag> = tag(language).into_iter().collect();
    let words = query_terms(query, &languages);
    let mut marked = String::new();
    let mut done = 0;
    for (place, _) in matches(text, tag(language), &words, last) {
        marked.push_str(&text[done..place.start]);
        marked.push('[');
        marked.push_str(&text[place.clone()]);
        marked.push(']');
        done = place.end;
    }
    marked + &text[done..]
}

#[test]
fn the_words_of_a_query_are_marked_where_they_stand() {
    use LastWord::{Beginning, Whole};
    let table = [
        ("en", "Two houses, a House.", "house", Whole, "Two [houses], a [House]."),
        ("en", "houseboat", "house", Whole, "houseboat"),
        ("en", "A houseboat", "a house", Beginning, "[A] [houseboat]"),
        ("de", "Die Häuser", "HAUS", Whole, "Die [Häuser]"),
        ("ru", "О книгах и ёлке", "книга елка", Whole, "О [книгах] и [ёлке]"),
        ("ar", "قرأت الكِتاب أمس", "كتاب", Whole, "قرأت [الكِتاب] أمس"),
        ("he", "שָׁלוֹם עולם", "שלום", Whole, "[שָׁלוֹם] עולם"),
        ("ja", "ここは東京都です", "東京都", Whole, "ここは[東京都]です"),
        ("ja", "東京と京都", "東京", Whole, "[東京]と京都"),
        ("zh", "今天天气很好", "天气", Whole, "今天[天气]很好"),
        ("zh", "一只猫。", "猫", Whole, "一只[猫]。"),
        ("th", "อยู่ที่นี่แล้ว", "ที่นี่", Whole, "อยู่[ที่นี่]แล้ว"),
        ("ko", "나는 한국어를 배운다", "한국어", Whole, "나는 [한국어]를 배운다"),
        ("", "see camelCase", "case", Whole, "see camel[Case]"),
        ("", "see camelCase", "camelcase", Whole, "see [camelCase]"),
        ("", "by e-mail", "email", Whole, "by [e-mail]"),
        ("", "by email", "e-mail", Whole, "by [email]"),
        ("", "snake_case here", "snake_case", Whole, "[snake_case] here"),
        ("fr", "De l’eau", "eau", Whole, "De l’[eau]"),
        ("vi", "tiếng Việt", "tieng viet", Whole, "[tiếng] [Việt]"),
        ("hi", "किताबें पढ़ो", "किताब", Whole, "[किताबें] पढ़ो"),
        ("tr", "IŞIKLAR yandı", "ışık", Whole, "[IŞIKLAR] yandı"),
    ];
    for (language, text, query, last, expected) in table {
        assert_eq!(marked(language, text, query, last), expected, "{query}");
    }
}

#[test]
fn words_are_those_a_reader_would_point_at() {
    let table = [
        ("Two words, Straße!", "two words strasse"),
        ("我们回家。", "我们 回家"),
        ("東京に行く", "東京 に 行く"),
        ("ฝนตกหนัก", "ฝน ตกหนัก"),
        ("ສະບາຍດີ", "ສະບາຍ ດີ"),
        ("한국어를 배운다", "한국어를 배운다"),
        ("iPhone用ケース", "iphone 用 ケース"),
        ("नमस्ते दुनिया", "नमस्ते दुनिया"),
    ];
    let segmenter = Segmenter::new();
    for (text, expected) in table {
        let found: Vec<String> =
            segmenter.words(text).into_iter().map(|word| word.folded.into_owned()).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn hostile_texts_take_no_longer_than_others() {
    let units = [
        "\u{301}",
        "x",
        "\u{200D}",
        "A",
        "aB",
        "a-",
        "a'",
        "1.",
        "東",
        "ก\u{E34}",
        "ᄀ",
        "א\"",
        "\n東",
    ];
    for unit in units {
        for start in ["", "a", "東"] {
            let text = start.to_owned() + &unit.repeat((1 << 20) / unit.len());
            let began = Instant::now();
            let mut found = Vec::new();
            terms(&text, tag("en"), &mut found);
            let query = query_terms(start, &[]);
            matches(&text, None, &query, LastWord::Beginning);
            assert!(found.iter().all(|term| term.text.len() <= 1 << 10), "{unit:?}");
            assert!(began.elapsed() < Duration::from_secs(20), "{start:?} {unit:?}");
        }
    }
}

/// Text of all scripts mixed with the signs that words turn on.
fn any_text() -> impl Strategy<Value = String> {
    let letters = "[a-zA-Z0-9ßéİıжЙώא\u{5B8}\"'’ع\u{64E}क\u{94D}ष\u{200D}กิ่\u{E33}ខ\u{17D2}ម東京カ\u{3099}ｶ\u{FF9E}한ᄀ\u{1161}\u{11A8}👩🏽\u{200B} \n.,_@-]{0,40}";
    prop_oneof![letters.prop_map(|text| text), "\\PC{0,30}".prop_map(|text| text)]
}

proptest! {
    #[test]
    fn terms_stand_in_order_inside_the_text(text in any_text()) {
        for language in ["", "en", "tr", "ar", "sr", "uk"] {
            let mut found = Vec::new();
            terms(&text, tag(language), &mut found);
            for term in &found {
                prop_assert!(text.get(term.span.clone()).is_some_and(|place| !place.is_empty()));
                prop_assert!(!term.text.is_empty());
            }
            let order = found.windows(2).all(|two| {
                two[0].position <= two[1].position && two[0].span.start <= two[1].span.start
            });
            prop_assert!(order);
        }
    }

    #[test]
    fn marks_cut_no_character(text in any_text(), query in any_text()) {
        let whole: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(&text).collect();
        for query in [query.as_str(), text.as_str()] {
            let words = query_terms(query, &[]);
            let mut end = 0;
            for (place, word) in matches(&text, None, &words, LastWord::Beginning) {
                prop_assert!(word < words.len());
                prop_assert!(place.start >= end && place.start < place.end);
                end = place.end;
                prop_assert!(whole.contains(&place.start), "{:?} {:?}", place, &text);
                prop_assert!(whole.contains(&place.end), "{:?} {:?}", place, &text);
            }
        }
    }

    #[test]
    fn a_text_contains_itself_as_a_phrase(text in any_text()) {
        prop_assert!(phrase_terms(&text).is_empty() || stands_in(&text, &text));
    }

    #[test]
    fn no_stemmer_fails_on_any_word(word in "[a-zA-Zäéıžřąßñøćжыїґύאעعلالقیभिषाதமிய'’\u{200C}]{0,24}", other in "\\PC{0,12}") {
        for language in languages_with_stems() {
            stem(&word, Some(language));
            stem(&other, Some(language));
        }
    }

    #[test]
    fn words_stand_in_order_apart(text in any_text()) {
        let mut end = 0;
        for word in Segmenter::new().words(&text) {
            prop_assert!(word.span.start >= end && word.span.end > word.span.start);
            prop_assert!(text.get(word.span.clone()).is_some());
            end = word.span.end;
        }
    }
}
