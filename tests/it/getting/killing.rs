//! `kenning models get`, killed again and again: what was fetched is not fetched again.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kenning_tests::hub::{Content, Fault, Hub, Misuse, Times};

use super::{NAME, OWN, WEIGHTS, repository};
use crate::cli::PROGRAM;

/// `cargo xtask interrupt` asks for more.
fn kills() -> u64 {
    let asked = std::env::var("KENNING_TEST_KILLS").ok();
    asked.and_then(|kills| kills.parse().ok()).unwrap_or(12)
}

/// Of the file for each kill.
const BYTES: u64 = 8_000_000;
/// In a second, over each of the connections: slow enough that little lies unread in between.
const DRIP: u64 = 8_000_000;

fn get(hub: &Hub, home: &std::path::Path) -> Child {
    Command::new(&*PROGRAM)
        .args(["models", "get", NAME, "--called", OWN, "--json"])
        .env("KENNING_HOME", home)
        .env("HF_ENDPOINT", hub.endpoint())
        .env_remove("HF_TOKEN")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_download_that_is_killed_again_and_again_is_fetched_hardly_more_than_once() {
    let kills = kills();
    let length = BYTES * kills;
    let weights = Content::Made { seed: 3, length };
    let hub = Hub::start();
    hub.add(repository(NAME).lfs(WEIGHTS, weights.clone()));
    hub.misbehave(NAME, WEIGHTS, Fault::Drip(DRIP), Times::Always);
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("models").join(OWN);
    for kill in 1..=kills {
        let mut child = get(&hub, home.path());
        // At no two kills as much of a piece is there.
        let until = (length * kill / (kills + 1)) + kill * 40_009 % 300_000;
        let started = Instant::now();
        while hub.sent(NAME, WEIGHTS) < until && started.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!place.exists(), "half a model is taken for one");
    }
    let ended = get(&hub, home.path()).wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(std::fs::read(place.join(WEIGHTS)).unwrap() == weights.bytes(0..length));
    let times = hub.sent(NAME, WEIGHTS) as f64 / length as f64;
    println!("{kills} kills of a download of {length} bytes: sent {times:.3} times");
    assert!(times < 1.1, "sent {times:.3} times");
    assert_eq!(hub.misuse(), [] as [Misuse; 0]);
}
