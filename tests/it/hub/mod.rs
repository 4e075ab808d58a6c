//! The model hub that downloads are tested with, itself held against what the real one does, by a client
//! that shares nothing with it.

mod client;
mod faults;

use std::net::Shutdown;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use kenning_tests::hub::{Content, Hub, Misuse, Repository, Socket, digest, http_date, serve};

use client::{Answer, ask, connect, get, get_range, next_answer, post, say};

pub const NAME: &str = "owner/name";
pub const CONFIG: &str = "{\"model_type\":\"qwen3\"}";
pub const LARGE: &str = "model.safetensors";
pub const LENGTH: u64 = 700_001;
const HELLO_SHA256: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

pub fn large() -> Content {
    Content::Made { seed: 5, length: LENGTH }
}

pub fn repository() -> Repository {
    Repository::new(NAME).file("config.json", CONFIG).lfs(LARGE, large())
}

/// A hub with one repository of a small file and a large one.
pub fn hub() -> Hub {
    let hub = Hub::start();
    hub.add(repository());
    hub
}

pub fn url(hub: &Hub, path: &str) -> String {
    format!("{}/{NAME}/resolve/main/{path}", hub.endpoint())
}

/// Where the endpoint says that the large file is.
pub fn blob(hub: &Hub) -> String {
    let answer = get(&url(hub, LARGE));
    assert_eq!(answer.status, 302);
    answer.header("Location").to_owned()
}

#[test]
fn digests_are_those_of_the_standards() {
    let check = |bytes: &[u8], sha256: &str, sha1: &str| {
        let (mut one, mut other) = (digest::sha256(), digest::sha1());
        for piece in bytes.chunks(1 + bytes.len() / 7) {
            one.add(piece);
            other.add(piece);
        }
        assert_eq!((one.hex().as_str(), other.hex().as_str()), (sha256, sha1));
    };
    check(
        b"",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    );
    check(
        b"abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
    );
    // One and two blocks of padding.
    check(
        &[b'a'; 55],
        "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
        "c1c8bbdc22796e28c0e15163d20899b65621d65a",
    );
    check(
        &[b'a'; 56],
        "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
        "c2db330f6083854c99d4b5bfb6e8f29f201be699",
    );
    check(
        &[b'a'; 1_000_000],
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    );
}

#[test]
fn dates_are_as_http_has_them() {
    for (seconds, expected) in [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ] {
        assert_eq!(http_date(seconds), expected);
    }
}

#[test]
fn noise_is_the_same_wherever_reading_begins_and_nowhere_twice() {
    let content = large();
    let whole = content.bytes(0..LENGTH);
    for (first, last) in [(0, 1), (1, 7), (4_095, 4_100), (262_000, 262_200), (5, 600_000)] {
        assert_eq!(content.bytes(first..last), whole[first as usize..last as usize]);
    }
    let mut stretches: Vec<&[u8]> = whole.chunks(4096).map(|stretch| &stretch[..8]).collect();
    stretches.sort_unstable();
    stretches.dedup();
    assert_eq!(stretches.len(), whole.chunks(4096).count());
    let other = Content::Made { seed: 6, length: LENGTH };
    assert_ne!(other.bytes(0..64), whole[..64]);
    let ones: u32 = whole.iter().map(|byte| byte.count_ones()).sum();
    assert!((ones as f64 / (LENGTH * 8) as f64 - 0.5).abs() < 0.01);
}

#[test]
fn a_repository_is_described_as_the_hub_does() {
    let hub = Hub::start();
    let files = Repository::new("a/b").file("x/小 \"1\".txt", "hello\n").lfs("big.bin", "hello\n");
    let sha = files.commit().to_owned();
    hub.add(files.tag("v1").labelled("text-ranking", &["de", "uk"]).gated_by_hand("t"));
    let expected = format!(
        "\"id\":\"a/b\",\"modelId\":\"a/b\",\"author\":\"a\",\"sha\":\"{sha}\",\"private\":false,\
         \"gated\":\"manual\",\"disabled\":false,\"tags\":[\"de\",\"uk\"],\
         \"pipeline_tag\":\"text-ranking\",\"siblings\":[{{\"rfilename\":\"big.bin\"}},\
         {{\"rfilename\":\"x/小 \\\"1\\\".txt\"}}]}}"
    );
    for path in ["", "/revision/main", "/revision/v1", &format!("/revision/{sha}")] {
        let answer = get(&format!("{}/api/models/a/b{path}", hub.endpoint()));
        assert_eq!((answer.status, &answer.text()[34..]), (200, expected.as_str()), "{path}");
    }
    let sized = get(&format!("{}/api/models/a/b?blobs=true", hub.endpoint()));
    let lfs = format!("\"lfs\":{{\"sha256\":\"{HELLO_SHA256}\",\"size\":6,\"pointerSize\":126}}");
    assert!(sized.text().contains(&lfs), "{}", sized.text());
}

#[test]
fn a_tree_is_listed_as_the_hub_does() {
    let hub = Hub::start();
    let files = Repository::new("a/b").file("x/y/1.txt", "hello\n").lfs("big.bin", "hello\n");
    hub.add(files);
    let list = |rest: &str| get(&format!("{}/api/models/a/b/tree/main{rest}", hub.endpoint()));
    let all = list("?recursive=true");
    let big = format!(
        "{{\"type\":\"file\",\"oid\":\"fa61e1ef71c9908c0926776a4aa3504b3a27f159\",\"size\":6,\
         \"path\":\"big.bin\",\"lfs\":{{\"oid\":\"{HELLO_SHA256}\",\"size\":6,\"pointerSize\":126}}}}"
    );
    let small = "{\"type\":\"file\",\"oid\":\"ce013625030ba8dba906f756967f9e9ca394464a\",\"size\":6,\
                 \"path\":\"x/y/1.txt\"}";
    assert!(all.text().ends_with(&format!("{big},{small}]")), "{}", all.text());
    let paths = |answer: &Answer| answer.text().matches("\"path\"").count();
    assert_eq!((paths(&all), paths(&list("")), paths(&list("/x"))), (4, 2, 1));
    assert_eq!(list("/z").header("X-Error-Code"), "EntryNotFound");

    hub.add(Repository::new("a/b").file("1", "").file("2", "").file("3", "").pages_of(2));
    let first = list("?recursive=true");
    let (next, rel) = first.header("Link").split_once('>').unwrap();
    assert_eq!((paths(&first), rel), (2, "; rel=\"next\""));
    let last = get(next.strip_prefix('<').unwrap());
    assert_eq!((paths(&last), last.header("Link")), (1, ""));
}

#[test]
fn what_is_not_there_is_named() {
    let hub = hub();
    let check = |path: &str, code: &str| {
        let answer = get(&format!("{}{path}", hub.endpoint()));
        assert_eq!((answer.status, answer.header("X-Error-Code")), (404, code), "{path}");
        assert_eq!(answer.header("X-Error-Message").is_empty(), code.is_empty());
    };
    check("/api/models/no/body", "RepoNotFound");
    check("/no/body/resolve/main/config.json", "RepoNotFound");
    check("/api/models/owner/name/revision/v9", "RevisionNotFound");
    check("/api/models/owner/name/tree/v9", "RevisionNotFound");
    check("/owner/name/resolve/v9/config.json", "RevisionNotFound");
    check("/owner/name/resolve/main/none.json", "EntryNotFound");
    assert_eq!(hub.misuse(), []);
    check("/telemetry", "");
    assert_eq!(hub.misuse(), [Misuse::NotOfTheHub("/telemetry".to_owned())]);
}

#[test]
fn a_small_file_is_sent_at_once() {
    let hub = hub();
    let answer = get(&url(&hub, "config.json"));
    let length = CONFIG.len().to_string();
    assert_eq!((answer.status, answer.text()), (200, CONFIG));
    assert_eq!(answer.header("ETag"), format!("\"{}\"", Content::from(CONFIG).git_oid()));
    assert_eq!(answer.header("X-Repo-Commit"), hub.commit(NAME));
    assert_eq!(answer.header("Accept-Ranges"), "bytes");
    let head = ask("HEAD", &url(&hub, "config.json"), &[]);
    assert_eq!((head.status, head.text(), head.header("Content-Length")), (200, "", &*length));
    assert_eq!(head.header("ETag"), answer.header("ETag"));
}

#[test]
fn ranges_are_as_http_has_them() {
    let hub = hub();
    let blob = blob(&hub);
    let check = |range: &str, status: u16, first: u64, last: u64| {
        let answer = get_range(&blob, range);
        let stated = match status {
            206 => format!("bytes {first}-{}/{LENGTH}", last - 1),
            416 => format!("bytes */{LENGTH}"),
            _ => String::new(),
        };
        assert_eq!((answer.status, answer.header("Content-Range")), (status, &*stated), "{range}");
        assert!(status == 400 || answer.body == large().bytes(first..last), "{range}");
    };
    check("bytes=0-0", 206, 0, 1);
    check("bytes=4000-9999", 206, 4_000, 10_000);
    check("bytes=699999-", 206, 699_999, LENGTH);
    check("bytes=-10", 206, LENGTH - 10, LENGTH);
    check("bytes=5-99999999", 206, 5, LENGTH);
    check("bytes=0-1,5-6", 200, 0, LENGTH);
    check("bytes=700001-", 416, 0, 0);
    assert_eq!(hub.misuse(), []);
    check("bytes=9-1", 400, 0, 0);
    assert_eq!(hub.misuse(), [Misuse::Range("bytes=9-1".to_owned())]);

    let etag = get_range(&blob, "bytes=0-0").header("ETag").to_owned();
    for (said, status) in [(etag.as_str(), 206), ("\"another\"", 200)] {
        let answer = ask("GET", &blob, &[("Range", "bytes=1-2"), ("If-Range", said)]);
        assert_eq!(answer.status, status);
    }
}

#[test]
fn a_large_file_is_somewhere_else() {
    let hub = hub();
    for method in ["HEAD", "GET"] {
        let answer = ask(method, &url(&hub, LARGE), &[]);
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("X-Linked-Etag"), format!("\"{}\"", large().sha256()));
        assert_eq!(answer.header("X-Linked-Size"), LENGTH.to_string());
        assert_eq!(answer.header("X-Repo-Commit"), hub.commit(NAME));
        assert_ne!(answer.header("ETag"), answer.header("X-Linked-Etag"));
        assert!(answer.header("Location").starts_with(&format!("{}/blob/", hub.cdn())));
    }
    let blob = blob(&hub);
    let answer = get(&blob);
    assert_eq!((answer.status, answer.body.len() as u64), (200, LENGTH));
    assert_eq!(digest::sha256().with(&answer.body).hex(), large().sha256());
    for wrong in [blob.split('?').next().unwrap(), &blob.replace("expires=", "expires=9")] {
        assert_eq!(get(wrong).status, 403);
    }
    assert_eq!(hub.misuse(), []);
    assert_eq!(ask("GET", &blob, &[("Authorization", "Bearer hf_x")]).status, 400);
    let path = blob.strip_prefix(&hub.cdn()).unwrap();
    assert_eq!(hub.misuse(), [Misuse::TokenLeaked(path.to_owned())]);
}

#[test]
fn gates_open_for_the_token_alone() {
    let hub = Hub::start();
    let check = |repository: Repository, path: &str, token: &str, status: u16, code: &str| {
        hub.add(repository);
        let token = format!("Bearer {token}");
        let given = [("Authorization", token.as_str())];
        let headers = if token == "Bearer " { &given[..0] } else { &given[..] };
        let answer = ask("GET", &format!("{}{path}", hub.endpoint()), headers);
        assert_eq!(
            (answer.status, answer.header("X-Error-Code")),
            (status, code),
            "{path} {token}"
        );
    };
    let file = "/owner/name/resolve/main/config.json";
    check(repository().gated("good"), file, "", 401, "GatedRepo");
    check(repository().gated("good"), file, "other", 403, "GatedRepo");
    check(repository().gated("good"), file, "good", 200, "");
    check(repository().gated("good"), "/api/models/owner/name", "", 200, "");
    check(repository().private("good"), "/api/models/owner/name", "", 401, "RepoNotFound");
    check(repository().private("good"), file, "other", 404, "RepoNotFound");
    check(repository().private("good"), file, "good", 200, "");
    check(repository(), file, "any", 200, "");
}

#[test]
fn gigabytes_of_zeros_cost_nothing() {
    let hub = Hub::start();
    let zeros = Content::Zeros { length: 5_000_000_000 };
    hub.add(Repository::new(NAME).lfs_of_digest(LARGE, zeros, &"ab".repeat(32)));
    let blob = blob(&hub);
    assert_eq!(ask("HEAD", &blob, &[]).header("Content-Length"), "5000000000");
    assert_eq!(get_range(&blob, "bytes=4999999990-").body, [0; 10]);
    let part = get_range(&blob, "bytes=1000000000-1063999999");
    assert_eq!(part.body.len(), 64_000_000);
    assert!(part.body.iter().all(|&byte| byte == 0));
}

#[test]
fn a_file_may_change_between_two_requests() {
    let hub = hub();
    let (old, first) = (hub.commit(NAME), blob(&hub));
    let new = Content::Made { seed: 9, length: 10 };
    hub.change(NAME, LARGE, new.clone());
    assert_ne!(hub.commit(NAME), old);
    assert_eq!(get(&blob(&hub)).body, new.bytes(0..10));
    assert_eq!(get(&first).body.len() as u64, LENGTH);
    let pinned = get(&url(&hub, LARGE).replace("main", &old));
    assert_eq!(pinned.header("X-Linked-Size"), LENGTH.to_string());

    let sha = hub.commit(NAME);
    hub.replace(NAME, "config.json", "{}");
    assert_eq!((get(&url(&hub, "config.json")).text(), hub.commit(NAME)), ("{}", sha));
}

#[test]
fn connections_are_kept_and_everything_is_logged() {
    let hub = hub();
    let (mut connection, path) = connect(&url(&hub, "config.json"));
    say(&mut connection, "HEAD", "/api/models/owner/name?x=1", &[("Authorization", "Bearer t")]);
    let mut head = [0; 9];
    std::io::Read::read_exact(&mut connection, &mut head).unwrap();
    connection.shutdown(Shutdown::Both).unwrap();
    let (mut connection, _) = connect(&url(&hub, "config.json"));
    for _ in 0..3 {
        say(&mut connection, "GET", &path, &[("Range", "bytes=1-4")]);
        assert_eq!(next_answer(&mut connection).text(), &CONFIG[1..5]);
    }
    assert_eq!((hub.connections(), hub.sent(NAME, "config.json")), (2, 12));
    let requests = hub.requests();
    assert_eq!(requests.len(), 4);
    let (first, last) = (&requests[0], &requests[3]);
    assert_eq!(
        (first.method.as_str(), first.socket, first.status),
        ("HEAD", Socket::Endpoint, 200)
    );
    assert_eq!((first.path.as_str(), first.authorized), ("/api/models/owner/name?x=1", true));
    assert_eq!((last.path.as_str(), last.range.as_deref()), (path.as_str(), Some("bytes=1-4")));
    assert_eq!(
        (last.agent.as_deref(), last.authorized, last.status),
        (Some("check/1"), false, 206)
    );
    assert!(first.at < last.at);

    say(&mut connection, "POST", &path, &[]);
    assert_eq!(next_answer(&mut connection).status, 405);
    say(&mut connection, "nonsense with", &path, &[]);
    assert_eq!(std::io::Read::read(&mut connection, &mut head).unwrap(), 0);
    assert!(matches!(&hub.misuse()[..], [Misuse::Method(_), Misuse::Malformed(_)]));
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let (stop, stops) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    let told = move |hub: &Hub| ready.send(url(hub, "config.json")).unwrap();
    let served = thread::spawn(move || serve(vec![repository()], told, &stops));
    let url = is_ready.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(get(&url).text(), CONFIG);
    let started = Instant::now();
    let (_idle, _) = connect(&url);
    stop.send(()).unwrap();
    served.join().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn paths_are_described_to_whoever_asks_for_them() {
    let hub = hub();
    let url = format!("{}/api/models/{NAME}/paths-info/main", hub.endpoint());
    for body in ["{\"paths\":[\"config.json\",\"none\"]}", "paths=config.json&paths=no%20ne"] {
        let answer = post(&url, body);
        assert_eq!(answer.status, 200, "{body}");
        let text = answer.text();
        assert!(text.contains("\"path\":\"config.json\"") && !text.contains("ne\""), "{text}");
    }
    assert!(post(&url, "paths=model.safetensors").text().contains("\"lfs\""));
    assert_eq!(post(&url.replace("paths-info", "other"), "paths=a").status, 405);
}
