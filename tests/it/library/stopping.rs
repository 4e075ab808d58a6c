//! The work can be paused and ended at any moment, and goes on where it was.

use std::time::{Duration, Instant};

use kenning_engine::State::{Failed, Meaning, Quarantined, Waiting};
use kenning_engine::{Access, Doing, Event, Progress, Rest};

use super::stage::Stage;

fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{}/{number}.txt", number % 7)).collect()
}

fn stage_of(count: usize) -> Stage {
    let names = many(count);
    Stage::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
#[cfg(target_os = "linux")]
fn it_stops_at_once_while_a_file_is_read_that_never_ends() {
    let mut stage = Stage::new(&["a.txt"]);
    stage.write("endlos.bin", "HOSTILE loop but alive");
    stage.open();
    stage.add("");
    stage.wait_for("the other file", |stage| {
        stage.states().get("a.txt").is_some_and(|a| a.0 == Meaning)
    });
    // `close` sees to it that it does not take long.
    stage.close();
    stage.open();
    stage.wait_for("it to be read", |stage| !stage.library().progress().reading.is_empty());
    stage.expect(&[("a.txt", Meaning), ("endlos.bin", Waiting)]);
    stage.library().pause().unwrap();
    let asked = Instant::now();
    assert_eq!(stage.rest(), Rest::Paused);
    assert!(asked.elapsed() < Duration::from_secs(2));
    assert_eq!(stage.library().progress().doing, Doing::Paused);
    stage.expect(&[("a.txt", Meaning), ("endlos.bin", Waiting)]);
}

#[test]
fn what_is_paused_does_nothing_and_goes_on_afterwards() {
    let stage = stage_of(60);
    let mut stage = stage;
    stage.open();
    stage.library().pause().unwrap();
    stage.add("");
    stage.wait_for("the walk", |stage| stage.library().folders().iter().all(|f| f.is_walked));
    assert_eq!(stage.rest(), Rest::Paused);
    assert!(stage.states().values().all(|(state, _)| *state == Waiting));
    assert_eq!(stage.counting.embedded().0, 0);
    stage.library().resume().unwrap();
    stage.wait();
    stage.expect_whole();
    assert!(stage.states().values().all(|(state, _)| *state == Meaning));
}

#[test]
fn a_pause_outlasts_the_program_and_resuming_too() {
    let mut stage = Stage::opened(&["a.txt"]);
    stage.wait();
    stage.library().pause().unwrap();
    assert_eq!(stage.rest(), Rest::Paused);
    stage.restart();
    assert!(stage.library().is_paused().unwrap());
    stage.write("b.txt", "Noch ein Text");
    stage.library().look_again().unwrap();
    stage.wait_for("the walk", |stage| stage.states().len() == 2);
    assert_eq!(stage.rest(), Rest::Paused);
    stage.expect(&[("a.txt", Meaning), ("b.txt", Waiting)]);
    let reading = stage.open_again(Access::Read).unwrap();
    assert!(reading.is_paused().unwrap());
    stage.library().resume().unwrap();
    stage.wait();
    stage.restart();
    assert!(!stage.library().is_paused().unwrap());
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning)]);
}

#[test]
fn ended_at_any_moment_it_goes_on_where_it_was_and_embeds_nothing_twice() {
    let mut stage = stage_of(400);
    stage.counting.delay.store(5, std::sync::atomic::Ordering::Relaxed);
    stage.open();
    stage.add("");
    for pause in [1, 20, 60, 120, 200, 300] {
        std::thread::sleep(Duration::from_millis(pause));
        stage.restart();
    }
    stage.wait();
    stage.expect_whole();
    assert!(stage.states().values().all(|(state, _)| *state == Meaning));
    assert_eq!(stage.counting.embedded(), (400, 1));
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_costs_two_workers_is_left_alone_until_it_changes() {
    let mut stage = Stage::new(&["a.txt"]);
    stage.write("schlimm.bin", "HOSTILE abort");
    stage.open();
    stage.add("");
    stage.wait();
    let state = stage.states()["schlimm.bin"].clone();
    assert_eq!(state, (Failed, "crashed".into()));
    // It is tried once more after a second, also where the program ended in between.
    stage.restart();
    stage.wait_for("it to be quarantined", |stage| stage.states()["schlimm.bin"].0 != Failed);
    stage.wait();
    assert_eq!(stage.states()["schlimm.bin"].0, Quarantined);
    stage.restart();
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("schlimm.bin", Quarantined)]);
    // Whoever asks for it has it tried twice more.
    let path = stage.path("schlimm.bin");
    assert_eq!(stage.library().read_again(&path).unwrap(), 1);
    stage.wait();
    assert_eq!(stage.states()["schlimm.bin"].0, Failed);
    stage.wait_for("it to be quarantined", |stage| stage.states()["schlimm.bin"].0 != Failed);
    stage.wait();
    stage.write("schlimm.bin", "Nun ist es harmlos.");
    stage.settle();
    stage.expect(&[("a.txt", Meaning), ("schlimm.bin", Meaning)]);
}

#[test]
fn progress_says_what_is_so() {
    let mut stage = stage_of(300);
    stage.counting.delay.store(150, std::sync::atomic::Ordering::Relaxed);
    stage.open();
    assert_eq!(stage.library().progress().files_per_second, None);
    let (sender, events) = std::sync::mpsc::channel();
    let subscription =
        stage.library().subscribe(move |event| drop(sender.send(event.clone()))).unwrap();
    stage.add("");
    stage.wait();
    let end = stage.library().progress();
    assert_eq!((end.doing, end.time_left), (Doing::Nothing, Some(Duration::ZERO)));
    assert!(end.passages_per_second.is_some_and(|speed| speed > 0.0));
    drop(subscription);
    stage.settle();
    let told: Vec<Event> = events.try_iter().collect();
    assert!(told.contains(&Event::Searchable) && told.contains(&Event::FoldersChanged));
    let steps: Vec<&Progress> = told
        .iter()
        .filter_map(|event| match event {
            Event::Progress(progress) => Some(&**progress),
            _ => None,
        })
        .collect();
    let done = |state| steps.iter().map(move |step| step.ledger.files(state)).collect::<Vec<_>>();
    assert!(done(Meaning).is_sorted(), "{:?}", done(Meaning));
    assert!(steps.iter().any(|step| step.doing == Doing::Reading));
    let left = |step: &&&Progress| {
        step.ledger.files(Waiting) > 0 && step.time_left == Some(Duration::ZERO)
    };
    assert_eq!(steps.iter().filter(left).count(), 0, "something takes no time");
    assert_eq!(events.try_iter().count(), 0, "nobody is told who does not want to be");
}

#[test]
fn a_librarian_that_came_to_grief_is_known_to_have_ended() {
    let stage = Stage::opened(&["a.txt"]);
    stage.wait();
    assert!(!stage.library().has_ended());
    let _subscription = stage.library().subscribe(|_| panic!("meant to")).unwrap();
    stage.write("b.txt", "Noch etwas.");
    stage.wait_for("the librarian to end", |stage| stage.library().has_ended());
    assert_eq!(stage.rest(), Rest::Closed);
    // What it had is searched still.
    assert!(stage.states().contains_key("a.txt"));
}
