//! A damaged database is found out, set aside, and what can be saved of it is saved.

use std::fs;
use std::path::Path;

use kenning_domain::SpaceId;
use kenning_store::{Access, Content, StoreError, Truth};

use crate::support::{database, embed, expect_whole, made, open, put, space, temporary};

const PAGE: usize = 4096;
const DOCUMENTS: usize = 60;

struct Filled {
    space: SpaceId,
    contents: Vec<Content>,
    bytes: Vec<u8>,
}

/// A database with something in every table, ended well.
fn fill(path: &Path) -> Filled {
    let mut truth = open(path);
    let (folder, space) = truth
        .change(|change| {
            change.set("language", "de")?;
            let space = space(change, "s")?;
            change.answer_from(space)?;
            Ok((change.add_folder(Path::new("/Bücher"), "*.pdf")?, space))
        })
        .unwrap();
    for number in 0..DOCUMENTS {
        // Some texts are longer than a page, whatever is done to make them smaller.
        let noise: String = (0..if number % 10 == 0 { 900 } else { 5 })
            .map(|n| blake3::hash(format!("{number} {n}").as_bytes()).to_hex()[..12].to_owned())
            .collect();
        let paragraphs = [noise.as_str(), "gemeinsam", "鯨の道"];
        let document = made(&number.to_string(), &paragraphs);
        truth.change(|change| put(change, folder, &format!("{number}.txt"), &document)).unwrap();
    }
    let mut reader = truth.reader().unwrap();
    while embed(&mut truth, &mut reader, space, 50) > 0 {}
    let contents = reader
        .read(|view| {
            let ids = view.content_ids()?.into_iter();
            ids.map(|id| Ok(view.content(id)?.unwrap())).collect::<Result<Vec<_>, StoreError>>()
        })
        .unwrap();
    drop(reader);
    truth.close().unwrap();
    Filled { space, contents, bytes: fs::read(database(path)).unwrap() }
}

fn end_badly(folder: &Path) {
    fs::write(folder.join("lock"), "process 1").unwrap();
}

/// Overwrites a stretch with what no program writes.
fn spoil(bytes: &mut [u8]) {
    for (number, byte) in bytes.iter_mut().enumerate() {
        *byte = (number * 167 + 89) as u8;
    }
}

/// Whether everything can be read; what can be must be what was written.
fn reads_all(truth: &Truth, filled: &Filled) -> Result<bool, StoreError> {
    truth.reader()?.read(|view| {
        let mut found = Vec::new();
        for id in view.content_ids()? {
            found.extend(view.content(id)?);
        }
        let mut vectors = 0;
        view.each_vector(filled.space, |_| vectors += 1)?;
        let whole = found == filled.contents && vectors == DOCUMENTS * 3;
        Ok(whole)
    })
}

#[test]
fn no_spoilt_page_is_ever_silently_wrong() {
    let (_kept, path) = temporary();
    let filled = fill(&path);
    let pages = filled.bytes.len() / PAGE;
    let mut repaired = 0;
    for page in 0..pages {
        let (_kept, path) = temporary();
        fs::create_dir_all(&path).unwrap();
        let mut bytes = filled.bytes.clone();
        spoil(&mut bytes[page * PAGE..(page + 1) * PAGE]);
        fs::write(database(&path), bytes).unwrap();
        end_badly(&path);
        let truth = Truth::open(&path, Access::Write).unwrap();
        if let [repair] = truth.repairs() {
            repaired += 1;
            assert!(repair.set_aside.exists(), "page {page}");
            let spares = ["damaged-", "kenning.db"];
            let name = repair.set_aside.file_name().unwrap().to_string_lossy().into_owned();
            assert!(spares.iter().all(|part| name.contains(part)), "{name}");
            assert!(
                !repair.saved.all_folders_and_settings
                    || (repair.saved.folders, repair.saved.settings) == (1, 1),
                "page {page}: {repair:?}"
            );
            truth.close().unwrap();
            expect_whole(&path);
        } else {
            let read = reads_all(&truth, &filled);
            let found_out = read.as_ref().is_err_and(StoreError::is_damage);
            assert!(found_out || matches!(read, Ok(true)), "page {page} of {pages}: {read:?}");
        }
    }
    assert!(repaired * 10 > pages * 8, "{repaired} of {pages}");
}

#[test]
fn folders_settings_and_vectors_are_saved() {
    let (_kept, path) = temporary();
    let filled = fill(&path);
    // The page in which the texts of documents begin to lie; everything else is whole.
    let connection = rusqlite::Connection::open(database(&path)).unwrap();
    let page: usize = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'bodies'", (), |row| row.get(0))
        .map(|page: i64| page as usize - 1)
        .unwrap();
    drop(connection);
    let mut bytes = filled.bytes.clone();
    spoil(&mut bytes[page * PAGE..(page + 1) * PAGE]);
    fs::write(database(&path), bytes).unwrap();
    end_badly(&path);
    let mut truth = Truth::open(&path, Access::Write).unwrap();
    let [repair] = truth.repairs() else { panic!("{:?}", truth.repairs()) };
    let saved = repair.saved;
    assert!(saved.all_folders_and_settings);
    assert_eq!((saved.folders, saved.settings, saved.spaces), (1, 1, 1));
    let mut reader = truth.reader().unwrap();
    let folder = reader.read(|view| view.folders()).unwrap().remove(0);
    assert_eq!((folder.path.as_path(), folder.rules.as_str()), (Path::new("/Bücher"), "*.pdf"));
    assert_eq!(reader.read(|view| view.setting("language")).unwrap().as_deref(), Some("de"));
    assert_eq!(reader.read(|view| view.ledger()).unwrap().all_files(), 0);
    let document = made("7", &["neu", "gemeinsam", "鯨の道"]);
    truth.change(|change| put(change, folder.id, "7.txt", &document)).unwrap();
    let wanted = reader.read(|view| view.unembedded(filled.space, 9)).unwrap();
    assert_eq!(wanted.len(), 1, "the two that were embedded before have their vectors");
    drop(reader);
    truth.close().unwrap();
    expect_whole(&path);
    assert_eq!(open(&path).repairs(), []);
}

#[test]
fn damage_that_is_met_is_looked_into_at_the_next_start() {
    let (_kept, path) = temporary();
    let filled = fill(&path);
    // In the middle of a long text: no page is out of order, only its words are.
    let mut bytes = filled.bytes.clone();
    let connection = rusqlite::Connection::open(database(&path)).unwrap();
    let packed: Vec<u8> = connection
        .query_row("SELECT packed FROM bodies ORDER BY length DESC LIMIT 1", (), |row| row.get(0))
        .unwrap();
    drop(connection);
    let middle = &packed[packed.len() / 2..packed.len() / 2 + 40];
    let place = bytes.windows(40).position(|window| window == middle).unwrap();
    bytes[place] ^= 1;
    fs::write(database(&path), bytes).unwrap();
    let truth = open(&path);
    let error = reads_all(&truth, &filled).unwrap_err();
    assert!(error.is_damage() && error.to_string().contains("Start Kenning again"), "{error}");
    truth.close().unwrap();
    let truth = Truth::open(&path, Access::Write).unwrap();
    assert_eq!(truth.repairs().len(), 1);
    truth.close().unwrap();
    open(&path);
}
