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
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use kenning_domain::{Embed, Rerank};
use kenning_engine::answer::{Models, Pipeline, Tuning};
use kenning_engine::{Library, Portions, Rest, Rules, Searcher, Snapshot, State};

use super::Half;
use super::beir;
use super::metrics::DEPTH;
use super::retrieval::{Question, groups, half_of, questions};
use asking::{Asker, Heard};
use remembered::Remembered;
use report::Effort;
pub use report::ProductReport;
use verdict::{Said, VerdictReport};

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
    let (questions, skipped_queries) = questions(&set, dir, options.by_language, options.half)?;
    let files = staging::stage(&set.documents, place.documents, options.with_titles)?;
    let start = Instant::now();
    bring_in(place, files.len())?;
    let indexing = start.elapsed();

    let (searcher, snapshot) = searcher(place.library, options)?;
    let model = model(&snapshot, &searcher, options.pipeline)?;
    let remembered = model.as_deref().map(|model| Remembered::new(model, place.remembered));
    let embed = remembered.as_ref().map(|model| model as &dyn Embed);
    let models = Models { embed, rerank: place.rerank };
    let mut asker = Asker { searcher, snapshot, models, files: &files, set: &set, options };
    if let Some(model) = &remembered {
        let texts: Vec<String> = questions.iter().map(|one| asker.read_of(one.query)).collect();
        model.read_ahead(&texts, progress);
    }
    let start = Instant::now();
    let rankings = rankings(&mut asker, &questions, progress)?;
    let effort = Effort { indexing, asking: start.elapsed() };
    let nothing_close = remembered.as_ref().map(|model| verdicts(&mut asker, model)).transpose()?;
    if let (Some(model), Some(file)) = (&remembered, place.remembered) {
        model.keep(file)?;
    }
    Ok(ProductReport {
        skipped_queries,
        passages: asker.passages(),
        nothing_close: nothing_close.flatten(),
        ..ProductReport::of(options, &set, groups(&set, &questions, &rankings), &effort)
    })
}

fn rankings(
    asker: &mut Asker<'_>,
    questions: &[Question<'_>],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Vec<usize>>> {
    let mut rankings = Vec::new();
    for question in questions {
        progress(rankings.len(), questions.len());
        rankings.push(asker.ask(question.query)?.documents);
    }
    progress(questions.len(), questions.len());
    Ok(rankings)
}

fn searcher(library: &Library, options: &Options) -> Result<(Searcher, Snapshot)> {
    let mut searcher = library.searcher()?;
    let snapshot = match options.is_as_shipped() {
        true => searcher.snapshot(),
        false => searcher.snapshot_with(options.portions, options.refines)?,
    };
    Ok((searcher, snapshot))
}

/// Has the documents read and embedded, and sees to it that all of them were.
fn bring_in(place: &Place<'_>, documents: usize) -> Result<()> {
    let library = place.library;
    // A library that was copied knows the documents where they were; their vectors serve here too.
    for known in library.folders() {
        if known.folder.path != place.documents {
            library.remove_folder(known.folder.id)?;
        }
    }
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
    ensure!(found == documents as u64, "of {documents} documents {found} can be found: {ledger:?}");
    Ok(())
}

/// The model of the space that answers, where the pipeline needs one.
fn model(
    snapshot: &Snapshot,
    searcher: &Searcher,
    pipeline: Pipeline,
) -> Result<Option<Arc<dyn Embed>>> {
    if pipeline == Pipeline::Words {
        return Ok(None);
    }
    let meaning = snapshot.meaning.as_ref();
    let meaning =
        meaning.context("there is no model: make the built-in one with `cargo xtask model`")?;
    ensure!(
        searcher.calibration(meaning.space).is_some(),
        "it was not measured yet what languages do to the model, and without that other things would \
         be found: run `kenning models calibrate` first"
    );
    Ok(searcher.embedder(meaning.space)?)
}

/// What is said of queries that nothing answers, and of the others of a half. `None` where each
/// query is answered.
fn verdicts(asker: &mut Asker<'_>, model: &Remembered<'_>) -> Result<Option<VerdictReport>> {
    let (set, options) = (asker.set, asker.options);
    if options.by_language || set.answers.iter().all(|answers| !answers.is_empty()) {
        return Ok(None);
    }
    let half = options.half.unwrap_or(Half::Odd);
    let reported: BTreeSet<usize> = half_of(set, Some(half)).into_iter().collect();
    let rows = asker.vectors()?;
    let texts: Vec<String> = set.queries.iter().map(|query| query.text.clone()).collect();
    model.read_ahead(&texts, &mut |_, _| ());
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
