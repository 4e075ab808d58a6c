//! Models: one that fails, one that is changed for another, texts that have no vector, none at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kenning_domain::Cancel;
use kenning_engine::State::{Meaning, Words};
use kenning_engine::answer::{Models, Question, Told, answer};
use kenning_engine::{Access, Library, Parts, Searcher, kept_numbers};

use super::counting::{Counting, DIMENSIONS, HOPELESS};
use super::stage::{Stage, options, program};

#[test]
fn without_a_model_files_are_found_by_their_words() {
    let stage = Stage::new(&["a.txt", "b.txt"]);
    let parts = Parts { program: program(), model: None, others: Vec::new() };
    let library = Library::open_with(&stage.home(), parts, options()).unwrap();
    library.add_folder(&stage.path(""), Default::default()).unwrap();
    library.wait_until_idle();
    assert_eq!(library.progress().ledger.files(Words), 2);
    drop(library);
    // A model that comes later makes the vectors.
    let mut stage = stage;
    stage.open();
    stage.wait();
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning)]);
}

#[test]
fn a_model_that_fails_is_told_of_and_asked_again() {
    let mut stage = Stage::new(&["a.txt"]);
    stage.counting.is_broken.store(true, Ordering::Relaxed);
    stage.open();
    stage.add("");
    stage.wait();
    stage.expect(&[("a.txt", Words)]);
    let trouble = stage.library().progress().model_trouble.unwrap();
    assert!(trouble.contains("ended"), "{trouble}");
    stage.counting.is_broken.store(false, Ordering::Relaxed);
    stage.wait_for("the vectors", |stage| stage.states()["a.txt"].0 == Meaning);
    stage.wait();
    assert_eq!(stage.library().progress().model_trouble, None);
}

#[test]
fn a_text_without_a_vector_holds_up_no_other() {
    let stage = Stage::opened(&["a.txt", "b.txt"]);
    stage.write("c.txt", format!("Dies ist {HOPELESS}."));
    stage.settle();
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning), ("c.txt", Words)]);
    assert_eq!(stage.library().progress().hopeless_texts, 1);
}

#[test]
fn another_model_answers_once_it_has_as_much() {
    let mut stage = Stage::opened(&["a.txt", "b.txt", "c.txt"]);
    stage.wait();
    let other = Arc::new(Counting::default());
    other.delay.store(300, Ordering::Relaxed);
    let answering = |stage: &Stage| {
        let mut truth = stage.library().searcher().unwrap().truth;
        truth.read(|view| view.answering()).unwrap().unwrap().model
    };
    stage.library().use_model(other.model("anderes"), None).unwrap();
    assert_eq!(answering(&stage), "zählend");
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning), ("c.txt", Meaning)]);
    stage.wait();
    assert_eq!(answering(&stage), "anderes");
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning), ("c.txt", Meaning)]);
    assert_eq!((other.embedded(), stage.counting.embedded()), ((3, 1), (3, 1)));
    // Back again: everything is there still.
    stage.close();
    stage.open();
    stage.wait();
    assert_eq!(answering(&stage), "zählend");
    stage.expect(&[("a.txt", Meaning), ("b.txt", Meaning), ("c.txt", Meaning)]);
    assert_eq!(stage.counting.embedded(), (3, 1));
    assert!(stage.open_again(Access::Write).is_err());
}

#[test]
fn fewer_numbers_of_each_vector_are_searched_at_once_and_back() {
    let mut stage = Stage::opened(&["a.txt", "b.txt", "c.txt"]);
    stage.wait();
    let searched = |stage: &Stage| {
        let mut searcher = stage.library().searcher().unwrap();
        let meaning = searcher.snapshot().meaning.unwrap();
        let kept = searcher.truth.read(|view| kept_numbers(view, meaning.space)).unwrap();
        assert_eq!(found_by_meaning(&mut searcher), Ok(3));
        (meaning.codes.dimensions(), kept)
    };
    let keep = |stage: &Stage, numbers| {
        let model = stage.counting.model("zählend");
        stage.library().use_model(model, numbers).map(|()| stage.wait())
    };
    assert_eq!(searched(&stage), (DIMENSIONS, None));
    keep(&stage, Some(32)).unwrap();
    assert_eq!(searched(&stage), (32, Some(32)));
    for wrong in [0, 1, 31, DIMENSIONS + 1] {
        let error = keep(&stage, Some(wrong)).unwrap_err().to_string();
        assert!(error.contains("at least 32") && error.contains("at most its 64"), "{error}");
    }
    // It is remembered.
    stage.close();
    stage.open();
    stage.wait();
    assert_eq!(searched(&stage), (32, Some(32)));
    keep(&stage, None).unwrap();
    assert_eq!(searched(&stage), (DIMENSIONS, None));
    // Nothing was embedded anew for any of it.
    assert_eq!(stage.counting.embedded(), (3, 1));
}

/// Asks for what no document has a word of, so that only meaning finds any; how many are found.
fn found_by_meaning(searcher: &mut Searcher) -> Result<usize, String> {
    let snapshot = searcher.snapshot();
    let space = snapshot.meaning.as_ref().ok_or("nothing has a meaning")?.space;
    let embed = searcher.embedder(space).map_err(|error| error.to_string())?;
    let embed = embed.ok_or("the model of the space that answers is not there")?;
    let question = Question { limit: 100, grouped: false, ..Question::new("qwx") };
    let models = Models { embed: Some(&*embed), rerank: None };
    let mut found = 0;
    let mut tell = |told| {
        if let Told::Answer(answer) = told {
            found = answer.hits.len();
        }
    };
    let cancel = Cancel::default();
    answer(&question, &snapshot, &mut searcher.truth, models, &cancel, &mut tell)
        .map_err(|error| error.to_string())?;
    Ok(found)
}

#[test]
fn while_models_are_switched_every_question_is_answered_as_before() {
    const FILES: usize = 40;
    let names: Vec<String> = (0..FILES).map(|number| format!("{number}.txt")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let stage = Stage::opened(&names);
    stage.wait();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let mut searcher = stage.library().searcher().unwrap();
        let is_over = &is_over;
        let asking = scope.spawn(move || {
            let (mut asked, mut wrong) = (0, Vec::new());
            while !is_over.load(Ordering::Relaxed) {
                match found_by_meaning(&mut searcher) {
                    Ok(FILES) => {}
                    other => wrong.push(other),
                }
                asked += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            (asked, wrong)
        });
        for name in ["eines", "anderes", "drittes"] {
            let other = Arc::new(Counting::default());
            other.delay.store(250, Ordering::Relaxed);
            stage.library().use_model(other.model(name), None).unwrap();
            stage.wait();
            let mut truth = stage.library().searcher().unwrap().truth;
            assert_eq!(truth.read(|view| view.answering()).unwrap().unwrap().model, name);
        }
        is_over.store(true, Ordering::Relaxed);
        let (asked, wrong) = asking.join().unwrap();
        assert!(asked > 20 && wrong.is_empty(), "of {asked}: {wrong:?}");
    });
}
