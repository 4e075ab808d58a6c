//! Texts to vectors: templates, limits, batches, pooling, lengths.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::path::PathBuf;

use kenning_domain::{CountTokens, Embed, Embedded, ModelError, Overlong, Role, Truncation};

use crate::batch::{Batch, Urgency, pack};
use crate::device::Device;
use crate::error::LoadError;
use crate::family::{self, Head};
use crate::folder::ModelFolder;
use crate::learning::TEXTS;
use crate::owner::{Owner, Pending};
use crate::template::fill;
use crate::tokens::{Tokens, compose, given_bytes};
use kenning_manifest::{EmbedManifest, FILE_NAME, Task};

/// How many texts are tokenised and sorted by length together. While one window is computed the
/// next is tokenised.
const WINDOW: usize = 256;
/// Shorter vectors than this say too little to be useful.
const LEAST_DIMENSIONS: usize = 32;

pub struct Embedder {
    name: String,
    folder: PathBuf,
    manifest: EmbedManifest,
    max_tokens: usize,
    dimensions: usize,
    end_token: Option<u32>,
    tokens: Tokens,
    owner: Owner,
}

/// One text ready to be computed.
struct Prepared {
    ids: Vec<u32>,
    truncation: Option<Truncation>,
}

/// A batch on its way, and which texts its rows belong to.
struct Sent {
    texts: Vec<usize>,
    pending: Pending,
}

impl Embedder {
    pub fn open(folder: &ModelFolder, device: Device) -> Result<Self, LoadError> {
        folder.expect(Task::Embed)?;
        let malformed =
            |reason: String| LoadError::Malformed { file: folder.path.join(FILE_NAME), reason };
        let Some(manifest) = folder.manifest.embed.clone() else {
            return Err(malformed("has no table [embed]".into()));
        };
        let sizes = family::sizes(folder)?;
        folder.check_limit(sizes.positions)?;
        // Side by side: each takes as long as the other, and somebody waits for the first answer.
        let (tokens, network) = std::thread::scope(|scope| {
            let tokens = scope.spawn(|| Tokens::open(folder, sizes.vocabulary));
            let network = device.load(folder, Head::Pool(manifest.pooling));
            (tokens.join(), network)
        });
        let tokens = tokens.unwrap_or_else(|panic| resume_unwind(panic))?;
        let end_token = manifest.end_token.as_deref().map(|token| tokens.id(token)).transpose()?;
        let network = network?;
        let embedder = Self {
            name: folder.manifest.name.clone(),
            folder: folder.path.clone(),
            max_tokens: folder.manifest.max_tokens,
            dimensions: sizes.dimensions,
            owner: Owner::start(network)?,
            manifest,
            end_token,
            tokens,
        };
        if embedder.owner.learns {
            let learnt = embedder.learn();
            learnt.map_err(|error| LoadError::Device {
                device: embedder.device().to_owned(),
                reason: error.to_string(),
            })?;
        }
        Ok(embedder)
    }

    /// Shows the network what it is always shown first.
    fn learn(&self) -> Result<(), ModelError> {
        let mut batch = Batch::default();
        for (index, text) in TEXTS.iter().enumerate() {
            batch.push(&self.prepare(index, text, Role::Document, Overlong::Truncate)?.ids);
        }
        self.owner.submit(batch, Urgency::Document).wait()?;
        Ok(())
    }

    /// The token ids the network sees for a text: what the parity tests compare first.
    pub fn token_ids(&self, text: &str, role: Role<'_>) -> Result<Vec<u32>, ModelError> {
        Ok(self.prepare(0, text, role, Overlong::Refuse)?.ids)
    }

    /// The vectors of texts that are tokens already: what engines are compared by.
    pub fn embed_ids(
        &self,
        texts: Vec<Vec<u32>>,
        role: Role<'_>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        texts.iter().try_for_each(|ids| self.tokens.check(ids, self.max_tokens))?;
        let mut vectors = vec![Vec::new(); texts.len()];
        let of = |ids| Prepared { ids, truncation: None };
        let prepared: Vec<Prepared> = texts.into_iter().map(of).collect();
        for sent in self.send(&prepared, 0, Urgency::of(role)) {
            self.receive(sent, self.dimensions, &mut vectors)?;
        }
        Ok(vectors)
    }

    pub fn device(&self) -> &str {
        self.owner.device()
    }

    fn prepare(
        &self,
        index: usize,
        given: &str,
        role: Role<'_>,
        overlong: Overlong,
    ) -> Result<Prepared, ModelError> {
        let text = compose(given);
        if text.trim().is_empty() {
            return Err(ModelError::EmptyText { index });
        }
        let (filled, start) = self.fill(&text, role)?;
        let added = if self.end_token.is_some() { 1 } else { self.tokens.added(false) };
        let encoded = self.tokens.encode(&filled, self.max_tokens.saturating_sub(added))?;
        let kept = encoded.cut_at.map(|end| end.saturating_sub(start).min(text.len()));
        if let Some(kept) = kept {
            self.check_cut(index, given, role, overlong, kept)?;
        }
        let ids: Vec<u32> = match self.end_token {
            Some(end) => encoded.ids().iter().copied().chain([end]).collect(),
            None => self.tokens.finish(encoded)?,
        };
        if ids.is_empty() {
            return Err(ModelError::EmptyText { index });
        }
        self.tokens.check(&ids, self.max_tokens)?;
        let truncation = kept.map(|kept| Truncation {
            index,
            kept_tokens: ids.len(),
            kept_bytes: given_bytes(given, kept),
            text_bytes: given.len(),
        });
        Ok(Prepared { ids, truncation })
    }

    /// Whether a text of which `kept` bytes fit may be cut.
    fn check_cut(
        &self,
        index: usize,
        given: &str,
        role: Role<'_>,
        overlong: Overlong,
        kept: usize,
    ) -> Result<(), ModelError> {
        let (limit, model) = (self.max_tokens, self.name.clone());
        match role {
            Role::Query { instruction: Some(instruction) } if kept == 0 => {
                let instruction_bytes = instruction.len();
                Err(ModelError::InstructionTooLong { instruction_bytes, limit, model })
            }
            _ if kept == 0 || overlong == Overlong::Refuse => {
                Err(ModelError::TooLong { index, text_bytes: given.len(), limit, model })
            }
            _ => Ok(()),
        }
    }

    /// The template with the text in it, and where in it the text starts.
    fn fill(&self, text: &str, role: Role<'_>) -> Result<(String, usize), ModelError> {
        let (template, given) = match role {
            Role::Document => (&self.manifest.document, None),
            Role::Query { instruction } => (&self.manifest.query, instruction),
        };
        if given.is_some() && self.manifest.instruction.is_none() {
            return Err(ModelError::NoInstruction { model: self.name.clone() });
        }
        let instruction =
            compose(given.or(self.manifest.instruction.as_deref()).unwrap_or_default());
        let before = template.split("{text}").next().unwrap_or_default();
        let start = fill(before, &[("instruction", &instruction)]).len();
        Ok((fill(template, &[("instruction", &instruction), ("text", text)]), start))
    }

    fn kept_dimensions(&self, asked: Option<usize>) -> Result<usize, ModelError> {
        let most = self.dimensions;
        let least = LEAST_DIMENSIONS.min(most);
        match asked {
            None => Ok(most),
            Some(asked) if (least..=most).contains(&asked) => Ok(asked),
            Some(asked) => {
                Err(ModelError::Dimensions { asked, least, most, model: self.name.clone() })
            }
        }
    }

    fn send(&self, prepared: &[Prepared], first: usize, urgency: Urgency) -> Vec<Sent> {
        let lengths: Vec<usize> = prepared.iter().map(|text| text.ids.len()).collect();
        let batches = pack(&lengths, self.owner.tokens_per_batch);
        let send = |texts: Vec<usize>| {
            let mut batch = Batch::default();
            texts.iter().for_each(|&text| batch.push(&prepared[text].ids));
            let pending = self.owner.submit(batch, urgency);
            Sent { texts: texts.into_iter().map(|text| first + text).collect(), pending }
        };
        batches.into_iter().map(send).collect()
    }

    fn receive(&self, sent: Sent, kept: usize, vectors: &mut [Vec<f32>]) -> Result<(), ModelError> {
        for (text, row) in sent.texts.into_iter().zip(sent.pending.wait()?) {
            vectors[text] = unit_length(&row[..kept])
                .ok_or_else(|| ModelError::NotANumber { folder: self.folder.clone() })?;
        }
        Ok(())
    }
}

impl Embed for Embedder {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(
        &self,
        texts: &[&str],
        role: Role<'_>,
        dimensions: Option<usize>,
        overlong: Overlong,
    ) -> Result<Embedded, ModelError> {
        let kept = self.kept_dimensions(dimensions)?;
        let urgency = Urgency::of(role);
        let mut answer = Embedded { vectors: vec![Vec::new(); texts.len()], ..Embedded::default() };
        let mut on_the_way: VecDeque<Vec<Sent>> = VecDeque::new();
        for (number, window) in texts.chunks(WINDOW).enumerate() {
            let first = number * WINDOW;
            let prepared = window.iter().enumerate();
            let prepared =
                prepared.map(|(index, text)| self.prepare(first + index, text, role, overlong));
            let prepared: Vec<Prepared> = prepared.collect::<Result<_, _>>()?;
            answer.tokens += prepared.iter().map(|text| text.ids.len()).sum::<usize>();
            answer.truncated.extend(prepared.iter().filter_map(|text| text.truncation));
            on_the_way.push_back(self.send(&prepared, first, urgency));
            if on_the_way.len() > 1 {
                for sent in on_the_way.pop_front().into_iter().flatten() {
                    self.receive(sent, kept, &mut answer.vectors)?;
                }
            }
        }
        for sent in on_the_way.into_iter().flatten() {
            self.receive(sent, kept, &mut answer.vectors)?;
        }
        Ok(answer)
    }
}

impl CountTokens for Embedder {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        self.tokens.count(text)
    }
}

/// `None` where the row has no direction: it is zero, or not made of numbers.
fn unit_length(row: &[f32]) -> Option<Vec<f32>> {
    let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let usable = length.is_finite() && length > 0.0;
    usable.then(|| row.iter().map(|value| (f64::from(*value) / length) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::unit_length;

    #[test]
    fn rows_get_length_one_or_are_refused() {
        let check = |row: &[f32], expected: Option<Vec<f32>>| {
            assert_eq!(unit_length(row), expected, "{row:?}")
        };
        check(&[3.0, 4.0], Some(vec![0.6, 0.8]));
        check(&[1e30, 0.0], Some(vec![1.0, 0.0]));
        check(&[0.0, 0.0], None);
        check(&[f32::NAN, 1.0], None);
        check(&[f32::INFINITY, 1.0], None);
    }
}
