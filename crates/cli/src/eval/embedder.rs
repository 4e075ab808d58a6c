//! Embeds many texts a chunk at a time, so that there is progress to report, and adds up what that
//! took. Does not know what the texts are for.

use anyhow::{Context, Error, Result, ensure};
use kenning_domain::{Embed, Embedded, ModelError, Overlong, Role};

use super::nearest::Matrix;
use super::{Options, Progress};

/// How many texts the model is given at once.
const CHUNK: usize = 512;

/// A model at work on a known number of texts.
pub struct Embedder<'a> {
    model: &'a dyn Embed,
    dimensions: Option<usize>,
    progress: &'a mut dyn FnMut(Progress<'_>),
    done: usize,
    total: usize,
    /// Tokens computed so far.
    pub tokens: usize,
}

impl<'a> Embedder<'a> {
    /// `total` is how many texts will be given in all.
    pub fn new(
        model: &'a dyn Embed,
        options: &Options,
        total: usize,
        progress: &'a mut dyn FnMut(Progress<'_>),
    ) -> Self {
        Self { model, dimensions: options.dimensions, progress, done: 0, total, tokens: 0 }
    }

    /// The vectors of `texts`, and how many of these were longer than the model reads. `what` they
    /// are is for the progress; `name` says where one is from, should the model refuse it.
    pub fn embed(
        &mut self,
        what: &str,
        texts: &[&str],
        role: Role<'_>,
        name: impl Fn(usize) -> String,
    ) -> Result<(Matrix, usize)> {
        self.report(what);
        let mut matrix: Option<Matrix> = None;
        let mut truncated = 0;
        for (chunk, start) in texts.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
            let embedded = self
                .model
                .embed(chunk, role, self.dimensions, Overlong::Truncate)
                .map_err(|error| named(error, |index| name(start + index)))?;
            append(&mut matrix, &embedded, chunk.len())
                .with_context(|| format!("the model broke its promise on {}", name(start)))?;
            truncated += embedded.truncated.len();
            self.tokens += embedded.tokens;
            self.done += chunk.len();
            self.report(what);
        }
        Ok((matrix.unwrap_or_default(), truncated))
    }

    fn report(&mut self, what: &str) {
        (self.progress)(Progress { what, done: self.done, total: self.total });
    }
}

/// The model counts the texts of one call; a person wants to know which line of which file it was.
fn named(error: ModelError, name: impl Fn(usize) -> String) -> Error {
    let place = match &error {
        ModelError::EmptyText { index } | ModelError::TooLong { index, .. } => Some(name(*index)),
        _ => None,
    };
    let error = Error::new(error);
    match place {
        Some(place) => error.context(format!("{place} cannot be embedded")),
        None => error,
    }
}

fn append(matrix: &mut Option<Matrix>, embedded: &Embedded, expected: usize) -> Result<()> {
    let vectors = &embedded.vectors;
    ensure!(vectors.len() == expected, "{} vectors for {expected} texts", vectors.len());
    let width = vectors.first().map_or(0, Vec::len);
    let matrix = matrix.get_or_insert_with(|| Matrix::new(width));
    for vector in vectors {
        ensure!(
            vector.len() == matrix.width() && !vector.is_empty(),
            "a vector has {} numbers where others have {}",
            vector.len(),
            matrix.width()
        );
        matrix.push(vector);
    }
    Ok(())
}
