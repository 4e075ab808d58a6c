//! Random writing, and questions answered as by looking at every passage in turn.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::Bm25Weight;

use super::*;

const WORDS: &[&str] = &[
    "дом",
    "дома",
    "домик",
    "house",
    "houses",
    "日本",
    "日本語",
    "ев",
    "evler",
    "बिल्ली",
    "قط",
    "قطط",
];

type Texts = BTreeMap<PassageId, Vec<&'static str>>;

#[derive(Clone, Debug)]
enum Step {
    Add(i64, Vec<Vec<usize>>),
    Remove(i64),
    Commit,
    Reopen,
}

#[derive(Clone, Debug)]
struct Question {
    words: Vec<(Vec<usize>, Vec<usize>, Option<usize>)>,
    must: Vec<Vec<usize>>,
    must_not: Vec<Vec<usize>>,
    odd: bool,
    limit: usize,
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop::collection::vec(0..WORDS.len(), 1..14);
    prop_oneof![
        6 => (0..10i64, prop::collection::vec(text, 1..4)).prop_map(|(content, texts)| Step::Add(content, texts)),
        2 => (0..10i64).prop_map(Step::Remove),
        2 => Just(Step::Commit),
        1 => Just(Step::Reopen),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    let some = |most| prop::collection::vec(0..WORDS.len(), 0..most);
    let word = (some(3), some(7), prop::option::weighted(0.3, 0..WORDS.len()));
    let phrases = || prop::collection::vec(prop::collection::vec(0..WORDS.len(), 1..4), 0..2);
    let words = prop::collection::vec(word, 0..5);
    (words, phrases(), phrases(), any::<bool>(), 0..12usize).prop_map(
        |(words, must, must_not, odd, limit)| Question { words, must, must_not, odd, limit },
    )
}

fn named(words: &[usize]) -> Vec<&'static str> {
    words.iter().map(|word| WORDS[*word]).collect()
}

/// The beginning of a word: its first two letters.
fn beginning(word: usize) -> String {
    WORDS[word].chars().take(2).collect()
}

impl Question {
    fn query(&self) -> WordQuery<'static> {
        let owned = |words: &[usize]| named(words).into_iter().map(str::to_owned).collect();
        let word = |(stems, exact, prefix): &(Vec<usize>, Vec<usize>, Option<usize>)| Word {
            stems: stems.iter().map(|stem| stem_of(WORDS[*stem]).to_owned()).collect(),
            exact: owned(exact),
            prefix: prefix.map(beginning),
        };
        let phrase = |words: &Vec<usize>| Phrase::of(&named(words));
        WordQuery {
            words: self.words.iter().map(word).collect(),
            must: self.must.iter().map(phrase).collect(),
            must_not: self.must_not.iter().map(phrase).collect(),
            allowed: self.odd.then_some(&|passage: PassageId| passage.0 % 2 == 1),
            cancelled: None,
        }
    }

    fn admits(&self, passage: PassageId, text: &[&str]) -> bool {
        let holds = |phrase: &Vec<usize>| {
            let phrase = named(phrase);
            text.windows(phrase.len()).any(|window| window == phrase)
        };
        self.must.iter().all(holds)
            && !self.must_not.iter().any(holds)
            && (!self.odd || passage.0 % 2 == 1)
    }
}

/// What the index counts, removed passages and all; what is held against the model is everything
/// that is made of it.
struct Counted<'a> {
    snapshot: &'a WordsSnapshot,
}

impl Counted<'_> {
    fn frequency(&self, stems: bool, word: &str) -> u64 {
        let word = if stems { Word::stem(word) } else { Word::exact(word) };
        self.snapshot.frequency(&word)
    }

    fn weight(&self, stems: bool, frequency: u64) -> Bm25Weight {
        let (count, average) = self.snapshot.counted(stems);
        Bm25Weight::for_one_term_without_explain(frequency.min(count), count, average)
    }

    /// The score of a text for one way to write a word.
    fn score(&self, text: &[&str], stems: bool, word: &str, frequency: u64) -> f32 {
        let same = |it: &&&str| if stems { stem_of(it) == word } else { **it == word };
        let here = text.iter().filter(same).count() as u32;
        let length = text.iter().filter(|it| !stems || !stem_of(it).is_empty()).count() as u32;
        let length = FieldNormReader::fieldnorm_to_id(length);
        if here == 0 { 0.0 } else { self.weight(stems, frequency).score(length, here) }
    }

    fn word(&self, text: &[&str], word: &Word) -> f32 {
        let stems =
            word.stems.iter().map(|it| self.score(text, true, it, self.frequency(true, it)));
        let exact =
            word.exact.iter().map(|it| self.score(text, false, it, self.frequency(false, it)));
        let prefix = word.prefix.as_deref();
        let completions = || WORDS.iter().filter(|it| prefix.is_some_and(|is| it.starts_with(is)));
        let together = completions().map(|it| self.frequency(false, it)).sum();
        let prefix = completions().map(|it| self.score(text, false, it, together));
        stems.chain(exact).chain(prefix).fold(0.0, f32::max)
    }
}

fn check(snapshot: &WordsSnapshot, texts: &Texts, question: &Question) {
    let query = question.query();
    let counted = Counted { snapshot };
    let mut expected: Hits = Vec::new();
    let mut scored = Vec::new();
    for (passage, text) in texts {
        let shares: Vec<f32> = query.words.iter().map(|word| counted.word(text, word)).collect();
        let score: f32 = shares.iter().sum();
        let bits = shares.iter().zip(0..).filter(|(share, _)| **share > 0.0);
        scored.push(Scored { score, matched: bits.map(|(_, at)| 1 << at).sum() });
        let found = !query.must.is_empty() || score > 0.0;
        if found && question.admits(*passage, text) {
            expected.push((*passage, score));
        }
    }
    let passages: Vec<PassageId> = texts.keys().copied().rev().collect();
    scored.reverse();
    assert_eq!(snapshot.score_of(&query, &passages).unwrap(), scored, "{question:?}");
    assert_eq!(snapshot.count(&query).unwrap(), expected.len(), "{question:?}");
    let possible = snapshot.possible(&query).unwrap();
    assert_eq!(possible.idf.len(), query.words.len());
    assert!(expected.iter().all(|(_, score)| *score <= possible.sum * 1.0001));
    expected.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    expected.truncate(question.limit);
    assert_eq!(snapshot.best(&query, question.limit).unwrap(), expected, "{question:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_the_answers_are_those_of_looking_at_every_passage(
        steps in prop::collection::vec(step(), 1..40),
        questions in prop::collection::vec(question(), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut words = open(folder.path());
        let (mut written, mut committed) = (Texts::new(), Texts::new());
        let mut last = None;
        for (seq, step) in (1..).zip(steps) {
            match step {
                Step::Add(content, texts) => {
                    words.remove_content(ContentId(content)).unwrap();
                    written.retain(|passage, _| passage.content().0 != content);
                    for (text, ordinal) in texts.iter().zip(0..) {
                        let text = named(text);
                        add(&mut words, passage(content, ordinal), &text.join(" "));
                        written.insert(passage(content, ordinal), text);
                    }
                }
                Step::Remove(content) => {
                    words.remove_content(ContentId(content)).unwrap();
                    written.retain(|passage, _| passage.content().0 != content);
                }
                Step::Commit => {
                    words.commit(mark(seq)).unwrap();
                    committed = written.clone();
                    last = Some(mark(seq));
                }
                Step::Reopen => {
                    drop(words);
                    words = open(folder.path());
                    written = committed.clone();
                }
            }
            prop_assert_eq!(words.snapshot().mark(), last);
        }
        for question in &questions {
            check(&words.snapshot(), &committed, question);
        }
    }
}
