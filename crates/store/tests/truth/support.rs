//! Documents made in code, and a look at the database from outside.

use std::path::{Path, PathBuf};

use kenning_domain::{ContentId, FileId, FolderId, Language, Passage, SpaceId, Tag};
use kenning_store::{
    Access, Change, ContentHash, Ledger, Metadata, NewContent, NewSpace, Place, Reader, Stamp,
    StoreError, Truth,
};
use rusqlite::Connection;
use tempfile::TempDir;

pub const EXTRACTOR: u32 = 1;
pub const DIMENSIONS: usize = 8;

pub struct Made {
    pub hash: ContentHash,
    pub text: String,
    pub passages: Vec<Passage>,
    pub metadata: Metadata,
}

/// A document of these paragraphs, each a passage.
pub fn made(title: &str, paragraphs: &[&str]) -> Made {
    let mut text = String::new();
    let mut passages = Vec::new();
    for (number, paragraph) in paragraphs.iter().enumerate() {
        let start = text.len();
        text.push_str(paragraph);
        passages.push(Passage {
            span: start..text.len(),
            page: u32::try_from(number / 2 + 1).ok(),
            headings: if number % 2 == 0 { vec![] } else { vec!["Über 海".into(), "二".into()] },
            language: Tag::new("de").map(|tag| Language { tag, confidence: 0.75 }),
        });
        text.push_str("\n\n");
    }
    let hash = ContentHash(*blake3::hash(format!("{title}\n{text}").as_bytes()).as_bytes());
    let metadata = Metadata { title: Some(title.into()), pages: Some(3), ..Metadata::default() };
    Made { hash, text, passages, metadata }
}

impl Made {
    pub fn as_new(&self) -> NewContent<'_> {
        NewContent {
            hash: self.hash,
            bytes: self.text.len() as u64,
            format: "text",
            extractor: EXTRACTOR,
            metadata: &self.metadata,
            partial: None,
            text: &self.text,
            passages: &self.passages,
        }
    }
}

pub fn stamp(version: u64) -> Stamp {
    Stamp { size: 100 + version, modified: version as i64 * 1_000, id: Some((1, 7)) }
}

pub fn open(folder: &Path) -> Truth {
    let truth = Truth::open(folder, Access::Write).unwrap();
    assert_eq!(truth.repairs(), []);
    truth
}

pub fn temporary() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data");
    (folder, path)
}

pub fn database(folder: &Path) -> PathBuf {
    folder.join("kenning.db")
}

/// Sees a file and gives it this document.
pub fn put(
    change: &mut Change<'_>,
    folder: FolderId,
    path: &str,
    made: &Made,
) -> Result<(FileId, ContentId), StoreError> {
    let file = change.see(Place::new(folder, Path::new(path)), &stamp(1))?;
    let content = change.put_content(file, &stamp(1), &made.as_new())?;
    Ok((file, content.unwrap()))
}

pub fn space(change: &mut Change<'_>, name: &str) -> Result<SpaceId, StoreError> {
    change.add_space(NewSpace {
        model: name,
        revision: "1",
        definition: name,
        dimensions: DIMENSIONS,
    })
}

/// A vector that tells whose it is.
pub fn vector(text: i64) -> Vec<f32> {
    (0..DIMENSIONS).map(|n| ((text * 31 + n as i64) % 17) as f32 / 32.0).collect()
}

/// Gives a space vectors of the texts that come next.
pub fn embed(truth: &mut Truth, reader: &mut Reader, space: SpaceId, limit: usize) -> usize {
    let texts = reader.read(|view| view.unembedded(space, limit)).unwrap();
    let vectors: Vec<_> = texts.iter().map(|text| (text.id, vector(text.id.0))).collect();
    truth.change(|change| change.put_vectors(space, &vectors)).unwrap();
    vectors.len()
}

pub fn ledger(reader: &mut Reader) -> Ledger {
    reader.read(|view| view.ledger()).unwrap()
}

/// Everything that must hold of a database, whoever wrote it and however they ended.
pub fn expect_whole(folder: &Path) {
    let connection = Connection::open(database(folder)).unwrap();
    let number = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    let check: String =
        connection.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let broken = [
        ("references", "SELECT count(*) FROM pragma_foreign_key_check"),
        (
            "contents without files",
            "SELECT count(*) FROM contents WHERE id NOT IN
            (SELECT content FROM files WHERE content IS NOT NULL)",
        ),
        (
            "contents without text",
            "SELECT count(*) FROM contents WHERE id NOT IN
            (SELECT content FROM bodies)",
        ),
        (
            "contents that lack passages",
            "SELECT count(*) FROM contents c WHERE passages <>
            (SELECT count(*) FROM passages WHERE content = c.id)",
        ),
        (
            "unused texts that are used",
            "SELECT count(*) FROM texts t WHERE (unused IS NULL) <>
            EXISTS (SELECT 1 FROM passages WHERE text = t.id)",
        ),
        (
            "vectors without texts",
            "SELECT count(*) FROM vectors WHERE text NOT IN
            (SELECT id FROM texts)",
        ),
        (
            "counts that are wrong",
            "SELECT count(*) FROM (
            SELECT folder, state, is_folder, reason_code, count(*), sum(size) FROM files
                GROUP BY 1, 2, 3, 4
            EXCEPT SELECT * FROM ledger)",
        ),
        (
            "counts of nothing",
            "SELECT (SELECT count(*) FROM files)
            - (SELECT coalesce(sum(files), 0) FROM ledger)",
        ),
        (
            "gaps that are wrong",
            "SELECT count(*) FROM (
            SELECT s.id AS space, p.content, count(*) AS missing FROM spaces s, passages p
            WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.space = s.id AND v.text = p.text)
            GROUP BY 1, 2 EXCEPT SELECT space, content, missing FROM gaps)",
        ),
        (
            "gaps of nothing",
            "SELECT count(*) FROM (SELECT space, content, missing FROM gaps
            EXCEPT SELECT s.id, p.content, count(*) FROM spaces s, passages p
            WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.space = s.id AND v.text = p.text)
            GROUP BY 1, 2)",
        ),
        (
            "files further than their contents",
            "SELECT count(*) FROM files f WHERE state IN (1, 2)
            AND (state = 2) <> EXISTS (SELECT 1 FROM spaces s WHERE s.state = 1 AND NOT EXISTS
                (SELECT 1 FROM gaps WHERE space = s.id AND content = f.content))",
        ),
    ];
    for (what, sql) in broken {
        assert_eq!(number(sql), 0, "{what}");
    }
}
