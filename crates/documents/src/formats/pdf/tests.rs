//! PDFs that the tests write themselves, and what must be read from them.

pub mod fixture;

use self::fixture::{Fixture, Text};
use crate::document::{Document, Kind};
use crate::formats::Formats;
use crate::limits::Limits;
use crate::refusal::Refusal;

fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    Formats::all().extract("it.pdf", bytes, Limits::default(), &mut || ())
}

fn blocks(bytes: &[u8]) -> Vec<(Kind, u32, String)> {
    let document = read(bytes).unwrap();
    assert_eq!(document.format, "PDF");
    let text = |block: &crate::document::Block| document.text[block.span.clone()].to_owned();
    document.blocks.iter().map(|b| (b.kind, b.page.unwrap(), text(b))).collect()
}

fn texts(bytes: &[u8]) -> Vec<String> {
    blocks(bytes).into_iter().map(|(.., text)| text).collect()
}

fn page(lines: &[(f32, f32, f32, &str)]) -> Vec<u8> {
    let mut text = Text::default();
    for (x, y, size, line) in lines {
        text.line(*x, *y, *size, line);
    }
    Fixture::default().page(&text).bytes()
}

#[test]
fn lines_become_paragraphs_and_large_type_headings() {
    let bytes = page(&[
        (72.0, 760.0, 20.0, "The harbour at night"),
        (72.0, 720.0, 10.0, "The ferry leaves at six, long before the town is awake, and re-"),
        (72.0, 708.0, 10.0, "turns when the lamps along the quay are lit again. Nobody has"),
        (72.0, 696.0, 10.0, "ever seen its captain."),
        (84.0, 684.0, 10.0, "A second paragraph begins with an indent and goes on for some"),
        (72.0, 672.0, 10.0, "time in a well-"),
    ]);
    let first = "The ferry leaves at six, long before the town is awake, and returns when the lamps \
                 along the quay are lit again. Nobody has ever seen its captain.";
    let second = "A second paragraph begins with an indent and goes on for some time in a well-";
    let expected = [
        (Kind::Heading(1), 1, "The harbour at night".to_owned()),
        (Kind::Paragraph, 1, first.to_owned()),
        (Kind::Paragraph, 1, second.to_owned()),
    ];
    assert_eq!(blocks(&bytes), expected);
}

#[test]
fn columns_are_read_one_after_the_other() {
    let left = "left hand words that fill their line";
    let right = "right hand words that fill this line";
    let mut lines =
        vec![(72.0, 760.0, 10.0, "One title that reaches over the columns below it and on")];
    for row in 0..8 {
        let y = 740.0 - 12.0 * row as f32;
        lines.push((72.0, y, 10.0, left));
        lines.push((320.0, y, 10.0, right));
    }
    let text = texts(&page(&lines)).join(" ");
    let (last_left, first_right) = (text.rfind("left").unwrap(), text.find("right").unwrap());
    assert!(text.starts_with("One title") && last_left < first_right, "{text}");
}

#[test]
fn cells_are_read_row_by_row() {
    let row = |y, cells: [&'static str; 3]| {
        [(72.0, y, 10.0, cells[0]), (200.0, y, 10.0, cells[1]), (330.0, y, 10.0, cells[2])]
    };
    let lines = [
        row(700.0, ["Stadt", "Fluss", "Einwohner"]),
        row(688.0, ["Ulm", "Donau", "126000"]),
        row(676.0, ["Trier", "Mosel", "110000"]),
        row(664.0, ["Celle", "Aller", "69000"]),
    ];
    let found = blocks(&page(lines.as_flattened()));
    assert_eq!(found[1], (Kind::Row, 1, "Ulm | Donau | 126000".to_owned()));
    assert_eq!(found.len(), 4);
}

#[test]
fn lines_that_repeat_on_all_pages_are_read_once() {
    let mut fixture = Fixture::default();
    for number in 1..=5 {
        let mut text = Text::default();
        text.line(72.0, 800.0, 9.0, "Annual report of the lighthouse society");
        text.line(72.0, 700.0, 10.0, &format!("What happened in chapter {number} was unheard of."));
        text.line(290.0, 40.0, 9.0, &number.to_string());
        fixture = fixture.page(&text);
    }
    let found = blocks(&fixture.bytes());
    let pages: Vec<u32> = found.iter().map(|(_, page, _)| *page).collect();
    assert_eq!(pages, [1, 1, 2, 3, 4, 5]);
    assert_eq!(found[0].2, "Annual report of the lighthouse society");
    assert_eq!(found[2].2, "What happened in chapter 2 was unheard of.");
}

#[test]
fn letters_come_from_the_map_in_logical_order() {
    let cases = [
        ("图书馆在河边", "图书馆在河边"),
        ("ماء على النار", "ماء على النار"),
        ("שלום עולם", "שלום עולם"),
        ("Москва слезам", "Москва слезам"),
        ("ﬁnd ﬂour", "find flour"),
    ];
    for (typed, expected) in cases {
        let bytes = Fixture::default().mapped_page(typed, true).bytes();
        assert_eq!(texts(&bytes), [expected]);
    }
}

#[test]
fn accents_set_over_letters_are_part_of_them() {
    let bytes = page(&[
        (72.0, 700.0, 10.0, "Sm rg sbord"),
        (86.5, 700.0, 10.0, "o"),
        (86.0, 700.0, 10.0, "\u{60}"),
    ]);
    assert!(texts(&bytes)[0].contains('ò'), "{:?}", texts(&bytes));
}

#[test]
fn wide_scripts_are_joined_without_a_space() {
    let bytes = Fixture::default().mapped_page("春天的早晨我们\n沿着河岸走去", true).bytes();
    assert_eq!(texts(&bytes), ["春天的早晨我们沿着河岸走去"]);
}

#[test]
fn glyphs_without_letters_are_garbled() {
    let typed = "these are forty glyphs or so without map";
    let refusal = read(&Fixture::default().mapped_page(typed, false).bytes()).unwrap_err();
    assert!(matches!(refusal, Refusal::Garbled { .. }), "{refusal}");
    let shifted: String = "the quick brown fox jumps over the lazy dog and every hen in the yard "
        .repeat(5)
        .chars()
        .map(
            |c| if c.is_ascii_lowercase() { ((c as u8 - b'a' + 3) % 26 + b'a') as char } else { c },
        )
        .collect();
    let mut text = Text::default();
    shifted.as_bytes().chunks(80).enumerate().for_each(|(row, line)| {
        text.line(40.0, 700.0 - 12.0 * row as f32, 10.0, std::str::from_utf8(line).unwrap());
    });
    let refusal = read(&Fixture::default().page(&text).bytes()).unwrap_err();
    assert!(matches!(refusal, Refusal::Garbled { .. }), "{refusal}");
}

#[test]
fn what_the_file_says_of_itself_is_kept() {
    let bytes = Fixture::default()
        .page(Text::default().line(72.0, 700.0, 10.0, "Something to read."))
        .info("/Title <FEFF0044006900650020005300E40067> /Author (Zo\\353 \\204Z\\223) /CreationDate (D:20240630120000+02'00') /ModDate (D:20240701)")
        .catalog("/Lang (de-CH)")
        .bytes();
    let metadata = read(&bytes).unwrap().metadata;
    assert_eq!(metadata.title.as_deref(), Some("Die Säg"));
    assert_eq!(metadata.author.as_deref(), Some("Zoë —Z\u{fb01}"));
    assert_eq!(metadata.language.as_deref(), Some("de-CH"));
    assert_eq!(metadata.created.as_deref(), Some("2024-06-30T12:00:00+02:00"));
    assert_eq!(metadata.modified.as_deref(), Some("2024-07-01T00:00:00Z"));
    assert_eq!(metadata.pages, Some(1));
}

#[test]
fn refusals_name_their_reason() {
    let text = |refusal: Refusal| refusal.to_string();
    let scan = Fixture::default().picture_page().bytes();
    assert!(text(read(&scan).unwrap_err()).contains("scanned"));
    let empty = Fixture::default().page(&Text::default()).bytes();
    assert!(matches!(read(&empty), Err(Refusal::NoText { .. })));
    let locked =
        Fixture::default().page(Text::default().line(72.0, 700.0, 10.0, "secret")).locked().bytes();
    assert_eq!(read(&locked), Err(Refusal::Encrypted));
    assert!(matches!(read(b"%PDF-1.7\nnothing else"), Err(Refusal::Damaged { .. })));
}

#[test]
fn loops_and_explosions_end() {
    let mut text = Text::default();
    text.line(72.0, 700.0, 10.0, "Still here.");
    let looped = Fixture::default().page(&text).looped().bytes();
    assert_eq!(texts(&looped), ["Still here."]);
    let explosive = Fixture::default().exploding_page(10, 20).bytes();
    assert!(matches!(read(&explosive), Err(Refusal::TooLarge { .. })));
    // Each call costs, however little it calls.
    let cheap = Fixture::default().exploding_page(10, 5).bytes();
    assert!(matches!(read(&cheap), Err(Refusal::TooLarge { .. })));
    let many = Fixture::default().exploding_page(30, 1).bytes();
    assert!(matches!(read(&many), Err(Refusal::NoText { .. })));
    let itself = Fixture::default().exploding_page(10, 0).bytes();
    assert!(read(&itself).is_err());
}

#[test]
fn damage_never_panics() {
    let mut text = Text::default();
    for row in 0..12 {
        text.line(72.0, 700.0 - 12.0 * row as f32, 10.0, "Words that stand in rows to be damaged.");
    }
    let whole = Fixture::default().page(&text).mapped_page("عربي 图书", true).bytes();
    for cut in (0..whole.len()).step_by(37) {
        let _ = read(&whole[..cut]);
        let mut flipped = whole.clone();
        flipped[cut] ^= 1 << (cut % 8);
        let _ = read(&flipped);
    }
}
