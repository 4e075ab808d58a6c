//! What must hold of all passages of any text, and what the work may cost.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kenning_domain::{CountTokens, ModelError, Passage};
use proptest::prelude::*;

use super::boundaries::{Boundaries, Edge, is_blank};
use super::{Sizes, passages};
use crate::document::{Block, Document, Kind, Metadata};

/// Counts as tokenizers do, roughly: a token for every few bytes of a word.
struct PerWord(usize);

impl CountTokens for PerWord {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.split_whitespace().map(|word| word.len().div_ceil(self.0)).sum())
    }
}

/// White space costs as well, and lines cost more together than apart.
struct Dear;

impl CountTokens for Dear {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.chars().count() + 3 * text.matches('\n').count())
    }
}

/// Remembers what it was asked.
#[derive(Default)]
struct Watched {
    calls: AtomicUsize,
    bytes: AtomicUsize,
    longest: AtomicUsize,
}

impl CountTokens for Watched {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        self.calls.fetch_add(1, Relaxed);
        self.bytes.fetch_add(text.len(), Relaxed);
        self.longest.fetch_max(text.len(), Relaxed);
        PerWord(4).count_tokens(text)
    }
}

struct Broken;

impl CountTokens for Broken {
    fn count_tokens(&self, _: &str) -> Result<usize, ModelError> {
        Err(ModelError::Gone)
    }
}

fn document(blocks: &[(Kind, Option<u32>, &str)]) -> Document {
    let mut document = Document::default();
    for (kind, page, text) in blocks {
        if !document.text.is_empty() {
            document.text.push_str("\n\n");
        }
        let start = document.text.len();
        document.text.push_str(text);
        document.blocks.push(Block { span: start..document.text.len(), kind: *kind, page: *page });
    }
    document
}

fn texts<'a>(document: &'a Document, found: &[Passage]) -> Vec<&'a str> {
    found.iter().map(|passage| &document.text[passage.span.clone()]).collect()
}

/// The headings above a place, told from the blocks alone.
fn headings_at(document: &Document, place: usize) -> Vec<String> {
    let boundaries = Boundaries::new(&document.text);
    let mut path: Vec<(u8, String)> = Vec::new();
    for block in document.blocks.iter().filter(|block| block.span.start <= place) {
        let text = &document.text[boundaries.trimmed(block.span.clone())];
        if let Kind::Heading(level) = block.kind
            && !is_blank(text)
        {
            path.retain(|(above, _)| *above < level);
            path.push((level, text.to_owned()));
        }
    }
    path.into_iter().map(|(_, text)| text).collect()
}

fn must_hold(document: &Document, counter: &dyn CountTokens, sizes: Sizes) -> Vec<Passage> {
    let text = &document.text;
    let found = passages(document, counter, sizes).unwrap();
    let boundaries = Boundaries::new(text);
    let mut end = 0;
    for (number, passage) in found.iter().enumerate() {
        let own = text.get(passage.span.clone()).expect("a slice");
        assert!(!is_blank(own), "a passage of nothing");
        for edge in [passage.span.start, passage.span.end] {
            assert_eq!(boundaries.floor(edge), edge, "a cut inside a grapheme cluster");
        }
        let single = boundaries.next(passage.span.start) >= passage.span.end;
        let tokens = counter.count_tokens(own).unwrap();
        assert!(tokens <= sizes.most || single, "{tokens} tokens in {own:?}");
        assert!(passage.span.end > end, "out of order");
        if passage.span.start < end {
            let before = &found[number - 1];
            let repeated = &text[passage.span.start..end];
            assert!(passage.span.start > before.span.start, "repeats all of the one before");
            assert!(counter.count_tokens(repeated).unwrap() <= sizes.overlap, "{repeated:?}");
            assert_eq!(passage.headings, before.headings, "repeats across headings");
        } else {
            assert!(is_blank(&text[end..passage.span.start]), "text was left out");
        }
        end = passage.span.end;
    }
    assert!(is_blank(&text[end..]), "text was left out at the end");
    assert_eq!(passages(document, counter, sizes).unwrap(), found, "not the same twice");
    found
}

/// What holds where the blocks are as a writer makes them.
fn places_must_hold(document: &Document, found: &[Passage]) {
    let mut end = 0;
    for passage in found {
        let rest = &document.text[end.max(passage.span.start)..];
        let own = document.text.len() - rest.trim_start().len();
        let block = document.blocks.iter().find(|block| block.span.end > own).unwrap();
        assert_eq!(passage.page, block.page);
        let repeats_rows = passage.span.start < end && block.kind == Kind::Row;
        assert!(!repeats_rows, "repeats before a row");
        // Headings too long for one passage are all under the last of them.
        let path = headings_at(document, passage.span.end - 1);
        let inside = |block: &&Block| block.span.end >= passage.span.end;
        let last = document.blocks.iter().find(inside).unwrap();
        let heading = matches!(last.kind, Kind::Heading(_));
        assert!(
            passage.headings.len() == path.len() || heading && passage.headings.len() > path.len()
        );
        // One as long as a book is kept by its beginning.
        let mut pairs = passage.headings.iter().zip(&path);
        assert!(
            pairs.all(|(kept, whole)| whole.starts_with(kept) && kept.len() > whole.len().min(400)
                || whole == kept)
        );
        end = passage.span.end;
    }
}

/// Bits of text that are easily cut wrong.
const BITS: &[&str] = &[
    "wort",
    "Ein Satz. ",
    "Noch einer! ",
    "x",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    ". ",
    "e\u{301}",
    " \u{301}",
    "\u{301}",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇩🇪",
    "🇯🇵🇫🇷",
    "\u{1112}\u{1161}\u{11ab}",
    "한국어",
    "שלום עולם. ",
    "مرحبا بالعالم. ",
    "雨が降る。",
    "我们回家吧",
    "ฝนตกหนักมาก",
    "ພາສາລາວ",
    "ភាសាខ្មែរ",
    "မြန်မာစာ",
    "क्षत्रिय है। ",
    "\u{200d}",
    "\u{200f}",
    "\u{fe0f}",
    "{\"a\":1,\"b\":[2]}",
    "aGVsbG8gd29ybGQ=",
    "-----",
    "U.S.A. ",
    "3.14 ",
    "\u{600}5",
    "　",
    "\u{85}",
];

fn bit() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(BITS).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("not NUL", |c| *c != '\0').prop_map(String::from),
        1 => "[a-z]{1,40}",
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        2 => (1_u8..7).prop_map(Kind::Heading),
        4 => Just(Kind::Paragraph),
        1 => Just(Kind::Item),
        1 => Just(Kind::Row),
        1 => Just(Kind::Code),
    ]
}

fn any_document() -> impl Strategy<Value = Document> {
    let text = prop::collection::vec(bit(), 1..40).prop_map(|bits| bits.concat());
    let block =
        (kind(), prop::option::of(1_u32..5), text).prop_filter("not blank", |(_, _, text)| {
            let boundaries = Boundaries::new(text);
            !boundaries.trimmed(0..text.len()).is_empty()
        });
    prop::collection::vec(block, 1..12).prop_map(|blocks| {
        let blocks: Vec<_> =
            blocks.iter().map(|(k, page, text)| (*k, *page, text.as_str())).collect();
        document(&blocks)
    })
}

fn any_counter() -> impl Strategy<Value = usize> {
    0_usize..4
}

fn counter(number: usize) -> &'static dyn CountTokens {
    [&PerWord(1) as &dyn CountTokens, &PerWord(4), &PerWord(3), &Dear][number]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_covered_by_passages_that_fit(
        document in any_document(), number in any_counter(), most in 1_usize..80, overlap in 0_usize..25,
    ) {
        let found = must_hold(&document, counter(number), Sizes { most, overlap });
        places_must_hold(&document, &found);
    }

    #[test]
    fn blocks_that_are_not_as_they_should_be_cost_nothing(
        mut document in any_document(), spans in prop::collection::vec((0_usize..400, 0_usize..400), 0..12),
    ) {
        for (block, (start, end)) in document.blocks.iter_mut().zip(spans) {
            block.span = start..end;
        }
        must_hold(&document, &PerWord(2), Sizes { most: 20, overlap: 5 });
    }
}

#[test]
fn passages_follow_the_structure() {
    use Kind::*;
    let (one, two) = (Some(1), Some(2));
    let document = document(&[
        (Paragraph, one, "Vor allem."),
        (Heading(1), one, "Das Haus"),
        (Heading(2), one, "Das Dach"),
        (Paragraph, one, "Es ist rot."),
        (Paragraph, two, "Und alt."),
        (Heading(2), two, "Der Keller"),
        (Heading(2), two, "Der Garten"),
        (Item, two, "Rosen"),
        (Heading(1), two, "屋根"),
    ]);
    let found = must_hold(&document, &PerWord(4), Sizes::default());
    places_must_hold(&document, &found);
    let expected: &[(&str, Option<u32>, &[&str])] = &[
        ("Vor allem.", one, &[]),
        ("Das Haus\n\nDas Dach\n\nEs ist rot.\n\nUnd alt.", one, &["Das Haus", "Das Dach"]),
        ("Der Keller", two, &["Das Haus", "Der Keller"]),
        ("Der Garten\n\nRosen", two, &["Das Haus", "Der Garten"]),
        ("屋根", two, &["屋根"]),
    ];
    assert_eq!(found.len(), expected.len());
    for (passage, (text, page, headings)) in found.iter().zip(expected) {
        assert_eq!(&document.text[passage.span.clone()], *text);
        assert_eq!(
            (passage.page, passage.headings.as_slice()),
            (*page, headings.map_strings().as_slice())
        );
    }
}

trait MapStrings {
    fn map_strings(&self) -> Vec<String>;
}

impl MapStrings for &[&str] {
    fn map_strings(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

#[test]
fn headings_of_a_slide_end_with_it() {
    let slides = [
        (Kind::Heading(1), Some(1), "Ziele"),
        (Kind::Paragraph, Some(1), "Mehr Licht."),
        (Kind::Paragraph, Some(2), "Ein Bild ohne Titel."),
    ];
    let paths = |anew: bool| {
        let document = Document { pages_begin_anew: anew, ..document(&slides) };
        let found = must_hold(&document, counter(0), Sizes::default());
        found.into_iter().map(|passage| passage.headings).collect::<Vec<_>>()
    };
    let heading = vec!["Ziele".to_owned()];
    assert_eq!(paths(true), [heading.clone(), vec![]]);
    assert!(paths(false).iter().all(|path| *path == heading));
}

#[test]
fn text_is_split_where_it_hurts_least() {
    use Kind::*;
    let table: &[(Kind, &str, usize, usize, &[&str])] = &[
        // Sentences, and the last one again where it fits.
        (
            Paragraph,
            "Der Regen kommt heute sehr spät in der Nacht. Wir gehen los und sehen uns nicht um. \
             Es wird dunkel am Ufer des Flusses.",
            26,
            11,
            &[
                "Der Regen kommt heute sehr spät in der Nacht. Wir gehen los und sehen uns nicht um.",
                "Wir gehen los und sehen uns nicht um. Es wird dunkel am Ufer des Flusses.",
            ],
        ),
        // Words, where a sentence is too long.
        (
            Paragraph,
            "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
            8,
            0,
            &["eins zwei drei vier", "fünf sechs sieben", "acht neun zehn elf zwölf"],
        ),
        (
            Paragraph,
            "我们明天早上一起去海边看日出然后回家吃早饭",
            12,
            0,
            &["我们明天早上一起去海边看", "日出然后回家吃早饭"],
        ),
        // Rows between rows, and nothing again.
        (
            Row,
            "Ort: Köln am Rhein | Jahr: 1920\nOrt: Ulm an der Donau | Jahr: 1930",
            12,
            6,
            &["Ort: Köln am Rhein | Jahr: 1920", "Ort: Ulm an der Donau | Jahr: 1930"],
        ),
        // Code at lines.
        (
            Code,
            "fn one() {\n    let first = call(1);\n    let second = call(2);\n}",
            12,
            0,
            &["fn one() {\n    let first = call(1);", "let second = call(2);\n}"],
        ),
        // One long word at clusters.
        (
            Paragraph,
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
            3,
            2,
            &["e\u{301}e\u{301}e\u{301}", "e\u{301}e\u{301}e\u{301}", "e\u{301}"],
        ),
    ];
    for (kind, text, most, overlap, expected) in table {
        let document = document(&[(*kind, None, text)]);
        let found = must_hold(&document, &PerWord(4), Sizes { most: *most, overlap: *overlap });
        assert_eq!(texts(&document, &found), *expected);
    }
}

#[test]
fn what_is_repeated_begins_with_a_word() {
    let words =
        "Unter der alten Brücke am Fluss wohnte seit vielen Jahren ein freundlicher Fährmann ";
    let document = document(&[(Kind::Paragraph, None, &words.repeat(40))]);
    let found = must_hold(&document, &PerWord(4), Sizes { most: 100, overlap: 15 });
    let boundaries = Boundaries::new(&document.text);
    let mut edges = Vec::new();
    boundaries.edges(0..document.text.len(), Edge::Word, &mut |edge| edges.push(edge));
    for pair in found.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        assert!(after.span.start < before.span.end, "nothing is repeated");
        assert!(edges.binary_search(&after.span.start).is_ok());
    }
}

#[test]
fn the_path_has_its_room() {
    let text = "Der Regen fällt auf das Dach. ".repeat(60);
    let mut document =
        document(&[(Kind::Heading(1), None, "Wetter im Gebirge"), (Kind::Paragraph, None, &text)]);
    document.metadata = Metadata { title: Some("Bergbuch".into()), ..Metadata::default() };
    let sizes = Sizes { most: 60, overlap: 9 };
    for passage in must_hold(&document, &PerWord(4), sizes) {
        let embedded = passage.embedded_text(Some("Bergbuch"), &document.text);
        assert!(embedded.starts_with("Bergbuch › Wetter im Gebirge › Der Regen"), "{embedded}");
        assert!(PerWord(4).count_tokens(&embedded).unwrap() <= sizes.most);
    }
}

#[test]
fn odd_documents_are_no_trouble() {
    let empty = Document::default();
    assert_eq!(passages(&empty, &PerWord(4), Sizes::default()).unwrap(), []);
    let blank = document(&[(Kind::Paragraph, None, " \n ")]);
    assert_eq!(passages(&blank, &PerWord(4), Sizes::default()).unwrap(), []);
    let without_blocks = Document { text: "Text. Mehr Text.".into(), ..Document::default() };
    assert_eq!(must_hold(&without_blocks, &PerWord(4), Sizes::default()).len(), 1);
    let heading = document(&[(Kind::Heading(0), None, &"Wort ".repeat(3000))]);
    assert!(must_hold(&heading, &PerWord(4), Sizes::default())[9].headings[0].len() <= 512);
    let some = document(&[(Kind::Paragraph, None, "Wort")]);
    assert!(matches!(passages(&some, &Broken, Sizes::default()), Err(ModelError::Gone)));
}

#[test]
fn a_cluster_too_large_stands_alone() {
    let monster = format!("a{}", "\u{301}".repeat(100_000));
    let document = document(&[(Kind::Paragraph, None, &format!("Davor {monster} danach"))]);
    let found = must_hold(&document, &PerWord(4), Sizes::default());
    assert_eq!(texts(&document, &found), ["Davor", monster.as_str(), "danach"]);
}

/// Repeats a pattern up to so many bytes.
fn long(pattern: &str, bytes: usize) -> String {
    pattern.repeat(bytes / pattern.len())
}

#[test]
fn the_work_is_linear_in_the_text() {
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4";
    let lines: String = (0..40_000).map(|n| format!("row {n}\n")).collect();
    let table: &[(&str, Kind, String)] = &[
        ("a line of 70,000 letters", Kind::Paragraph, "x".repeat(70_000)),
        ("base64", Kind::Paragraph, long(base64, 1 << 20)),
        (
            "minified JSON",
            Kind::Code,
            long("{\"id\":17,\"name\":\"Köln\",\"at\":[1.5,2]},", 1 << 20),
        ),
        ("Chinese without a stop", Kind::Paragraph, long("我们明天早上一起去海边看日出", 5 << 20)),
        ("Thai", Kind::Paragraph, long("ฝนตกหนักมากในเมืองใหญ่", 1 << 20)),
        ("prose", Kind::Paragraph, long("Der Regen fällt leise auf das alte Dach. ", 1 << 20)),
        ("short sentences", Kind::Paragraph, long("A. B! ", 1 << 19)),
        ("unended sentences", Kind::Paragraph, format!("a.{}", long("1 ", 1 << 19))),
        ("short lines", Kind::Code, lines),
        ("marks", Kind::Paragraph, long("- = * ", 1 << 19)),
    ];
    for (name, kind, text) in table {
        let counter = Watched::default();
        let document = document(&[(*kind, None, text)]);
        let started = std::time::Instant::now();
        let found = passages(&document, &counter, Sizes::default()).unwrap();
        let (calls, bytes) = (counter.calls.load(Relaxed), counter.bytes.load(Relaxed));
        let (size, longest) = (text.len(), counter.longest.load(Relaxed));
        println!(
            "{name}: {size} bytes, {} passages, {calls} calls, {:.2} × the bytes, longest {longest}, {:?}",
            found.len(),
            bytes as f64 / size as f64,
            started.elapsed()
        );
        assert!(calls <= size / 16, "{name}: {calls} calls for {size} bytes");
        assert!(bytes <= 4 * size, "{name}: {bytes} bytes counted of {size}");
        assert!(longest <= 8 << 10, "{name}: {longest} bytes counted at once");
    }
}

#[test]
fn many_small_blocks_are_counted_together() {
    let blocks: Vec<_> = (0..20_000).map(|_| (Kind::Row, None, "a | b")).collect();
    let counter = Watched::default();
    let document = document(&blocks);
    passages(&document, &counter, Sizes::default()).unwrap();
    assert!(counter.calls.load(Relaxed) < blocks.len() / 3);
}
