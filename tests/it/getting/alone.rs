//! Nothing else on the wire: everything that Kenning does, where no other address can be reached and
//! every attempt is counted.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::process::Command;

use super::*;
use crate::cli::PROGRAM;

/// What the test, started again within a network of its own, finds its program by.
const INSIDE: &str = "KENNING_TEST_ALONE";

#[test]
fn no_address_is_asked_but_the_hub() {
    if let Some(program) = std::env::var_os(INSIDE) {
        return within_a_network_of_its_own(Path::new(&program));
    }
    let this = std::env::current_exe().unwrap();
    let name = "getting::alone::no_address_is_asked_but_the_hub";
    let inside = Command::new("unshare")
        .args(["--net", "--"])
        .arg(this)
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, &*PROGRAM)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stderr);
    if said.contains("unshare failed") {
        println!("left out: this user may not make a network of his own ({})", said.trim());
        return;
    }
    let told = String::from_utf8_lossy(&inside.stdout);
    assert!(inside.status.success() && told.contains("1 passed"), "{told}{said}");
}

/// Puts the loopback device up, which a new network begins without.
const UP: &str = "import fcntl, socket, struct
s = socket.socket()
flags = struct.unpack('16sh', fcntl.ioctl(s, 0x8913, struct.pack('16sh', b'lo', 0)))[1]
fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', flags | 1))";

fn within_a_network_of_its_own(program: &Path) {
    assert!(Command::new("python3").args(["-c", UP]).status().unwrap().success());
    // What counts attempts must count this one.
    let before = attempts();
    assert!(TcpStream::connect("192.0.2.1:80").is_err());
    let counted = attempts();
    assert_ne!(before, counted, "an attempt is not counted");

    let hub = Hub::start();
    hub.add(repository(NAME));
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sauna.txt"), "Löyly nousee kiukaalta.").unwrap();
    std::fs::write(folder.path().join("bath.txt"), "Steam rises from the stove of the sauna.")
        .unwrap();
    let folder = folder.path().to_str().unwrap();
    let kenning = |arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .env("KENNING_HOME", home.path())
            .env("HF_ENDPOINT", hub.endpoint())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // Three: it went well, and found nothing.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{arguments:?}: {said}");
    };
    kenning(&["add", folder]);
    kenning(&["index", "--once"]);
    kenning(&["search", "löyly"]);
    kenning(&["similar", &format!("{folder}/sauna.txt")]);
    kenning(&["models", "get", NAME]);
    kenning(&["models", "list"]);
    check_installed(&home.path().join("models").join(OWN));
    assert_eq!(attempts(), counted, "something tried to reach another address");
    assert_eq!(hub.misuse(), []);
}

/// How often something was to be sent to where no way leads, as the kernel counts it for this network.
fn attempts() -> BTreeMap<String, u64> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let old = read("/proc/net/snmp");
    let mut lines = old.lines().filter(|line| line.starts_with("Ip:"));
    let names = lines.next().unwrap().split_whitespace();
    let values = lines.next().unwrap().split_whitespace();
    let four = names.zip(values).filter(|(name, _)| *name == "OutNoRoutes");
    let four = four.map(|(_, value)| ("4".to_owned(), value.parse().unwrap()));
    let new = read("/proc/net/snmp6");
    let six = new.lines().filter_map(|line| line.strip_prefix("Ip6OutNoRoutes"));
    let six = six.map(|value| ("6".to_owned(), value.trim().parse().unwrap()));
    four.chain(six).collect()
}
