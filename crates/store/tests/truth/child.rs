//! This program again, as a child that does one thing until it is done or killed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

const PART: &str = "KENNING_TEST_PART";
const FOLDER: &str = "KENNING_TEST_FOLDER";

/// What a child must do, and where; `None` in the parent.
pub fn part() -> Option<(String, PathBuf)> {
    let part = std::env::var(PART).ok()?;
    Some((part, std::env::var_os(FOLDER)?.into()))
}

/// The command that starts a child; `program` may be a copy of this one.
pub fn command(program: impl Into<OsString>, part: &str, folder: PathBuf) -> Command {
    let mut command = Command::new(program.into());
    command.args(["--exact", "child::plays_its_part", "--nocapture", "--test-threads=1"]);
    command.env(PART, part).env(FOLDER, folder);
    command
}

#[test]
fn plays_its_part() {
    match part() {
        None => {}
        Some((part, folder)) => match part.as_str() {
            "write until killed" => crate::killed::write_until_killed(&folder),
            "fill the disk" => crate::full_disk::fill(&folder),
            "read only" => crate::opening::read_what_may_not_be_written(&folder),
            "hold the lock" => crate::opening::hold_the_lock(&folder),
            other => panic!("no such part: {other}"),
        },
    }
}
