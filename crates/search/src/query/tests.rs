//! What people type, what it means, and that it can be written back.

use proptest::prelude::*;

use super::*;

/// A query's parts in a form that a table can hold.
fn told(query: &Query) -> String {
    let part = |part: &Part| match part {
        Part::Word(word) => word.clone(),
        Part::Phrase(phrase) => format!("[{phrase}]"),
        Part::NotWord(word) => format!("not({word})"),
        Part::NotPhrase(phrase) => format!("not[{phrase}]"),
        Part::Filter(Filter { condition, negated }) => {
            let not = if *negated { "not" } else { "" };
            let of = |name: &str, wanted: &Wanted| {
                let exact = if wanted.exact { "=" } else { "~" };
                format!("{name}{exact}{}", wanted.text)
            };
            let condition = match condition {
                Condition::Type(types) => format!("type {}", types.join("|")),
                Condition::In(folder) => format!("in {folder}"),
                Condition::Language(tags) => format!("lang {tags:?}"),
                Condition::Before(period) => format!("<{period}"),
                Condition::After(period) => format!(">{period}"),
                Condition::Date(period) => format!("={period}"),
                Condition::Title(wanted) => of("title", wanted),
                Condition::Name(wanted) => of("name", wanted),
            };
            format!("{not}{{{condition}}}")
        }
    };
    query.parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn check(raw: &str, expected: &str) {
    let query = Query::parse(raw);
    assert_eq!(told(&query), expected, "{raw}");
    assert_eq!(told(&Query::parse(&query.to_string())), expected, "{raw} → {query}");
}

#[test]
fn what_is_not_of_the_language_is_plain_text() {
    let table = [
        "C++ std::vec a - b",
        "12:30",
        "https://example.org/a?b=c",
        "well-known e-mail",
        "--help -- -> -",
        "foo:bar type: Type",
        "before:tomorrow after: date:2024-13 date:2023-02-29",
        "date:24 after:2024-06-31 before:0000",
        "-before:soon",
        "lang:german lang:x",
        "5\" disk",
        "don't",
        "l'été",
        "a:b:c",
        "(x) [y] {z} ~ ^ * ?",
        "ü: é：",
        "日本語の文書",
        "类型：pdf",
    ];
    for text in table {
        check(text, text);
        assert_eq!(Query::parse(text).text, text);
    }
    check("", "");
    check(" \u{3000}\n", "");
    check("  two   words\t", "two words");
}

#[test]
fn phrases_stand_in_the_marks_of_many_languages() {
    let table = [
        ("\"exact phrase\"", "[exact phrase]"),
        ("„genau so“ oder", "[genau so] oder"),
        ("”precis så” eller", "[precis så] eller"),
        ("«à la lettre» ou", "[à la lettre] ou"),
        ("»ganz genau« dann", "[ganz genau] dann"),
        ("“mixed marks\" here", "[mixed marks] here"),
        ("「東京都」の人口", "[東京都] の人口"),
        ("人口「東京都」", "人口 [東京都]"),
        ("『坊っちゃん』", "[坊っちゃん]"),
        ("什么是“人工智能”技术", "什么是 [人工智能] 技术"),
        ("＂全角＂", "[全角]"),
        ("\"a\"b", "[a] b"),
        ("\"  a   b \"", "[a b]"),
        ("\"\" x", "x"),
        ("-\"not this\" -„das nicht“ -「否」", "not[not this] not[das nicht] not[否]"),
        ("「a \"b\" c」", "[a \"b\" c]"),
        ("«„a“ »", "[„a“]"),
    ];
    for (raw, expected) in table {
        check(raw, expected);
    }
}

#[test]
fn a_mark_that_nothing_closes_is_a_space() {
    let table = [
        ("\"exact phr", "exact phr"),
        ("“foo", "foo"),
        ("a「b", "a b"),
        ("-\"foo", "- foo"),
        ("title:\"foo 「x」", "title: foo [x]"),
        ("-title:\"foo 「x」", "-title: foo [x]"),
        ("before:\"next week\"", "before: [next week]"),
        ("type:pdf“", "{type pdf}"),
        ("\"-foo", "not(foo)"),
        ("「「「", ""),
    ];
    for (raw, expected) in table {
        check(raw, expected);
    }
}

#[test]
fn words_can_be_left_out() {
    let table = [
        ("jaguar -car", "jaguar not(car)"),
        ("−минус －全角", "not(минус) not(全角)"),
        ("-a-b", "not(a-b)"),
        ("a-b", "a-b"),
        ("- a", "- a"),
        ("-- -", "-- -"),
        ("-₤", "-₤"),
    ];
    for (raw, expected) in table {
        check(raw, expected);
    }
}

#[test]
fn filters_are_read() {
    let table = [
        ("type:pdf", "{type pdf}"),
        ("TYPE:PDF,.docx", "{type pdf|docx}"),
        ("type:pdf，docx、md", "{type pdf|docx|md}"),
        ("type:\"pdf, pdf\"", "{type pdf}"),
        ("type:*.rs type:c++", "{type rs} {type c++}"),
        ("-type:pdf", "not{type pdf}"),
        ("ｔｙｐｅ：ｐｄｆ", "{type pdf}"),
        ("报告 type：pdf", "报告 {type pdf}"),
        ("in:Steuer", "{in Steuer}"),
        ("in:\"My Papers/2024\"", "{in My Papers/2024}"),
        ("in:「書類 一」", "{in 書類 一}"),
        ("in:C:\\Users\\ana", "{in C:\\Users\\ana}"),
        ("-in:~/tmp", "not{in ~/tmp}"),
        ("lang:de", "{lang [de]}"),
        ("lang:DE,pt-BR,nb", "{lang [de, pt, no]}"),
        ("before:2024-06 after:2023", "{<2024-06} {>2023}"),
        ("date:2024 date:2024/6/3", "{=2024} {=2024-06-03}"),
        ("date:２０２４．０６", "{=2024-06}"),
        ("date:2024-02-29 -date:2023", "{=2024-02-29} not{=2023}"),
        ("title:bericht title:\"annual report\"", "{title~bericht} {title=annual report}"),
        ("title:„Der Bau“", "{title=Der Bau}"),
        ("name:a.txt -name:\"b c\"", "{name~a.txt} not{name=b c}"),
        ("a type:pdf b", "a {type pdf} b"),
    ];
    for (raw, expected) in table {
        check(raw, expected);
    }
}

#[test]
fn the_parts_are_told_apart() {
    let query = Query::parse("old „red barn“ house -car -\"big dog\" type:pdf");
    assert_eq!(query.text, "old house");
    assert_eq!(query.meaning(), "old red barn house");
    assert_eq!(query.phrases, ["red barn"]);
    assert_eq!(query.not_words, ["car"]);
    assert_eq!(query.not_phrases, ["big dog"]);
    assert_eq!(query.filters.len(), 1);
    assert_eq!(query.to_string(), "old \"red barn\" house -car -\"big dog\" type:pdf");
    assert!(!query.is_wordless() && Query::parse("-a type:pdf").is_wordless());
}

#[test]
fn days_are_whole_and_half_open() {
    let table = [
        ("date:1970", 0..365),
        ("date:1970-01-01", 0..1),
        ("date:1969-12-31", -1..0),
        ("date:2000-02", 10_988..11_017),
        ("date:2024-06-30", 19_904..19_905),
        ("date:1900-02", -25_536..-25_508),
        ("before:1970-02", i64::MIN..31),
        ("after:1970", 365..i64::MAX),
        ("after:1970-01-01", 1..i64::MAX),
    ];
    for (raw, expected) in table {
        let query = Query::parse(raw);
        assert_eq!(query.filters[0].condition.days(), Some(expected), "{raw}");
    }
    assert_eq!(Query::parse("type:pdf").filters[0].condition.days(), None);
}

#[test]
fn types_hold_formats_and_extensions() {
    let table = [
        ("pdf", "PDF", "pdf", true),
        ("pdf", "PDF", "", true),
        ("pdf", "text", "pdf", false),
        ("md", "Markdown", "markdown", true),
        ("code", "source code", "rs", true),
        ("rs", "source code", "RS", true),
        ("rs", "source code", "py", false),
        ("spreadsheet", "ODS", "ods", true),
        ("log", "text", "log", true),
    ];
    for (value, format, extension, expected) in table {
        assert_eq!(FileType::of(value).holds(format, extension), expected, "{value} {format}");
    }
}

#[test]
fn chips_write_themselves_into_the_query() {
    let chip = |raw: &str| Query::parse(raw).filters[0].clone();
    let query = Query::parse("„red barn“ house");
    let narrowed = query.with_filter(chip("in:\"a b\"")).with_filter(chip("type:pdf"));
    assert_eq!(narrowed.raw, "\"red barn\" house in:\"a b\" type:pdf");
    assert_eq!(narrowed.with_filter(chip("type:pdf")), narrowed);
    let widened = narrowed.without_filter(&chip("in:\"a b\""));
    assert_eq!(widened.raw, "\"red barn\" house type:pdf");
    assert_eq!(Query::parse(&widened.raw), widened);
}

#[test]
fn a_hostile_query_is_read_in_linear_time() {
    for piece in ["「", "\"", "-\"", "a“", "type:", "-", "title:\"", "«a", "in:「 "] {
        let raw = piece.repeat(200_000);
        let begun = std::time::Instant::now();
        let query = Query::parse(&raw);
        assert!(query.parts.len() <= raw.len());
        assert!(begun.elapsed().as_secs() < 5, "{piece} took {:?}", begun.elapsed());
    }
}

/// Pieces of the language glued at random meet its corners far more often than random letters do.
fn queries() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        " ", " ", "-", "－", "\"", "“", "”", "„", "«", "»", "「", "」", "『", "』", "＂", "type",
        "in", "lang", "date", "before", "title", "name", ":", "：", "pdf", "de", "2024", "-06",
        ",", "a", "ß", "文", "ก", "é", "/", "\\", ".", "'", "\u{3000}", "İ", "\u{301}",
    ]);
    prop_oneof![
        proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_query_written_back_reads_the_same(raw in queries()) {
        let query = Query::parse(&raw);
        let again = Query::parse(&query.to_string());
        prop_assert_eq!(&query.parts, &again.parts, "{} → {}", raw, query);
        prop_assert_eq!(query.to_string(), again.to_string());
    }
}
