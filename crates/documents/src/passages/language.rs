//! Which language each passage of a document is in.

use kenning_domain::{Language, Passage, Tag};
use kenning_languages::{language, presumed, same_as};

use crate::document::Document;

/// Gives each passage its language where it can be told.
pub fn recognise(document: &Document, passages: &mut [Passage]) {
    let declared = document.metadata.language.as_deref().and_then(Tag::new).map(same_as);
    for passage in passages.iter_mut() {
        let text = document.text.get(passage.span.clone()).unwrap_or_default();
        passage.language = language(text, declared);
    }
    // A caption that says nothing itself is in the language nearly all of its document is in.
    let Some(usual) = usual(passages) else { return };
    for passage in passages.iter_mut().filter(|passage| passage.language.is_none()) {
        let text = document.text.get(passage.span.clone()).unwrap_or_default();
        passage.language = presumed(text, usual, 0.5);
    }
}

/// The language of nine in ten bytes whose language was told.
fn usual(passages: &[Passage]) -> Option<Tag> {
    let mut bytes: Vec<(Tag, usize)> = Vec::new();
    for passage in passages {
        let Some(Language { tag, .. }) = passage.language else { continue };
        match bytes.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, sum)) => *sum += passage.span.len(),
            None => bytes.push((tag, passage.span.len())),
        }
    }
    let all: usize = bytes.iter().map(|(_, sum)| sum).sum();
    bytes.into_iter().find(|(_, sum)| *sum > all / 10 * 9).map(|(tag, _)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Metadata;

    #[test]
    fn captions_follow_their_document() {
        let text = "Der Hafen ist heute wegen des Sturms geschlossen, und alle Fähren fahren morgen.\n\nBild 3".to_owned();
        let end = text.len();
        let passage = |span| Passage { span, page: None, headings: Vec::new(), language: None };
        let mut passages = [passage(0..end - 8), passage(end - 6..end)];
        let document = Document { text, metadata: Metadata::default(), ..Document::default() };
        recognise(&document, &mut passages);
        let found = passages.map(|passage| passage.language.unwrap());
        assert_eq!(found.map(|language| language.tag.to_string()), ["de", "de"]);
        assert!(found[0].confidence > 0.8 && found[1].confidence <= 0.6, "{found:?}");
    }
}
