//! A library under fire, in short: killed and ended at every point, searched while everything changes,
//! and the check itself, which must find what is wrong. The long forms are `cargo xtask crash` and
//! `cargo xtask soak`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kenning_domain::ContentId;
use kenning_engine::{Access, Library, Rest, Rules};
use kenning_store::Mark;
use kenning_store::fail::POINTS;
use kenning_store::index::{Check, Words};
use kenning_tests::fire::{Crash, Disorder, Keeping, Line, compare, crash};
use kenning_tests::made::damage::Chance;
use tempfile::TempDir;

/// What keeps a library, and reads files for one.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_kenning-test-fire");

#[test]
fn killed_at_any_moment_and_at_every_point_everything_agrees_again() {
    let root = tempfile::tempdir().unwrap();
    let plan = Crash {
        program: PROGRAM.into(),
        root: root.path().into(),
        seed: 20,
        files: 40,
        kills: 30,
        kills_between_checks: 6,
        passings: vec![1],
    };
    let tally = crash(&plan);
    assert!(tally.wrong.is_empty(), "{tally}\n{:#?}", tally.wrong);
    assert_eq!(tally.points.len(), POINTS.len());
    assert!(tally.kills >= 30 && tally.compared.passages > 1_000, "{tally}");
}

/// With too few samples to tell of growth.
#[test]
fn searched_while_everything_changes_nothing_is_lost_and_nothing_fails() {
    let output = Command::new(PROGRAM).args(["soak", "0.15", "150"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn growth_is_told_from_noise() {
    let mut chance = Chance::new(9);
    let mut check = |rise: f64, noise: usize, expected: bool| {
        let mut point = |second: u32| {
            let noise = chance.below(2 * noise + 1) as f64 - noise as f64;
            (f64::from(second), 100.0 + rise * f64::from(second) / 900.0 + noise)
        };
        let points: Vec<(f64, f64)> = (0..90).map(|number| point(number * 10)).collect();
        let line = Line::through(&points);
        let Line { growth, error, .. } = line;
        assert_eq!(line.is_growth(8.0, 0.05), expected, "{rise}: {growth} ± {error}");
    };
    check(0.0, 0, false);
    check(0.0, 30, false);
    check(4.0, 0, false);
    check(-30.0, 5, false);
    check(20.0, 0, true);
    check(40.0, 30, true);
}

#[test]
fn every_point_stands_in_the_list_and_in_the_program_once() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates");
    let sources = super::stage::files_under(&crates);
    let texts: Vec<String> = sources
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut found: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.split("fail::point(\"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let mut expected = POINTS.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn the_program_that_people_get_has_no_points() {
    const NAME: &[u8] = b"KENNING_FAILPOINT";
    let has = |path: &Path| fs::read(path).unwrap().windows(NAME.len()).any(|part| part == NAME);
    assert!(has(Path::new(PROGRAM)));
    assert!(!has(&crate::cli::PROGRAM));
}

/// A folder in which much has happened, and what is kept of it.
pub struct Kept {
    _root: TempDir,
    pub keeping: Keeping,
    pub disorder: Disorder,
}

impl Kept {
    pub fn new(files: usize) -> Self {
        let root = tempfile::tempdir().unwrap();
        let (home, folder) = (root.path().join("home"), root.path().join("files"));
        let mut disorder = Disorder::new(&folder, files, 3);
        disorder.fill();
        let keeping = Keeping { program: PROGRAM.into(), home, folder, model: "a".to_owned() };
        let kept = Self { _root: root, keeping, disorder };
        let library = kept.open();
        library.add_folder(&kept.keeping.folder, Rules::default()).unwrap();
        assert_eq!(library.wait_until_idle(), Rest::Done);
        kept
    }

    pub fn open(&self) -> Library {
        self.keeping.open(Access::Write).unwrap()
    }

    pub fn home(&self, name: &str) -> PathBuf {
        self.keeping.home.join(name)
    }

    /// What a process that only reads has to say.
    pub fn looked_at(&mut self) -> Result<usize, Vec<String>> {
        let library = self.keeping.open(Access::Read).unwrap();
        let gone = self.disorder.gone(20);
        let compared = compare(&self.keeping.folder, &mut library.searcher().unwrap(), &gone)?;
        Ok(compared.passages)
    }
}

/// Whether something is said to be wrong, and with these words.
fn check_wrong(kept: &mut Kept, words: &str) {
    let wrong = kept.looked_at().unwrap_err();
    assert!(wrong.iter().any(|wrong| wrong.contains(words)), "{words}: {wrong:#?}");
}

#[test]
fn the_check_finds_what_is_wrong() {
    let mut kept = Kept::new(30);
    assert!(kept.looked_at().unwrap() > 30);
    let file = kept.disorder.some_file().to_owned();
    let bytes = fs::read(&file).unwrap();
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    fs::write(&file, "zqqqqqqqq\n\nAnders.").unwrap();
    check_wrong(&mut kept, "known as it was before");
    check_wrong(&mut kept, "holds something else");
    check_wrong(&mut kept, "zqqqqqqqq finds");
    fs::remove_file(&file).unwrap();
    check_wrong(&mut kept, "and not there");
    fs::write(&file, bytes).unwrap();
    fs::File::options().append(true).open(&file).unwrap().set_modified(modified).unwrap();
    fs::write(file.with_extension("neu"), "Neu.").unwrap();
    check_wrong(&mut kept, "is not known");
    fs::remove_file(file.with_extension("neu")).unwrap();
    kept.looked_at().unwrap();
    let library = kept.keeping.open(Access::Read).unwrap();
    let snapshot = library.searcher().unwrap().snapshot();
    let (mark, some) = (snapshot.words.mark().unwrap(), first_content(&snapshot));
    drop((snapshot, library));
    let mut words = Words::open(&kept.home("words"), Check::Full).unwrap().words;
    words.remove_content(some).unwrap();
    words.commit(Mark { ..mark }).unwrap();
    words.close().unwrap();
    check_wrong(&mut kept, "is not found by words");
    check_wrong(&mut kept, "finds {}");
}

fn first_content(snapshot: &kenning_engine::Snapshot) -> ContentId {
    snapshot.catalogue.read().unwrap().ids().min().unwrap()
}
