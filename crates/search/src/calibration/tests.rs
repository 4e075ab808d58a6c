//! The calibration against a model whose languages are known to be shifted.

use kenning_domain::{Embed, Embedded, ModelError, Overlong, Role};

use super::text::{PASSAGES, texts};
use super::*;

const DIMENSIONS: usize = 64;

/// A model that gives a line of the calibration text its meaning, and the shift of its language.
struct Shifted;

fn noise(seed: u64, vector: &mut [f32], times: f32) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for value in vector {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *value += times * ((state >> 40) as f32 / 8_388_608.0 - 1.0);
    }
}

fn vector(meaning: u64, language: Tag, role: Role<'_>) -> Vec<f32> {
    let mut vector = vec![0.3; DIMENSIONS];
    let name = language.as_str().bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte));
    noise(meaning + 1, &mut vector, 0.5);
    noise(name, &mut vector, 0.8);
    if matches!(role, Role::Query { .. }) {
        noise(99, &mut vector, 0.4);
        noise(name * 3, &mut vector, 0.3);
    }
    make_unit(&mut vector);
    vector
}

/// What a line is about: a query is about what its first answer is about.
fn meaning(line: usize) -> u64 {
    line.checked_sub(PASSAGES).map_or(line, |query| text::ANSWERS[query][0]) as u64
}

impl Embed for Shifted {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        lines: &[&str],
        role: Role<'_>,
        _: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        let all: Vec<_> = texts().collect();
        let of = |line: &str| {
            let found = all.iter().find_map(|text| {
                let at = text.lines.iter().position(|own| *own == line)?;
                Some(vector(meaning(at), text.language, role))
            });
            found.unwrap()
        };
        let vectors = lines.iter().map(|line| of(line)).collect();
        Ok(Embedded { vectors, ..Embedded::default() })
    }
}

fn measured() -> Calibration {
    Calibration::measure(&Shifted, &mut |_, _| true).unwrap().unwrap()
}

fn tag(text: &str) -> Tag {
    Tag::new(text).unwrap()
}

/// Which of a German answer and English passages about other things is nearest to an English query.
fn foreign_answers_found(calibration: &Calibration) -> usize {
    let (en, de) = (tag("en"), tag("de"));
    let shifted = |meaning, language| {
        let mut vector = vector(meaning, language, Role::Document);
        calibration.shift_document(Some(language), &mut vector);
        vector
    };
    let is_found = |meaning: &u64| {
        let mut query = vector(*meaning, en, Role::QUERY);
        calibration.shift_query(&[(en, 1.0)], &mut query);
        let answer = dot(&query, &shifted(*meaning, de));
        let others = (1000..1100).map(|other| dot(&query, &shifted(other, en)));
        others.fold(f32::NEG_INFINITY, f32::max) < answer
    };
    (500..600).filter(is_found).count()
}

#[test]
fn an_answer_in_another_language_is_found_once_languages_are_taken_out() {
    assert!(foreign_answers_found(&Calibration::none(DIMENSIONS)) < 20);
    assert!(foreign_answers_found(&measured()) > 80);
}

#[test]
fn of_few_numbers_languages_are_taken_out_as_well() {
    let kept = measured().keeping(32);
    assert!(foreign_answers_found(&Calibration::none(DIMENSIONS).keeping(32)) < 20);
    assert!(foreign_answers_found(&kept) > 60);
    let mut vector = vector(3, tag("de"), Role::Document);
    kept.shift_document(Some(tag("de")), &mut vector);
    assert_eq!((vector.len(), kept.kept(), kept.dimensions()), (32, 32, DIMENSIONS));
    assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5);
    // The fewer numbers, the further chance strays.
    assert!(kept.scale().spread > measured().scale().spread * 1.2);
    // What was not measured is like the next more that was.
    assert_eq!(measured().keeping(20).scale(), kept.scale());
    assert_eq!(measured().keeping(33).scale(), measured().scale());
    assert_eq!(measured().keeping(usize::MAX), measured());
}

#[test]
fn chance_is_worth_less_than_an_answer() {
    let Scale { chance, answer, spread } = measured().scale();
    assert!(chance + 0.2 < answer, "{chance} {answer}");
    assert!(spread > 0.01 && spread < chance, "{spread} {chance}");
}

#[test]
fn among_more_passages_chance_comes_nearer() {
    let scale = Scale { chance: 0.3, answer: 0.5, spread: 0.1 };
    let check = |passages: usize, expected: f32| {
        let Scale { chance, answer, spread } = scale.among(passages);
        assert!((chance - expected).abs() < 5e-3, "{passages}: {chance}");
        assert!((answer - chance - 0.2).abs() < 1e-6 && spread == 0.1);
    };
    // The mean of the largest of as many normal numbers lies at 0, 1.539, 2.056, 3.241 and 4.863.
    check(0, 0.3 - 0.2056);
    check(1, 0.3 - 0.2056);
    check(10, 0.3 - 0.0517);
    check(31, 0.3);
    check(1_000, 0.3 + 0.1185);
    check(1_000_000, 0.3 + 0.2807);
    let mut before = 0.0;
    for passages in [1, 2, 3, 9, 10, 11, 99, 5_000, 999_999, 20_000_000, usize::MAX] {
        let chance = scale.among(passages).chance;
        assert!(chance >= before, "{passages}");
        before = chance;
    }
}

#[test]
fn the_library_speaks_for_its_own_languages_but_never_alone() {
    let calibration = measured();
    let (de, ga) = (tag("de"), tag("ga"));
    assert!(!calibration.knows(ga));
    let mean = |at: usize| {
        let mut mean = vec![0.0; DIMENSIONS];
        mean[at] = 1.0;
        mean
    };
    let library = |contents| {
        [
            LibraryMean { language: de, contents, mean: mean(0) },
            LibraryMean { language: ga, contents, mean: mean(1) },
        ]
    };
    let share = |refined: &Calibration| {
        let (before, after) = (&calibration.documents.of[&de], &refined.documents.of[&de]);
        (after[0] - before[0]) / (1.0 - before[0])
    };
    assert_eq!(calibration.refined(&[]), calibration);
    assert!((share(&calibration.refined(&library(1))) - 1.0 / 11.0).abs() < 1e-3);
    let many = calibration.refined(&library(100_000));
    assert!((share(&many) - MOST_TRUST).abs() < 1e-3);
    assert!(many.knows(ga));
    assert_eq!(many.queries, calibration.queries);
}

#[test]
fn vectors_stay_of_length_one_and_numbers() {
    let calibration = measured();
    let mut all = vec![calibration.documents.of[&tag("de")].clone(), vec![0.0; DIMENSIONS]];
    all.push(vector(3, tag("de"), Role::Document));
    for (number, mut vector) in all.into_iter().enumerate() {
        calibration.shift_document(Some(tag("de")), &mut vector);
        let length = dot(&vector, &vector);
        assert!(length.is_finite() && (number != 2 || (length - 1.0).abs() < 1e-5));
    }
}

#[test]
fn it_is_the_same_from_a_file_and_nothing_else_is_taken_for_one() {
    let calibration = measured();
    let bytes = calibration.to_bytes();
    assert_eq!(Calibration::from_bytes(&bytes), Ok(calibration));
    for at in [0, 9, 41, 60, bytes.len() / 2, bytes.len() - 1] {
        let mut bad = bytes.clone();
        bad[at] ^= 4;
        assert_eq!(Calibration::from_bytes(&bad), Err(BadCalibration::Damaged), "{at}");
        assert_eq!(Calibration::from_bytes(&bytes[..at]), Err(BadCalibration::Damaged), "{at}");
    }
    let mut other = bytes[..bytes.len() - 32].to_vec();
    other[8] ^= 1;
    let checksum = *blake3::hash(&other).as_bytes();
    other.extend(checksum);
    assert_eq!(Calibration::from_bytes(&other), Err(BadCalibration::Outdated));
}

#[test]
fn measuring_stops_when_told_to() {
    let mut heard = Vec::new();
    let stopped = Calibration::measure(&Shifted, &mut |done, all| {
        heard.push((done, all));
        done < 2
    });
    assert_eq!(stopped.unwrap(), None);
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|(_, all)| *all == languages().len()));
}
