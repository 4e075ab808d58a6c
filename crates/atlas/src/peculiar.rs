//! What stands out: documents that say the same, and documents that nothing is like.

use kenning_domain::{ContentId, Tag};
use kenning_search::Similar;

use crate::Atlas;

/// In fewer documents nothing is odd.
const LEAST: usize = 20;
const MOST_ODD: usize = 50;
/// How many of a document's neighbours say how near it is to others.
const NEAREST: usize = 5;
/// How many standard deviations below the others an odd one is.
const APART: f32 = 2.0;

/// Documents that say the same, and how they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    pub how: Similar,
    /// Two or more.
    pub documents: Vec<ContentId>,
}

/// How it is found out which documents say the same.
pub struct Compare<'a, Error> {
    /// Documents that are less alike are not looked at.
    pub least: f32,
    pub language: &'a dyn Fn(ContentId) -> Option<Tag>,
    /// How one document says the same as another; `None` where it does not.
    pub how: &'a mut dyn FnMut(ContentId, ContentId) -> Result<Option<Similar>, Error>,
}

/// Groups of documents that say the same as the first of each; a document stands in one of them. The greatest
/// difference in a group is the group's. Of documents in two languages each must be the nearest to the other
/// that there is in its language.
pub fn twins<Error>(atlas: &Atlas, compare: Compare<'_, Error>) -> Result<Vec<Twins>, Error> {
    let documents = &atlas.documents;
    let languages: Vec<Option<Tag>> =
        documents.iter().map(|own| (compare.language)(own.content)).collect();
    let nearest_in = |place: usize, language: Option<Tag>| {
        let mut near = documents[place].near.iter().filter_map(|near| atlas.place(near.content));
        near.find(|other| languages[*other] == language)
    };
    let mut is_taken = vec![false; documents.len()];
    let mut found = Vec::new();
    for (place, document) in documents.iter().enumerate() {
        if std::mem::replace(&mut is_taken[place], true) {
            continue;
        }
        let mut group: Option<Twins> = None;
        for near in document.near.iter().take_while(|near| near.similarity >= compare.least) {
            let Some(other) = atlas.place(near.content).filter(|other| !is_taken[*other]) else {
                continue;
            };
            let [own_language, its_language] = [languages[place], languages[other]];
            let chose_each_other = || {
                nearest_in(place, its_language) == Some(other)
                    && nearest_in(other, own_language) == Some(place)
            };
            if own_language != its_language && !chose_each_other() {
                continue;
            }
            if let Some(how) = (compare.how)(document.content, near.content)? {
                is_taken[other] = true;
                let group =
                    group.get_or_insert_with(|| Twins { how, documents: vec![document.content] });
                group.how = group.how.max(how);
                group.documents.push(near.content);
            }
        }
        found.extend(group);
    }
    found.sort_by_key(|group| usize::MAX - group.documents.len());
    Ok(found)
}

/// The documents that are like no other, the oddest first.
pub fn odd(atlas: &Atlas) -> Vec<ContentId> {
    let count = atlas.documents.len();
    if count < LEAST {
        return Vec::new();
    }
    let nearness = |near: &[crate::Near]| {
        let near = &near[..near.len().min(NEAREST)];
        near.iter().map(|near| near.similarity).sum::<f32>() / near.len().max(1) as f32
    };
    let each: Vec<f32> = atlas.documents.iter().map(|own| nearness(&own.near)).collect();
    let mean = each.iter().sum::<f32>() / count as f32;
    let spread = each.iter().map(|own| (own - mean).powi(2)).sum::<f32>() / count as f32;
    let limit = mean - APART * spread.sqrt();
    let mut odd: Vec<(f32, ContentId)> = each
        .into_iter()
        .zip(&atlas.documents)
        .filter(|(own, _)| *own < limit)
        .map(|(own, document)| (own, document.content))
        .collect();
    odd.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    odd.truncate(MOST_ODD);
    odd.into_iter().map(|(_, content)| content).collect()
}
