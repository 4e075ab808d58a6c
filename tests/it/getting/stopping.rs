//! Stopping and going on: what was fetched is there, and nothing half-done is taken for a model.

use std::fs;

use kenning_models::{Condition, forget, remove, unfinished, verify};
use kenning_tests::hub::{Fault, Times};

use super::*;

/// Fetches until so much is there, and stops.
fn begin(place: &Place, plan: &Plan, until: u64) {
    let stop = Stop::default();
    let mut tell = |progress: kenning_models::Progress| {
        if progress.done() >= until {
            stop.stop();
        }
    };
    let stopped = place.getter().get(plan, &stop, &mut tell);
    assert!(matches!(stopped, Err(GetError::Stopped)), "{stopped:?}");
}

#[test]
fn it_goes_on_where_it_was_stopped() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(4_000_000), Times::Always);
    begin(&place, &plan, LENGTH / 3);
    assert!(!place.models().join(OWN).exists());
    let begun = unfinished(&place.models());
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].plan, plan);
    assert!(begun[0].done >= LENGTH / 4, "{}", begun[0].done);
    place.hub.behave(NAME, WEIGHTS);
    let folder = place.getter().get(&begun[0].plan, &Stop::default(), &mut |_| {}).unwrap();
    check_installed(&folder);
    assert!(place.times_sent() < 1.25, "{}", place.times_sent());
}

#[test]
fn what_the_disk_lost_meanwhile_is_fetched_again() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(20_000_000), Times::Always);
    begin(&place, &plan, LENGTH / 2);
    let half = place.models().join(".getting").join(OWN).join(WEIGHTS);
    let mut bytes = fs::read(&half).unwrap();
    bytes[100..2_000_000].fill(7);
    fs::write(&half, bytes).unwrap();
    place.hub.behave(NAME, WEIGHTS);
    check_installed(&place.getter().get(&plan, &Stop::default(), &mut |_| {}).unwrap());
}

#[test]
fn what_is_begun_can_be_forgotten_and_is_one_programs_alone() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(2_000_000), Times::Always);
    let stop = Stop::default();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| place.getter().get(&plan, &stop, &mut |_| {}));
        assert!(place.hub.wait_for_sent(NAME, WEIGHTS, 1 << 20, Duration::from_secs(20)));
        let second = place.getter().get(&plan, &Stop::default(), &mut |_| {});
        assert!(matches!(second, Err(GetError::InUse(_))), "{second:?}");
        stop.stop();
        assert!(matches!(running.join().unwrap(), Err(GetError::Stopped)));
    });
    forget(&place.models(), OWN).unwrap();
    assert!(unfinished(&place.models()).is_empty());
    assert!(!place.models().join(".getting").join(OWN).exists());
}

#[test]
fn a_new_commit_keeps_what_has_not_changed() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(20_000_000), Times::Always);
    begin(&place, &plan, LENGTH / 2);
    place.hub.behave(NAME, WEIGHTS);
    place.hub.change(NAME, "tokenizer.json", "{\"version\":\"1.1\"}");
    let newer = place.plan().unwrap();
    assert_ne!(newer, plan);
    let folder = place.getter().get(&newer, &Stop::default(), &mut |_| {}).unwrap();
    assert_eq!(fs::read(folder.join("tokenizer.json")).unwrap(), b"{\"version\":\"1.1\"}");
    assert!(place.times_sent() < 1.3, "{}", place.times_sent());
}

#[test]
fn a_limit_is_kept() {
    let mut place = Place::new();
    place.settings.limit = Some(10_000_000);
    let started = std::time::Instant::now();
    check_installed(&place.get().unwrap());
    let seconds = started.elapsed().as_secs_f64();
    assert!((1.5..8.0).contains(&seconds), "{seconds}");
}

#[test]
fn what_has_rotted_in_an_installed_model_is_told_and_mended_piece_by_piece() {
    let place = Place::new();
    let folder = place.get().unwrap();
    let manifest = || {
        let text = fs::read_to_string(folder.join("kenning.toml")).unwrap();
        kenning_manifest::Manifest::parse(&text).unwrap()
    };
    let conditions = || {
        let found = verify(&folder, &manifest().digests, &mut |_| {}).unwrap();
        found.into_iter().map(|file| file.condition).collect::<Vec<_>>()
    };
    assert_eq!(conditions(), [Condition::Whole; 3]);
    let mut bytes = fs::read(folder.join(WEIGHTS)).unwrap();
    bytes[5_000_000] ^= 8;
    fs::write(folder.join(WEIGHTS), bytes).unwrap();
    fs::remove_file(folder.join("config.json")).unwrap();
    assert_eq!(conditions(), [Condition::Missing, Condition::Damaged, Condition::Whole]);
    let sent = place.hub.sent(NAME, WEIGHTS);
    assert_eq!(place.getter().mend(OWN, &Stop::default(), &mut |_| {}).unwrap(), folder);
    check_installed(&folder);
    let again = place.hub.sent(NAME, WEIGHTS) - sent;
    assert!(again < 1 << 20, "{again} bytes for one bit");
    // And it can be taken away, but nothing else can.
    for other in ["..", "", ".getting", "a/b", "none"] {
        assert!(
            matches!(remove(&place.models(), other), Err(GetError::NotInstalled(_))),
            "{other}"
        );
    }
    remove(&place.models(), OWN).unwrap();
    assert!(!folder.exists());
}
