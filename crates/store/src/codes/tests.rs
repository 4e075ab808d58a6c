//! The matrix against a plain list of vectors, and its file against damage.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;
use crate::mark::Mark;

const DIMENSIONS: usize = 12;

fn passage(content: i64, ordinal: u32) -> PassageId {
    PassageId::new(ContentId(content), ordinal).unwrap()
}

fn vector(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut vector: Vec<f32> = (0..DIMENSIONS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0
        })
        .collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

/// What the matrix should answer, from rounded vectors multiplied one by one.
#[derive(Clone, Default)]
struct Model {
    rows: std::collections::BTreeMap<PassageId, (Vec<i8>, f32)>,
}

impl Model {
    fn push(&mut self, passage: PassageId, vector: &[f32]) {
        let mut codes = Vec::new();
        let scale = quantise(vector, &mut codes).unwrap();
        self.rows.insert(passage, (codes, scale));
    }

    fn similarities(&self, query: &[f32]) -> Vec<(PassageId, f32)> {
        let mut codes = Vec::new();
        let query_scale = quantise(query, &mut codes).unwrap();
        let similarity = |(passage, (row, scale)): (&PassageId, &(Vec<i8>, f32))| {
            let product: i32 =
                row.iter().zip(&codes).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            (*passage, product as f32 * (query_scale * scale))
        };
        self.rows.iter().map(similarity).collect()
    }

    fn check(&self, codes: &CodesSnapshot, query: &[f32], limit: usize, odd: bool) {
        let similarities = self.similarities(query);
        let allow = |passage: PassageId| !odd || passage.ordinal() % 2 == 1;
        let mut best = similarities.clone();
        best.retain(|(id, _)| allow(*id));
        best.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        best.truncate(limit);
        for threads in [1, 3] {
            let allowed = odd.then_some(&allow as crate::Allowed<'_>);
            let options = ScanOptions { threads, allowed, ..ScanOptions::best(limit) };
            let scan = codes.scan(query, &options).unwrap();
            assert_eq!(scan, best);
        }
        let mut asked: Vec<PassageId> = similarities.iter().map(|(id, ..)| *id).collect();
        asked.push(passage(777_777, 0));
        let found = codes.similarity_of(query, &asked).unwrap();
        let mut expected: Vec<_> = similarities.iter().map(|(.., score)| Some(*score)).collect();
        expected.push(None);
        assert_eq!(found, expected);
        assert_eq!(codes.len(), self.rows.len());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Push { content: i64, ordinal: u32, seed: u64 },
    Remove(i64),
    SaveAndLoad,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..12i64, 0..6u32, 0..40u64).prop_map(|(content, ordinal, seed)| {
            Step::Push { content, ordinal, seed }
        }),
        2 => (0..12i64).prop_map(Step::Remove),
        1 => Just(Step::SaveAndLoad),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_pushed_and_removed_the_answers_are_those_of_a_plain_list(
        steps in prop::collection::vec(step(), 1..80),
        query in 0..1000u64,
        limit in 0..12usize,
        odd: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes");
        let mut codes = Codes::new(DIMENSIONS);
        let mut model = Model::default();
        for (seq, step) in (0..).zip(steps) {
            let before = (codes.snapshot(), model.clone());
            match step {
                Step::Push { content, ordinal, seed } => {
                    codes.push(passage(content, ordinal), &vector(seed)).unwrap();
                    model.push(passage(content, ordinal), &vector(seed));
                }
                Step::Remove(content) => {
                    let gone = codes.remove_content(ContentId(content));
                    let all = model.rows.len();
                    model.rows.retain(|passage, _| passage.content().0 != content);
                    prop_assert_eq!(gone, all - model.rows.len());
                }
                Step::SaveAndLoad => {
                    let mark = Mark { epoch: 3, seq };
                    codes.snapshot().save(&path, mark, &[7; 32]).unwrap();
                    let (loaded, found) = Codes::load(&path, DIMENSIONS, &[7; 32]).unwrap();
                    prop_assert_eq!(found, mark);
                    codes = loaded;
                }
            }
            before.1.check(&before.0, &vector(query), limit, odd);
        }
        model.check(&codes.snapshot(), &vector(query), limit, odd);
    }
}

/// Enough rows for several chunks.
fn many(contents: i64) -> (Codes, Model) {
    let (mut codes, mut model) = (Codes::new(DIMENSIONS), Model::default());
    for content in 0..contents {
        for ordinal in 0..10 {
            let (passage, seed) = (passage(content, ordinal), content as u64 * 31 + 7);
            let vector = vector(seed + u64::from(ordinal % 3));
            codes.push(passage, &vector).unwrap();
            model.push(passage, &vector);
        }
    }
    (codes, model)
}

#[test]
fn several_chunks_shrink_to_what_is_left_and_stay_right() {
    let (mut codes, mut model) = many(1300);
    assert_eq!(codes.now.chunks.len(), 4);
    model.check(&codes.snapshot(), &vector(5), 50, false);
    for content in (0..1300).filter(|content| content % 8 != 0) {
        assert_eq!(codes.remove_content(ContentId(content)), 10);
    }
    model.rows.retain(|passage, _| passage.content().0 % 8 == 0);
    model.check(&codes.snapshot(), &vector(5), 50, true);
    assert_eq!(codes.now.chunks.len(), 1, "what is left fits into one chunk");
    let removed: usize = codes.now.chunks.iter().map(Chunk::removed).sum();
    assert!(removed * 4 <= codes.snapshot().len() + removed, "{removed} rows are dead");
}

#[test]
fn a_snapshot_stays_as_it_is_while_others_write() {
    let (mut codes, model) = many(500);
    let snapshot = codes.snapshot();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut scans = 0;
            while !done.load(Ordering::Relaxed) || scans < 3 {
                model.check(&snapshot, &vector(scans), 20, scans % 2 == 0);
                scans += 1;
            }
        });
        for content in 0..600 {
            codes.remove_content(ContentId(content));
            codes.push(passage(content + 10_000, 1), &vector(content as u64)).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert_eq!(codes.snapshot().len(), 600);
}

#[test]
fn rows_are_aligned_even_in_a_copy() {
    let (mut codes, _) = many(5);
    let snapshot = codes.snapshot();
    codes.push(passage(900, 0), &vector(1)).unwrap();
    for chunk in snapshot.chunks.iter().chain(codes.now.chunks.iter()) {
        assert_eq!(chunk.row(1).as_ptr().align_offset(quantise::ALIGNMENT), 0);
    }
}

#[test]
fn nobody_waits_for_a_cancelled_scan() {
    let (codes, _) = many(1300);
    let asked = AtomicUsize::new(0);
    let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
    let options = ScanOptions { cancelled: Some(&cancelled), ..ScanOptions::best(5) };
    assert_eq!(codes.snapshot().scan(&vector(1), &options), Err(CodesError::Cancelled));
    assert_eq!(asked.load(Ordering::Relaxed), 3, "the fourth chunk is not looked at");
}

#[test]
fn what_is_no_vector_of_this_space_is_refused() {
    let mut codes = Codes::new(3);
    let wrong = CodesError::Dimensions { expected: 3, found: 2 };
    assert_eq!(codes.push(passage(1, 1), &[1.0, 2.0]), Err(wrong));
    assert_eq!(codes.push(passage(1, 1), &[1.0, f32::NAN, 0.0]), Err(CodesError::NotANumber));
    assert!(codes.snapshot().is_empty());
    let wrong = CodesError::Dimensions { expected: 3, found: 1 };
    let options = ScanOptions::best(1);
    assert_eq!(codes.snapshot().scan(&[1.0], &options), Err(wrong));
    let empty = codes.snapshot().scan(&[1.0, 0.0, 0.0], &options).unwrap();
    assert_eq!(empty, []);
}

#[test]
fn a_damaged_file_is_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes");
    let (codes, model) = many(4);
    let (mark, space) = (Mark { epoch: 1, seq: 2 }, [9; 32]);
    codes.snapshot().save(&path, mark, &space).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (loaded, found) = Codes::load(&path, DIMENSIONS, &space).unwrap();
    assert_eq!(found, mark);
    model.check(&loaded.snapshot(), &vector(3), 5, false);
    assert!(Codes::load(&path, DIMENSIONS, &[8; 32]).is_none(), "another space");
    assert!(Codes::load(&path, DIMENSIONS + 1, &space).is_none(), "other dimensions");
    assert!(Codes::load(&folder.path().join("none"), DIMENSIONS, &space).is_none());
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        std::fs::write(&path, &changed).unwrap();
        assert!(Codes::load(&path, DIMENSIONS, &space).is_none(), "a bit of byte {at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(Codes::load(&path, DIMENSIONS, &space).is_none(), "the first {at} bytes");
    }
    std::fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    assert!(Codes::load(&path, DIMENSIONS, &space).is_none(), "a byte too many");
}

#[test]
fn where_saving_fails_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken");
    std::fs::create_dir_all(path.join("by a folder")).unwrap();
    let (codes, _) = many(2);
    assert!(codes.snapshot().save(&path, Mark { epoch: 1, seq: 1 }, &[0; 32]).is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1);
}
