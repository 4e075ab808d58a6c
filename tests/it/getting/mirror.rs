//! The same flow through a mirror that nobody here wrote: olah, which asks our hub for what it has not.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use kenning_tests::hub::{Fault, Times};

use super::*;
use crate::staging::target;

struct Olah {
    child: Child,
    address: String,
}

impl Drop for Olah {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Olah {
    fn before(hub: &Hub, folder: &Path) -> Self {
        let packages = target().join("fetched/olah");
        assert!(packages.is_dir(), "`cargo xtask test` fetches olah first");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (address, port) = (format!("127.0.0.1:{port}"), port.to_string());
        let origin = hub.endpoint();
        let origin = origin.strip_prefix("http://").unwrap();
        let log = File::create(folder.join("olah.log")).unwrap();
        let child = Command::new("python3")
            .args(["-c", "from olah.server import cli; cli()", "--host", "127.0.0.1"])
            .args(["--port", &port, "--hf-scheme", "http", "--hf-netloc", origin])
            .args(["--hf-lfs-netloc", origin, "--mirror-scheme", "http"])
            .args(["--mirror-netloc", &address, "--mirror-lfs-netloc", &address])
            .args(["--repos-path", "repositories", "--log-path", "logs"])
            .env("PYTHONPATH", packages)
            .current_dir(folder)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let olah = Self { child, address };
        olah.wait(folder);
        olah
    }

    fn wait(&self, folder: &Path) {
        let started = Instant::now();
        while !self.answers() {
            let said = || std::fs::read_to_string(folder.join("olah.log")).unwrap_or_default();
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "olah does not start:\n{}",
                said()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn answers(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(&self.address) else { return false };
        let request = format!("GET /repos HTTP/1.0\r\nHost: {}\r\n\r\n", self.address);
        let mut answer = [0; 8];
        connection.write_all(request.as_bytes()).is_ok()
            && connection.read_exact(&mut answer).is_ok()
    }
}

#[test]
fn a_mirror_that_nobody_here_wrote_is_fetched_from() {
    let mut place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let olah = Olah::before(&place.hub, folder.path());
    place.settings.endpoint = format!("http://{}", olah.address);
    place.settings.patience.stall = Duration::from_secs(20);
    let plan = place.plan().unwrap();
    assert!(plan.files.iter().all(|file| file.digest.is_some()), "{plan:?}");
    // The mirror's own line is bad, too, at times.
    place.hub.misbehave(NAME, WEIGHTS, Fault::Drip(20_000_000), Times::Always);
    let stop = Stop::default();
    let mut tell = |progress: kenning_models::Progress| {
        if progress.done() > LENGTH / 4 {
            stop.stop();
        }
    };
    let first = place.getter().get(&plan, &stop, &mut tell);
    place.hub.behave(NAME, WEIGHTS);
    if let Err(stopped) = first {
        assert!(matches!(stopped, GetError::Stopped), "{stopped}");
        place.getter().get(&plan, &Stop::default(), &mut |_| {}).unwrap();
    }
    check_installed(&place.models().join(OWN));
}
