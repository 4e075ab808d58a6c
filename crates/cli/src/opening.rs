//! Opening the model a command was told to use. A device that is not the one hoped for is said.

use anyhow::Result;
use kenning_engine::{Embedder, Home, Models, Opened, Reranker};

use crate::arguments::Choice;
use crate::output;

pub fn models() -> Models {
    Models::discover(&Home::discover())
}

pub fn embedder(choice: &Choice) -> Result<Opened<Embedder>> {
    let opened = models().embedder(choice.model.as_deref(), choice.preference())?;
    output::notice_fallback(&opened.selected);
    Ok(opened)
}

pub fn reranker(choice: &Choice) -> Result<Opened<Reranker>> {
    let opened = models().reranker(choice.model.as_deref(), choice.preference())?;
    output::notice_fallback(&opened.selected);
    Ok(opened)
}
