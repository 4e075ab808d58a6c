//! Who only reads sees what the writer has done since.

use kenning_domain::Cancel;
use kenning_engine::answer::{Models, Question, Told, answer};
use kenning_engine::{Access, Searcher};

use super::stage::Stage;

/// How many documents are found by a word.
fn found(searcher: &mut Searcher, word: &str) -> usize {
    let snapshot = searcher.snapshot();
    let (question, cancel) = (Question::new(word), Cancel::default());
    let mut hits = 0;
    let mut tell = |told| {
        if let Told::Answer(answer) = told {
            hits = answer.hits.len();
        }
    };
    let truth = &mut searcher.truth;
    answer(&question, &snapshot, truth, Models::default(), &cancel, &mut tell).unwrap();
    hits
}

#[test]
fn a_long_reader_finds_what_was_written_since_it_was_opened() {
    let stage = Stage::opened(&["a.txt"]);
    stage.wait();
    let reading = stage.open_again(Access::Read).unwrap();
    let mut searcher = reading.searcher().unwrap();
    assert_eq!(found(&mut searcher, "Text"), 1);
    stage.write("b.txt", "Noch ein Text, von Faultieren");
    stage.settle();
    stage.wait_for("what was added", |_| found(&mut searcher, "Faultieren") == 1);
    assert_eq!(found(&mut searcher, "Text"), 2);
    assert_eq!(reading.progress().ledger.all_files(), 2);
    let folder = stage.library().folders()[0].folder.id;
    stage.library().remove_folder(folder).unwrap();
    stage.wait_for("nothing to be left", |_| found(&mut searcher, "Text") == 0);
    stage.wait_for("the folder to be gone", |_| reading.folders().is_empty());
}
