//! Reads a retrieval set in BEIR form: `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` (or
//! `qrels/test.tsv`). Knows nothing of models and scores.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, anyhow, bail, ensure};
use serde::Deserialize;

use super::lines::each_line;

/// A document or a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: String,
    pub language: Option<String>,
    /// Empty where there is none.
    pub title: String,
    /// Without the title. Never empty where there is no title either.
    pub text: String,
}

impl Entry {
    /// The text with its title in front.
    pub fn whole(&self) -> String {
        match self.title.as_str() {
            "" => self.text.clone(),
            title => format!("{title} {}", self.text),
        }
    }

    fn is_empty(&self) -> bool {
        self.title.is_empty() && self.text.trim().is_empty()
    }
}

#[derive(Debug, Default)]
pub struct Set {
    /// By rising id, so that of two documents the one with the lower index has the lower id.
    pub documents: Vec<Entry>,
    /// In the order of the file.
    pub queries: Vec<Entry>,
    /// For each query the documents that answer it, with their gains, all above zero.
    pub answers: Vec<BTreeMap<usize, f64>>,
    /// Documents left out because there is nothing in them.
    pub empty_documents: usize,
    /// Judgements left out because they name a document that is not among `documents`.
    pub unknown_documents: usize,
    /// Judgements left out because they name a query that is not among `queries`.
    pub unknown_queries: usize,
}

/// Reads the set in this folder and checks that there is something to measure in it.
pub fn read(folder: &Path) -> Result<Set> {
    let [corpus, queries, judgements] = files(folder)?;
    let mut documents = entries(&corpus)?;
    let given = documents.len();
    documents.retain(|document| !document.is_empty());
    ensure!(!documents.is_empty(), "{} holds no document with a text", corpus.display());
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    let empty_documents = given - documents.len();
    let queries = asked(&queries)?;
    let answers = vec![BTreeMap::new(); queries.len()];
    let mut set = Set { documents, queries, answers, empty_documents, ..Set::default() };
    judge(&mut set, &judgements)?;
    Ok(set)
}

/// The corpus, the queries and the judgements.
fn files(folder: &Path) -> Result<[PathBuf; 3]> {
    ensure!(folder.is_dir(), "{} is not a folder", folder.display());
    let [corpus, queries, judgements, nested] =
        ["corpus.jsonl", "queries.jsonl", "qrels.tsv", "qrels/test.tsv"]
            .map(|name| folder.join(name));
    let judgements = if !judgements.exists() && nested.exists() { nested } else { judgements };
    for file in [&corpus, &queries, &judgements] {
        if !file.exists() {
            bail!(
                "{} is missing: a retrieval set has a corpus.jsonl, a queries.jsonl and a \
                 qrels.tsv (or qrels/test.tsv)",
                file.display()
            );
        }
    }
    Ok([corpus, queries, judgements])
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "_id")]
    id: String,
    lang: Option<String>,
    title: Option<String>,
    text: String,
}

impl Row {
    fn into_entry(self) -> Entry {
        let title = self.title.filter(|title| !title.trim().is_empty()).unwrap_or_default();
        let language = self.lang.filter(|lang| !lang.is_empty());
        Entry { id: self.id, language, title, text: self.text }
    }
}

fn entries(path: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut lines = HashMap::new();
    let expected = r#"a JSON object such as {"_id": "7", "lang": "en", "title": "", "text": "…"}, where lang and title may be missing"#;
    each_line(path, expected, |number, line| {
        let row: Row = serde_json::from_str(line).map_err(without_line)?;
        if let Some(earlier) = lines.insert(row.id.clone(), number) {
            bail!("the _id {:?} stands on line {earlier} already", row.id);
        }
        entries.push(row.into_entry());
        Ok(())
    })?;
    Ok(entries)
}

/// The parser saw one line only and calls it line 1.
fn without_line(error: serde_json::Error) -> Error {
    anyhow!(error.to_string().replace(" at line 1 column ", " at column "))
}

fn asked(path: &Path) -> Result<Vec<Entry>> {
    let queries = entries(path)?;
    ensure!(!queries.is_empty(), "{} holds no query", path.display());
    if let Some(empty) = queries.iter().find(|query| query.text.trim().is_empty()) {
        bail!("{}: the query {:?} has no text", path.display(), empty.id);
    }
    Ok(queries)
}

fn judge(set: &mut Set, path: &Path) -> Result<()> {
    let documents = places(&set.documents);
    let queries = places(&set.queries);
    let mut judgements = 0;
    let expected = "a query's id, a document's id and a gain, with a tab between them";
    each_line(path, expected, |number, line| {
        let Some((query, document, gain)) = judgement(line, number)? else { return Ok(()) };
        judgements += 1;
        match (queries.get(query), documents.get(document)) {
            (None, _) => set.unknown_queries += 1,
            (_, None) => set.unknown_documents += 1,
            (Some(query), Some(document)) => answer(&mut set.answers[*query], *document, gain)?,
        }
        Ok(())
    })?;
    ensure!(judgements > 0, "{} holds no judgement", path.display());
    if set.unknown_queries + set.unknown_documents == judgements {
        bail!(
            "{} does not belong to the set beside it: of {judgements} judgements, {} name a query \
             that is not in queries.jsonl, and {} a document that is not in corpus.jsonl",
            path.display(),
            set.unknown_queries,
            set.unknown_documents
        );
    }
    Ok(())
}

fn places(entries: &[Entry]) -> HashMap<String, usize> {
    entries.iter().enumerate().map(|(place, entry)| (entry.id.clone(), place)).collect()
}

/// Nothing for a header, which is a first line without a number in its third column.
fn judgement(line: &str, number: usize) -> Result<Option<(&str, &str, f64)>> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [query, document, gain] = columns[..] else {
        bail!("the line has {} columns", columns.len());
    };
    match gain.trim().parse::<f64>() {
        Ok(gain) if gain.is_finite() => Ok(Some((query, document, gain))),
        _ if number == 1 => Ok(None),
        _ => bail!("{gain:?} is not a gain"),
    }
}

fn answer(answers: &mut BTreeMap<usize, f64>, document: usize, gain: f64) -> Result<()> {
    // A gain of zero says that somebody looked and found no answer.
    if gain > 0.0
        && let Some(earlier) = answers.insert(document, gain)
        && earlier != gain
    {
        bail!("an earlier line gives the same document a gain of {earlier}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = "{\"_id\": \"b\", \"lang\": \"en\", \"title\": \"Tea\", \"text\": \"hot\"}\n\
                          {\"_id\": \"a\", \"text\": \"cold\", \"extra\": 1}\n\
                          {\"_id\": \"c\", \"title\": null, \"lang\": \"\", \"text\": \"  \"}\n";
    const QUERIES: &str =
        "{\"_id\": \"q\", \"text\": \"warm?\"}\n{\"_id\": \"r\", \"text\": \"ice?\"}\n";

    fn written(files: &[(&str, &str)]) -> Result<Set> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("qrels"))?;
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content)?;
        }
        read(folder.path())
    }

    fn with_judgements(judgements: &str) -> Result<Set> {
        written(&[("corpus.jsonl", CORPUS), ("queries.jsonl", QUERIES), ("qrels.tsv", judgements)])
    }

    #[test]
    fn documents_stand_by_id_with_their_titles_and_without_the_empty_ones() {
        let set = with_judgements("query-id\tcorpus-id\tscore\nq\tb\t1\n").unwrap();
        let documents: Vec<_> =
            set.documents.iter().map(|d| (&*d.id, d.language.as_deref(), d.whole())).collect();
        let expected = [("a", None, "cold".to_owned()), ("b", Some("en"), "Tea hot".to_owned())];
        assert_eq!(documents, expected);
        assert_eq!(set.empty_documents, 1);
    }

    #[test]
    fn judgements_become_answers_where_their_gain_is_above_zero() {
        fn check(judgements: &str, answers: [&[(usize, f64)]; 2], unknown: [usize; 2]) {
            let set = with_judgements(judgements).unwrap();
            let expected = answers.map(|answers| answers.iter().copied().collect()).to_vec();
            assert_eq!(set.answers, expected, "{judgements:?}");
            assert_eq!([set.unknown_queries, set.unknown_documents], unknown, "{judgements:?}");
        }
        check("h\th\th\nq\tb\t1\n", [&[(1, 1.0)], &[]], [0, 0]);
        check("q\tb\t1\r\nq\ta\t2\r\n", [&[(0, 2.0), (1, 1.0)], &[]], [0, 0]);
        check("q\tb\t0\nr\ta\t0.5\nr\tb\t-1\n", [&[], &[(0, 0.5)]], [0, 0]);
        check("q\tb\t1\nq\tb\t1\n", [&[(1, 1.0)], &[]], [0, 0]);
        // c is in the corpus, but there is nothing in it to find.
        check("q\tb\t1\nq\tc\t1\nq\tz\t1\nz\tb\t1\n", [&[(1, 1.0)], &[]], [1, 2]);
    }

    #[test]
    fn judgements_may_stand_in_a_folder_of_their_own() {
        let nested = ("qrels/test.tsv", "q\ta\t1\n");
        assert!(written(&[("corpus.jsonl", CORPUS), ("queries.jsonl", QUERIES), nested]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        fn check(files: &[(&str, &str)], expected: &[&str]) {
            let error = format!("{:#}", written(files).unwrap_err());
            for expected in expected {
                assert!(error.contains(expected), "{error:?} lacks {expected:?}");
            }
        }
        let corpus = ("corpus.jsonl", CORPUS);
        let queries = ("queries.jsonl", QUERIES);
        check(&[], &["corpus.jsonl is missing: a retrieval set has"]);
        check(&[corpus, queries], &["qrels.tsv is missing"]);

        let bad_corpus = |text| [("corpus.jsonl", text), queries, ("qrels.tsv", "q\ta\t1\n")];
        check(&bad_corpus(""), &["corpus.jsonl holds no document"]);
        check(&bad_corpus("{\"_id\": \"a\", \"text\": \" \"}"), &["holds no document"]);
        check(
            &bad_corpus("{\"_id\": \"a\", \"text\": \"x\"}\n{\"_id\": \"b\"}\n"),
            &["corpus.jsonl, line 2: expected a JSON object", "missing field `text` at column"],
        );
        check(&bad_corpus("{\"_id\": 7, \"text\": \"x\"}"), &["line 1", "expected a string"]);
        check(
            &bad_corpus("{\"_id\": \"a\", \"text\": \"x\"}\n\n{\"_id\": \"a\", \"text\": \"y\"}"),
            &["line 3", "the _id \"a\" stands on line 1 already"],
        );

        let bad_queries = |text| [corpus, ("queries.jsonl", text), ("qrels.tsv", "q\ta\t1\n")];
        check(&bad_queries("\n"), &["queries.jsonl holds no query"]);
        check(&bad_queries("{\"_id\": \"q\", \"text\": \"\"}"), &["the query \"q\" has no text"]);

        let bad_judgements = |text| [corpus, queries, ("qrels.tsv", text)];
        check(&bad_judgements("query\tdocument\tgain\n"), &["qrels.tsv holds no judgement"]);
        check(
            &bad_judgements("q a 1\n"),
            &["qrels.tsv, line 1: expected a query's id", "1 column"],
        );
        check(&bad_judgements("q\ta\t1\nq\tb\tx\n"), &["line 2", "\"x\" is not a gain"]);
        check(&bad_judgements("q\ta\t1\nq\tb\tNaN\n"), &["line 2", "\"NaN\" is not a gain"]);
        check(&bad_judgements("q\ta\t1\nq\ta\t2\n"), &["line 2", "a gain of 1"]);
        check(&bad_judgements("q\tx\t1\nz\ta\t1\n"), &["of 2 judgements, 1 name a query"]);
    }
}
