//! A disk that is full stops the writing, says so, and costs nothing that was kept.

use std::fs;
use std::path::Path;
use std::process::Command;

use kenning_store::{Access, StoreError, Truth};

use crate::child;
use crate::support::{expect_whole, made, open, put, temporary};

/// A child has a disk of its own that nobody else sees, where the system lets it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let (_kept, path) = temporary();
    fs::create_dir_all(&path).unwrap();
    let own_disk = "mount -t tmpfs -o size=3m none \"$KENNING_TEST_FOLDER\"";
    let may = Command::new("unshare")
        .args(["-rm", "sh", "-c", own_disk])
        .env("KENNING_TEST_FOLDER", &path)
        .output();
    if !may.is_ok_and(|output| output.status.success()) {
        eprintln!("this system gives no disk of one's own: a full one is not tried");
        return;
    }
    let program = std::env::current_exe().unwrap();
    let inner = child::command(&program, "fill the disk", path.clone());
    let mut outer = Command::new("unshare");
    outer.args(["-rm", "sh", "-c", &format!("{own_disk} && exec \"$0\" \"$@\"")]);
    outer.arg(&program).args(inner.get_args());
    outer.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = outer.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

pub fn fill(folder: &Path) {
    let spare = folder.join("spare");
    fs::write(&spare, vec![7; 900_000]).unwrap();
    let data = folder.join("data");
    let mut truth = open(&data);
    let root = truth.change(|change| change.add_folder(Path::new("/f"), "")).unwrap();
    let mut kept = 0;
    let write = |truth: &mut Truth, kept: &mut u64| {
        let noise: String = (0..400)
            .map(|n| blake3::hash(format!("{kept} {n}").as_bytes()).to_hex().to_string())
            .collect();
        let document = made(&kept.to_string(), &[&noise]);
        truth.change(|change| put(change, root, &kept.to_string(), &document)).map(|_| *kept += 1)
    };
    let error = loop {
        match write(&mut truth, &mut kept) {
            Ok(()) => assert!(kept < 1_000, "the disk is larger than it should be"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains("kenning.db") && kept > 5, "{error}: {kept}");
    assert!(matches!(write(&mut truth, &mut kept), Err(StoreError::DiskFull { .. })));
    let count =
        |truth: &Truth| truth.reader().unwrap().read(|view| view.ledger()).unwrap().all_files();
    assert_eq!(count(&truth), kept, "what was kept can be read");
    fs::remove_file(spare).unwrap();
    write(&mut truth, &mut kept).unwrap();
    truth.close().unwrap();
    expect_whole(&data);
    let truth = Truth::open(&data, Access::Write).unwrap();
    assert_eq!((truth.repairs().len(), count(&truth)), (0, kept));
}
