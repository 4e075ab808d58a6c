//! A set's documents as files, as a person would have them: what the pipeline is given to read.
//!
//! Each language has a folder of its own, and names of files say nothing, so that no query can meet
//! them. What lies there already is left alone, so that nothing is read twice.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::eval::beir::Entry;

/// Which document a file is, by its name.
pub type Files = HashMap<OsString, usize>;

/// The folder of a language, as an `in:` filter names it.
pub fn shelf(language: Option<&str>) -> String {
    format!("shelf-{}", language.unwrap_or("any"))
}

/// Writes the documents into a folder, and takes out of it what is none of them.
pub fn stage(documents: &[Entry], folder: &Path, with_titles: bool) -> Result<Files> {
    let mut files = Files::new();
    let mut kept: HashMap<PathBuf, usize> = HashMap::new();
    for (index, document) in documents.iter().enumerate() {
        let language = document.language.as_deref();
        let ending = if language == Some("python") { "py" } else { "html" };
        let name = format!("{}.{ending}", meaningless(index));
        let path = folder.join(shelf(language)).join(&name);
        let text = match ending {
            "py" => document.whole(),
            _ => page(document, with_titles),
        };
        write_if_different(&path, &text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        files.insert(name.into(), index);
        kept.insert(path, index);
    }
    remove_others(folder, &kept).with_context(|| format!("{} is not clean", folder.display()))?;
    Ok(files)
}

fn write_if_different(path: &Path, text: &str) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn remove_others(folder: &Path, kept: &HashMap<PathBuf, usize>) -> std::io::Result<()> {
    for shelf in fs::read_dir(folder)? {
        for file in fs::read_dir(shelf?.path())? {
            let path = file?.path();
            if !kept.contains_key(&path) {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// A name of consonants that is a word in no language and the beginning of none.
fn meaningless(index: usize) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz";
    let mut name = "zqx".to_owned();
    let mut left = index;
    for _ in 0..5 {
        name.push(char::from(LETTERS[left % LETTERS.len()]));
        left /= LETTERS.len();
    }
    name
}

fn page(document: &Entry, with_titles: bool) -> String {
    let mut page = "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n".to_owned();
    if with_titles && !document.title.is_empty() {
        page.push_str(&format!("<title>{}</title>\n", escaped(&document.title)));
    }
    page.push_str("</head>\n<body>\n");
    let title = Some(document.title.as_str()).filter(|title| !with_titles && !title.is_empty());
    let lines = document.text.lines().filter(|line| !line.trim().is_empty());
    for line in title.into_iter().chain(lines) {
        page.push_str(&format!("<p>{}</p>\n", escaped(line)));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, language: Option<&str>, title: &str, text: &str) -> Entry {
        let language = language.map(str::to_owned);
        Entry { id: id.into(), language, title: title.into(), text: text.into() }
    }

    #[test]
    fn every_document_becomes_a_file_of_its_language_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let documents = [
            document("a", Some("de"), "Tee & <Kanne>", "heiß\n\nsüß"),
            document("b", Some("python"), "", "def tea():\n    pass"),
            document("c", None, "", "warm"),
        ];
        let stage = |with_titles| stage(&documents, folder.path(), with_titles).unwrap();
        let files = stage(true);
        let stray = folder.path().join("shelf-de/stray.html");
        fs::write(&stray, "").unwrap();
        assert_eq!(files, stage(true));
        assert!(!stray.exists());
        assert_eq!(files.len(), 3);
        let text = |index: usize, shelf: &str| {
            let name = files.iter().find(|(_, of)| **of == index).unwrap().0;
            fs::read_to_string(folder.path().join(shelf).join(name)).unwrap()
        };
        let page = text(0, "shelf-de");
        assert!(page.contains("<title>Tee &amp; &lt;Kanne&gt;</title>"), "{page}");
        assert!(page.contains("<p>heiß</p>\n<p>süß</p>"), "{page}");
        assert_eq!(text(1, "shelf-python"), "def tea():\n    pass");
        assert!(text(2, "shelf-any").contains("<p>warm</p>"));
        stage(false);
        let page = text(0, "shelf-de");
        assert!(!page.contains("<title>") && page.contains("<p>Tee &amp; &lt;Kanne&gt;</p>"));
    }

    #[test]
    fn names_differ_and_say_nothing() {
        let names: std::collections::HashSet<String> = (0..20_000).map(meaningless).collect();
        assert_eq!(names.len(), 20_000);
        assert!(names.iter().all(|name| name.bytes().all(|letter| letter.is_ascii_lowercase())));
    }
}
