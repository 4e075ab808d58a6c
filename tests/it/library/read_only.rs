//! A data folder that may not be written to: what is known is searched, and changing is refused.

use std::path::PathBuf;

use kenning_engine::{Access, LibraryError, Rest, Rules};
use kenning_tests::fire::{Keeping, compare};

use super::fire::{Kept, PROGRAM};
use super::own_view::run_within;

const PLACE: &str = "KENNING_TEST_READ_ONLY";

/// A child sees the folder so, where the system lets it; to root nothing else is read only.
#[test]
fn a_data_folder_that_may_only_be_read_is_searched_and_not_written() {
    let kept = Kept::new(25);
    let bound = format!(
        "mount --bind \"${PLACE}/home\" \"${PLACE}/home\" && \
        mount -o remount,bind,ro \"${PLACE}/home\""
    );
    let place = kept.keeping.home.parent().unwrap();
    if !run_within(PLACE, place, &bound, "library::read_only::within") {
        eprintln!("this system gives no view of one's own: a read-only folder is not tried");
    }
}

/// Does something only where the test above has started it.
#[test]
fn within() {
    let Some(place) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let (home, folder) = (place.join("home"), place.join("files"));
    assert!(std::fs::write(home.join("x"), "x").is_err(), "it may be written to");
    let keeping = Keeping { program: PROGRAM.into(), home, folder, model: "a".to_owned() };
    let refused = keeping.open(Access::Write).err().unwrap().to_string();
    assert!(refused.contains("may only be read"), "{refused}");
    for access in [Access::Read, Access::WriteElseRead] {
        let library = keeping.open(access).unwrap();
        let compared = compare(&keeping.folder, &mut library.searcher().unwrap(), &[]).unwrap();
        assert!(compared.passages > 20, "{compared:?}");
        let refused = library.add_folder(&keeping.folder, Rules::default()).unwrap_err();
        assert!(matches!(refused, LibraryError::ReadOnly(_)), "{refused}");
        assert_eq!(library.wait_until_idle(), Rest::Closed);
    }
}
