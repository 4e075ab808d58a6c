//! A bad line and a bad server: each fault alone, and what it may cost.

use std::time::{Duration, Instant};

use kenning_tests::hub::{API, Fault, Misuse, Retry, Socket, Times};

use super::*;

/// The model comes whole all the same, and its weights are sent at most so often.
fn survives(fault: Fault, times: Times, most_sent: f64) {
    let place = Place::new();
    place.hub.misbehave(NAME, WEIGHTS, fault.clone(), times);
    let folder = place.get().unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    check_installed(&folder);
    let sent = place.times_sent();
    assert!(sent <= most_sent, "{fault:?}: sent {sent:.2} times");
    assert_eq!(place.hub.misuse(), [] as [Misuse; 0], "{fault:?}");
}

/// There is no model, and what is said of it names the reason.
fn fails(path: &str, fault: Fault, why: &str) {
    let place = Place::new();
    place.hub.misbehave(NAME, path, fault.clone(), Times::Always);
    let refused = place.get().expect_err(&format!("{fault:?}")).to_string();
    assert!(refused.contains(why), "{fault:?}: {refused}");
    assert!(!place.models().join(OWN).exists(), "{fault:?}");
}

#[test]
fn a_line_that_breaks_off_costs_what_was_on_it() {
    survives(Fault::DropAfter(1_000_000), Times::Next(5), 1.3);
    survives(Fault::DropAfter(0), Times::Next(4), 1.05);
    survives(Fault::LengthOff(-9), Times::Next(3), 1.3);
    survives(Fault::LengthOff(9), Times::Next(2), 1.3);
}

#[test]
fn a_line_that_is_silent_or_slow_is_waited_for_and_no_longer() {
    let started = Instant::now();
    survives(Fault::StallAfter(500_000, Duration::from_secs(60)), Times::Next(2), 1.3);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    survives(Fault::Drip(8_000_000), Times::Next(2), 1.05);
}

#[test]
fn a_server_that_is_busy_is_asked_again_when_it_says() {
    for (status, retry) in [
        (429, Retry::Seconds(1)),
        (503, Retry::Date(1)),
        (500, Retry::Unsaid),
        (502, Retry::Unsaid),
    ] {
        let started = Instant::now();
        survives(Fault::Status(Socket::Endpoint, status, retry), Times::Next(1), 1.05);
        let asked = matches!(retry, Retry::Seconds(_));
        assert!(!asked || started.elapsed() >= Duration::from_secs(1), "{status} came at once");
    }
    survives(Fault::Status(Socket::Cdn, 503, Retry::Unsaid), Times::Next(3), 1.05);
    let place = Place::new();
    place.hub.misbehave(
        NAME,
        API,
        Fault::Status(Socket::Endpoint, 503, Retry::Unsaid),
        Times::Next(2),
    );
    check_installed(&place.get().unwrap());
}

#[test]
fn links_that_expire_are_asked_for_anew() {
    survives(Fault::ExpireAfterUse, Times::Always, 1.05);
    survives(Fault::ExpireAfter(Duration::from_millis(50)), Times::Always, 1.05);
}

#[test]
fn wrong_bytes_are_fetched_again() {
    survives(Fault::FlipBit(9_000_000), Times::Next(1), 2.1);
    fails(WEIGHTS, Fault::FlipBit(9_000_000), "digest");
}

#[test]
fn a_server_without_tags_will_do() {
    survives(Fault::NoEtag, Times::Always, 1.05);
    survives(Fault::LinkedEtag("0".repeat(64)), Times::Always, 1.05);
}

/// Whether it never knew any or forgets them, and all the connections break off: one of them goes on.
#[test]
fn a_server_without_ranges_is_asked_for_the_whole_by_one_connection() {
    for (spared, breaks) in [(0, 0), (1, 4)] {
        let place = Place::new();
        // Slowly, so that hardly anything lies in the sockets of connections that end.
        place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(8_000_000), Times::Always);
        let plan = place.plan().unwrap();
        place.hub.misbehave(NAME, WEIGHTS, Fault::DropAfter(1_000_000), Times::Next(breaks));
        place.hub.misbehave(NAME, WEIGHTS, Fault::NoRange, Times::After(spared, u64::MAX));
        let folder = place.getter().get(&plan, &Stop::default(), &mut |_| {}).unwrap();
        check_installed(&folder);
        let sent = place.times_sent();
        assert!(sent < 1.4, "{spared} spared, {breaks} broken off: sent {sent:.2} times");
    }
}

#[test]
fn what_cannot_be_mended_ends_with_its_reason() {
    fails(WEIGHTS, Fault::RedirectLoop, "from one address to another");
    fails(WEIGHTS, Fault::RangeTotal(LENGTH - 1), "changed");
    fails(WEIGHTS, Fault::DropAfter(0), "broke off");
    fails(WEIGHTS, Fault::Status(Socket::Cdn, 404, Retry::Unsaid), "not in the repository");
    fails(API, Fault::Status(Socket::Endpoint, 500, Retry::Unsaid), "500");
    fails(API, Fault::DropAfter(20), "cannot be reached");
}

#[test]
fn another_file_under_the_same_name_is_not_taken() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.replace(NAME, WEIGHTS, Content::Made { seed: 12, length: LENGTH });
    let refused = place.getter().get(&plan, &Stop::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(refused, GetError::Digest { .. }), "{refused}");
}

#[test]
fn a_network_that_goes_and_comes_back_costs_nothing_that_was_there() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(20_000_000), Times::Always);
    std::thread::scope(|scope| {
        let running =
            scope.spawn(|| place.getter().get(&plan, &Stop::default(), &mut |_| {}).map(drop));
        assert!(place.hub.wait_for_sent(NAME, WEIGHTS, LENGTH / 3, Duration::from_secs(20)));
        place.hub.unplug();
        let ended = running.join().unwrap();
        assert!(matches!(ended, Err(GetError::Offline { .. })), "{ended:?}");
    });
    place.hub.plug_in();
    let folder = place.getter().get(&plan, &Stop::default(), &mut |_| {}).unwrap();
    check_installed(&folder);
    assert!(place.times_sent() < 1.3, "{}", place.times_sent());
}
