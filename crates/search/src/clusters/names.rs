//! Names for topics: the words that set each apart from the others.
//!
//! A word counts once for each hit it stands in, against how often it stands in the hits of other
//! topics and in the library at large. There are no lists of words to leave out: what is common in the
//! library is small in any language.

use std::collections::{BTreeMap, HashMap, HashSet};

use kenning_domain::Tag;

use super::{ClusterHit, Naming};

const MOST_WORDS: usize = 3;
/// A stem in more of the documents than this names nothing.
const COMMON: f32 = 0.2;
/// A third word must say nearly as much as the first.
const THIRD: f32 = 0.5;

/// A name for each group of hits.
pub fn names(
    hits: &[ClusterHit<'_>],
    groups: &[Vec<usize>],
    naming: &Naming<'_>,
) -> Vec<Vec<String>> {
    let counted = Counted::of(hits, groups);
    let scored: Vec<Vec<Scored<'_>>> =
        (0..groups.len()).map(|group| counted.scored(group, naming)).collect();
    // A word names the topic it says most of, and no other.
    let mut best: HashMap<&str, (usize, f32)> = HashMap::new();
    for (group, words) in scored.iter().enumerate() {
        for word in words {
            let most = best.entry(word.stem).or_insert((group, word.score));
            if word.score > most.1 {
                *most = (group, word.score);
            }
        }
    }
    let own = |group: usize, word: &&Scored<'_>| best.get(word.stem).is_some_and(|b| b.0 == group);
    scored
        .iter()
        .enumerate()
        .map(|(group, words)| {
            let words: Vec<&Scored<'_>> = words.iter().filter(|word| own(group, word)).collect();
            let language = language(&words, naming.languages);
            chosen(&words, language, &counted)
        })
        .collect()
}

/// A word with how well it names a topic.
struct Scored<'a> {
    stem: &'a str,
    /// The language most of its hits have it in.
    language: Option<Tag>,
    /// How many of the topic's hits have it.
    hits: usize,
    score: f32,
}

/// In how many hits of each topic a stem stands, and in which forms.
#[derive(Default)]
struct Stem<'a> {
    /// One number for each topic, and a last one for hits in none.
    hits: Vec<usize>,
    forms: BTreeMap<&'a str, usize>,
    languages: BTreeMap<Option<Tag>, usize>,
}

struct Counted<'a> {
    /// Of those that stand in more than one hit.
    stems: HashMap<&'a str, Stem<'a>>,
    sizes: Vec<usize>,
}

impl<'a> Counted<'a> {
    fn of(hits: &[ClusterHit<'a>], groups: &[Vec<usize>]) -> Self {
        let mut group_of = vec![groups.len(); hits.len()];
        let mut sizes = vec![0; groups.len() + 1];
        for (group, members) in groups.iter().enumerate() {
            members.iter().for_each(|hit| group_of[*hit] = group);
        }
        group_of.iter().for_each(|group| sizes[*group] += 1);
        let repeated = repeated(hits);
        let mut stems: HashMap<&str, Stem<'_>> = HashMap::new();
        for (hit, group) in hits.iter().zip(group_of) {
            let mut seen = HashSet::new();
            let words = hit.words.iter().filter(|word| repeated.contains(word.stem));
            for word in words.filter(|word| can_name(word.form)) {
                let stem = stems.entry(word.stem).or_default();
                stem.hits.resize(groups.len() + 1, 0);
                *stem.forms.entry(word.form).or_default() += 1;
                if seen.insert(word.stem) {
                    stem.hits[group] += 1;
                    *stem.languages.entry(word.language).or_default() += 1;
                }
            }
        }
        Self { stems, sizes }
    }

    /// The words that may name a topic, the best first.
    fn scored(&self, group: usize, naming: &Naming<'_>) -> Vec<Scored<'a>> {
        // What one hit alone has is that hit's, not the topic's.
        let least = 2.max(self.sizes[group] / 6);
        let mut scored = Vec::new();
        for (stem, counts) in &self.stems {
            let hits = counts.hits[group];
            if hits < least || naming.query.contains(stem) {
                continue;
            }
            let common = (naming.commonness)(stem);
            if common > COMMON {
                continue;
            }
            let within = hits as f32 / self.sizes[group] as f32;
            let outside: usize = counts.hits.iter().sum::<usize>() - hits;
            let others = self.sizes.iter().sum::<usize>() - self.sizes[group];
            let without = outside as f32 / others.max(1) as f32;
            let apart = (1.0 + within / (without + 0.05)).ln();
            // A library that does not know a word at all says nothing of it.
            let rare = (1.0 / common.max(0.002)).ln();
            let score = within * apart * rare.sqrt();
            scored.push(Scored { stem, language: counts.language(), hits, score });
        }
        scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.stem.cmp(b.stem)));
        scored
    }
}

impl Stem<'_> {
    fn language(&self) -> Option<Tag> {
        let most = self.languages.iter().max_by_key(|(tag, hits)| (**hits, tag.is_some()));
        most.and_then(|(tag, _)| *tag)
    }

    /// The form that stands most often; of those the shortest, of those the first in order.
    fn form(&self) -> &str {
        let most = self.forms.iter().min_by_key(|(form, count)| (usize::MAX - **count, form.len()));
        most.map_or("", |(form, _)| form)
    }
}

/// The stems of more than one hit. Most words of a text stand in it alone, and are looked at no further.
fn repeated<'a>(hits: &[ClusterHit<'a>]) -> HashSet<&'a str> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut repeated = HashSet::new();
    for (number, hit) in hits.iter().enumerate() {
        for word in hit.words {
            if *first.entry(word.stem).or_insert(number) != number {
                repeated.insert(word.stem);
            }
        }
    }
    repeated
}

/// Whether a word can stand in a name: no number, no single letter.
fn can_name(form: &str) -> bool {
    let letters = form.chars().filter(|letter| letter.is_alphabetic()).count();
    letters >= 2 && !form.starts_with(|first: char| first.is_numeric())
}

/// The language to name a topic in: the first of the user's that has two words for it, else the one
/// whose words say most.
fn language(words: &[&Scored<'_>], wanted: &[Tag]) -> Option<Tag> {
    let strong = words.first().map_or(0, |first| first.hits).div_ceil(3);
    let has = |tag: &&Tag| {
        let own = words.iter().filter(|word| word.language == Some(**tag) && word.hits >= strong);
        own.count() >= 2
    };
    let main = || words.iter().find_map(|word| word.language);
    wanted.iter().find(has).copied().or_else(main)
}

/// The best words of one language that do not say the same twice.
fn chosen(words: &[&Scored<'_>], language: Option<Tag>, counted: &Counted<'_>) -> Vec<String> {
    let mut name: Vec<&str> = Vec::new();
    let mut first = 0.0;
    for word in words {
        let foreign = word.language.is_some() && word.language != language;
        let weak = name.len() == MOST_WORDS - 1 && word.score < THIRD * first;
        if foreign || weak {
            continue;
        }
        let Some(stem) = counted.stems.get(word.stem) else { continue };
        let form = stem.form();
        if name.iter().any(|other| says_the_same(other, form)) {
            continue;
        }
        if name.is_empty() {
            first = word.score;
        }
        name.push(form);
        if name.len() == MOST_WORDS {
            break;
        }
    }
    name.into_iter().map(str::to_owned).collect()
}

/// Whether one word is a part of the other, as `tax` and `taxpayer` are.
fn says_the_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    one.contains(&other) || other.contains(&one)
}
