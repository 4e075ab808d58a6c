//! Whole searches in a small library of many languages.

mod library;
mod names;
mod phrases;

use kenning_domain::{Cancel, ContentId, Overlong, PassageId, Rerank, Reranked, Tag};

use std::path::Path;
use std::time::Duration;

use kenning_store::Place;

use super::*;
use crate::Similar;
use library::{DAY, Document, Fake, Library, document};

const BREAD_EN: usize = 0;
const BREAD_DE: usize = 1;
const TAX_EN: usize = 2;
const TAX_DE: usize = 3;
const BICYCLE_JA: usize = 4;
const CONTRACT_RU: usize = 5;
const CONTRACT_FR: usize = 6;
const BREAD_AR: usize = 7;
const BREAD_TH: usize = 8;
const TOMATO_EN: usize = 9;
const REPORT_EN: usize = 10;
const COPIES_DE: usize = 11;
const PASSPORT: usize = 12;
const UNREAD_EN: usize = 13;

fn shelf() -> Vec<Document> {
    let mut shelf = vec![
        document(
            "home/notes/bread.md",
            "en",
            "Good bread needs time. Bake it in a hot oven until the crust is dark.\n\nThe dough should rest for a whole night in a cool place.",
        ),
        document(
            "home/rezepte/brot.txt",
            "de",
            "Das Brot braucht eine lange Ruhe. Danach im heißen Ofen backen, bis die Kruste dunkel ist.",
        ),
        document(
            "work/finance/tax 2024.md",
            "en",
            "The tax return for the year is due in July. Keep every receipt of the home office.",
        ),
        document(
            "work/finance/steuer.pdf",
            "de",
            "Die Steuererklärung muss bis Ende Juli beim Finanzamt sein, sonst kostet es mehr.",
        ),
        document(
            "home/自転車.txt",
            "ja",
            "自転車の修理はタイヤから始める。空気を入れてから穴を探すとよい。",
        ),
        document(
            "work/verträge/договор.pdf",
            "ru",
            "Договор с квартирой на Лесной улице. Оплата до пятого числа каждого месяца.",
        ),
        document(
            "work/verträge/contrat.md",
            "fr",
            "Le contrat dit que le bailleur peut venir une fois par an, mais pas plus.",
        ),
        document("home/خبز.txt", "ar", "هذا الخبز من الفرن كل صباح مع الزيت والجبن على المائدة"),
        document("home/ขนมปัง.txt", "th", "ขนมปังต้องอบในเตาร้อนจนเปลือกเป็นสีน้ำตาลแล้วพักไว้"),
        document(
            "home/garden/tomatoes.txt",
            "en",
            "Water every tomato in the morning. The harvest begins in August, when the fruit is red.",
        ),
        document(
            "work/Quarterly report.pdf",
            "en",
            "Sales of the year were a little better than those of the year before.",
        ),
        document(
            "home/notes/fahrrad.txt",
            "de",
            "Das Fahrrad muss man im Herbst reparieren, die Kette war schon lange nicht mehr gut.",
        ),
        document("work/scan of passport.pdf", "en", ""),
        document(
            "home/notes/starter.md",
            "en",
            "Feed the starter with rye flour and water, and keep it in the fridge.",
        ),
    ];
    shelf[TAX_DE].title = Some("Steuern zuhause");
    shelf[REPORT_EN].title = Some("Numbers of spring");
    shelf[REPORT_EN].stated = Some(19_820);
    shelf[COPIES_DE].paths.push("work/alt/fahrrad kopie.txt");
    shelf[TAX_EN].changed = 19_900 * DAY + 5;
    shelf[UNREAD_EN].is_embedded = false;
    shelf
}

fn ask_with(library: &mut Library, question: &Question, models: Models<'_>) -> Vec<Told> {
    let mut told = Vec::new();
    let cancel = Cancel::default();
    answer(question, &library.snapshot, &mut library.truth, models, &cancel, &mut |one| {
        told.push(one);
    })
    .unwrap();
    told
}

fn ask(library: &mut Library, question: &Question) -> Vec<Told> {
    let fake = Fake::new();
    ask_with(library, question, Models { embed: Some(&fake), rerank: None })
}

fn answers(told: Vec<Told>) -> Vec<Answer> {
    let answers = told.into_iter().filter_map(|told| match told {
        Told::Answer(answer) => Some(answer),
        Told::Topics(_) => None,
    });
    answers.collect()
}

fn last(library: &mut Library, question: &Question) -> Answer {
    let answer = answers(ask(library, question)).pop().unwrap();
    assert!(answer.is_last);
    answer
}

fn typed(raw: &str, pipeline: Pipeline) -> Question {
    Question { pipeline, grouped: false, ..Question::new(raw) }
}

/// The documents of an answer, by their place on the shelf.
fn found(library: &Library, answer: &Answer) -> Vec<usize> {
    let place = |content: ContentId| library.contents.iter().position(|one| *one == content);
    answer.hits.iter().map(|hit| place(hit.content.unwrap()).unwrap()).collect()
}

fn set(mut places: Vec<usize>) -> Vec<usize> {
    places.sort_unstable();
    places
}

#[test]
fn words_meaning_and_both_find_what_they_should_find_first() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, pipeline: Pipeline, expected: &[usize]| {
        let answer = last(&mut library, &typed(raw, pipeline));
        let found = found(&library, &answer);
        assert_eq!(&found[..expected.len().min(found.len())], expected, "{raw} {pipeline:?}");
        assert_eq!(answer.verdict, Verdict::Found, "{raw}");
    };
    use Pipeline::{Hybrid, Meaning, Words};
    check("dough in a cool place", Words, &[BREAD_EN]);
    check("Finanzamt im Juli", Words, &[TAX_DE]);
    check("空気を入れて", Words, &[BICYCLE_JA]);
    check("квартира Лесная улица", Words, &[CONTRACT_RU]);
    check("เตาร้อน", Words, &[BREAD_TH]);
    check("how do I repair my bicycle", Meaning, &[COPIES_DE, BICYCLE_JA]);
    check("how do I repair my bicycle", Hybrid, &[COPIES_DE, BICYCLE_JA]);
    check("was sagt der Vermieter zum Vertrag", Hybrid, &[CONTRACT_FR]);
    check("feed the starter", Hybrid, &[UNREAD_EN]);
}

#[test]
fn answers_in_other_languages_are_reached_past_ones_own() {
    let mut library = Library::of(&shelf());
    let answer = last(&mut library, &typed("bread that you bake in the oven", Pipeline::Hybrid));
    let found = found(&library, &answer);
    let best = set(found[..4].to_vec());
    assert_eq!(best, [BREAD_EN, BREAD_DE, BREAD_AR, BREAD_TH]);
    assert_eq!(answer.languages[0].0, Tag::new("en").unwrap());
}

type Holds<'a> = &'a dyn Fn(&Document) -> bool;

#[test]
fn filters_leave_exactly_what_they_say() {
    let shelf = shelf();
    let mut library = Library::of(&shelf);
    let path = |one: &Document, piece: &str| one.paths.iter().any(|path| path.contains(piece));
    let table: &[(&str, Holds<'_>)] = &[
        ("type:pdf", &|one| one.format == "pdf"),
        ("-type:pdf", &|one| one.format != "pdf"),
        ("type:md,pdf", &|one| one.format != "text"),
        ("in:notes", &|one| path(one, "/notes/")),
        ("in:not", &|one| path(one, "/notes/")),
        ("in:not/", &|_| false),
        ("in:work/finance", &|one| path(one, "work/finance/")),
        ("in:VERTRAGE", &|one| path(one, "verträge")),
        ("-in:home", &|one| path(one, "work/")),
        ("in:work/alt type:text", &|one| path(one, "kopie")),
        ("name:kopie in:home", &|_| false),
        ("name:fahr", &|one| path(one, "fahrrad")),
        ("name:自転", &|one| path(one, "自転車")),
        ("name:\"quarterly report\"", &|one| path(one, "Quarterly")),
        ("name:\"report quarterly\"", &|_| false),
        ("title:zuhause", &|one| one.title == Some("Steuern zuhause")),
        ("-title:zuhause", &|one| one.title != Some("Steuern zuhause")),
        ("after:2024-03", &|one| one.stated.is_some() || one.changed > 19_900 * DAY),
        ("date:2022-01-08", &|one| one.stated.is_none() && one.changed == 19_000 * DAY),
        ("before:2022-01-08", &|_| false),
        ("before:2022-01-09", &|one| one.stated.is_none() && one.changed == 19_000 * DAY),
        ("type:pdf in:work after:2023", &|one| one.stated.is_some()),
    ];
    for (raw, holds) in table {
        let expected: Vec<usize> = (0..shelf.len()).filter(|place| holds(&shelf[*place])).collect();
        let listed = last(&mut library, &typed(raw, Pipeline::Hybrid));
        assert_eq!(set(found(&library, &listed)), expected, "{raw}");
        let near = last(&mut library, &typed(&format!("bread {raw}"), Pipeline::Meaning));
        let can: Vec<usize> = expected
            .iter()
            .copied()
            .filter(|place| shelf[*place].is_embedded && !shelf[*place].text.is_empty())
            .collect();
        assert_eq!(set(found(&library, &near)), can, "bread {raw}");
        let words = last(&mut library, &typed(&format!("the {raw}"), Pipeline::Words));
        let can = |place: &usize| expected.contains(place);
        assert!(found(&library, &words).iter().all(can), "the {raw}");
    }
}

#[test]
fn languages_are_asked_of_passages_and_days_are_those_of_the_user() {
    let shelf = shelf();
    let mut library = Library::of(&shelf);
    let mut check = |raw: &str, seconds_east: i64, holds: Holds<'_>| {
        let question = Question { seconds_east, ..typed(raw, Pipeline::Meaning) };
        let answer = last(&mut library, &question);
        let sound = |place: &usize| holds(&shelf[*place]) && shelf[*place].is_embedded;
        let has_text = |place: &usize| !shelf[*place].text.is_empty();
        let expected: Vec<usize> = (0..shelf.len()).filter(sound).filter(has_text).collect();
        assert_eq!(set(found(&library, &answer)), expected, "{raw}");
    };
    check("bread lang:de", 0, &|one| one.language == "de");
    check("bread lang:de,th", 0, &|one| ["de", "th"].contains(&one.language));
    check("bread -lang:en", 0, &|one| one.language != "en");
    check("bread date:2024-06-26", 0, &|one| one.changed > 19_900 * DAY);
    check("bread date:2024-06-25", -10, &|one| one.changed > 19_900 * DAY);
}

#[test]
fn a_half_typed_word_finds_what_it_may_become() {
    let mut library = Library::of(&shelf());
    for (raw, expected) in [("receip", true), ("receip ", false), ("home receip", true)] {
        let answer = last(&mut library, &typed(raw, Pipeline::Words));
        let first = found(&library, &answer).first().copied();
        let shown = answer.hits.first().and_then(|hit| hit.passages.first());
        let marked = shown.is_some_and(|shown| {
            shown.highlights.iter().any(|place| &shown.excerpt[place.clone()] == "receipt")
        });
        assert_eq!((first == Some(TAX_EN), marked), (expected, expected), "{raw:?}");
    }
}

#[test]
fn what_stands_out_is_what_was_asked_for() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: &[&str], words: &[&str]| {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        let hit = &answer.hits[0];
        let shown = &hit.passages[0];
        let marked: Vec<&str> =
            shown.highlights.iter().map(|place| &shown.excerpt[place.clone()]).collect();
        assert_eq!(marked, expected, "{raw}");
        assert_eq!(hit.why.words, words, "{raw}");
        let shares = hit.why.shares;
        assert!((shares.words + shares.name + shares.meaning - 1.0).abs() < 1e-4, "{shares:?}");
    };
    check("baking bread ovens", &["bread", "Bake", "oven"], &["baking", "bread", "ovens"]);
    check("自転車の空気", &["自転車の", "空気"], &["自転車の", "空気"]);
    check("Лесная улица", &["Лесной", "улице"], &["Лесная", "улица"]);
    check("الخبز والجبن", &["الخبز", "والجبن"], &["الخبز", "والجبن"]);
}

#[test]
fn words_said_beside_those_that_tell_do_not_stand_out() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: &[&str]| {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        let shown = &answer.hits[0].passages[0];
        let marked: Vec<&str> =
            shown.highlights.iter().map(|place| &shown.excerpt[place.clone()]).collect();
        assert_eq!(marked, expected, "{raw}");
    };
    check("baked until the crust", &["Bake", "until", "crust"]);
    // In quotes they do.
    check("\"until the\" crust", &["until", "the", "crust"]);
}

#[test]
fn the_sentence_with_the_most_of_the_question_is_pointed_at() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: Option<&str>| {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        let shown = &answer.hits[0].passages[0];
        let sentence = shown.sentence.clone().map(|place| &shown.excerpt[place]);
        assert_eq!(sentence, expected, "{raw}");
    };
    check(
        "how to bake bread in a hot oven",
        Some("Bake it in a hot oven until the crust is dark."),
    );
    check("good bread", Some("Good bread needs time."));
    check("自転車 穴を探すとよい", Some("空気を入れてから穴を探すとよい。"));
    check("договор: оплата до пятого числа", Some("Оплата до пятого числа каждого месяца."));
    check("bicycle repair", None);
}

#[test]
fn where_there_is_no_answer_that_is_said() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: Verdict| {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        assert_eq!(answer.verdict, expected, "{raw}");
    };
    check("who won the chess olympics", Verdict::NothingClose);
    check("quantum chromodynamics", Verdict::NothingClose);
    check("wie repariere ich ein Fahrrad", Verdict::Found);
    check("\"chess olympics\"", Verdict::NothingClose);
    check("\"Lesnoj prospekt\"", Verdict::NothingClose);
    check("\"chess olympics\" \"the crust\"", Verdict::Found);
    check("\"Fahrrads\" reparieren", Verdict::Found);
    check("\"the crust\"", Verdict::Found);
}

#[test]
fn only_filters_list_the_newest_and_nothing_lists_nothing() {
    let mut library = Library::of(&shelf());
    let answer = last(&mut library, &typed("in:work type:pdf,md", Pipeline::Hybrid));
    assert_eq!(found(&library, &answer)[..2], [TAX_EN, REPORT_EN]);
    assert!(!answer.hits[0].passages[0].excerpt.is_empty());
    assert!(answer.hits.iter().all(|hit| hit.why.band.is_none()));
    let answer = last(&mut library, &typed("bread in:home type:md", Pipeline::Hybrid));
    assert!(answer.hits.iter().all(|hit| hit.why.band.is_some()));
    for raw in ["", "   ", "\"\""] {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        assert_eq!((answer.hits.len(), answer.verdict), (0, Verdict::Found), "{raw:?}");
    }
    let answer = last(&mut library, &typed("-bread lang:en", Pipeline::Hybrid));
    let expected = [TAX_EN, TOMATO_EN, REPORT_EN, UNREAD_EN];
    assert_eq!(set(found(&library, &answer)), expected);
}

#[test]
fn whatever_is_typed_is_answered() {
    let mut library = Library::of(&shelf());
    for raw in [
        "\"",
        "-",
        "--",
        "in:",
        "type:",
        "date:99",
        "\"\"\"",
        "a:b:c",
        "🙂",
        "?!",
        "\u{200b}",
        "-\"",
        "lang:xx-yy",
        "title:\"",
        "name:-",
        "((((",
        "AND OR NOT",
        "\u{0}",
        "'",
        "ﷺ",
        "e\u{301}\u{301}",
    ] {
        for pipeline in [Pipeline::Words, Pipeline::Meaning, Pipeline::Hybrid] {
            last(&mut library, &typed(raw, pipeline));
        }
    }
    let long = "wort ".repeat(5_000);
    last(&mut library, &typed(&long, Pipeline::Hybrid));
}

#[test]
fn nobody_is_told_anything_after_cancelling() {
    let mut library = Library::of(&shelf());
    let fake = Fake::new();
    let models = Models { embed: Some(&fake), rerank: None };
    for stages in 0..2 {
        let cancel = Cancel::default();
        let mut told = 0;
        if stages == 0 {
            cancel.cancel();
        }
        let question = Question { topics: Some(Vec::new()), ..Question::new("bread") };
        let snapshot = library.snapshot.clone();
        let result = answer(&question, &snapshot, &mut library.truth, models, &cancel, &mut |_| {
            told += 1;
            if told == stages {
                cancel.cancel();
            }
        });
        assert!(matches!(result, Err(AnswerError::Cancelled)), "{stages}");
        assert_eq!(told, stages);
    }
    assert_eq!(fake.asked.into_inner(), 0);
}

#[test]
fn stages_come_one_after_another_and_say_which_is_the_last() {
    let mut library = Library::of(&shelf());
    let fake = Fake::new();
    let judge = Judge;
    let mut check = |pipeline, embed: bool, rerank: bool, expected: &[Stage]| {
        let models = Models {
            embed: embed.then_some(&fake as &dyn Embed),
            rerank: rerank.then_some(&judge as &dyn Rerank),
        };
        let told = answers(ask_with(&mut library, &typed("bread", pipeline), models));
        let stages: Vec<Stage> = told.iter().map(|answer| answer.stage).collect();
        assert_eq!(stages, expected, "{pipeline:?}");
        let lasts = told.iter().filter(|answer| answer.is_last).count();
        assert!(lasts == 1 && told.last().unwrap().is_last);
        for answer in told {
            assert_eq!((answer.coverage.files, answer.coverage.words_only), (15, 1));
        }
    };
    check(Pipeline::Words, true, true, &[Stage::Words]);
    check(Pipeline::Hybrid, false, true, &[Stage::Words]);
    check(Pipeline::Hybrid, true, true, &[Stage::Words, Stage::Meaning]);
    check(Pipeline::Meaning, true, true, &[Stage::Meaning]);
    check(Pipeline::Reranked, true, false, &[Stage::Words, Stage::Meaning]);
    check(Pipeline::Reranked, true, true, &[Stage::Words, Stage::Meaning, Stage::Reranked]);
}

/// Likes what is about tomatoes, and nothing else.
struct Judge;

impl Rerank for Judge {
    fn rerank(
        &self,
        _: &str,
        documents: &[&str],
        _: Option<&str>,
        _: Overlong,
    ) -> Result<Reranked, kenning_domain::ModelError> {
        let score = |text: &&str| if text.contains("tomato") { 0.99 } else { 0.01 };
        Ok(Reranked { scores: documents.iter().map(score).collect(), ..Reranked::default() })
    }
}

#[test]
fn who_reads_again_may_order_anew() {
    let mut library = Library::of(&shelf());
    let fake = Fake::new();
    let models = Models { embed: Some(&fake), rerank: Some(&Judge) };
    let told = answers(ask_with(&mut library, &typed("bread oven", Pipeline::Reranked), models));
    assert_eq!(found(&library, &told[1])[0], BREAD_EN);
    assert_eq!(found(&library, told.last().unwrap())[0], TOMATO_EN);
}

#[test]
fn who_reads_again_stops_when_the_time_is_up() {
    let mut library = Library::of(&shelf());
    let fake = Fake::new();
    let mut read_again = |within: Option<Duration>| -> Vec<bool> {
        let models = Models { embed: Some(&fake), rerank: Some(&Judge) };
        let question =
            Question { rerank_within: within, ..typed("bread oven", Pipeline::Reranked) };
        let told = answers(ask_with(&mut library, &question, models));
        told.last().unwrap().hits.iter().map(|hit| hit.why.is_reranked).collect()
    };
    let with_all_time = read_again(None);
    assert!(with_all_time.iter().filter(|is_read| **is_read).count() > 5);
    assert_eq!(read_again(Some(Duration::from_hours(1))), with_all_time);
    let with_none = read_again(Some(Duration::ZERO));
    assert_eq!(with_none.len(), with_all_time.len());
    let (first, others) = with_none.split_at(5);
    assert!(first.iter().all(|is_read| *is_read), "the first few are read all the same");
    assert!(others.iter().all(|is_read| !is_read), "and the others stay behind them");
}

#[test]
fn what_is_like_a_document_is_found_without_it() {
    let mut library = Library::of(&shelf());
    let contents = library.contents.clone();
    let mut check = |asked: Asked, expected: &[usize]| {
        let question = Question { grouped: false, ..Question::of(asked) };
        let answer = last(&mut library, &question);
        let found = found(&library, &answer);
        assert_eq!(set(found[..expected.len()].to_vec()), expected, "{question:?}");
        assert_eq!(found.len(), contents.len() - 3, "{found:?}");
    };
    check(Asked::LikeContent(contents[BREAD_DE]), &[BREAD_EN, BREAD_AR, BREAD_TH]);
    check(Asked::LikeContent(contents[BICYCLE_JA]), &[COPIES_DE]);
    let passage = PassageId::new(contents[TAX_EN], 0).unwrap();
    check(Asked::LikePassage(passage), &[TAX_DE]);
}

#[test]
fn what_has_no_vector_is_compared_by_its_words() {
    let mut shelf = shelf();
    shelf.push(document(
        "home/notes/rye.md",
        "en",
        "Rye flour makes a strong starter: feed it every day with a spoon of water.",
    ));
    let mut library = Library::of(&shelf);
    let question = Question::of(Asked::LikeContent(library.contents[UNREAD_EN]));
    let answer = last(&mut library, &question);
    assert_eq!(found(&library, &answer)[0], 14);
    assert!(answer.hits[0].why.words.iter().any(|word| word == "starter"));
    let gone = Question::of(Asked::LikeContent(ContentId(9_999)));
    let fake = Fake::new();
    let models = Models { embed: Some(&fake), rerank: None };
    let snapshot = library.snapshot.clone();
    let cancel = Cancel::default();
    let result = answer_of(&gone, &snapshot, &mut library.truth, models, &cancel);
    assert!(matches!(result, Err(AnswerError::Gone)));
}

fn answer_of(
    question: &Question,
    snapshot: &Snapshot,
    truth: &mut Reader,
    models: Models<'_>,
    cancel: &Cancel,
) -> Result<(), AnswerError> {
    answer(question, snapshot, truth, models, cancel, &mut |_| {})
}

#[test]
fn what_says_the_same_stands_with_the_best_of_it() {
    let mut shelf = shelf();
    shelf.push(document("home/a.txt", "de", "Die Ernte der Tomaten war gut."));
    shelf.push(document("home/b.txt", "de", "Die Ernte der Tomaten war gut. "));
    let mut library = Library::of(&shelf);
    let question = Question::new("Ernte der Tomaten");
    let answer = last(&mut library, &question);
    let places = found(&library, &answer);
    assert_eq!(places.iter().filter(|place| **place >= 14).count(), 1, "{places:?}");
    let hit = answer.hits.iter().find(|hit| hit.content >= Some(library.contents[14])).unwrap();
    assert!(hit.others.iter().any(|(content, similar)| {
        *content >= library.contents[14] && *similar == Similar::NearCopy
    }));
    let question = Question { grouped: false, ..question };
    let answer = last(&mut library, &question);
    assert_eq!(found(&library, &answer).iter().filter(|place| **place >= 14).count(), 2);
}

#[test]
fn the_same_text_is_a_copy_and_what_differs_a_little_a_near_copy() {
    let mut shelf = shelf();
    let text = "Die Ernte der Tomaten war gut.\n\nIm Winter ruht der Garten.";
    shelf.push(document("home/a.txt", "de", text));
    shelf.push(document("home/a.pdf", "de", text));
    shelf.push(document("home/b.txt", "de", "Die Ernte der Tomaten war gut.\n\nIm Mai blüht er."));
    let mut library = Library::of(&shelf);
    let answer = last(&mut library, &Question::new("Ernte der Tomaten"));
    let [text, pdf, other] = [14, 15, 16].map(|place| library.contents[place]);
    let hit = answer.hits.iter().find(|hit| hit.content == Some(text)).unwrap();
    assert_eq!(hit.others, [(pdf, Similar::Copy), (other, Similar::NearCopy)]);
}

#[test]
fn what_is_gone_meanwhile_is_not_shown() {
    let mut library = Library::of(&shelf());
    let forget = |change: &mut kenning_store::Change<'_>| {
        let folders = change.view().folders()?;
        for folder in folders {
            for path in ["notes/bread.md", "rezepte/brot.txt"] {
                change.forget(Place::new(folder.id, Path::new(path)))?;
            }
        }
        Ok(())
    };
    library.writer.change(forget).unwrap();
    for pipeline in [Pipeline::Words, Pipeline::Meaning, Pipeline::Hybrid] {
        let question = Question { limit: 2, ..typed("bread in the oven", pipeline) };
        let answer = last(&mut library, &question);
        let found = found(&library, &answer);
        assert!(!found.contains(&BREAD_EN) && !found.contains(&BREAD_DE), "{pipeline:?} {found:?}");
        assert!(pipeline == Pipeline::Words || found.len() == 2, "{found:?}");
    }
}

#[test]
fn copies_are_one_hit_with_all_its_files() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: &[&str]| {
        let answer = last(&mut library, &typed(raw, Pipeline::Hybrid));
        let hit = answer.hits.iter().find(|hit| hit.files.len() == 2).unwrap();
        let paths: Vec<String> =
            hit.files.iter().map(|file| file.path.display().to_string()).collect();
        assert_eq!(paths, expected, "{raw}");
    };
    check("fahrrad", &["/home/notes/fahrrad.txt", "/work/alt/fahrrad kopie.txt"]);
    check("fahrrad in:work", &["/work/alt/fahrrad kopie.txt", "/home/notes/fahrrad.txt"]);
}

#[test]
fn the_same_question_has_the_same_answer() {
    let mut library = Library::of(&shelf());
    for raw in ["bread", "the year", "wie backe ich Brot", "договор"] {
        for threads in [1, 3] {
            let mut question = typed(raw, Pipeline::Hybrid);
            question.tuning.threads = Some(1);
            let once = last(&mut library, &question);
            question.tuning.threads = Some(threads);
            let again = last(&mut library, &question);
            assert_eq!(once.hits, again.hits, "{raw}");
        }
    }
}

#[test]
fn topics_follow_the_last_answer() {
    let mut library = Library::of(&shelf());
    let question = Question { topics: Some(Vec::new()), ..Question::new("bread") };
    let told = ask(&mut library, &question);
    assert!(matches!(told.last(), Some(Told::Topics(_))));
    assert_eq!(told.len(), 3);
}

#[test]
fn measuring_changes_what_it_says_it_changes() {
    let mut library = Library::of(&shelf());
    let mut question = typed("bread in a cool place", Pipeline::Hybrid);
    question.tuning.alpha = Some(0.0);
    question.tuning.names = false;
    let without = last(&mut library, &question);
    assert!(without.hits.iter().all(|hit| hit.why.shares.words == 0.0));
    let meaning = last(&mut library, &typed("bread in a cool place", Pipeline::Meaning));
    let unread = library.contents[UNREAD_EN];
    let scores = |answer: &Answer| -> Vec<(ContentId, f32)> {
        let hits = answer.hits.iter().filter(|hit| hit.content != Some(unread));
        hits.map(|hit| (hit.content.unwrap(), hit.score)).collect()
    };
    assert_eq!(scores(&without), scores(&meaning));
}
