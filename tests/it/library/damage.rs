//! Damage on the disk is noticed, told of, and made good from the folders: never a wrong answer.

use std::fs;
use std::path::{Path, PathBuf};

use kenning_engine::{Library, Repairs, Rest, Rules};
use kenning_tests::fire::compare;

use super::fire::Kept;

fn flip(file: &Path, at: &[usize]) {
    let mut bytes = fs::read(file).unwrap();
    for at in at {
        bytes[*at] ^= 1 << (at % 8);
    }
    fs::write(file, bytes).unwrap();
}

fn cut(file: &Path, to: usize) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..to]).unwrap();
}

fn length(file: &Path) -> usize {
    fs::metadata(file).unwrap().len() as usize
}

/// The largest file of the word index with this ending.
fn segment(kept: &Kept, ending: &str) -> PathBuf {
    let files = super::stage::files_under(&kept.home("words"));
    let ours = files.into_iter().filter(|file| file.extension().is_some_and(|e| e == ending));
    ours.max_by_key(|file| length(file)).unwrap_or_else(|| panic!("no {ending}"))
}

/// Opens a library until it can work, as its own message says one should.
fn opened(kept: &Kept) -> Library {
    for _ in 0..20 {
        match kept.keeping.open(kenning_engine::Access::Write) {
            Ok(library) => match library.wait_until_idle() {
                Rest::Done => return library,
                Rest::Halted(why) => {
                    assert!(why.why.contains("Start Kenning again"), "{why}");
                }
                other => panic!("{other:?}"),
            },
            // What this process starts holds its locks, too, until it has become another program.
            Err(error) if error.to_string().contains("another ") => {
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
            Err(error) => assert!(error.to_string().contains("Start Kenning again"), "{error}"),
        }
    }
    kept.open()
}

/// Everything is found again; what was told of the damage.
#[track_caller]
fn healed(kept: &mut Kept, what: &str) -> Vec<Repairs> {
    let library = opened(kept);
    if library.folders().is_empty() {
        let repairs = library.progress().repairs;
        let lost = |repair: &Repairs| matches!(repair, Repairs::Database { are_all: false, .. });
        assert!(repairs.iter().any(lost), "{what}: {repairs:?}");
        library.add_folder(&kept.keeping.folder, Rules::default()).unwrap();
    }
    library.look_again().unwrap();
    assert_eq!(library.wait_until_idle(), Rest::Done, "{what}");
    let gone = kept.disorder.gone(20);
    let mut searcher = library.searcher().unwrap();
    let compared = compare(&kept.keeping.folder, &mut searcher, &gone);
    assert!(compared.as_ref().is_ok_and(|compared| compared.passages > 20), "{what}: {compared:?}");
    library.progress().repairs
}

#[test]
fn a_damaged_word_index_is_made_anew_and_everything_is_found() {
    let mut kept = Kept::new(25);
    let of_words = |kept: &mut Kept, what: &str| {
        let repairs = healed(kept, what);
        let [Repairs::Words { .. }] = &repairs[..] else { panic!("{what}: {repairs:?}") };
    };
    for ending in ["term", "idx", "pos", "store", "fast"] {
        let file = segment(&kept, ending);
        flip(&file, &[length(&file) / 3]);
        of_words(&mut kept, &format!("a flipped bit in {ending}"));
    }
    let file = segment(&kept, "idx");
    cut(&file, length(&file) / 2);
    of_words(&mut kept, "half a segment");
    fs::remove_file(segment(&kept, "term")).unwrap();
    of_words(&mut kept, "a segment without its words");
    flip(&kept.home("words/meta.json"), &[40]);
    of_words(&mut kept, "a flipped bit in the list of segments");
    // There is nothing then that could be called damaged.
    fs::remove_file(kept.home("words/meta.json")).unwrap();
    healed(&mut kept, "no list of segments");
    fs::remove_dir_all(kept.home("words")).unwrap();
    healed(&mut kept, "no index");
}

#[test]
fn damaged_codes_are_made_anew_and_everything_is_found() {
    let mut kept = Kept::new(25);
    let codes = super::stage::files_under(&kept.keeping.home);
    let is_codes = |file: &&PathBuf| file.file_name().unwrap().to_string_lossy().contains("codes-");
    let codes = codes.iter().find(is_codes).unwrap().to_owned();
    let of_codes = |kept: &mut Kept, what: &str| {
        let repairs = healed(kept, what);
        let [Repairs::Meaning { .. }] = &repairs[..] else { panic!("{what}: {repairs:?}") };
    };
    for at in [3, 20, 70, 200, length(&codes) - 1] {
        flip(&codes, &[at]);
        of_codes(&mut kept, &format!("a flipped bit at {at}"));
    }
    cut(&codes, length(&codes) - 40);
    of_codes(&mut kept, "the end missing");
    cut(&codes, 0);
    of_codes(&mut kept, "nothing left");
    fs::remove_file(&codes).unwrap();
    assert_eq!(healed(&mut kept, "no file"), []);
}

#[test]
fn a_damaged_database_is_set_aside_and_told_of_and_its_folders_are_known_again() {
    const PAGE: usize = 4096;
    let database = |kept: &Kept| kept.home("kenning.db");
    type Damage = fn(&Path);
    let damages: [(&str, Damage, bool); 8] = [
        ("pages in the middle", |file| spoil(file, length(file) / PAGE / 2, 6), true),
        ("pages at the end", |file| spoil(file, length(file) / PAGE - 3, 3), true),
        ("what describes the tables", |file| spoil(file, 32, 2), true),
        ("the page of the folders", |file| spoil(file, 4, 1), false),
        ("whose it is", |file| flip(file, &[69]), true),
        ("the first page", |file| spoil(file, 0, 1), true),
        ("half of it", |file| cut(file, length(file) / 2), true),
        ("all of it", |file| cut(file, 0), false),
    ];
    for (what, damage, keeps_folders) in damages {
        let mut kept = Kept::new(100);
        damage(&database(&kept));
        // Where nothing is left, only a good end says that there was something.
        if length(&database(&kept)) > 0 {
            fs::write(kept.home("lock"), "process 1").unwrap();
        }
        let repairs = healed(&mut kept, what);
        let [Repairs::Database { set_aside, folders, are_all, .. }] = &repairs[..] else {
            panic!("{what}: {repairs:?}")
        };
        assert!(set_aside.exists() && set_aside.to_string_lossy().contains("damaged-"), "{what}");
        assert!(!keeps_folders || (*folders, *are_all) == (1, true), "{what}: {repairs:?}");
        let told = repairs[0].to_string();
        assert!(told.contains(&set_aside.display().to_string()), "{what}: {told}");
    }
}

/// The same after a good end, where nothing is looked at before it is read.
#[test]
fn damage_after_a_good_end_is_met_when_it_is_read() {
    for part in 1..6 {
        let mut kept = Kept::new(25);
        let file = kept.home("kenning.db");
        let pages = length(&file) / 4096;
        spoil(&file, pages * part / 6, 3);
        // What is damaged and nobody needs may stay unnoticed; what is found is right.
        healed(&mut kept, &format!("{part} sixths of {pages} pages"));
    }
}

fn spoil(file: &Path, page: usize, pages: usize) {
    let mut bytes = fs::read(file).unwrap();
    let end = ((page + pages) * 4096).min(bytes.len());
    for (number, byte) in bytes[page * 4096..end].iter_mut().enumerate() {
        *byte = (number * 167 + 89) as u8;
    }
    fs::write(file, bytes).unwrap();
}
