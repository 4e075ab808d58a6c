//! What is shown of texts in many scripts, and what stands out in it.

use kenning_words::query_terms;
use proptest::prelude::*;

use super::*;

/// The excerpt with its highlights between brackets, and dots where the text goes on.
fn shown(text: &str, excerpt: &Excerpt) -> String {
    let mut shown = String::new();
    let mut at = excerpt.span.start;
    for highlight in &excerpt.highlights {
        shown += &text[at..highlight.start];
        shown += &format!("[{}]", &text[highlight.clone()]);
        at = highlight.end;
    }
    let dots = |more: bool| if more { "…" } else { "" };
    let rest = &text[at..excerpt.span.end];
    format!("{}{shown}{rest}{}", dots(excerpt.more_before), dots(excerpt.more_after))
}

fn check(text: &str, language: &str, query: &str, longest: usize, expected: &str) {
    let tags: Vec<Tag> = Tag::new(language).into_iter().collect();
    let words = query_terms(query, &tags);
    let found = excerpt(text, tags.first().copied(), &words, None, longest);
    assert_eq!(shown(text, &found), expected, "{query}");
}

#[test]
fn a_short_text_is_shown_whole() {
    check("", "en", "x", 40, "");
    check("  \n ", "en", "x", 40, "");
    check(" Two boats. \n", "en", "", 40, "Two boats.");
    check("Two boats, one boat.", "en", "boats", 40, "Two [boats], one [boat].");
    check("Zwei Häuser am See.", "de", "haus see", 40, "Zwei [Häuser] am [See].");
}

#[test]
fn highlights_stand_in_any_script() {
    check("Где мой паспорт?", "ru", "паспорт", 40, "Где мой [паспорт]?");
    check("Πού είναι το λιμάνι;", "el", "λιμανι", 40, "Πού είναι το [λιμάνι];");
    check("أين جواز السفر؟", "ar", "السفر", 40, "أين جواز [السفر]؟");
    check("איפה הדרכון שלי", "he", "הדרכון", 40, "איפה [הדרכון] שלי");
    check("पासपोर्ट कहाँ है", "hi", "कहाँ", 40, "पासपोर्ट [कहाँ] है");
    check("港は今日閉まっています。", "ja", "今日", 40, "港は[今日]閉まっています。");
    check("港口今天关闭。", "zh", "今天关闭", 40, "港口[今天关闭]。");
    check("วันนี้ท่าเรือปิด", "th", "ท่าเรือ", 40, "วันนี้[ท่าเรือ]ปิด");
    check("Café à Paris", "fr", "cafe", 40, "[Café] à Paris");
}

const THREE: &str = "The pier was built in spring. The harbour closed when the storm came over the hills. \
                     A ferry to the island leaves each morning from the pier, and tickets cost little.";

#[test]
fn the_window_is_where_most_of_the_query_stands() {
    let ferry =
        "…A [ferry] to the island leaves each [morning] from the pier, and tickets cost little.";
    check(THREE, "en", "ferry morning", 90, ferry);
    let harbour = "…The [harbour] closed when the [storm] came over the hills.…";
    check(THREE, "en", "storm harbour", 60, harbour);
    // Of places that are as good, the first.
    check(THREE, "en", "pier", 40, "The [pier] was built in spring.…");
    check(THREE, "en", "zebra", 40, "The pier was built in spring.…");
    // Different words are more than one word often.
    let boats = "Boat, boat, boat, boat, boat and boat. The red boat sank at night here.";
    check(boats, "en", "red boat", 40, "…The [red] [boat] sank at night here.");
}

#[test]
fn a_long_sentence_is_cut_between_words_and_graphemes() {
    let long = format!("{}needle {}", "hay ".repeat(100), "straw ".repeat(100));
    let words = query_terms("needle", &[]);
    let found = excerpt(&long, None, &words, None, 60);
    let text = shown(&long, &found);
    assert!(text.starts_with("…hay ") && text.contains("[needle]"), "{text}");
    assert!(text.ends_with("straw…"), "{text}");
    let wide = "水".repeat(200) + "港口" + &"火".repeat(200);
    let found = excerpt(&wide, Tag::new("zh"), &query_terms("港口", &[]), None, 60);
    let text = &wide[found.span.clone()];
    assert!(text.contains("港口") && text.chars().count() <= 30, "{text}");
    let family = "👩‍👩‍👧‍👦".repeat(50);
    let found = excerpt_of_matches(&family, &[(0..4, 0)], None, 11);
    assert_eq!(found.span, 0..5 * 25, "{found:?}");
    assert_eq!(found.highlights.first(), Some(&(0..25)));
}

#[test]
fn the_sentence_that_carries_the_meaning_is_shown() {
    let at = THREE.find("The harbour").unwrap();
    let sentence = at..at + THREE[at..].find('.').unwrap() + 1;
    let words = query_terms("pier ferry", &[]);
    let found = excerpt(THREE, None, &words, Some(sentence.clone()), 60);
    let text = shown(THREE, &found);
    assert_eq!(text, "…The harbour closed when the storm came over the hills.…");
    // With room, more of the query's words come with it.
    let found = excerpt(THREE, None, &words, Some(sentence), 90);
    assert!(shown(THREE, &found).contains("[pier]"), "{}", shown(THREE, &found));
}

#[test]
fn lines_end_sentences() {
    let list = format!("- milk and bread\n- a red kettle\n{}", "- something else\n".repeat(30));
    check(&list, "en", "kettle", 20, "…- a red [kettle]…");
}

#[test]
fn a_hostile_text_is_shown_soon() {
    for piece in ["a", "a\u{301}", "\u{200d}", "a. ", "水", "x\n"] {
        let text = piece.repeat(100_000);
        let begun = std::time::Instant::now();
        let found = excerpt(&text, None, &query_terms("a 水 x", &[]), None, LONGEST_EXCERPT);
        assert!(found.span.end <= text.len());
        assert!(begun.elapsed().as_secs() < 10, "{piece:?} took {:?}", begun.elapsed());
    }
}

fn texts() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "a",
        "wort",
        " ",
        " ",
        ". ",
        "\n",
        "é",
        "e\u{301}",
        "水",
        "港口",
        "ท่า",
        "क्या",
        "👩‍👧",
        "\u{200d}",
        "العقد",
        "한국",
        "\r\n",
        "!",
        "。",
    ]);
    proptest::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn an_excerpt_keeps_its_promises(
        text in texts(),
        query in texts(),
        longest in 1_usize..80,
        from in 0_usize..200,
        length in 0_usize..60,
    ) {
        let words = query_terms(&query, &[]);
        for sentence in [None, Some(from..from + length)] {
            let found = excerpt(&text, None, &words, sentence, longest);
            let edges: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(&text).collect();
            let whole = |at: usize| at == 0 || edges.contains(&at);
            prop_assert!(found.span.start <= found.span.end && found.span.end <= text.len());
            prop_assert!(whole(found.span.start) && whole(found.span.end));
            let measure = Letters::of(&text).measure(found.span.clone());
            prop_assert!(measure <= longest, "{measure} is more than {longest}");
            let mut at = found.span.start;
            for highlight in &found.highlights {
                prop_assert!(highlight.start >= at && !highlight.is_empty());
                prop_assert!(whole(highlight.start) && whole(highlight.end));
                at = highlight.end;
            }
            prop_assert!(at <= found.span.end);
            prop_assert_eq!(found.more_before, !text[..found.span.start].trim().is_empty());
            prop_assert_eq!(found.more_after, !text[found.span.end..].trim().is_empty());
        }
    }
}
