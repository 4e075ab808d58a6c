//! Pairs to scores. Two kinds, told apart by whether `kenning.toml` has a template: a generative
//! model that is asked for yes or no, and a cross-encoder with a classifier.

use std::path::PathBuf;

use kenning_domain::{ModelError, Overlong, Rerank, Reranked, Truncation};

use crate::batch::{Batch, Urgency, pack};
use crate::device::Device;
use crate::error::LoadError;
use crate::family::{self, Head};
use crate::folder::ModelFolder;
use crate::owner::Owner;
use crate::template::fill;
use crate::tokens::{Encoded, Tokens, compose, given_bytes};
use kenning_manifest::{RerankManifest, Task};

pub struct Reranker {
    name: String,
    folder: PathBuf,
    max_tokens: usize,
    template: Option<Template>,
    tokens: Tokens,
    owner: Owner,
}

struct Template {
    text: RerankManifest,
    prefix: Vec<u32>,
    suffix: Vec<u32>,
}

/// What one request shares between its documents.
struct Question<'a> {
    query: &'a str,
    instruction: Option<&'a str>,
    overlong: Overlong,
}

impl Reranker {
    pub fn open(folder: &ModelFolder, device: Device) -> Result<Self, LoadError> {
        folder.expect(Task::Rerank)?;
        let sizes = family::sizes(folder)?;
        folder.check_limit(sizes.positions)?;
        let (tokens, template, head) = match folder.manifest.rerank.clone() {
            Some(text) => {
                let parts = [text.prefix.as_str(), text.suffix.as_str()];
                let (tokens, [prefix, suffix]) =
                    Tokens::open_with(folder, sizes.vocabulary, parts)?;
                let head = Head::Compare { yes: tokens.id(&text.yes)?, no: tokens.id(&text.no)? };
                (tokens, Some(Template { text, prefix, suffix }), head)
            }
            None => (Tokens::open(folder, sizes.vocabulary)?, None, Head::Classify),
        };
        let network = device.load(folder, head)?;
        Ok(Self {
            name: folder.manifest.name.clone(),
            folder: folder.path.clone(),
            max_tokens: folder.manifest.max_tokens,
            owner: Owner::start(network)?,
            template,
            tokens,
        })
    }

    /// The token ids the network sees for a pair: what the parity tests compare first.
    pub fn token_ids(
        &self,
        query: &str,
        document: &str,
        instruction: Option<&str>,
    ) -> Result<Vec<u32>, ModelError> {
        let question = Question { query: &compose(query), instruction, overlong: Overlong::Refuse };
        Ok(self.prepare(&question, 0, document)?.0)
    }

    pub fn device(&self) -> &str {
        self.owner.device()
    }

    fn prepare(
        &self,
        question: &Question<'_>,
        index: usize,
        document: &str,
    ) -> Result<(Vec<u32>, Option<Truncation>), ModelError> {
        let composed = compose(document);
        if composed.trim().is_empty() {
            return Err(ModelError::EmptyText { index });
        }
        let (ids, kept) = match &self.template {
            Some(template) => self.prepare_template(template, question, &composed)?,
            None => self.prepare_pair(question, &composed)?,
        };
        self.tokens.check(&ids, self.max_tokens)?;
        let Some(kept) = kept else { return Ok((ids, None)) };
        let text_bytes = document.len();
        if question.overlong == Overlong::Refuse {
            let (limit, model) = (self.max_tokens, self.name.clone());
            return Err(ModelError::TooLong { index, text_bytes, limit, model });
        }
        let (kept_tokens, kept_bytes) = (ids.len(), given_bytes(document, kept));
        Ok((ids, Some(Truncation { index, kept_tokens, kept_bytes, text_bytes })))
    }

    /// The pair in a chat's words. Answers the ids, and how much of the document they hold if cut.
    fn prepare_template(
        &self,
        template: &Template,
        question: &Question<'_>,
        document: &str,
    ) -> Result<(Vec<u32>, Option<usize>), ModelError> {
        let instruction = compose(question.instruction.unwrap_or(&template.text.instruction));
        let values = [("instruction", instruction.as_ref()), ("query", question.query)];
        let before = template.text.body.split("{document}").next().unwrap_or_default();
        let start = fill(before, &values).len();
        let body = fill(&template.text.body, &[values[0], values[1], ("document", document)]);
        let taken = template.prefix.len() + template.suffix.len();
        let encoded = self.tokens.encode(&body, self.max_tokens.saturating_sub(taken))?;
        let kept = encoded.cut_at.map(|end| end.saturating_sub(start).min(document.len()));
        if kept == Some(0) {
            return Err(self.query_too_long(question));
        }
        Ok(([&template.prefix, encoded.ids(), &template.suffix].concat(), kept))
    }

    fn prepare_pair(
        &self,
        question: &Question<'_>,
        document: &str,
    ) -> Result<(Vec<u32>, Option<usize>), ModelError> {
        if question.instruction.is_some() {
            return Err(ModelError::NoInstruction { model: self.name.clone() });
        }
        let room = self.max_tokens.saturating_sub(self.tokens.added(true));
        let query = self.tokens.encode(question.query, room)?;
        if query.cut_at.is_some() || query.len() >= room {
            return Err(self.query_too_long(question));
        }
        let document: Encoded = self.tokens.encode(document, room - query.len())?;
        let kept = document.cut_at;
        Ok((self.tokens.join(query, document)?, kept))
    }

    fn query_too_long(&self, question: &Question<'_>) -> ModelError {
        ModelError::QueryTooLong {
            query_bytes: question.query.len(),
            limit: self.max_tokens,
            model: self.name.clone(),
        }
    }
}

impl Rerank for Reranker {
    fn rerank(
        &self,
        query: &str,
        documents: &[&str],
        instruction: Option<&str>,
        overlong: Overlong,
    ) -> Result<Reranked, ModelError> {
        let query = compose(query);
        if query.trim().is_empty() {
            return Err(ModelError::EmptyQuery);
        }
        let question = Question { query: &query, instruction, overlong };
        let prepared = documents.iter().enumerate();
        let prepared = prepared.map(|(index, document)| self.prepare(&question, index, document));
        let prepared: Vec<_> = prepared.collect::<Result<_, _>>()?;
        let lengths: Vec<usize> = prepared.iter().map(|(ids, _)| ids.len()).collect();
        let mut answer = Reranked {
            scores: vec![0.0; documents.len()],
            truncated: prepared.iter().filter_map(|(_, truncation)| *truncation).collect(),
            tokens: lengths.iter().sum(),
        };
        let sent: Vec<_> = pack(&lengths, self.owner.tokens_per_batch)
            .into_iter()
            .map(|texts| {
                let mut batch = Batch::default();
                texts.iter().for_each(|&text| batch.push(&prepared[text].0));
                (texts, self.owner.submit(batch, Urgency::Query))
            })
            .collect();
        for (texts, pending) in sent {
            for (text, row) in texts.into_iter().zip(pending.wait()?) {
                if !row[0].is_finite() {
                    return Err(ModelError::NotANumber { folder: self.folder.clone() });
                }
                answer.scores[text] = probability(row[0]);
            }
        }
        Ok(answer)
    }
}

/// The logistic function: of a classifier's logit, or of how much likelier yes is than no, which is
/// the softmax over the two.
fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
