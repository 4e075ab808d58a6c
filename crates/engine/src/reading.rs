//! Reading files: guarded workers give the text, the tokenizer of the model in use cuts it into
//! passages.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use kenning_documents::{
    Document, Failure, Formats, Offence, Outcome, Pool, PoolLimits, Program, Quarantine, Refusal,
    Sizes, passages,
};
use kenning_domain::{Cancel, CountTokens, ModelError, Passage};

use crate::models::{Models, ModelsError};

/// The program, started with this as its only argument, is a worker.
pub const WORKER_ARGUMENT: &str = "--extract-worker";

/// Becomes a worker. To be called before the program has opened a file or started a thread.
pub fn run_as_worker() -> ! {
    kenning_documents::worker(Formats::all())
}

/// Reads files in as many workers as there are cores. Any number of threads may ask.
pub struct Reader {
    pool: Pool,
    counter: Arc<dyn CountTokens>,
    /// The model whose tokens are counted; `None` where they are estimated.
    pub counted_by: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    #[error("the program cannot find itself to start its workers ({0}): start it by its full path")]
    Program(#[from] std::io::Error),

    #[error(transparent)]
    Models(#[from] ModelsError),
}

/// What came of a file.
pub enum Read {
    Text {
        document: Box<Document>,
        passages: Vec<Passage>,
    },
    /// It gives no text, and will not until it changes.
    Refused(Refusal),
    /// It went wrong and may go right another time.
    Failed(Failure),
    /// It cost two workers and is left alone until it changes.
    Quarantined(String),
    /// It was not wanted any more.
    Cancelled,
}

impl Reader {
    pub fn start(models: &Models) -> Result<Self, ReaderError> {
        let program = this_program()?;
        Ok(match models.counter()? {
            Some((counter, name)) => {
                let counted = Some((Arc::new(counter) as Arc<dyn CountTokens>, name));
                Self::with(program, Self::workers(), counted, Quarantine::default())
            }
            None => Self::with(program, Self::workers(), None, Quarantine::default()),
        })
    }

    /// With workers of this program, and what counts tokens, by its name.
    pub(crate) fn with(
        program: Program,
        workers: usize,
        counter: Option<(Arc<dyn CountTokens>, String)>,
        quarantine: Quarantine,
    ) -> Self {
        let pool = Pool::new(program, workers, PoolLimits::default(), quarantine);
        match counter {
            Some((counter, name)) => Self { pool, counter, counted_by: Some(name) },
            None => Self { pool, counter: Arc::new(Estimate), counted_by: None },
        }
    }

    /// How many files are read at once.
    pub fn workers() -> usize {
        std::thread::available_parallelism().map_or(1, NonZero::get)
    }

    /// Reads a file unless it is cancelled, which ends it within a moment, whatever it is busy with.
    pub fn read(&self, path: &Path, cancel: &Cancel) -> Result<Read, ModelError> {
        let read = self.read_if(path, cancel, |_| true)?;
        Ok(read.unwrap_or(Read::Cancelled))
    }

    /// The same; `None` where `wanted` says of the file's bytes that its text is not needed.
    pub(crate) fn read_if(
        &self,
        path: &Path,
        cancel: &Cancel,
        wanted: impl FnOnce(&[u8]) -> bool,
    ) -> Result<Option<Read>, ModelError> {
        let Some(outcome) = self.pool.extract_if(path, cancel, wanted) else { return Ok(None) };
        Ok(Some(match outcome {
            Outcome::Done(document) => {
                let passages = passages(&document, &*self.counter, Sizes::default())?;
                Read::Text { document: Box::new(document), passages }
            }
            Outcome::Refused(refusal) => Read::Refused(refusal),
            Outcome::Failed(failure) => Read::Failed(failure),
            Outcome::Quarantined(reason) => Read::Quarantined(reason),
            Outcome::Cancelled => Read::Cancelled,
        }))
    }

    /// What a file has done to workers until now.
    pub(crate) fn offence(&self, path: &Path) -> Option<Offence> {
        self.pool.quarantine().offences().find(|offence| offence.path == path).cloned()
    }

    /// Forgets what a file has done to workers.
    pub(crate) fn forgive(&self, path: &Path) {
        self.pool.forgive(path);
    }
}

/// How this program is started as a worker.
pub fn this_program() -> std::io::Result<Program> {
    Program::current([WORKER_ARGUMENT.into()])
}

/// About how many tokens a multilingual model makes of a text, where there is no model to ask: four
/// ASCII letters each, two of other alphabets, one of scripts that write syllables or words.
struct Estimate;

impl CountTokens for Estimate {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        let quarters = |character: char| match character {
            '\0'..='\x7f' => 1,
            '\u{80}'..='\u{e00}' => 2,
            _ => 4,
        };
        Ok(text.chars().map(quarters).sum::<usize>().div_ceil(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_model_tokens_are_estimated_by_script() {
        let check = |text: &str, expected: usize| {
            assert_eq!(Estimate.count_tokens(text).unwrap(), expected, "{text}");
        };
        check("", 0);
        check("a", 1);
        check("word word", 3);
        check("книга", 3);
        check("図書館", 3);
    }
}
