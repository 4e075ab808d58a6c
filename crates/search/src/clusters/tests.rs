//! Topics on made hits whose topics are known.

use super::*;

fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
}

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }

    /// Nearly normal: the sum of twelve.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.next()).sum::<f32>() - 6.0
    }

    fn direction(&mut self, dimensions: usize) -> Vec<f32> {
        let mut vector: Vec<f32> = (0..dimensions).map(|_| self.normal()).collect();
        normalise(&mut vector);
        vector
    }

    /// A vector near a query, drawn towards a topic by `pull`.
    fn near(&mut self, query: &[f32], topic: Option<&[f32]>, pull: f32) -> Vec<f32> {
        let own = self.direction(query.len());
        let topic_part = |at: usize| topic.map_or(0.0, |topic| pull * topic[at]);
        let mut vector: Vec<f32> =
            (0..query.len()).map(|at| 2.0 * query[at] + topic_part(at) + own[at]).collect();
        normalise(&mut vector);
        vector
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, (self.next() * (last + 1) as f32) as usize);
        }
    }
}

/// Hits of topics of these sizes, with some in none, in any order, and which topic each is of.
fn made(
    seed: u64,
    sizes: &[usize],
    loose: usize,
    dimensions: usize,
    pull: f32,
) -> (Vec<Vec<f32>>, Vec<Option<usize>>) {
    let mut chance = Chance(seed);
    let query = chance.direction(dimensions);
    let mut hits: Vec<(Vec<f32>, Option<usize>)> = Vec::new();
    for (topic, size) in sizes.iter().enumerate() {
        let towards = chance.direction(dimensions);
        hits.extend((0..*size).map(|_| (chance.near(&query, Some(&towards), pull), Some(topic))));
    }
    hits.extend((0..loose).map(|_| (chance.near(&query, None, 0.0), None)));
    chance.shuffle(&mut hits);
    hits.into_iter().unzip()
}

fn nameless(vectors: &[Vec<f32>], previous: &[Cluster]) -> Vec<Cluster> {
    let hits: Vec<ClusterHit> = vectors
        .iter()
        .enumerate()
        .map(|(id, vector)| ClusterHit { id: id as u64, vector, words: &[] })
        .collect();
    clusters(&hits, previous, &Naming { query: &[], languages: &[], commonness: &|_| 0.0 })
}

fn group_of(found: &[Cluster], hit: usize) -> Option<usize> {
    found.iter().position(|cluster| cluster.members.contains(&(hit as u64)))
}

/// How many pairs of labels are equal.
fn pairs_of<T: Ord>(labels: &[T]) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    labels.iter().for_each(|label| *counts.entry(label).or_insert(0_u32) += 1);
    counts.values().map(|count| f64::from(count * (count - 1) / 2)).sum()
}

/// The adjusted Rand index of what was found against what was made, over the hits that have a topic;
/// those left out are groups of one.
fn agreement(found: &[Cluster], topics: &[Option<usize>]) -> f64 {
    let labels: Vec<(usize, usize)> = topics
        .iter()
        .enumerate()
        .filter_map(|(hit, topic)| Some(((*topic)?, group_of(found, hit).unwrap_or(1000 + hit))))
        .collect();
    let (made, seen) = labels.iter().copied().unzip::<usize, usize, Vec<_>, Vec<_>>();
    let (both, made, seen) = (pairs_of(&labels), pairs_of(&made), pairs_of(&seen));
    let chance = made * seen / pairs_of(&vec![0; labels.len()]);
    (both - chance) / ((made + seen) / 2.0 - chance)
}

#[test]
fn topics_that_are_there_are_found() {
    let table: &[(&[usize], usize, usize, f32)] = &[
        (&[10, 10], 0, 384, 1.0),
        (&[20, 20, 20], 0, 384, 1.0),
        (&[40, 25, 15], 20, 384, 1.0),
        (&[30, 30, 30, 30, 30, 30], 20, 384, 1.2),
        (&[50, 30, 20, 10], 40, 768, 1.0),
        (&[25, 25, 25, 25, 25, 25, 25, 25], 0, 384, 1.2),
        (&[5, 5], 0, 64, 1.5),
        (&[8, 8], 1, 64, 1.5),
        (&[60, 60], 60, 256, 1.2),
        (&[100, 40, 30], 10, 384, 1.2),
    ];
    for (sizes, loose, dimensions, pull) in table {
        for seed in 1..=5 {
            let (vectors, topics) = made(seed, sizes, *loose, *dimensions, *pull);
            let found = nameless(&vectors, &[]);
            let index = agreement(&found, &topics);
            assert!(index > 0.9, "{sizes:?} and {loose}, seed {seed}: {index}");
            assert_eq!(found.len(), sizes.len(), "{sizes:?} and {loose}, seed {seed}");
        }
    }
}

#[test]
fn hits_of_no_topic_are_in_none() {
    for seed in 1..=5 {
        let (vectors, topics) = made(seed, &[30, 30, 30], 30, 384, 1.2);
        let found = nameless(&vectors, &[]);
        let loose = (0..vectors.len()).filter(|hit| topics[*hit].is_none());
        let caught = loose.filter(|hit| group_of(&found, *hit).is_some()).count();
        assert!(caught <= 6, "{caught} of 30 loose hits in topics, seed {seed}");
    }
}

#[test]
fn hits_without_structure_have_no_topics() {
    for dimensions in [32, 64, 256, 384, 768] {
        for count in [2, 3, 5, 10, 20, 50, 100, 200] {
            for seed in 1..=4 {
                let (vectors, _) = made(seed, &[], count, dimensions, 0.0);
                let found = nameless(&vectors, &[]);
                let sizes: Vec<usize> = found.iter().map(|cluster| cluster.members.len()).collect();
                assert!(found.is_empty(), "{count} in {dimensions}, seed {seed}: {sizes:?}");
            }
        }
    }
}

#[test]
fn odd_hits_do_no_harm() {
    assert_eq!(nameless(&[], &[]), []);
    let one = vec![1.0, 0.0, 0.0];
    assert_eq!(nameless(&vec![one.clone(); 50], &[]), []);
    assert_eq!(nameless(&vec![Vec::new(); 50], &[]), []);
    assert_eq!(nameless(&vec![vec![0.0; 3]; 50], &[]), []);
    let mut mixed = made(1, &[20, 20], 0, 64, 1.5).0;
    mixed[3] = Vec::new();
    mixed[7] = vec![1.0; 3];
    assert_eq!(nameless(&mixed, &[]).len(), 2);
}

#[test]
fn what_is_found_keeps_to_its_limits_and_is_the_same_each_time() {
    for seed in 1..=6 {
        let sizes = vec![12; 3 + 2 * seed as usize];
        let (vectors, _) = made(seed, &sizes, 10, 128, 1.3);
        let found = nameless(&vectors, &[]);
        assert!(found.len() <= MOST_CLUSTERS && found.len() != 1, "{}", found.len());
        for cluster in &found {
            assert!(cluster.members.len() >= 2);
            assert!(cluster.members.is_sorted());
        }
        let mut all: Vec<u64> = found.iter().flat_map(|one| one.members.clone()).collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "a hit is in one topic only");
        assert_eq!(found, nameless(&vectors, &[]));
    }
}

#[test]
fn topics_stay_while_most_of_their_hits_do() {
    let (vectors, _) = made(3, &[30, 25, 20], 15, 384, 1.2);
    let mut first = nameless(&vectors, &[]);
    // As if they had come in another order once, and had these names.
    first.reverse();
    for (number, cluster) in first.iter_mut().enumerate() {
        cluster.id = 7 + number as u32;
        cluster.name = vec![format!("name {number}")];
    }
    let mut ids: Vec<u64> = (0..vectors.len() as u64).collect();
    let mut chance = Chance(9);
    for _ in 0..5 {
        // Another keystroke: a few hits go, and the rank changes.
        ids.truncate(ids.len() - 4);
        chance.shuffle(&mut ids);
        let hits: Vec<ClusterHit> = ids
            .iter()
            .map(|id| ClusterHit { id: *id, vector: &vectors[*id as usize], words: &[] })
            .collect();
        let naming = Naming { query: &[], languages: &[], commonness: &|_| 0.0 };
        let next = clusters(&hits, &first, &naming);
        let told = |list: &[Cluster]| -> Vec<(u32, Vec<String>)> {
            list.iter().map(|cluster| (cluster.id, cluster.name.clone())).collect()
        };
        assert_eq!(told(&next), told(&first));
        first = next;
    }
}

#[test]
fn a_new_topic_gets_a_new_number() {
    let cluster = |id, name: &str, members: std::ops::Range<u64>| Cluster {
        id,
        name: vec![name.into()],
        members: members.collect(),
    };
    let before = [cluster(4, "a", 0..10), cluster(2, "b", 10..20)];
    let found = vec![cluster(0, "x", 30..40), cluster(0, "y", 11..22), cluster(0, "z", 1..9)];
    let expected = [cluster(4, "a", 1..9), cluster(2, "b", 11..22), cluster(5, "x", 30..40)];
    assert_eq!(stable::settled(found, &before), expected);
    let scattered = vec![cluster(0, "x", 8..40)];
    assert_eq!(stable::settled(scattered, &before)[0].id, 5);
}

/// What a text of words says: `language:word` each, stems being small letters without a last s.
fn words_of(text: &str) -> Vec<(String, String, Option<Tag>)> {
    let word = |word: &str| {
        let (language, form) = word.split_once(':').unwrap_or(("", word));
        let stem = form.to_lowercase();
        (stem.trim_end_matches('s').to_owned(), form.to_owned(), Tag::new(language))
    };
    text.split_whitespace().map(word).collect()
}

fn as_cluster_word((stem, form, language): &(String, String, Option<Tag>)) -> ClusterWord<'_> {
    ClusterWord { stem, form, language: *language }
}

fn check_names(groups: &[&[&str]], query: &[&str], languages: &[&str], expected: &[&str]) {
    let words: Vec<Vec<(String, String, Option<Tag>)>> =
        groups.iter().flat_map(|group| group.iter().map(|text| words_of(text))).collect();
    let words: Vec<Vec<ClusterWord>> =
        words.iter().map(|list| list.iter().map(as_cluster_word).collect()).collect();
    let hits: Vec<ClusterHit> = words
        .iter()
        .enumerate()
        .map(|(id, words)| ClusterHit { id: id as u64, vector: &[], words })
        .collect();
    let mut next = 0;
    let numbers: Vec<Vec<usize>> = groups
        .iter()
        .map(|group| {
            next += group.len();
            (next - group.len()..next).collect()
        })
        .collect();
    let languages: Vec<Tag> = languages.iter().filter_map(|tag| Tag::new(tag)).collect();
    let common = |stem: &str| if ["the", "und", "der", "的"].contains(&stem) { 0.7 } else { 0.01 };
    let naming = Naming { query, languages: &languages, commonness: &common };
    let found: Vec<String> =
        names(&hits, &numbers, &naming).iter().map(|name| name.join(" ")).collect();
    assert_eq!(found, expected);
}

#[test]
fn names_set_topics_apart() {
    let garden: &[&str] = &[
        "the en:tomatoes en:soil en:water",
        "the en:tomatoes en:soil en:plan",
        "the en:tomatoes en:water en:plan en:cost",
    ];
    let house: &[&str] = &[
        "the en:roof en:beam en:plan",
        "the en:roof en:beam en:plan",
        "the en:roof en:cost en:water",
    ];
    // What both have names neither, and small words name nothing.
    check_names(&[garden, house], &[], &["en"], &["tomatoes soil", "roof beam"]);
    check_names(&[garden, house], &["roof", "tomatoe"], &["en"], &["soil water", "beam"]);
    check_names(&[], &[], &[], &[]);
    check_names(&[&["", ""], &["", ""]], &[], &["en"], &["", ""]);
}

#[test]
fn names_are_in_the_users_language_where_there_is_a_choice() {
    let mixed: &[&str] = &[
        "de:Steuer de:Bescheid",
        "de:Steuer de:Bescheid",
        "en:tax en:notice",
        "en:tax en:notice",
        "en:tax en:notice",
        "zh:税 zh:税务 zh:通知",
        "zh:税务 zh:通知",
    ];
    let other: &[&str] = &["fr:chien", "fr:chien fr:laisse", "fr:chien fr:laisse"];
    check_names(&[mixed, other], &[], &["de", "en"], &["Bescheid Steuer", "chien laisse"]);
    check_names(&[mixed, other], &[], &["zh"], &["税务 通知", "chien laisse"]);
    check_names(&[mixed, other], &[], &["es", "en"], &["notice tax", "chien laisse"]);
    check_names(&[mixed, other], &[], &[], &["notice tax", "chien laisse"]);
}

#[test]
fn the_form_most_used_is_shown_and_nothing_twice() {
    let first: &[&str] = &[
        "en:Contracts en:contracts en:rent",
        "en:contract en:contracts en:rent",
        "en:rental en:rent 2024",
    ];
    let second: &[&str] = &["en:bird 2024 x", "en:bird 2024 x", "en:birds 2024 x"];
    check_names(&[first, second], &[], &["en"], &["rent contracts", "bird"]);
}

#[test]
fn two_hundred_hits_take_few_milliseconds() {
    let (vectors, _) = made(1, &[40, 40, 40, 40], 40, 384, 1.0);
    let took = (0..20).map(|_| {
        let begun = std::time::Instant::now();
        assert_eq!(nameless(&vectors, &[]).len(), 4);
        begun.elapsed()
    });
    let best = took.min().unwrap();
    println!("{best:?}");
    // Five are the aim; a test is made with less optimisation than the program.
    assert!(best.as_millis() < 20, "{best:?}");
}
