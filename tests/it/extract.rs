//! `kenning extract` and `kenning scan`: every path is accounted for, in order, with its reason.

use std::path::Path;

use serde_json::Value;

use crate::cli::{check_refused, kenning};

fn rows(arguments: &[&str]) -> (Vec<Value>, bool) {
    let output = kenning(arguments, b"");
    let lines = String::from_utf8(output.stdout).unwrap();
    (
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        output.status.success(),
    )
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn extract_gives_one_line_for_each_file_in_the_order_given() {
    let folder = tempfile::tempdir().unwrap();
    let utf_16: Vec<u8> =
        "\u{feff}Счёт за воду пришёл утром.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let html = "<html><head><title>Rezept</title></head><body><nav>Menü</nav><h1>Brot</h1><p>Mehl und Wasser.</p></body></html>";
    let files = [
        write(folder.path(), "notes.md", b"# Winter\n\nSnow lies on the hill.\n"),
        write(folder.path(), "water.txt", &utf_16),
        write(folder.path(), "recipe.pdf", html.as_bytes()),
        write(folder.path(), "list.csv", "Ort,Preis\nKöln,7\nUlm,9\n".as_bytes()),
        write(folder.path(), "picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        write(folder.path(), "empty.txt", b""),
    ];
    let mut arguments = vec!["--json", "extract"];
    arguments.extend(files.iter().map(String::as_str));
    let (rows, success) = rows(&arguments);
    assert!(success);
    let expected: [(&str, &[&str]); 6] = [
        ("text", &["Winter", "Snow lies on the hill."]),
        ("text", &["Счёт за воду пришёл утром."]),
        ("text", &["Brot", "Mehl und Wasser."]),
        ("text", &["Ort: Köln | Preis: 7"]),
        ("refused", &[]),
        ("refused", &[]),
    ];
    assert_eq!(rows.len(), files.len());
    for ((row, file), (state, parts)) in rows.iter().zip(&files).zip(expected) {
        assert_eq!(
            (row["path"].as_str(), row["state"].as_str()),
            (Some(file.as_str()), Some(state)),
            "{row}"
        );
        for part in parts {
            assert!(row["text"].as_str().unwrap().contains(part), "{part:?} is not in {row}");
        }
        assert_eq!(state == "text", row["reason"].is_null(), "{row}");
    }
    assert!(!rows[2]["text"].as_str().unwrap().contains("Menü"));
    assert_eq!(rows[2]["metadata"]["title"], "Rezept");
    assert_eq!(
        (rows[4]["refusal"].as_str(), rows[5]["refusal"].as_str()),
        (Some("unsupported"), Some("empty"))
    );
    let passage = &rows[0]["passages"][0];
    assert_eq!((passage["start"].as_u64(), passage["language"].as_str()), (Some(0), Some("en")));
}

#[test]
fn extract_says_of_a_text_that_it_is_not_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut packed = kenning_tests::made::archive::gzip("Reis und Bohnen. ".repeat(99).as_bytes());
    packed.truncate(packed.len() - 4);
    let broken = write(folder.path(), "broken.txt.gz", &packed);
    let whole = write(folder.path(), "whole.txt", b"Tea at eight.");
    let (rows, success) = rows(&["--json", "extract", &broken, &whole]);
    assert!(success);
    assert_eq!(rows[0]["state"], "text");
    assert!(rows[0]["text"].as_str().unwrap().contains("Bohnen"), "{}", rows[0]);
    assert!(rows[0]["partial"].as_str().unwrap().starts_with("it is damaged"), "{}", rows[0]);
    assert!(rows[1]["partial"].is_null(), "{}", rows[1]);
    let shown = kenning(&["extract", &broken], b"");
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("not all of its text: it is damaged"), "{shown}");
}

#[test]
fn extract_fails_for_a_file_that_is_not_there_and_reads_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let there = write(folder.path(), "there.txt", b"Tea at eight.");
    let missing = folder.path().join("missing.txt");
    let (rows, success) = rows(&["--json", "extract", missing.to_str().unwrap(), &there]);
    assert!(!success);
    assert_eq!(
        (rows[0]["state"].as_str(), rows[1]["state"].as_str()),
        (Some("failed"), Some("text"))
    );
    assert!(rows[0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
}

#[test]
fn scan_says_of_each_path_whether_it_would_be_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", b"eins");
    write(folder.path(), "drafts/b.txt", b"zwei");
    write(folder.path(), ".hidden/c.txt", b"drei");
    write(folder.path(), ".kenningignore", b"drafts/\n");
    let root = folder.path().to_str().unwrap();
    let states = |arguments: &[&str]| {
        let (rows, success) = rows(arguments);
        assert!(success);
        let mut states: Vec<(String, String)> = rows
            .iter()
            .map(|row| {
                let path = Path::new(row["path"].as_str().unwrap());
                let name = path.strip_prefix(root).unwrap().display().to_string();
                (name, row["state"].as_str().unwrap().to_owned())
            })
            .collect();
        states.sort();
        states
    };
    let plain = states(&["--json", "scan", root]);
    let expected = [
        (".hidden", "left-out"),
        (".kenningignore", "left-out"),
        ("a.txt", "found"),
        ("drafts", "left-out"),
    ];
    assert_eq!(plain, expected.map(|(name, state)| (name.to_owned(), state.to_owned())));
    let hidden = states(&["--json", "scan", root, "--hidden"]);
    assert!(hidden.contains(&(".hidden/c.txt".into(), "found".into())), "{hidden:?}");
    check_refused(&kenning(&["scan", "/nonexistent"], b""), &["/nonexistent", "folder"]);
    let excluded = states(&["--json", "scan", root, "--exclude", "a.*"]);
    assert!(excluded.contains(&("a.txt".into(), "left-out".into())), "{excluded:?}");
}
