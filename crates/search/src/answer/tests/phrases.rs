//! Quoted phrases: what must be there, what must not, and what stands nowhere.

use super::*;

#[test]
fn phrases_must_be_there_and_what_is_left_out_must_not() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: &[usize]| {
        for pipeline in [Pipeline::Words, Pipeline::Hybrid] {
            let answer = last(&mut library, &typed(raw, pipeline));
            assert_eq!(set(found(&library, &answer)), expected, "{raw} {pipeline:?}");
        }
    };
    check("\"hot oven\"", &[BREAD_EN]);
    // In two passages of one document.
    check("\"hot oven\" \"whole night\"", &[BREAD_EN]);
    check("\"hot oven\" \"every tomato\"", &[]);
    check("\"lange Ruhe\" brot", &[BREAD_DE]);
    check("\"空気を入れて\"", &[BICYCLE_JA]);
    check("\"the year\" -receipt", &[REPORT_EN]);
    check("\"the year\" -\"better than\"", &[TAX_EN]);
    check("\"the year\"", &[TAX_EN, REPORT_EN]);
    let answer = last(&mut library, &typed("bread -oven", Pipeline::Hybrid));
    assert!(!found(&library, &answer).contains(&BREAD_EN));
}

#[test]
fn a_phrase_that_stands_nowhere_is_read_as_words_and_that_is_said() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, loosened: &[&str], first: Option<usize>| {
        for pipeline in [Pipeline::Words, Pipeline::Hybrid] {
            let answer = last(&mut library, &typed(raw, pipeline));
            assert_eq!(answer.loosened, loosened, "{raw} {pipeline:?}");
            assert_eq!(found(&library, &answer).first().copied(), first, "{raw} {pipeline:?}");
        }
        // Apart from phrases it is the same question.
        if loosened.len() == 1 && raw.matches('"').count() == 2 {
            let quoted = last(&mut library, &typed(raw, Pipeline::Meaning));
            let plain = format!("{} ", raw.replace('"', ""));
            assert_eq!(quoted.hits, last(&mut library, &typed(&plain, Pipeline::Meaning)).hits);
        }
    };
    check("\"oven hot\"", &["oven hot"], Some(BREAD_EN));
    check("„Ruhe lange“ brot", &["Ruhe lange"], Some(BREAD_DE));
    check("「修理の自転車」", &["修理の自転車"], Some(BICYCLE_JA));
    check("«улица Лесная»", &["улица Лесная"], Some(CONTRACT_RU));
    check("\"الفرن خبز\"", &["الفرن خبز"], Some(BREAD_AR));
    check("\"อบในขนมปัง\"", &["อบในขนมปัง"], Some(BREAD_TH));
    // What some document holds stays what it was, beside others that none holds.
    check("\"hot oven\" \"ofen heißer\"", &["ofen heißer"], Some(BREAD_EN));
    check("\"hot oven\" \"every tomato\"", &[], None);
    check("\"hot oven\" -crust", &[], None);
    check("\"?!\" brot", &[], Some(BREAD_DE));
}

#[test]
fn a_phrase_stands_nowhere_if_only_what_the_filters_leave_out_holds_it() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, loosened: &[&str]| {
        assert_eq!(last(&mut library, &typed(raw, Pipeline::Hybrid)).loosened, loosened, "{raw}");
    };
    check("\"hot oven\" lang:en", &[]);
    check("\"hot oven\" lang:de", &["hot oven"]);
    check("\"hot oven\" -lang:en,de", &["hot oven"]);
    check("\"lange Ruhe\" in:home", &[]);
    check("\"lange Ruhe\" type:md", &["lange Ruhe"]);
    check("\"lange Ruhe\" \"hot oven\" type:md", &["lange Ruhe"]);
    check("\"Лесной улице\" after:2024", &["Лесной улице"]);
    check("brot -\"lange Ruhe\" in:home/rezepte", &[]);
}
