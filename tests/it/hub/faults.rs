//! Each way in which the hub misbehaves, seen once from outside.

use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use kenning_tests::hub::{API, Content, Fault, Hub, Retry, Socket, Times};

use super::client::{Answer, ask, connect, get, get_range, say};
use super::{CONFIG, LARGE, LENGTH, NAME, blob, hub, large, url};

fn misbehaves(hub: &Hub, fault: Fault) {
    hub.misbehave(NAME, LARGE, fault, Times::Next(1));
}

fn stated(answer: &Answer) -> u64 {
    answer.header("Content-Length").parse().unwrap()
}

fn whole() -> Vec<u8> {
    large().bytes(0..LENGTH)
}

#[test]
fn the_connection_ends_after_so_many_bytes() {
    let hub = hub();
    let blob = blob(&hub);
    for bytes in [0, 1, 300_000] {
        misbehaves(&hub, Fault::DropAfter(bytes));
        let answer = get(&blob);
        assert_eq!((answer.status, stated(&answer)), (200, LENGTH));
        assert_eq!(answer.body, whole()[..bytes as usize]);
    }
    assert_eq!(hub.sent(NAME, LARGE), 300_001);
    assert_eq!(get(&blob).body, whole());
}

#[test]
fn nothing_comes_for_a_while() {
    let hub = hub();
    let blob = blob(&hub);
    misbehaves(&hub, Fault::StallAfter(1000, Duration::from_millis(300)));
    let (mut connection, path) = connect(&blob);
    say(&mut connection, "GET", &path, &[("Connection", "close")]);
    assert!(hub.wait_for_sent(NAME, LARGE, 1000, Duration::from_secs(10)));
    assert!(!hub.wait_for_sent(NAME, LARGE, 1001, Duration::from_millis(100)));
    assert!(hub.wait_for_sent(NAME, LARGE, LENGTH, Duration::from_secs(10)));
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap();
    assert!(bytes.ends_with(&whole()));
}

#[test]
fn a_stall_ends_with_the_hub_and_with_the_network() {
    let started = Instant::now();
    let hub = hub();
    let blob = blob(&hub);
    hub.misbehave(NAME, LARGE, Fault::StallAfter(9, Duration::from_secs(600)), Times::Always);
    let stalled = || {
        let blob = blob.clone();
        thread::spawn(move || get(&blob).body.len())
    };
    let one = stalled();
    assert!(hub.wait_for_sent(NAME, LARGE, 9, Duration::from_secs(10)));
    hub.unplug();
    assert_eq!(one.join().unwrap(), 9);
    let (mut refused, _) = connect(&blob);
    assert!(matches!(refused.read(&mut [0]), Ok(0) | Err(_)));
    hub.plug_in();
    let other = stalled();
    assert!(hub.wait_for_sent(NAME, LARGE, 18, Duration::from_secs(10)));
    drop(hub);
    assert_eq!(other.join().unwrap(), 9);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn bytes_come_slowly() {
    let hub = hub();
    let blob = blob(&hub);
    misbehaves(&hub, Fault::Drip(100_000));
    let started = Instant::now();
    assert_eq!(get_range(&blob, "bytes=0-29999").body, whole()[..30_000]);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn the_stated_length_lies() {
    let hub = hub();
    let blob = blob(&hub);
    for off in [500, -500] {
        misbehaves(&hub, Fault::LengthOff(off));
        let answer = get(&blob);
        assert_eq!(stated(&answer), LENGTH.saturating_add_signed(off));
        assert_eq!(answer.body, whole());
    }
}

#[test]
fn a_bit_is_wrong_for_whoever_asks_for_it() {
    let hub = hub();
    let blob = blob(&hub);
    misbehaves(&hub, Fault::FlipBit(5000));
    misbehaves(&hub, Fault::FlipBit(600_000));
    assert_eq!(get_range(&blob, "bytes=0-4999").body, whole()[..5000]);
    let mut expected = whole();
    expected[5000] ^= 1;
    expected[600_000] ^= 1;
    assert!(get(&blob).body == expected);
    assert!(get(&blob).body == whole());
}

#[test]
fn a_total_is_stated_that_is_another() {
    let hub = hub();
    let blob = blob(&hub);
    misbehaves(&hub, Fault::RangeTotal(77));
    assert_eq!(get(&blob).body.len() as u64, LENGTH);
    assert_eq!(get_range(&blob, "bytes=1-2").header("Content-Range"), "bytes 1-2/77");
}

#[test]
fn ranges_are_not_heeded() {
    let hub = hub();
    let blob = blob(&hub);
    misbehaves(&hub, Fault::NoRange);
    let answer = get_range(&blob, "bytes=1-2");
    assert_eq!((answer.status, stated(&answer)), (200, LENGTH));
    assert_eq!((answer.header("Accept-Ranges"), answer.header("Content-Range")), ("", ""));
    assert_eq!(get_range(&blob, "bytes=1-2").status, 206);
}

#[test]
fn a_mirror_names_no_digests() {
    let hub = hub();
    for path in [LARGE, "config.json"] {
        hub.misbehave(NAME, path, Fault::NoEtag, Times::Always);
    }
    for url in [url(&hub, LARGE), blob(&hub), url(&hub, "config.json")] {
        let answer = get(&url);
        assert_eq!((answer.header("ETag"), answer.header("X-Linked-Etag")), ("", ""));
    }
    misbehaves(&hub, Fault::NoRedirect);
    let answer = get(&url(&hub, LARGE));
    assert_eq!((answer.status, answer.header("ETag")), (200, ""));
    hub.behave(NAME, LARGE);
    assert!(!get(&url(&hub, LARGE)).header("X-Linked-Etag").is_empty());
}

#[test]
fn a_mirror_sends_a_large_file_itself() {
    let hub = hub();
    misbehaves(&hub, Fault::NoRedirect);
    let answer = get_range(&url(&hub, LARGE), "bytes=10-19");
    assert_eq!((answer.status, answer.body), (206, whole()[10..20].to_vec()));
    assert_eq!(get(&url(&hub, LARGE)).status, 302);
}

#[test]
fn a_redirect_states_what_is_wrong() {
    let hub = hub();
    let wrong = "0".repeat(64);
    misbehaves(&hub, Fault::LinkedEtag(wrong.clone()));
    misbehaves(&hub, Fault::LinkedSize(3));
    let answer = ask("HEAD", &url(&hub, LARGE), &[]);
    assert_eq!(answer.header("X-Linked-Etag"), format!("\"{wrong}\""));
    assert_eq!(answer.header("X-Linked-Size"), "3");
    assert_eq!(get(answer.header("Location")).body, whole());
}

#[test]
fn a_redirect_expires() {
    let hub = hub();
    misbehaves(&hub, Fault::ExpireAfterUse);
    let once = blob(&hub);
    assert_eq!(ask("HEAD", &once, &[]).status, 200);
    assert_eq!(get_range(&once, "bytes=0-9").status, 206);
    assert_eq!(get_range(&once, "bytes=10-").status, 403);
    misbehaves(&hub, Fault::ExpireAfter(Duration::from_millis(200)));
    let brief = blob(&hub);
    assert_eq!(get_range(&brief, "bytes=0-9").status, 206);
    thread::sleep(Duration::from_millis(250));
    assert_eq!(get_range(&brief, "bytes=10-").status, 403);
    assert_eq!(get_range(&blob(&hub), "bytes=10-").body, whole()[10..]);
}

#[test]
fn redirects_lead_in_circles_or_to_a_path() {
    let hub = hub();
    misbehaves(&hub, Fault::RedirectLoop);
    let answer = get(&url(&hub, LARGE));
    assert_eq!((answer.status, answer.header("Location")), (302, &*url(&hub, LARGE)));
    assert_eq!(answer.header("X-Linked-Size"), "");
    hub.misbehave(NAME, "config.json", Fault::RedirectWithin, Times::Always);
    let answer = get(&url(&hub, "config.json"));
    let place = "/api/resolve-cache/models/owner/name/main/config.json";
    assert_eq!((answer.status, answer.header("Location")), (307, place));
    assert_eq!(get(&format!("{}{place}", hub.endpoint())).text(), CONFIG);
}

#[test]
fn statuses_are_answered_where_they_are_asked_for() {
    let hub = hub();
    let check = |path: &str, socket: Socket, url: &str, status: u16, retry: Retry| {
        hub.misbehave(NAME, path, Fault::Status(socket, status, retry), Times::Next(1));
        let answer = get(url);
        assert_eq!(answer.status, status, "{url}");
        assert_ne!(get(url).status, status, "{url}");
        answer.header("Retry-After").to_owned()
    };
    let (file, blob) = (url(&hub, LARGE), blob(&hub));
    let api = format!("{}/api/models/{NAME}", hub.endpoint());
    assert_eq!(check(LARGE, Socket::Endpoint, &file, 500, Retry::Unsaid), "");
    assert_eq!(check(LARGE, Socket::Cdn, &blob, 502, Retry::Unsaid), "");
    assert_eq!(check(API, Socket::Endpoint, &api, 503, Retry::Seconds(3)), "3");
    let date =
        check("config.json", Socket::Endpoint, &url(&hub, "config.json"), 429, Retry::Date(9));
    let parts: Vec<&str> = date.split(' ').collect();
    assert_eq!((parts.len(), parts[5], parts[0].len(), parts[4].len()), (6, "GMT", 4, 8), "{date}");
}

#[test]
fn head_is_refused() {
    let hub = hub();
    misbehaves(&hub, Fault::HeadRefused);
    assert_eq!(get(&url(&hub, LARGE)).status, 302);
    assert_eq!(ask("HEAD", &url(&hub, LARGE), &[]).status, 405);
    assert_eq!(ask("HEAD", &url(&hub, LARGE), &[]).status, 302);
}

#[test]
fn a_file_changes_at_the_third_request() {
    let hub = hub();
    let changed = Fault::Change(Content::from("new"));
    hub.misbehave(NAME, "config.json", changed, Times::After(2, 1));
    let seen: Vec<_> = (0..4).map(|_| get(&url(&hub, "config.json"))).collect();
    let texts: Vec<&str> = seen.iter().map(Answer::text).collect();
    assert_eq!(texts, [CONFIG, CONFIG, "new", "new"]);
    assert_ne!(seen[1].header("X-Repo-Commit"), seen[2].header("X-Repo-Commit"));
}

#[test]
fn what_is_said_of_a_repository_is_cut_off() {
    let hub = hub();
    hub.misbehave(NAME, API, Fault::DropAfter(20), Times::Next(1));
    let api = format!("{}/api/models/{NAME}/tree/main", hub.endpoint());
    assert_eq!(get(&api).body.len(), 20);
    assert!(get(&api).text().ends_with(']'));
}

#[test]
fn bodies_at_once_are_counted() {
    let hub = hub();
    let blob = blob(&hub);
    hub.misbehave(NAME, LARGE, Fault::StallAfter(1, Duration::from_millis(300)), Times::Next(4));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let blob = blob.clone();
            thread::spawn(move || get_range(&blob, "bytes=0-99").body.len())
        })
        .collect();
    assert!(clients.into_iter().all(|client| client.join().unwrap() == 100));
    assert_eq!((hub.most_bodies(), hub.sent(NAME, LARGE)), (4, 400));
}
