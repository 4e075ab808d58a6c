//! Killed in the middle of writing, thirty times over: what was said to be kept is kept.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use kenning_store::{Access, Place, Truth};

use crate::child;
use crate::support::{embed, expect_whole, made, open, put, space, temporary};

const KILLS: u64 = 30;

#[test]
fn a_writer_killed_at_any_moment_leaves_a_whole_truth() {
    let (_kept, path) = temporary();
    let mut told = 0;
    for round in 0..KILLS {
        let program = std::env::current_exe().unwrap();
        let mut writer = child::command(program, "write until killed", path.clone())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let reading = thread::spawn(move || {
            let numbers = lines.map_while(Result::ok);
            numbers.filter_map(|line| line.strip_prefix("kept ")?.parse::<u64>().ok()).last()
        });
        thread::sleep(Duration::from_millis(40 + round * 37 % 190));
        writer.kill().unwrap();
        writer.wait().unwrap();
        told = told.max(reading.join().unwrap().unwrap_or(0));
        let truth = Truth::open(&path, Access::Write).unwrap();
        assert_eq!(truth.repairs(), [], "round {round}");
        let kept = truth.reader().unwrap().read(|view| view.setting("written")).unwrap();
        let kept = kept.map_or(0, |number| number.parse().unwrap());
        assert!(kept >= told, "round {round}: {told} were said to be kept, {kept} are");
        truth.close().unwrap();
        expect_whole(&path);
    }
    assert!(told > KILLS, "the writers came to write: {told}");
}

/// Writes, removes and embeds, and says what is kept after each commit.
pub fn write_until_killed(folder: &Path) {
    let end = Instant::now() + Duration::from_secs(20);
    let mut truth = open(folder);
    let mut reader = truth.reader().unwrap();
    let written = reader.read(|view| view.setting("written")).unwrap();
    let mut number: u64 = written.map_or(0, |number| number.parse().unwrap());
    let (root, space) = truth
        .change(|change| {
            let space = space(change, "s")?;
            change.answer_from(space)?;
            Ok((change.add_folder(Path::new("/f"), "")?, space))
        })
        .unwrap();
    let mut out = std::io::stdout();
    // The test's own name stands at the beginning of the line.
    writeln!(out).unwrap();
    while Instant::now() < end {
        number += 1;
        truth
            .change(|change| {
                for part in 0..5 {
                    let name = format!("{}", (number * 5 + part) % 97);
                    let document = made(&name, &["gemeinsam", &format!("{number} {part}")]);
                    change.forget(Place::new(root, Path::new(&name)))?;
                    put(change, root, &name, &document)?;
                }
                change.set("written", &number.to_string())
            })
            .unwrap();
        writeln!(out, "kept {number}").unwrap();
        embed(&mut truth, &mut reader, space, 7);
    }
}
