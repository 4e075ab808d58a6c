//! Reading real manuals: Debian's documentation in many languages and formats, as
//! `cargo xtask test` fetches it. Every file is accounted for, none breaks anything, and what comes
//! out is in the language it should be, without the marks of its format.
//!
//! Versions of the packages move, so that counts are ranges. Where there is no apt there are no
//! manuals, and these tests say so and pass.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kenning_documents::{
    Document, Outcome, Pool, PoolLimits, Program, Quarantine, Refusal, Sizes, passages,
};
use kenning_domain::{CountTokens, ModelError};

use crate::staging::target;

/// How many files of a folder are read: enough to tell, few enough to wait for.
const SAMPLE: usize = 24;

/// A folder of manuals: how many files lie in it, and which share of their text, in hundredths, is in
/// its language. Translations have gaps, and commands are nobody's language.
struct Shelf {
    folder: &'static str,
    files: RangeInclusive<usize>,
    language: &'static str,
    share: usize,
}

const fn shelf(
    folder: &'static str,
    files: RangeInclusive<usize>,
    language: &'static str,
    share: usize,
) -> Shelf {
    Shelf { folder, files, language, share }
}

const SHELVES: &[Shelf] = &[
    shelf("bash-doc/usr/share", 40..=160, "en", 80),
    shelf("debian-faq/usr/share", 20..=80, "en", 80),
    shelf("debian-policy/usr/share", 60..=220, "en", 80),
    shelf("debian-reference-de/usr/share/debian-reference", 10..=30, "de", 80),
    shelf("debian-reference-es/usr/share/debian-reference", 10..=30, "es", 60),
    shelf("debian-reference-ja/usr/share/debian-reference", 10..=30, "ja", 60),
    shelf("debian-reference-zh-cn/usr/share/debian-reference", 10..=30, "zh", 60),
    shelf("developers-reference/usr/share", 25..=90, "en", 80),
    shelf("engrampa-common/usr/share/help/it", 2..=12, "it", 80),
    shelf("engrampa-common/usr/share/help/ru", 2..=12, "ru", 80),
    shelf("engrampa-common/usr/share/help/sr", 2..=12, "sr", 80),
    shelf("gnome-user-docs/usr/share/help/ca", 200..=500, "ca", 80),
    shelf("gnome-user-docs/usr/share/help/de", 200..=500, "de", 80),
    shelf("gnome-user-docs/usr/share/help/el", 200..=500, "el", 50),
    shelf("gnome-user-docs/usr/share/help/hu", 200..=500, "hu", 70),
    shelf("gnome-user-docs/usr/share/help/ko", 200..=500, "ko", 70),
    shelf("gnome-user-docs/usr/share/help/pl", 200..=500, "pl", 80),
    shelf("gnome-user-docs/usr/share/help/pt_BR", 200..=500, "pt", 80),
    shelf("gnome-user-docs/usr/share/help/sv", 200..=500, "sv", 80),
    shelf("gnome-user-docs/usr/share/help/ta", 200..=500, "ta", 30),
    shelf("gnome-user-docs/usr/share/help/uk", 200..=500, "uk", 80),
    shelf("info/usr/share", 30..=90, "en", 80),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/da", 60..=150, "da", 60),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/fr", 60..=150, "fr", 80),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/ko", 60..=150, "ko", 60),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/nl", 60..=150, "nl", 80),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/ro", 60..=150, "ro", 80),
    shelf("installation-guide-amd64/usr/share/doc/installation-guide-amd64/vi", 60..=150, "vi", 50),
    shelf("libreoffice-help-de/usr/share/libreoffice/help/de/text/scalc", 200..=900, "de", 80),
    shelf("manpages/usr/share/man", 100..=600, "en", 75),
    shelf("manpages-de/usr/share/man/de", 400..=2000, "de", 80),
    shelf("manpages-el/usr/share/man/el", 2..=30, "el", 60),
    shelf("manpages-fr/usr/share/man/fr", 200..=1500, "fr", 80),
    shelf("manpages-ja/usr/share/man/ja", 500..=2000, "ja", 70),
    shelf("manpages-ru/usr/share/man/ru", 80..=900, "ru", 60),
    shelf("manpages-tr/usr/share/man/tr", 100..=500, "tr", 80),
    shelf("manpages-zh/usr/share/man/zh_TW", 300..=1500, "zh", 50),
    shelf("python-odf-doc/usr/share", 100..=400, "en", 40),
];

/// How many files of the sample are read as what, or not at all.
const COUNTS: &[(&str, RangeInclusive<usize>)] = &[
    ("EPUB", 1..=4),
    ("HTML", 150..=400),
    ("Info manual", 1..=6),
    ("ODT", 1..=2),
    ("PDF", 6..=20),
    ("XML", 200..=320),
    ("manual page", 140..=260),
    ("source code", 5..=60),
    ("text", 20..=130),
    ("holds no text", 0..=20),
    ("not read: PNG image", 20..=110),
];

/// A file, what its text must hold, and what it must not.
const FACTS: &[(&str, &[&str], &[&str])] = &[
    ("manpages-de/usr/share/man/de/man1/ls.1.gz", &["-a, --all: ", "--block-size=", "»"], &[r"\f"]),
    ("manpages-fr/usr/share/man/fr/man1/ls.1.gz", &["-a, --all: ", "--author: "], &[r"\f"]),
    ("manpages-ja/usr/share/man/ja/man1/ls.1.gz", &["-a, --all: ", "名前"], &[r"\f"]),
    ("manpages-tr/usr/share/man/tr/man1/ls.1.gz", &["-a, --all: ", "KULLANIM"], &[r"\f"]),
    ("manpages-zh/usr/share/man/zh_CN/man1/ls.1.gz", &["-a, --all: ", "--author: "], &[r"\f"]),
    (
        "manpages/usr/share/man/man7/ascii.7.gz",
        &["Oct: 101 | Dec: 65 | Hex: 41 | Char: A"],
        &["Oct: 001 | Dec: 1 | Hex: 01 | Char: A"],
    ),
    (
        "bash-doc/usr/share/info/bash.info.gz",
        &["shopt", "1.2 What is a shell?"],
        &["* Menu:", "Node: "],
    ),
    (
        "gnome-user-docs/usr/share/help/de/gnome-help/bluetooth-connect-device.page",
        &["Bluetooth"],
        &["@gmail.com", "Commons"],
    ),
    ("engrampa-common/usr/share/help/ru/engrampa/index.docbook", &["bzip2"], &["primary", "<"]),
    (
        "debian-reference-ja/usr/share/debian-reference/ch03.ja.html",
        &["systemd"],
        &["次へ", "<div"],
    ),
    (
        "debian-reference-de/usr/share/debian-reference/debian-reference.de.pdf",
        &["sudo"],
        &[". . . . ."],
    ),
    (
        "developers-reference/usr/share/developers-reference/developers-reference.epub",
        &["Scope of This Document"],
        &["</", "¶"],
    ),
    (
        "python-odf-doc/usr/share/python-odf/api-for-odfpy.odt",
        &["ODFPY"],
        &["office:document-content"],
    ),
];

/// Pages about troff show its macros; no others do.
const ABOUT_MACROS: &[&str] = &["man", "mdoc", "gro", "troff", "suffixes", "re_syntax", "registry"];

#[test]
fn manuals_in_many_languages_are_read_as_people_would_read_them() {
    let Some(root) = manuals() else { return };
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for (number, shelf) in SHELVES.iter().enumerate() {
        let all = all_files(&root.join(shelf.folder));
        if all.is_empty() {
            println!("{} is not there and is left out", shelf.folder);
            continue;
        }
        if !shelf.files.contains(&all.len()) {
            faults.push(format!("{} holds {} files", shelf.folder, all.len()));
        }
        files.extend(sample(&all).into_iter().map(|file| (number, file)));
    }
    assert!(files.len() > 500, "only {} files were found: fetch the manuals anew", files.len());
    let read = read_all(&files);
    assert_eq!(read.len(), files.len(), "not every file was accounted for");

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut languages: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for (shelf, path, fate) in &read {
        *counts.entry(fate.name()).or_default() += 1;
        match fate {
            Fate::Text { document, languages: found } => {
                faults.extend(marks_left(path, document));
                for (language, length) in found {
                    *languages.entry((*shelf, language.clone())).or_default() += length;
                }
            }
            Fate::Expected(_) => {}
            Fate::Wrong(what) => faults.push(format!("{}: {what}", path.display())),
        }
    }
    println!("{counts:?}");
    for (name, range) in COUNTS {
        let count = counts.get(*name).copied().unwrap_or_default();
        if !range.contains(&count) {
            faults.push(format!("{count} files are “{name}”, not {range:?}"));
        }
    }
    for (number, shelf) in SHELVES.iter().enumerate() {
        faults.extend(wrong_language(number, shelf, &languages));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn what_manuals_say_is_found_in_their_text() {
    let Some(root) = manuals() else { return };
    let files: Vec<(usize, PathBuf)> = FACTS
        .iter()
        .enumerate()
        .map(|(number, (path, ..))| (number, root.join(path)))
        .filter(|(_, path)| path.is_file())
        .collect();
    assert!(files.len() * 2 > FACTS.len(), "most of these files are not there");
    let mut faults = Vec::new();
    for (number, path, fate) in read_all(&files) {
        let (_, holds, lacks) = FACTS[number];
        let Fate::Text { document, .. } = fate else {
            faults.push(format!("{}: {}", path.display(), fate.name()));
            continue;
        };
        let missing = holds.iter().filter(|part| !document.text.contains(**part));
        faults.extend(missing.map(|part| format!("{} lacks {part:?}", path.display())));
        let left = lacks.iter().filter(|part| document.text.contains(**part));
        faults.extend(left.map(|part| format!("{} holds {part:?}", path.display())));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Where the manuals are; `None`, with a word, where there are none.
fn manuals() -> Option<PathBuf> {
    let root = target().join("fetched/documentation");
    if root.join("packages").is_file() {
        return Some(root);
    }
    let has_apt = Path::new("/usr/bin/apt-get").exists();
    assert!(!has_apt, "run `cargo xtask test`: it fetches the manuals that this test reads");
    eprintln!("there are no manuals here, since there is no apt: left out");
    None
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

/// Files from everywhere on a shelf, and all of the formats that are rare there.
fn sample(all: &[PathBuf]) -> Vec<PathBuf> {
    let is_rare = |path: &Path| {
        let name = path.to_string_lossy();
        [".epub", ".odt", ".pdf", ".info.gz"].iter().any(|end| name.ends_with(end))
    };
    let step = all.len().div_ceil(SAMPLE).max(1);
    let chosen = all.iter().enumerate().filter(|(place, path)| place % step == 0 || is_rare(path));
    chosen.map(|(_, path)| path.clone()).collect()
}

/// What came of a file.
enum Fate {
    Text {
        document: Box<Document>,
        languages: Vec<(String, usize)>,
    },
    /// It is not read, for a reason that is as it should be.
    Expected(String),
    Wrong(String),
}

impl Fate {
    fn name(&self) -> String {
        match self {
            Self::Text { document, .. } => document.format.clone(),
            Self::Expected(what) => what.clone(),
            Self::Wrong(_) => "wrong".into(),
        }
    }
}

/// Reads files in two workers, as the program does.
fn read_all(files: &[(usize, PathBuf)]) -> Vec<(usize, PathBuf, Fate)> {
    const WORKERS: usize = 2;
    let program = Program {
        path: env!("CARGO_BIN_EXE_kenning-test-worker").into(),
        arguments: vec!["worker".into()],
    };
    let pool = Pool::new(program, WORKERS, PoolLimits::default(), Quarantine::default());
    let (next, read) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((number, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fate = fate(pool.extract(path));
                    read.lock().unwrap().push((*number, path.clone(), fate));
                }
            });
        }
    });
    read.into_inner().unwrap()
}

fn fate(outcome: Outcome) -> Fate {
    match outcome {
        Outcome::Done(document) => {
            let cut = passages(&document, &Letters, Sizes::default()).unwrap();
            let all: usize = cut.iter().map(|passage| passage.span.len()).sum();
            let languages = cut.iter().map(|passage| {
                let language = passage.language.as_ref();
                let tag = language.map_or_else(String::new, |one| one.tag.as_str().to_owned());
                // Every file weighs the same: one long page that nobody translated decides nothing.
                (tag, passage.span.len() * 10_000 / all.max(1))
            });
            Fate::Text { languages: languages.collect(), document: Box::new(document) }
        }
        Outcome::Refused(Refusal::Unsupported { kind }) => {
            Fate::Expected(format!("not read: {kind}"))
        }
        Outcome::Refused(Refusal::NoText { .. }) => Fate::Expected("holds no text".into()),
        Outcome::Refused(refusal) => Fate::Wrong(refusal.to_string()),
        Outcome::Failed(failure) => Fate::Wrong(failure.to_string()),
        Outcome::Quarantined(reason) => Fate::Wrong(reason),
        Outcome::Cancelled => Fate::Wrong("nobody cancelled it".into()),
    }
}

/// A token for every three bytes: what a model would say does not matter here.
struct Letters;

impl CountTokens for Letters {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.len().div_ceil(3))
    }
}

/// Marks of a format that stand in a text which is not about that format.
fn marks_left(path: &Path, document: &Document) -> Option<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = &document.text;
    let found = match document.format.as_str() {
        "manual page" if !ABOUT_MACROS.iter().any(|about| name.starts_with(about)) => {
            let macros = [".SH", ".TP", ".PP", ".IP", ".BR", ".nf", ".Sh", ".Pp", ".\\\""];
            let is_macro = |line: &&str| macros.iter().any(|one| line.starts_with(one));
            let line = text.lines().find(is_macro);
            let escape =
                [r"\fB", r"\fI", r"\fP", r"\-\-"].into_iter().find(|one| text.contains(one));
            line.or(escape)
        }
        "HTML" | "XML" | "EPUB" => {
            let tags = ["</p>", "</div>", "</span>", "</para>", "&nbsp;"];
            tags.into_iter().find(|one| text.contains(one))
        }
        "Info manual" => [" Node: ", "* Menu:"].into_iter().find(|one| text.contains(one)),
        _ => None,
    };
    found.map(|mark| format!("{} ({}) holds {mark:?}", path.display(), document.format))
}

fn wrong_language(
    number: usize,
    shelf: &Shelf,
    languages: &BTreeMap<(usize, String), usize>,
) -> Option<String> {
    let own = languages.iter().filter(|((of, _), _)| *of == number);
    let all: usize = own.clone().map(|(_, length)| length).sum();
    let right: usize =
        own.filter(|((_, language), _)| language == shelf.language).map(|(_, length)| length).sum();
    let share = (right * 100).checked_div(all)?;
    eprintln!("{share:>3} % {} of {}", shelf.language, shelf.folder);
    (share < shelf.share).then(|| {
        format!("{share} % of {} is in “{}”, not {} %", shelf.folder, shelf.language, shelf.share)
    })
}
