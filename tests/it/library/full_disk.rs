//! A disk that is full halts the work, says so, and costs nothing.

use std::fs;
use std::path::PathBuf;

use kenning_engine::State::Meaning;
use kenning_engine::{Doing, Library, Parts, Rest, Rules};

use super::own_view::run_within;
use super::stage::{Stage, options, program};

const FOLDER: &str = "KENNING_TEST_FOLDER";

/// A child has a disk of its own that nobody else sees, where the system lets it.
#[test]
fn a_full_disk_halts_the_work_which_goes_on_when_there_is_room() {
    let place = tempfile::tempdir().unwrap();
    let own_disk = format!("mount -t tmpfs -o size=16m none \"${FOLDER}\"");
    if !run_within(FOLDER, place.path(), &own_disk, "library::full_disk::within") {
        eprintln!("this system gives no disk of one's own: a full one is not tried");
    }
}

/// Does something only where the test above has started it, on a disk of its own.
#[test]
fn within() {
    let Some(disk) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let (home, spare) = (disk.join("home"), disk.join("spare"));
    let stage = Stage::new(&[]);
    let parts =
        Parts { program: program(), model: Some(stage.counting.model("m")), others: vec![] };
    let library = Library::open_with(&home, parts, options()).unwrap();
    library.add_folder(&stage.path(""), Rules::default()).unwrap();
    assert_eq!(library.wait_until_idle(), Rest::Done);
    fs::write(&spare, vec![7; 12 << 20]).unwrap();
    let noise = |number: usize, line: usize| {
        let hash = (number * 7919 + line).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{hash:x} {:x} {:x}", hash.rotate_left(23), hash.rotate_left(41) ^ line)
    };
    for number in 0..60 {
        let lines: Vec<String> = (0..500).map(|line| noise(number, line)).collect();
        stage.write(&format!("{number}.txt"), lines.join("\n"));
    }
    library.look_again().unwrap();
    let Rest::Halted(why) = library.wait_until_idle() else { panic!("the disk is too large") };
    assert!(why.is_disk_full, "{why}");
    assert!(why.why.contains("full") || why.why.contains("space"), "{why}");
    assert!(matches!(library.progress().doing, Doing::Halted(_)));
    fs::remove_file(&spare).unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while library.wait_until_idle() != Rest::Done {
        assert!(std::time::Instant::now() < end, "{:?}", library.progress());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let ledger = library.progress().ledger;
    assert_eq!((ledger.files(Meaning), ledger.all_files()), (60, 60));
    assert_eq!(stage.counting.embedded().1, 1, "nothing is embedded twice");
}
