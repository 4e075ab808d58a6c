//! A test run again by a child that sees the disks otherwise than everybody else, where the system lets it.

use std::path::Path;
use std::process::Command;

/// Mounts, for a child alone, and has it run one test, which finds `place` in a variable of this name.
/// Whether the system allowed it.
#[must_use]
pub fn run_within(variable: &str, place: &Path, mount: &str, test: &str) -> bool {
    let within = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", &format!("{mount}{then}")]);
        command.env(variable, place);
        command
    };
    if !within("").output().is_ok_and(|output| output.status.success()) {
        return false;
    }
    let output = within(" && exec \"$0\" \"$@\"")
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let also = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{also}");
    true
}
