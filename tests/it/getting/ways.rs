//! What the user set about the hub: a proxy, and a token in the system's keyring.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use super::*;
use crate::cli::PROGRAM;

/// A proxy that knows one name more than the system does. It ends with the test.
fn proxy(name: &'static str, is: String) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (asked, is) = (asked.clone(), is.clone());
            // A client that goes away is its own business.
            thread::spawn(move || pass_on(client.unwrap(), name, &is, &asked));
        }
    });
    (address, requests)
}

fn pass_on(
    mut client: TcpStream,
    name: &str,
    is: &str,
    asked: &std::sync::mpsc::Sender<String>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let (line, rest) = head.split_once("\r\n").unwrap();
    let _ = asked.send(line.to_owned());
    let [method, address, version] = line.split(' ').collect::<Vec<_>>()[..] else { panic!() };
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut server = TcpStream::connect(if host == name { is } else { host })?;
    let kept = rest.lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
    let kept: String =
        kept.filter(|line| !line.is_empty()).map(|line| format!("{line}\r\n")).collect();
    write!(server, "{method} /{path} {version}\r\n{kept}Connection: close\r\n\r\n")?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        match server.read(&mut bytes)? {
            0 => return client.shutdown(Shutdown::Both),
            count => client.write_all(&bytes[..count])?,
        }
    }
}

#[test]
fn a_proxy_that_was_set_is_the_only_one_who_is_asked() {
    let mut place = Place::new();
    let hub = place.hub.endpoint().strip_prefix("http://").unwrap().to_owned();
    let (address, requests) = proxy("hub.example", hub);
    place.settings.endpoint = "http://hub.example".to_owned();
    place.settings.proxy = Some(address);
    check_installed(&place.get().unwrap());
    let requests: Vec<String> = requests.try_iter().collect();
    let to_hub = requests.iter().filter(|line| line.contains(" http://hub.example/")).count();
    // Where the hub sends on to is asked for over the proxy, too.
    assert!(to_hub >= 4 && requests.len() > to_hub, "{requests:#?}");
    place.settings.proxy = Some("http://".to_owned());
    assert!(matches!(Getter::new(&place.settings, place.models()), Err(GetError::BadAddress(_))));
}

/// Against the Secret Service of GNOME, where it and a bus of its own can be had.
#[cfg(target_os = "linux")]
#[test]
fn a_token_is_kept_in_the_keyring_and_in_no_file() {
    let is_there = |program: &str| {
        let asked = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    if !["dbus-run-session", "gnome-keyring-daemon"].into_iter().all(is_there) {
        eprintln!("left out: dbus-run-session and gnome-keyring-daemon are needed, and not here");
        return;
    }
    let hub = Hub::start();
    hub.add(repository(NAME).gated("geheim-4711"));
    let root = tempfile::tempdir().unwrap();
    let script = format!(
        "set -e
         printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null
         \"$1\" --json models hub --endpoint {}
         if \"$1\" models get {NAME} 2>refused; then exit 9; fi
         echo geheim-4711 | \"$1\" --json models hub --token
         \"$1\" --json models get {NAME}
         \"$1\" --json models hub --forget-token",
        hub.endpoint()
    );
    let run = Command::new("timeout")
        .args(["120", "dbus-run-session", "--", "sh", "-c", &script, "sh"])
        .arg(&*PROGRAM)
        .current_dir(root.path())
        .env("HOME", root.path())
        .env("XDG_DATA_HOME", root.path().join("data"))
        .env("XDG_RUNTIME_DIR", root.path())
        .env("XDG_CACHE_HOME", root.path().join("cache"))
        .env("KENNING_HOME", root.path().join("home"))
        .env_remove("HF_TOKEN")
        .env_remove("HF_HOME")
        .env_remove("HF_ENDPOINT")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (told, errors) =
        (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{told}\n{errors}");
    let told: Vec<Value> =
        serde_json::Deserializer::from_str(&told).into_iter().map(Result::unwrap).collect();
    let has_token: Vec<_> = told.iter().filter_map(|told| told["has_token"].as_bool()).collect();
    assert_eq!(has_token, [false, true, false], "{told:#?}");
    let refused = std::fs::read_to_string(root.path().join("refused")).unwrap();
    assert!(refused.contains("models hub --token"), "{refused}");
    check_installed(&root.path().join("home/models").join(OWN));
    let kept = std::fs::read_to_string(root.path().join("home/hub.toml")).unwrap();
    assert!(kept.contains("token_in_keyring = false") && !kept.contains("geheim"), "{kept}");
}
