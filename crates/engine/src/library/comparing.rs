//! Two models on the library's own documents: which finds them better, and at what speed.
//!
//! Questions are made from what authors wrote above their texts: a heading, or a title. What a question was
//! made of is taken away from the text that it is to find, so that a model has to understand both. Each
//! model sees the same questions and the same passages, and its vectors are compared as it gave them.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, ContentId, Embed, Overlong, Role};
use kenning_store::{Content, Reader as TruthReader};

use super::error::LibraryError;
use super::model::Model;

/// Two models on the same questions.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub questions: usize,
    pub documents: usize,
    pub passages: usize,
    pub models: [Compared; 2],
    /// Whether one ranks the right documents higher than the other more often than chance would have it, in
    /// nineteen of twenty cases.
    pub is_clear: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pub name: String,
    /// How many of the questions found their document before all others, and among the first ten.
    pub first: usize,
    pub among_ten: usize,
    /// The mean of one over the place of the right document.
    pub reciprocal_rank: f64,
    pub passages_per_second: f64,
    /// To embed one question by itself, the median.
    pub question: Duration,
}

/// Documents and passages that are looked at, at most.
const DOCUMENTS: usize = 300;
const PASSAGES: usize = 900;
/// With fewer questions nothing can be said.
const FEWEST: usize = 10;
/// Passages by which the time is measured, and that are embedded at once.
const BATCH: usize = 16;
/// Shorter texts say too little to be found by their meaning, and shorter headings too little to ask.
const SHORTEST_TEXT: usize = 60;
const SHORTEST_QUESTION: usize = 8;

/// A passage without what stands above it, and what stands there.
struct Sampled {
    content: ContentId,
    text: String,
    heading: Option<String>,
    title: Option<String>,
}

/// A question, and the document that it was made of.
struct Question {
    text: String,
    of: ContentId,
}

/// Compares two models, spending about so long on each. `tell` hears how much is done, from 0 to 1.
pub fn compare(
    models: [&Model; 2],
    truth: &mut TruthReader,
    time: Duration,
    cancel: &Cancel,
    tell: &mut dyn FnMut(f32),
) -> Result<Comparison, LibraryError> {
    let mut sample = sampled(truth)?;
    let mut fitting = sample.len();
    for model in models {
        fitting = fitting.min(fitting_in(time, &*model.loaded()?.embed, &sample)?);
    }
    thin_out(&mut sample, fitting.max(3 * FEWEST));
    let questions = questions(&sample);
    if questions.len() < FEWEST {
        return Err(LibraryError::TooLittleToCompare { fewest: FEWEST, found: questions.len() });
    }
    let mut ranks = Vec::new();
    let mut compared = Vec::new();
    for (number, model) in models.into_iter().enumerate() {
        let mut tell = |done: f32| tell((number as f32 + done) / 2.0);
        let (own, result) = ranked(model, &sample, &questions, cancel, &mut tell)?;
        ranks.push(own);
        compared.push(result);
    }
    let documents = sample.iter().map(|own| own.content).collect::<HashSet<_>>().len();
    let is_clear = is_clear(&ranks[0], &ranks[1]);
    let models = compared.try_into().map_err(|_| LibraryError::Closed)?;
    Ok(Comparison {
        questions: questions.len(),
        documents,
        passages: sample.len(),
        models,
        is_clear,
    })
}

/// Passages from all over the library, the same each time.
fn sampled(truth: &mut TruthReader) -> Result<Vec<Sampled>, LibraryError> {
    let sampled = truth.read(|view| {
        let contents = view.content_ids()?;
        let every = contents.len().div_ceil(DOCUMENTS).max(1);
        let of_each = PASSAGES / contents.len().div_ceil(every).max(1);
        let mut sampled = Vec::new();
        for id in contents.into_iter().step_by(every) {
            if let Some(content) = view.content(id)? {
                sampled.extend(passages_of(&content, of_each));
            }
        }
        Ok(sampled)
    })?;
    Ok(sampled)
}

fn passages_of(content: &Content, count: usize) -> Vec<Sampled> {
    let title = content.head.metadata.title.as_deref().map(str::trim);
    let title = title.filter(|title| title.chars().count() >= SHORTEST_QUESTION);
    let sampled = |passage: &kenning_domain::Passage| {
        let above = |line: &str| {
            title == Some(line) || passage.headings.iter().any(|heading| heading.trim() == line)
        };
        let text = content.text.get(passage.span.clone())?;
        let is_above = |line: &&str| {
            let bare = line.trim().trim_matches(['#', '=', '-', '*', ' ']);
            bare.is_empty() || above(bare)
        };
        let lines: Vec<&str> = text.lines().skip_while(is_above).collect();
        let text = lines.join("\n");
        (text.trim().chars().count() >= SHORTEST_TEXT).then(|| Sampled {
            content: content.head.id,
            text,
            heading: passage.headings.last().map(|heading| heading.trim().to_owned()),
            title: title.map(str::to_owned),
        })
    };
    let mut all: Vec<Sampled> = content.passages.iter().filter_map(sampled).collect();
    thin_out(&mut all, count);
    all
}

/// Leaves so many, from all over.
fn thin_out<T>(all: &mut Vec<T>, count: usize) {
    let before = all.len();
    if before <= count {
        return;
    }
    let mut number = 0;
    all.retain(|_| {
        number += 1;
        number * count / before > (number - 1) * count / before
    });
}

/// How many passages can be embedded in the time.
fn fitting_in(
    time: Duration,
    embed: &dyn Embed,
    sample: &[Sampled],
) -> Result<usize, LibraryError> {
    let some = sample.iter().step_by(sample.len().div_ceil(BATCH).max(1));
    let texts: Vec<&str> = some.map(|own| own.text.as_str()).collect();
    let Some(first) = texts.first() else { return Ok(0) };
    // The first one also pays for what is set up once.
    embed.embed(&[*first], Role::Document, None, Overlong::Truncate)?;
    let started = Instant::now();
    embed.embed(&texts, Role::Document, None, Overlong::Truncate)?;
    let each = started.elapsed().as_secs_f64() / texts.len() as f64;
    Ok((time.as_secs_f64() / each.max(1e-9)) as usize)
}

/// What stands above a passage, where it says enough and stands above nothing else: a heading, else the
/// title with it.
fn questions(sample: &[Sampled]) -> Vec<Question> {
    let mut documents: HashMap<String, HashSet<ContentId>> = HashMap::new();
    let candidates = |own: &Sampled| {
        let heading = own.heading.clone().filter(|text| text.chars().count() >= SHORTEST_QUESTION);
        let both = own.title.as_ref().map(|title| match &own.heading {
            Some(heading) if heading != title => format!("{title} {heading}"),
            _ => title.clone(),
        });
        [heading, both].into_iter().flatten()
    };
    for own in sample {
        for candidate in candidates(own) {
            documents.entry(candidate.to_lowercase()).or_default().insert(own.content);
        }
    }
    let is_own =
        |text: &String| documents.get(&text.to_lowercase()).is_some_and(|of| of.len() == 1);
    let mut asked = HashSet::new();
    let question = |own: &Sampled| {
        let text = candidates(own).find(is_own)?;
        asked.insert(text.clone()).then_some(Question { text, of: own.content })
    };
    sample.iter().filter_map(question).collect()
}

/// At which place each question's document comes, and how well and fast that is.
fn ranked(
    model: &Model,
    sample: &[Sampled],
    questions: &[Question],
    cancel: &Cancel,
    tell: &mut dyn FnMut(f32),
) -> Result<(Vec<usize>, Compared), LibraryError> {
    let embed = &model.loaded()?.embed;
    let all = (sample.len() + questions.len()) as f32;
    let mut vectors = Vec::new();
    let started = Instant::now();
    for batch in sample.chunks(BATCH) {
        go_on(cancel)?;
        tell(vectors.len() as f32 / all);
        let texts: Vec<&str> = batch.iter().map(|own| own.text.as_str()).collect();
        vectors.extend(embed.embed(&texts, Role::Document, None, Overlong::Truncate)?.vectors);
    }
    let passages_per_second = sample.len() as f64 / started.elapsed().as_secs_f64().max(1e-9);
    let (mut ranks, mut times) = (Vec::new(), Vec::new());
    for question in questions {
        go_on(cancel)?;
        tell((vectors.len() + ranks.len()) as f32 / all);
        let started = Instant::now();
        let asked = embed.embed(&[&question.text], Role::QUERY, None, Overlong::Truncate)?;
        times.push(started.elapsed());
        let asked = asked.vectors.into_iter().next().unwrap_or_default();
        ranks.push(rank(&asked, question.of, sample, &vectors));
    }
    times.sort_unstable();
    let within = |place: usize| ranks.iter().filter(|rank| **rank <= place).count();
    let compared = Compared {
        name: model.name.clone(),
        first: within(1),
        among_ten: within(10),
        reciprocal_rank: ranks.iter().map(|rank| 1.0 / *rank as f64).sum::<f64>()
            / ranks.len().max(1) as f64,
        passages_per_second,
        question: times.get(times.len() / 2).copied().unwrap_or_default(),
    };
    Ok((ranks, compared))
}

fn go_on(cancel: &Cancel) -> Result<(), LibraryError> {
    if cancel.is_cancelled() { Err(LibraryError::Stopped) } else { Ok(()) }
}

/// At which place a document comes, each standing where its best passage stands; from 1.
fn rank(asked: &[f32], of: ContentId, sample: &[Sampled], vectors: &[Vec<f32>]) -> usize {
    let mut best: HashMap<ContentId, f32> = HashMap::new();
    for (own, vector) in sample.iter().zip(vectors) {
        let near: f32 = asked.iter().zip(vector).map(|(one, other)| one * other).sum();
        let known = best.entry(own.content).or_insert(f32::NEG_INFINITY);
        *known = known.max(near);
    }
    let own = best.get(&of).copied().unwrap_or(f32::NEG_INFINITY);
    1 + best.iter().filter(|(content, near)| **content != of && **near >= own).count()
}

/// The sign test: of the questions that the two answer differently, one of them has more than chance gives.
fn is_clear(one: &[usize], other: &[usize]) -> bool {
    let better = one.iter().zip(other).filter(|(one, other)| one < other).count();
    let worse = one.iter().zip(other).filter(|(one, other)| one > other).count();
    let (few, all) = (better.min(worse), better + worse);
    // How likely it is that a coin thrown so often shows one side so seldom, either side.
    let mut probability = 0.0;
    let mut logarithm = -(all as f64) * std::f64::consts::LN_2;
    for heads in 0..=few {
        probability += logarithm.exp();
        logarithm += ((all - heads) as f64 / (heads + 1) as f64).ln();
    }
    all > 0 && 2.0 * probability < 0.05
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_clear_once_chance_would_not_give_it() {
        let check = |better: usize, worse: usize, expected: bool| {
            let one = [vec![1; better], vec![5; worse], vec![2; 30]].concat();
            let other = [vec![3; better], vec![1; worse], vec![2; 30]].concat();
            assert_eq!(is_clear(&one, &other), expected, "{better} against {worse}");
            assert_eq!(is_clear(&other, &one), expected, "{worse} against {better}");
        };
        // The two-sided sign test's tables: 5 of 5 has p = 0.0625, 6 of 6 0.031, 15 of 20 0.041, 14 of 20 0.115.
        check(0, 0, false);
        check(5, 0, false);
        check(6, 0, true);
        check(15, 5, true);
        check(14, 6, false);
        check(600, 400, true);
        check(505, 495, false);
    }

    #[test]
    fn what_is_left_is_from_all_over() {
        let check = |count: usize, left: usize, expected: &[usize]| {
            let mut all: Vec<usize> = (0..count).collect();
            thin_out(&mut all, left);
            assert_eq!(all, expected);
        };
        check(3, 5, &[0, 1, 2]);
        check(3, 3, &[0, 1, 2]);
        check(6, 2, &[2, 5]);
        check(7, 3, &[2, 4, 6]);
        check(5, 0, &[]);
    }

    #[test]
    fn a_question_is_what_stands_above_one_document_only() {
        let own = |content, heading: &str, title: &str| Sampled {
            content: ContentId(content),
            text: "…".repeat(SHORTEST_TEXT),
            heading: Some(heading.to_owned()).filter(|text| !text.is_empty()),
            title: Some(title.to_owned()).filter(|text| !text.is_empty()),
        };
        let sample = [
            own(1, "Einleitung", "Bienen halten"),
            own(1, "Der Schwarmtrieb", "Bienen halten"),
            own(2, "Einleitung", "Über das Backen"),
            own(3, "", "Eine alte Karte"),
            own(4, "Kurz", ""),
        ];
        let asked: Vec<_> =
            questions(&sample).into_iter().map(|question| (question.of.0, question.text)).collect();
        let expected = [
            (1, "Bienen halten Einleitung"),
            (1, "Der Schwarmtrieb"),
            (2, "Über das Backen Einleitung"),
            (3, "Eine alte Karte"),
        ];
        let expected: Vec<_> =
            expected.iter().map(|(of, text)| (*of, (*text).to_owned())).collect();
        assert_eq!(asked, expected);
    }
}
