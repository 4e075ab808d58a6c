//! `kenning eval retrieval --pipeline`: the whole product on a set made here, with the built-in model.
//!
//! Nine notes, each in one of three languages only, and questions in all three. Words can find the
//! answer in the question's own language only; meaning finds it in any.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::kenning;

const NOTES: &[(&str, &str, &str, &str)] = &[
    (
        "en-bread",
        "en",
        "Sourdough",
        "Feed the starter in the evening and bake the loaf at dawn.\nThe crust needs a very hot oven.",
    ),
    (
        "en-bees",
        "en",
        "Beehives",
        "Check the hives for mites in August and feed the colony syrup before winter.",
    ),
    (
        "en-bike",
        "en",
        "Brakes",
        "The brake cable of the bicycle frays at the lever; replace it once a year.",
    ),
    (
        "de-garten",
        "de",
        "Tomaten",
        "Tomaten brauchen viel Sonne. Die Seitentriebe werden jede Woche ausgebrochen.",
    ),
    (
        "de-steuer",
        "de",
        "Steuer",
        "Die Steuererklärung muss bis Ende Juli beim Finanzamt sein, mit allen Belegen.",
    ),
    (
        "de-chor",
        "de",
        "Chorprobe",
        "Der Chor probt dienstags in der Kirche; für das Konzert fehlen noch zwei Tenöre.",
    ),
    (
        "tr-kedi",
        "tr",
        "Kedi",
        "Kedinin aşısı her yıl yenilenmeli. Veteriner randevusu nisan ayında.",
    ),
    (
        "tr-deprem",
        "tr",
        "Deprem çantası",
        "Deprem çantasında su, fener, pil ve ilk yardım malzemesi bulunmalı.",
    ),
    (
        "tr-cay",
        "tr",
        "Çay",
        "Çay demlenirken su kaynar olmalı, demlik en az on beş dakika beklemeli.",
    ),
];

/// Each note is asked for in its own language, in its own words, and in both others.
const QUESTIONS: &[(&str, &str, &str)] = &[
    ("en", "when to bake the sourdough loaf", "en-bread"),
    ("de", "Wann wird das Brot gebacken?", "en-bread"),
    ("tr", "ekmek ne zaman pişirilir", "en-bread"),
    ("de", "Wann sind die Tomaten auszubrechen?", "de-garten"),
    ("en", "how to grow tomatoes", "de-garten"),
    ("tr", "domates nasıl yetiştirilir", "de-garten"),
    ("tr", "kedinin aşısı ne zaman", "tr-kedi"),
    ("en", "vaccination of the cat", "tr-kedi"),
    ("de", "Impfung der Katze", "tr-kedi"),
    ("en", "earthquake emergency kit", "tr-deprem"),
    ("de", "Frist für die Steuererklärung", "de-steuer"),
    ("tr", "bisiklet freni", "en-bike"),
    ("en", "quantum chromodynamics lattice", ""),
    ("de", "Mitochondriale Ribosomen der Hefe", ""),
];

fn set() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines = |rows: Vec<Value>| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
    let note = |(id, lang, title, text): &(&str, &str, &str, &str)| json!({"_id": id, "lang": lang, "title": title, "text": text});
    let question = |(number, (lang, text, _)): (usize, &(&str, &str, &str))| json!({"_id": format!("{lang}-{number}"), "lang": lang, "text": text});
    let judgements = QUESTIONS.iter().enumerate().filter(|(_, (.., answer))| !answer.is_empty());
    let judgements: String = judgements
        .map(|(number, (lang, _, answer))| format!("{lang}-{number}\t{answer}\t1\n"))
        .collect();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("corpus.jsonl", &lines(NOTES.iter().map(note).collect()));
    write("queries.jsonl", &lines(QUESTIONS.iter().enumerate().map(question).collect()));
    write("qrels.tsv", &judgements);
    folder
}

fn measured(set: &Path, library: &Path, options: &[&str]) -> Value {
    let (set, library) = (set.to_str().unwrap(), library.to_str().unwrap());
    let mut arguments =
        vec!["--json", "eval", "retrieval", set, "--library", library, "--pipeline"];
    arguments.extend(options);
    let output = kenning(&arguments, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_whole_product_finds_answers_in_other_languages_by_meaning_and_not_by_words() {
    let (set, library) = (set(), tempfile::tempdir().unwrap());
    let measure = |options: &[&str]| measured(set.path(), library.path(), options);
    let of = |report: &Value, kind: &str| report[kind]["ndcg@10"].as_f64().unwrap_or_default();

    let words = measure(&["words"]);
    assert_eq!((&words["documents"], &words["passages"]), (&json!(9), &json!(9)), "{words}");
    assert_eq!((&words["queries"], &words["skipped_queries"]), (&json!(12), &json!(2)), "{words}");
    assert!(of(&words, "own") > 0.99 && of(&words, "foreign") < 0.3, "{words}");
    assert_eq!(words["nothing_close"], Value::Null);

    for pipeline in ["meaning", "hybrid"] {
        let report = measure(&[pipeline]);
        assert!(of(&report, "own") > 0.95 && of(&report, "foreign") > 0.9, "{report}");
        let nothing = &report["nothing_close"];
        assert!(
            nothing["queries"].as_u64() < Some(14) && nothing["verdict"].is_object(),
            "{report}"
        );
    }
    // Everything that a query asks about is in its own folder, so that the others are out of the way.
    let by_language = measure(&["hybrid", "--by-language"]);
    assert_eq!(by_language["queries"], json!(4), "{by_language}");
    assert!(of(&by_language, "own") > 0.99 && by_language["foreign"].is_null(), "{by_language}");
    // With nothing taken out, the question's own language stands in the way; with titles gone, what
    // lies in the library is made anew.
    let raw = measure(&["meaning", "--strength", "0", "--common", "0", "--no-library-means"]);
    let shifted = measure(&["meaning", "--no-titles", "--depth", "10"]);
    assert!(of(&raw, "foreign") <= of(&shifted, "foreign"), "{raw} {shifted}");
}

#[test]
fn what_measures_the_product_asks_for_the_product() {
    let set = set();
    let output = kenning(&["eval", "retrieval", set.path().to_str().unwrap(), "--alpha", "1"], b"");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("--pipeline"), "{message}");
}
