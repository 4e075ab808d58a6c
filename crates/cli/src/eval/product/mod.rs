//! Retrieval quality of the whole product: a set's documents become files, a library reads, cuts and
//! embeds them as it does anybody's, and each query is asked as it is typed. What is measured, over
//! which queries and answers, is as in `retrieval`.

mod asking;
mod remembered;
mod report;
mod staging;
mod verdict;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use kenning_domain::{Rerank, SpaceId};
use kenning_engine::answer::{Models, Pipeline, Tuning};
use kenning_engine::{Library, Portions, Rest, Rules, Searcher, Snapshot, State};

use super::Half;
use super::beir::{self, Set};
use super::metrics::DEPTH;
use super::retrieval::{Question, check_languages, check_questions, groups, half_of};
use asking::{Asker, Heard};
use remembered::Remembered;
use report::Effort;
pub use report::ProductReport;
use verdict::Said;

/// How the product is to be measured.
#[derive(Clone, Debug)]
pub struct Options {
    pub pipeline: Pipeline,
    /// Each query is asked of the folder of its own language.
    pub by_language: bool,
    pub half: Option<Half>,
    pub tuning: Tuning,
    pub portions: Portions,
    /// Whether the library's own vectors have a say in what is taken out of them.
    pub refines: bool,
    /// Whether pages have titles; otherwise those open the text.
    pub with_titles: bool,
    /// How many documents each query is answered with.
    pub depth: usize,
}

impl Options {
    fn is_as_shipped(&self) -> bool {
        self.portions == Portions::default() && self.refines
    }
}

/// Where a measurement is made.
pub struct Place<'a> {
    pub library: &'a Library,
    /// Where the documents are put.
    pub documents: &'a Path,
    /// Where vectors of queries are kept for the next time.
    pub remembered: Option<&'a Path>,
    pub rerank: Option<&'a dyn Rerank>,
}

/// Measures the set in `dir`. `progress` hears how many queries of how many were asked.
pub fn product(
    place: &Place<'_>,
    dir: &Path,
    options: &Options,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<ProductReport> {
    let set = beir::read(dir)?;
    if options.by_language {
        check_languages(&set.documents, "document")?;
        check_languages(&set.queries, "query")?;
    }
    let asked = half_of(&set, options.half);
    let questions: Vec<Question<'_>> = asked
        .iter()
        .filter_map(|query| Question::of(&set, *query, options.by_language))
        .collect();
    check_questions(&questions, asked.len(), dir, options.half)?;
    let files = staging::stage(&set.documents, place.documents, options.with_titles)?;
    let start = Instant::now();
    bring_in(place, files.len())?;
    let indexing = start.elapsed();

    let mut searcher = place.library.searcher()?;
    let snapshot = match options.is_as_shipped() {
        true => searcher.snapshot(),
        false => searcher.snapshot_with(options.portions, options.refines)?,
    };
    let space = check_model(&snapshot, &searcher, options.pipeline)?;
    let model = space.map(|space| searcher.embedder(space)).transpose()?.flatten();
    let remembered = model.as_deref().map(|model| Remembered::new(model, place.remembered));
    let embed = remembered.as_ref().map(|model| model as &dyn kenning_domain::Embed);
    let models = Models { embed, rerank: place.rerank };
    let mut asker = Asker { searcher, snapshot, models, files: &files, set: &set, options };

    let start = Instant::now();
    let mut rankings = Vec::new();
    for (number, question) in questions.iter().enumerate() {
        progress(number, questions.len());
        rankings.push(asker.ask(question.query)?.documents);
    }
    progress(questions.len(), questions.len());
    let asking = start.elapsed();
    let nothing = match &remembered {
        Some(model) if !options.by_language && options.pipeline != Pipeline::Words => {
            verdicts(&set, options, &mut asker, model)?
        }
        _ => None,
    };
    if let (Some(model), Some(file)) = (&remembered, place.remembered) {
        model.keep(file)?;
    }
    let effort = Effort { indexing, asking };
    let groups = groups(&set, &questions, &rankings);
    let skipped = asked.len() - questions.len();
    Ok(ProductReport::new(options, &set, groups, skipped, asker.passages(), nothing, effort))
}

/// Has the documents read and embedded, and sees to it that all of them were.
fn bring_in(place: &Place<'_>, documents: usize) -> Result<()> {
    let library = place.library;
    library.add_folder(place.documents, Rules::default())?;
    library.look_again()?;
    match library.wait_until_idle() {
        Rest::Done => {}
        Rest::Halted(why) => bail!("the library cannot go on: {why}"),
        Rest::Paused | Rest::Closed => bail!("the library was stopped"),
    }
    let progress = library.progress();
    if let Some(trouble) = progress.model_trouble {
        bail!("documents could not be embedded: {trouble}");
    }
    let ledger = &progress.ledger;
    let found = ledger.files(State::Words) + ledger.files(State::Meaning);
    ensure!(
        found == documents as u64,
        "of {documents} documents {found} can be found: {ledger:?}"
    );
    Ok(())
}

/// The space that answers, where the pipeline needs one.
fn check_model(
    snapshot: &Snapshot,
    searcher: &Searcher,
    pipeline: Pipeline,
) -> Result<Option<SpaceId>> {
    if pipeline == Pipeline::Words {
        return Ok(None);
    }
    let meaning = snapshot.meaning.as_ref();
    let space = meaning.context("there is no model: make the built-in one with `cargo xtask model`")?;
    ensure!(
        searcher.calibration(space.space).is_some(),
        "the model was not measured yet, and searches as it does then are not what is to be \
         measured: run `kenning models calibrate` first"
    );
    Ok(Some(space.space))
}

/// What is said of queries that nothing answers, and of the others of a half. `None` where each
/// query is answered.
fn verdicts(
    set: &Set,
    options: &Options,
    asker: &mut Asker<'_>,
    model: &Remembered<'_>,
) -> Result<Option<verdict::VerdictReport>> {
    if set.answers.iter().all(|answers| !answers.is_empty()) {
        return Ok(None);
    }
    let half = options.half.unwrap_or(Half::Odd);
    let reported: BTreeSet<usize> = half_of(set, Some(half)).into_iter().collect();
    let rows = asker.vectors()?;
    let mut said = [Vec::new(), Vec::new()];
    for (index, query) in set.queries.iter().enumerate() {
        let is_reported = reported.contains(&index);
        let Heard { nothing, .. } = match is_reported {
            true => asker.ask(query)?,
            false => Heard::default(),
        };
        let vector = model.query(&query.text)?;
        let cosines = rows.chunks_exact(vector.len()).map(|row| dot(row, &vector));
        said[usize::from(is_reported)].push(Said {
            language: query.language.clone(),
            is_answered: !set.answers[index].is_empty(),
            nothing,
            cosine: cosines.fold(f32::MIN, f32::max),
        });
    }
    let [other, reported] = said;
    Ok(Some(verdict::judged(&reported, &other)))
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// As deep as scores look, and as much deeper as answers of one kind may be taken out.
pub fn depth(set: &Path) -> Result<usize> {
    let set = beir::read(set)?;
    Ok(DEPTH + set.answers.iter().map(|answers| answers.len()).max().unwrap_or(0))
}
