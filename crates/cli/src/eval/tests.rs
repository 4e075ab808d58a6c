//! Whole measurements with a model of which every number is known, over folders written here.

use std::path::Path;
use std::sync::Mutex;

use kenning_domain::{Embed, Embedded, ModelError, Overlong, Role, Truncation};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// Knows six words in each of four languages, and which of them mean the same. A vector counts the
/// meanings in a text; its last four numbers say how strongly it smells of its language.
struct Dictionary {
    accent: f32,
    /// The most words read of one text.
    limit: usize,
    roles: Mutex<Vec<String>>,
}

const WORDS: [[&str; 6]; 4] = [
    ["dog", "bread", "moon", "rain", "bridge", "winter"],
    ["hund", "brot", "mond", "regen", "brücke", "winterzeit"],
    ["perro", "pan", "luna", "lluvia", "puente", "invierno"],
    ["犬", "パン", "月", "雨", "橋", "冬"],
];

impl Dictionary {
    fn new(accent: f32) -> Self {
        Self { accent, limit: usize::MAX, roles: Mutex::default() }
    }

    fn vector(&self, words: &[&str]) -> Vec<f32> {
        let mut vector = vec![0.0; 10];
        for word in words {
            for (language, known) in WORDS.iter().enumerate() {
                if let Some(meaning) = known.iter().position(|it| it == word) {
                    vector[meaning] += 1.0;
                    vector[6 + language] = self.accent;
                }
            }
        }
        vector
    }
}

impl Embed for Dictionary {
    fn dimensions(&self) -> usize {
        10
    }

    fn embed(
        &self,
        texts: &[&str],
        role: Role<'_>,
        dimensions: Option<usize>,
        overlong: Overlong,
    ) -> Result<Embedded, ModelError> {
        assert_eq!(overlong, Overlong::Truncate);
        self.roles.lock().unwrap().push(format!("{role:?}"));
        let mut embedded = Embedded::default();
        for (index, text) in texts.iter().enumerate() {
            let words: Vec<&str> = text.split([' ', '.', '?']).filter(|w| !w.is_empty()).collect();
            if words.is_empty() {
                return Err(ModelError::EmptyText { index });
            }
            let read = &words[..words.len().min(self.limit)];
            if read.len() < words.len() {
                let text_bytes = text.len();
                let kept_tokens = read.len();
                embedded.truncated.push(Truncation {
                    index,
                    kept_tokens,
                    kept_bytes: 0,
                    text_bytes,
                });
            }
            let mut vector = self.vector(read);
            vector.truncate(dimensions.unwrap_or(10));
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
            embedded.vectors.push(vector.iter().map(|value| value / length).collect());
            embedded.tokens += read.len();
        }
        Ok(embedded)
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn bitext_json(model: &Dictionary, dir: &Path) -> anyhow::Result<Value> {
    let report = bitext(model, dir, &Options::default(), &mut |_| ())?;
    Ok(serde_json::to_value(report)?)
}

fn retrieval_json(model: &Dictionary, dir: &Path, options: &Options) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(retrieval(model, dir, options, &mut |_| ())?)?)
}

/// Every number named in `expected` stands in `report`; the rest is free.
fn check_part(report: &Value, expected: Value) {
    match expected {
        Value::Object(fields) => {
            fields.into_iter().for_each(|(name, expected)| check_part(&report[name], expected));
        }
        Value::Number(number) => {
            let got = report.as_f64().unwrap_or_else(|| panic!("{report} is not {number}"));
            assert!((got - number.as_f64().unwrap()).abs() < 1e-9, "{got} is not {number}");
        }
        other => assert_eq!(*report, other),
    }
}

const GERMAN: &[u8] = "hund\tdog\r\nbrot\tbread\r\nmond regen\tmoon rain\r\n".as_bytes();
/// The second row is translated wrongly, and says the same as the first.
const JAPANESE: &[u8] = "犬 月\tdog moon\n雨\tdog moon\n\n橋\tbridge\n冬\twinter".as_bytes();

#[test]
fn bitext_counts_both_ways_and_takes_the_mean_over_pairs() {
    let folder = folder(&[
        ("deu-eng.tsv", GERMAN),
        ("jpn-eng.tsv", JAPANESE),
        ("notes.tsv", b"not a pair"),
        ("._deu-eng.tsv", b"nor this"),
        ("README-first.md", b"nor this"),
    ]);
    let report = bitext_json(&Dictionary::new(0.5), folder.path()).unwrap();
    // Forward, the Japanese rain is equally far from all and takes the first row. Backward, the
    // second "dog moon" finds the first row's Japanese.
    let expected = json!({
        "mean": {"forward": 0.875, "backward": 0.875},
        "pairs": {
            "deu-eng": {"forward": 1.0, "backward": 1.0, "rows": 3, "truncated": 0},
            "jpn-eng": {"forward": 0.75, "backward": 0.75, "rows": 4, "truncated": 0},
        },
        "tokens": 8 + 11,
    });
    check_part(&report, expected);
    assert_eq!(report["pairs"].as_object().unwrap().len(), 2);
}

#[test]
fn bitext_embeds_both_sides_as_queries_and_reports_how_far_it_is() {
    let folder = folder(&[("deu-eng.tsv", GERMAN)]);
    let model = Dictionary { limit: 1, ..Dictionary::new(0.5) };
    let options = Options { instruction: Some("Find it".into()), ..Options::default() };
    let mut seen = Vec::new();
    let mut progress = |it: Progress<'_>| seen.push((it.what.to_owned(), it.done, it.total));
    let report = bitext(&model, folder.path(), &options, &mut progress).unwrap();
    assert_eq!(report.pairs["deu-eng"].truncated, 2);
    assert_eq!(*model.roles.lock().unwrap(), [r#"Query { instruction: Some("Find it") }"#; 2]);
    let counts: Vec<_> = seen.iter().map(|(what, done, total)| (&**what, *done, *total)).collect();
    let all = [0, 3, 3, 6].map(|done| ("deu-eng", done, 6));
    assert_eq!(counts, all);
    let table = report.to_string();
    assert!(table.contains("deu-eng    100.0     100.0       3\n"), "{table}");
    assert!(table.contains("2 sentences were longer"), "{table}");
}

#[test]
fn bitext_names_what_is_wrong() {
    fn check(name: &str, content: &[u8], expected: &str) {
        let folder = folder(&[(name, content)]);
        let error = bitext_json(&Dictionary::new(0.0), folder.path()).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    }
    check("eng.tsv", b"a\tb\n", "holds no file named for two languages");
    check("deu-eng.tsv", b"", "deu-eng.tsv is empty");
    check("deu-eng.tsv", b"hund\n", "deu-eng.tsv, line 1: expected a sentence and its translation");
    check("deu-eng.tsv", b"hund\tdog\nbrot\tbread\tpan\n", "line 2");
    check(
        "deu-eng.tsv",
        b"hund\t \n",
        "line 1: expected a sentence and its translation, with a tab",
    );
    check("deu-eng.tsv", b"hund\tdog\n\xff\tbread\n", "line 2");
    check("deu-eng.tsv", b"hund\tdog\n\nbrot\t...\n", "deu-eng.tsv, line 3 cannot be embedded");

    let missing = bitext_json(&Dictionary::new(0.0), Path::new("/no/such/folder")).unwrap_err();
    assert_eq!(missing.to_string(), "/no/such/folder is not a folder");
    let halved = Options { half: Some(Half::Odd), ..Options::default() };
    let refused = bitext(&Dictionary::new(0.0), Path::new("."), &halved, &mut |_| ()).unwrap_err();
    assert!(refused.to_string().contains("by half"), "{refused}");
}

const CORPUS: &str = r#"{"_id": "de-dog", "lang": "de", "title": "hund", "text": "im regen"}
{"_id": "de-moon", "lang": "de", "title": "", "text": "mond"}
{"_id": "en-dog", "lang": "en", "title": "dog", "text": "in the rain"}
{"_id": "en-bread", "lang": "en", "text": "bread and rain"}
{"_id": "es-moon", "lang": "es", "text": "luna"}
{"_id": "ja-moon", "lang": "ja", "text": "月"}
"#;
const QUERIES: &str = r#"{"_id": "en-1", "lang": "en", "text": "dog rain"}
{"_id": "de-6", "lang": "de", "text": "mond?"}
{"_id": "es-1", "lang": "es", "text": "pan"}
{"_id": "ja-1", "lang": "ja", "text": "橋"}
"#;
/// English: one answer in its own language, one in another. German: likewise, and one more abroad.
/// Spanish: only abroad. Japanese: none.
const JUDGEMENTS: &str = "query-id\tcorpus-id\tscore\nen-1\ten-dog\t1\nen-1\tde-dog\t1\n\
                          de-6\tde-moon\t2\nde-6\tes-moon\t1\nde-6\tja-moon\t1\n\
                          es-1\ten-bread\t1\nja-1\ten-dog\t0\n";

fn multilingual() -> TempDir {
    folder(&[
        ("corpus.jsonl", CORPUS.as_bytes()),
        ("queries.jsonl", QUERIES.as_bytes()),
        ("qrels.tsv", JUDGEMENTS.as_bytes()),
    ])
}

#[test]
fn own_and_foreign_seek_only_their_own_answers() {
    let folder = multilingual();
    let report = retrieval_json(&Dictionary::new(1.0), folder.path(), &Options::default()).unwrap();
    // en-1: en-dog at 1, de-dog and en-bread both at 2/3, where de-dog has the lower id. With en-dog
    //   taken out, the foreign answer stands first.
    // de-6: de-moon at 1, es-moon and ja-moon at 1/2, de-dog at 1/√6.
    // es-1: es-moon at 1/2 for its accent alone, then en-bread at 1/√6: rank 2.
    let second = 1.0 / 3_f64.log2();
    let expected = json!({
        "ndcg@10": (2.0 + second) / 3.0, "recall@10": 1.0, "recall@100": 1.0,
        "mrr@10": 2.5 / 3.0, "queries": 3, "documents": 6, "skipped_queries": 1,
        "own": {"ndcg@10": 1.0, "mrr@10": 1.0, "queries": 2},
        "foreign": {"ndcg@10": (2.0 + second) / 3.0, "mrr@10": 2.5 / 3.0, "queries": 3},
        "by_lang": {
            "de": {"ndcg@10": 1.0, "queries": 1},
            "en": {"ndcg@10": 1.0, "queries": 1},
            "es": {"ndcg@10": second, "mrr@10": 0.5, "recall@10": 1.0, "queries": 1},
            "ja": null,
        },
        "mean_by_lang": {"ndcg@10": (2.0 + second) / 3.0},
        "tokens": 3 + 1 + 4 + 3 + 1 + 1 + 2 + 1 + 1,
    });
    check_part(&report, expected);
}

#[test]
fn by_language_a_query_sees_its_own_language_only() {
    let folder = multilingual();
    let options = Options { by_language: true, ..Options::default() };
    let report = retrieval_json(&Dictionary::new(1.0), folder.path(), &options).unwrap();
    // es-1 has its only answer abroad and is skipped, as ja-1 is.
    let expected = json!({
        "ndcg@10": 1.0, "recall@10": 1.0, "queries": 2, "skipped_queries": 2, "documents": 6,
        "own": {"ndcg@10": 1.0, "queries": 2}, "foreign": null,
        "by_lang": {"de": {"queries": 1}, "en": {"queries": 1}, "es": null},
    });
    check_part(&report, expected);
}

#[test]
fn by_language_takes_a_near_stranger_out_of_the_way() {
    let corpus = r#"{"_id": "a", "lang": "de", "text": "hund"}
{"_id": "b", "lang": "en", "text": "dog rain"}
{"_id": "c", "lang": "en", "text": "rain"}
"#;
    let query = r#"{"_id": "q", "lang": "en", "text": "dog"}"#;
    let folder = folder(&[
        ("corpus.jsonl", corpus.as_bytes()),
        ("queries.jsonl", query.as_bytes()),
        ("qrels.tsv", b"q\tb\t1\n"),
    ]);
    let check = |by_language: bool, expected: f64| {
        let options = Options { by_language, ..Options::default() };
        let report = retrieval_json(&Dictionary::new(0.0), folder.path(), &options).unwrap();
        check_part(&report, json!({"mrr@10": expected, "queries": 1}));
    };
    check(false, 0.5);
    check(true, 1.0);
}

#[test]
fn documents_that_are_equally_near_stand_by_id() {
    fn check(ids: [&str; 3], expected: f64) {
        let corpus: String =
            ids.iter().map(|id| format!("{{\"_id\": \"{id}\", \"text\": \"dog\"}}\n")).collect();
        let folder = folder(&[
            ("corpus.jsonl", corpus.as_bytes()),
            ("queries.jsonl", br#"{"_id": "q", "text": "hund"}"#),
            ("qrels.tsv", b"q\tb\t1\n"),
        ]);
        let options = Options::default();
        let report = retrieval_json(&Dictionary::new(0.0), folder.path(), &options).unwrap();
        check_part(&report, json!({"mrr@10": expected, "own": null, "mean_by_lang": null}));
        assert_eq!(report["by_lang"], json!({}));
    }
    check(["a", "b", "c"], 0.5);
    check(["c", "a", "b"], 0.5);
    check(["z", "c", "b"], 1.0);
}

#[test]
fn retrieval_embeds_each_side_in_its_role_and_reports_how_far_it_is() {
    let folder = multilingual();
    let model = Dictionary { limit: 3, ..Dictionary::new(1.0) };
    let options = Options { dimensions: Some(6), ..Options::default() };
    let mut seen = Vec::new();
    let mut progress = |it: Progress<'_>| seen.push((it.what.to_owned(), it.done, it.total));
    let report = retrieval(&model, folder.path(), &options, &mut progress).unwrap();
    assert_eq!(*model.roles.lock().unwrap(), ["Document", "Query { instruction: None }"]);
    let counts: Vec<_> = seen.iter().map(|(what, done, total)| (&**what, *done, *total)).collect();
    let all = [("documents", 0), ("documents", 6), ("queries", 6), ("queries", 9)];
    assert_eq!(counts, all.map(|(what, done)| (what, done, 9)));
    assert_eq!(report.truncated_documents, 1, "en-dog has four words with its title");
    let table = report.to_string();
    for expected in ["all   ", "own language", "foreign", "mean of languages", "1 queries skipped"]
    {
        assert!(table.contains(expected), "{table} lacks {expected}");
    }
}

#[test]
fn the_halves_share_no_query_and_make_up_the_whole() {
    let ids: Vec<String> = (0..1000).map(|number| format!("query-{number}")).collect();
    let even = ids.iter().filter(|id| Half::Even.keeps(id, None)).count();
    let both =
        ids.iter().filter(|id| Half::Even.keeps(id, None) == Half::Odd.keeps(id, None)).count();
    assert!((450..550).contains(&even), "{even}");
    assert_eq!(both, 0);
    let kept = |language: &str, number: usize| {
        Half::Even.keeps(&format!("{language}-{number}"), Some(language))
    };
    assert!(
        (0..1000).all(|number| kept("de", number) == kept("fr", number)),
        "translations stay together"
    );
}

#[test]
fn a_half_asks_its_own_queries_only() {
    let folder = multilingual();
    let asked = |half: Half| {
        let options = Options { half: Some(half), ..Options::default() };
        let report =
            retrieval(&Dictionary::new(1.0), folder.path(), &options, &mut |_| ()).unwrap();
        (report.groups.all.queries, report.skipped_queries)
    };
    let (even, odd) = (asked(Half::Even), asked(Half::Odd));
    assert_eq!((even.0 + odd.0, even.1 + odd.1), (3, 1));
}

#[test]
fn retrieval_names_what_is_wrong() {
    fn check(files: [&str; 3], options: &Options, expected: &str) {
        let names = ["corpus.jsonl", "queries.jsonl", "qrels.tsv"];
        let files: Vec<_> = names.into_iter().zip(files.map(str::as_bytes)).collect();
        let folder = folder(&files);
        let error = retrieval_json(&Dictionary::new(0.0), folder.path(), options).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    }
    let whole = Options::default();
    let by_language = Options { by_language: true, ..Options::default() };
    check([CORPUS, QUERIES, "ja-1\ten-dog\t0\n"], &whole, "none of 4 queries has an answer");
    check([CORPUS, QUERIES, "es-1\ten-bread\t1\n"], &by_language, "none of 4 queries");
    check([CORPUS, QUERIES, "x\ty\t1\n"], &whole, "does not belong to the set beside it");
    let nameless = r#"{"_id": "a", "text": "dog"}"#;
    check([nameless, QUERIES, "en-1\ta\t1\n"], &by_language, "the document \"a\" has no `lang`");
    let unheard = r#"{"_id": "a", "text": "..."}"#;
    check([unheard, QUERIES, "en-1\ta\t1\n"], &whole, "the document \"a\" cannot be embedded");
}
