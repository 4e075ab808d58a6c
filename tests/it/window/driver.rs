//! The little of the WebDriver protocol that drives a window, over loopback.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kenning_engine::WORKER_ARGUMENT;
use serde_json::{Value, json};

pub const ENTER: &str = "\u{e007}";
const CONTROL: &str = "\u{e009}";
const DELETE: &str = "\u{e017}";
const NO_KEY: &str = "\u{e000}";
const PATIENCE: Duration = Duration::from_secs(30);

/// WebKit's driver on a screen and a bus of its own, ended with the test.
pub struct Driver {
    child: Child,
    port: u16,
    root: PathBuf,
    home: PathBuf,
}

impl Driver {
    /// Programs are looked for in `programs` first.
    pub fn start(root: &Path, home: &Path, programs: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", "280", "xvfb-run", "-a", "-s", "-screen 0 1280x900x24"])
            // Dialogs get no keys where nobody manages windows.
            .args(["sh", "-c", "echo \"$DISPLAY $XAUTHORITY\" > \"$0\"; openbox & exec \"$@\""])
            .arg(root.join("screen"))
            .args(["dbus-run-session", "--", "WebKitWebDriver", "--host=127.0.0.1"])
            .arg(format!("--port={port}"))
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("KENNING_HOME", home)
            .env("HOME", root)
            .env("XDG_CONFIG_HOME", root.join("config"))
            .env("XDG_CACHE_HOME", root.join("cache"))
            .env("XDG_DATA_HOME", root.join("data"))
            .env("LANG", "C.UTF-8")
            .env("LANGUAGE", "en")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Self {
            child: command.spawn().unwrap(),
            port,
            root: root.to_path_buf(),
            home: home.to_path_buf(),
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "WebKitWebDriver does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        driver
    }

    /// Chooses a folder in the system's dialog, by keys.
    pub fn choose(&self, folder: &Path) {
        let began = Instant::now();
        let dialog = loop {
            let windows = self.press(&["search", "--onlyvisible", "--name", "older"]);
            if let Some(window) = windows.lines().next() {
                break window.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "no dialog came");
            std::thread::sleep(Duration::from_millis(100));
        };
        let moment = || std::thread::sleep(Duration::from_millis(600));
        while !self.press(&["search", "--onlyvisible", "--name", "older"]).is_empty() {
            assert!(began.elapsed() < PATIENCE, "the dialog stays");
            self.press(&["windowfocus", "--sync", &dialog]);
            // A slash has it ask for a path; what is typed while it does is lost.
            self.press(&["key", "slash"]);
            moment();
            self.press(&["key", "ctrl+a"]);
            self.press(&["type", "--delay", "20", folder.to_str().unwrap()]);
            self.press(&["key", "Return"]);
            moment();
        }
    }

    fn press(&self, arguments: &[&str]) -> String {
        let screen = fs::read_to_string(self.root.join("screen")).unwrap();
        let (display, authority) = screen.trim().split_once(' ').unwrap();
        let mut press = Command::new("xdotool");
        press.args(arguments).env("DISPLAY", display).env("XAUTHORITY", authority);
        String::from_utf8(press.output().unwrap().stdout).unwrap()
    }

    pub fn open(&self, program: &Path) -> Session {
        let options = json!({ "binary": program, "args": [] });
        let wanted = json!({ "webkitgtk:browserOptions": options });
        let body = json!({ "capabilities": { "alwaysMatch": wanted } });
        let told = asked(self.port, "POST", "/session", &body);
        let id = told["sessionId"].as_str().unwrap_or_else(|| panic!("no window: {told}"));
        Session { port: self.port, place: format!("/session/{id}"), home: self.home.clone() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // `timeout` hands it on to all that it started.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

pub struct Session {
    port: u16,
    place: String,
    /// What its program keeps its things in, by which its process is known.
    home: PathBuf,
}

impl Session {
    fn post(&self, what: &str, body: &Value) -> Value {
        asked(self.port, "POST", &format!("{}/{what}", self.place), body)
    }

    /// What a script returns, which runs as the body of a function.
    pub fn run(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The same of one that calls `done`.
    pub fn run_async(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Until a script returns true.
    pub fn wait(&self, what: &str, script: &str) {
        let began = Instant::now();
        while self.run(script) != true {
            if began.elapsed() > PATIENCE {
                panic!(
                    "waited in vain for {what}; the page says: {}",
                    self.run("return document.body.innerText")
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn find(&self, selector: &str) -> String {
        element(&self.post("element", &json!({ "using": "css selector", "value": selector })))
    }

    pub fn focused(&self) -> String {
        element(&asked(self.port, "GET", &format!("{}/element/active", self.place), &Value::Null))
    }

    pub fn type_into(&self, element: &str, text: &str) {
        self.post(&format!("element/{element}/value"), &json!({ "text": text }));
    }

    /// By keys: the driver's own way of clearing tells the page nothing.
    pub fn clear(&self, element: &str) {
        self.type_into(element, &format!("{CONTROL}a{NO_KEY}{DELETE}"));
    }

    /// Has the program end itself, as its menu does, and waits until it is gone: one that is started while another
    /// still stands hands over to that one.
    pub fn quit(self, program: &Path) {
        let quit = "window.__TAURI_INTERNALS__.invoke('call', { name: 'quit', takes: null })";
        let _ = tried(
            self.port,
            "POST",
            &format!("{}/execute/sync", self.place),
            &json!({ "script": quit, "args": [] }),
        );
        let began = Instant::now();
        while is_running(program, &self.home) {
            assert!(began.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = tried(self.port, "DELETE", &self.place, &Value::Null);
    }
}

/// The processes that read files for the program of this home.
pub fn workers(home: &Path) -> Vec<String> {
    let is_worker = |process: &PathBuf| {
        let told = fs::read(process.join("cmdline")).unwrap_or_default();
        told.split(|&b| b == 0).any(|one| one == WORKER_ARGUMENT.as_bytes()) && is_of(process, home)
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let workers = processes.filter(is_worker);
    workers.map(|process| process.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

fn is_of(process: &Path, home: &Path) -> bool {
    let mark = format!("KENNING_HOME={}", home.display());
    fs::read(process.join("environ"))
        .is_ok_and(|told| told.split(|&b| b == 0).any(|one| one == mark.as_bytes()))
}

/// Whether a process runs this program for this home.
fn is_running(program: &Path, home: &Path) -> bool {
    let is_it = |process: &Path| {
        fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program) && is_of(process, home)
    };
    fs::read_dir("/proc").unwrap().flatten().any(|process| is_it(&process.path()))
}

fn element(told: &Value) -> String {
    let found = told.as_object().and_then(|told| told.values().next()?.as_str());
    found.unwrap_or_else(|| panic!("no element: {told}")).to_owned()
}

fn asked(port: u16, method: &str, place: &str, body: &Value) -> Value {
    let value =
        tried(port, method, place, body).unwrap_or_else(|e| panic!("{method} {place}: {e}"));
    assert!(value["error"].is_null(), "{method} {place}: {value}");
    value
}

fn tried(port: u16, method: &str, place: &str, body: &Value) -> io::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "{method} {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(found) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = found.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    let told: Value = serde_json::from_slice(&bytes)?;
    Ok(told["value"].clone())
}
