//! A process that writes is killed at any moment, and what it had committed is there.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// Tells a child where to write. The name of its test must be the one below.
const FOLDER: &str = "KENNING_TEST_INDEX_CHILD";
const CHILD: &str = "index::tests::crash::a_child_writes_until_it_is_killed";

/// How many contents are there at once: with each new one the oldest goes.
const KEPT: u64 = 5;

#[test]
fn a_child_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut words = open(Path::new(&folder));
    let from = words.snapshot().mark().map_or(0, |mark| mark.seq);
    let end = Instant::now() + Duration::from_secs(20);
    for seq in from + 1.. {
        let content = seq as i64;
        add(&mut words, passage(content, 0), &format!("все number{seq}"));
        add(&mut words, passage(content, 1), "все alle كل");
        words.put_name(FileId(content), ["все"]).unwrap();
        if seq > KEPT {
            words.remove_content(ContentId(content - KEPT as i64)).unwrap();
            words.remove_name(FileId(content - KEPT as i64)).unwrap();
        }
        words.commit(mark(seq)).unwrap();
        if Instant::now() > end {
            return;
        }
    }
}

fn child(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", CHILD, "--test-threads=1"]).env(FOLDER, folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Until the list of segments is another than at the start, on however slow a machine.
fn wait_for_a_commit(folder: &Path) {
    let now = || fs::read(folder.join("meta.json")).ok();
    let (before, end) = (now(), Instant::now() + Duration::from_secs(10));
    while now() == before && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn killed_at_any_moment_the_index_is_that_of_the_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    for round in 0..20u64 {
        let mut child = child(folder.path());
        // At the start it is still being made; later it is in the middle of commits and merges.
        if round % 3 > 0 {
            wait_for_a_commit(folder.path());
        }
        std::thread::sleep(Duration::from_millis(round * round * 37 % 130));
        child.kill().unwrap();
        child.wait().unwrap();
        let words = open(folder.path());
        let snapshot = words.snapshot();
        let seq = snapshot.mark().map_or(0, |mark| mark.seq);
        assert!(seq >= before, "{seq} after {before}");
        let found = snapshot.best(&exact(&["все"]), 1000).unwrap();
        let mut contents: Vec<u64> = found.iter().map(|(id, _)| id.content().0 as u64).collect();
        contents.sort_unstable();
        let first = seq.saturating_sub(KEPT) + 1;
        let expected: Vec<u64> = (first..=seq).flat_map(|content| [content; 2]).collect();
        assert_eq!(contents, expected, "round {round}");
        let name = NameWord { terms: vec!["все".into()], prefix: None };
        assert_eq!(snapshot.names(&[name], 1000).unwrap().len() as u64, seq.min(KEPT));
        before = seq;
    }
    assert!(before >= 12, "only {before} commits in twenty rounds");
}
