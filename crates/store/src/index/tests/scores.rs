//! Scores against the formula, and the same scores however the index is cut into segments.

use super::*;

const TEXTS: &[&str] = &[
    "кошка спит на столе",
    "кошка и собака и кошка",
    "the cat sleeps on the table",
    "the dog and the cat and the bird",
    "القطة تنام",
    "猫 在 桌子 上 睡觉",
    "猫 和 狗",
    "the the the",
    "кошка",
];

/// BM25 as the books have it, but for lengths, which the index keeps to about one part in ten.
fn score(text: &str, word: &str) -> f64 {
    let kept = |length: usize| {
        let id = tantivy::fieldnorm::FieldNormReader::fieldnorm_to_id(length as u32);
        f64::from(tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(id))
    };
    let lengths: Vec<usize> = TEXTS.iter().map(|text| text.split(' ').count()).collect();
    let average = lengths.iter().sum::<usize>() as f64 / TEXTS.len() as f64;
    let frequency = TEXTS.iter().filter(|text| text.split(' ').any(|it| it == word)).count() as f64;
    let idf = (1.0 + (TEXTS.len() as f64 - frequency + 0.5) / (frequency + 0.5)).ln();
    let here = text.split(' ').filter(|it| *it == word).count() as f64;
    let norm = 1.2 * (1.0 - 0.75 + 0.75 * kept(text.split(' ').count()) / average);
    idf * 2.2 * here / (here + norm)
}

fn index(folder: &Path, commits_every: usize) -> Words {
    let mut words = open(folder);
    for (at, text) in TEXTS.iter().enumerate() {
        add(&mut words, passage(at as i64 + 1, 3), text);
        words.put_name(FileId(at as i64), ["name", "of", "some", "length"]).unwrap();
        if at % commits_every == 0 {
            words.commit(mark(at as u64)).unwrap();
        }
    }
    words.commit(mark(99)).unwrap();
    words
}

#[test]
fn scores_are_those_of_the_formula_in_any_number_of_segments() {
    let folders = [1, 3, 100].map(|every| (every, tempfile::tempdir().unwrap()));
    let indexes = folders.each_ref().map(|(every, folder)| index(folder.path(), *every));
    let check = |asked: &[&str]| {
        let mut answers = indexes.iter().map(|words| {
            let snapshot = words.snapshot();
            (
                snapshot.best(&exact(asked), 20).unwrap(),
                snapshot.possible(&exact(asked)).unwrap(),
                snapshot.count(&exact(asked)).unwrap(),
            )
        });
        let first = answers.next().unwrap();
        for other in answers {
            assert_eq!(other, first, "{asked:?}");
        }
        let (best, possible, count) = first;
        assert_eq!(count, best.len());
        for (passage, found) in best {
            let text = TEXTS[passage.content().0 as usize - 1];
            let expected: f64 = asked.iter().map(|word| score(text, word)).sum();
            assert!((f64::from(found) - expected).abs() < 1e-4, "{text}: {found} for {expected}");
            assert!(found <= possible.sum);
        }
    };
    check(&["кошка"]);
    check(&["the", "cat"]);
    check(&["猫", "狗", "the", "nowhere"]);
    check(&["القطة", "the", "and", "sleeps"]);
    check(&["nowhere"]);
    check(&[]);
}

#[test]
fn a_word_that_stands_nowhere_tells_as_much_as_the_rarest() {
    let folder = tempfile::tempdir().unwrap();
    let words = index(folder.path(), 4);
    let possible = words.snapshot().possible(&exact(&["the", "nowhere", "القطة"])).unwrap();
    let idf = |frequency: f32| (1.0 + (9.0 - frequency + 0.5) / (frequency + 0.5)).ln();
    assert_eq!(possible.idf, [idf(3.0), idf(0.0), idf(1.0)]);
    assert!((possible.sum - possible.idf.iter().sum::<f32>() * 2.2).abs() < 1e-5);
}

#[test]
fn an_empty_index_answers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let words = open(folder.path());
    let snapshot = words.snapshot();
    let query = WordQuery {
        words: vec![Word { prefix: Some("a".into()), ..Word::exact("a") }],
        must_not: vec![Phrase::of(&["a", "b"])],
        ..Default::default()
    };
    assert_eq!(snapshot.best(&query, 3).unwrap(), []);
    assert_eq!(snapshot.count(&query).unwrap(), 0);
    assert_eq!(snapshot.score_of(&query, &[passage(1, 1)]).unwrap(), [Scored::default()]);
    assert!(snapshot.possible(&query).unwrap().sum > 0.0);
}

#[test]
fn the_most_frequent_completions_count_and_each_as_much_as_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = open(folder.path());
    // "ba" to "bz" and so on: a hundred words, of which the later ones stand in more passages.
    for content in 0..100i64 {
        for rank in 0..100 {
            if content >= rank {
                let text = format!("w{:02} x", 99 - rank);
                add(&mut words, passage(content, rank as u32), &text);
            }
        }
        if content % 40 == 0 {
            words.commit(mark(content as u64)).unwrap();
        }
    }
    words.commit(mark(100)).unwrap();
    let word = Word { prefix: Some("w".into()), ..Default::default() };
    let query = WordQuery { words: vec![word], ..Default::default() };
    let snapshot = words.snapshot();
    // The 64 most frequent: ranks 0 to 63, of which rank r stands in 100 − r passages.
    assert_eq!(snapshot.count(&query).unwrap(), (0..64).map(|rank| 100 - rank).sum::<usize>());
    let best = snapshot.best(&query, 6000).unwrap();
    assert!(best.iter().all(|(_, score)| *score == best[0].1), "all tell the same");
    let rare = snapshot.best(&exact(&["w90"]), 1).unwrap()[0].1;
    assert!(best[0].1 < rare / 2.0, "{} and {rare}", best[0].1);
}
