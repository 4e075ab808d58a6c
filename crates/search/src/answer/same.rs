//! Documents that say the same, put with the best of them.

use kenning_domain::ContentId;
use kenning_store::{Reader, StoreError};

use super::ranking::Ranked;
use super::sense::{Vectors, add_exact};
use crate::library::{Catalogue, Meaning};
use crate::{Likeness, Similar, copies};

/// From which similarity on passages say the same. What a language puts on vectors is taken out, but
/// not all of it.
const NEAR_COPY: f32 = 0.96;
const TRANSLATION: f32 = 0.9;

/// A document, and those after it that say the same.
pub type WithOthers<'a> = (&'a Ranked, Vec<(ContentId, Similar)>);

/// Compares the best passages of as many documents as may be shown.
pub fn grouped<'a>(
    documents: &'a [Ranked],
    limit: usize,
    catalogue: &Catalogue,
    meaning: &Meaning,
    truth: &mut Reader,
    vectors: &mut Vectors,
) -> Result<Vec<WithOthers<'a>>, StoreError> {
    let compared = documents.len().min(limit.saturating_mul(2));
    let best = || documents[..compared].iter().map(|document| document.passages.first());
    add_exact(meaning, truth, best().flatten().map(|best| best.passage), vectors)?;
    let texts = texts(&documents[..compared], truth)?;
    let likeness = texts.into_iter().zip(best()).map(|(hash, best)| {
        let vector = best.and_then(|best| vectors.get(&best.passage));
        Likeness {
            hash,
            vector: vector.map_or(&[], Vec::as_slice),
            language: best.and_then(|best| catalogue.language(best.passage)),
        }
    });
    let likeness: Vec<Likeness<'_>> = likeness.collect();
    let groups = copies(&likeness, &|one, other| match (one.language, other.language) {
        (Some(one), Some(other)) if one != other => TRANSLATION,
        _ => NEAR_COPY,
    });
    let group = groups.into_iter().map(|group| {
        let others = group.others.into_iter();
        let others = others.map(|(other, similar)| (documents[other].content, similar));
        (&documents[group.first], others.collect())
    });
    let rest = documents[compared..].iter().map(|document| (document, Vec::new()));
    Ok(group.chain(rest).collect())
}

/// What tells the texts of documents apart. Their bytes always differ, since files of the same bytes hold
/// the same content; a letter and its copy as PDF may still have the same text.
fn texts(documents: &[Ranked], truth: &mut Reader) -> Result<Vec<[u8; 32]>, StoreError> {
    truth.read(|view| {
        let text = |document: &Ranked| {
            let mut hasher = blake3::Hasher::new();
            let ids = view.text_ids(document.content)?;
            for id in &ids {
                hasher.update(&id.0.to_le_bytes());
            }
            if ids.is_empty() {
                // What has no text says the same as nothing else.
                hasher.update(b"content").update(&document.content.0.to_le_bytes());
            }
            Ok(*hasher.finalize().as_bytes())
        };
        documents.iter().map(text).collect()
    })
}
