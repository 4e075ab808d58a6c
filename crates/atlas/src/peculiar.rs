//! What stands out: documents that say the same, and documents that nothing is like.

use std::collections::HashSet;

use kenning_domain::{ContentId, Tag};
use kenning_search::Similar;

use crate::{Atlas, Near, Placed};

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
    /// Documents of one language that are more alike may be copies of each other.
    pub near_copy: f32,
    pub language: &'a dyn Fn(ContentId) -> Option<Tag>,
    /// How one document says the same as another; `None` where it does not.
    pub how: &'a mut dyn FnMut(ContentId, ContentId) -> Result<Option<Similar>, Error>,
    /// Hears which share of the documents was looked at.
    pub tell: &'a dyn Fn(f32),
}

/// Groups of documents that say the same as the first of each; a document stands in one of them. The greatest
/// difference in a group is the group's. Of documents in two languages each must be the nearest to the other
/// that there is in its language, but for copies of it.
pub fn twins<Error>(atlas: &Atlas, mut compare: Compare<'_, Error>) -> Result<Vec<Twins>, Error> {
    let count = atlas.documents.len();
    let language = |own: &Placed| (compare.language)(own.content);
    let languages: Vec<Option<Tag>> = atlas.documents.iter().map(language).collect();
    let copies = copies(atlas, &languages, compare.near_copy);
    let mut looking = Looking { atlas, languages, copies, is_taken: vec![false; count] };
    let mut found = Vec::new();
    for place in 0..count {
        (compare.tell)(place as f32 / count as f32);
        if !std::mem::replace(&mut looking.is_taken[place], true) {
            found.extend(looking.group(place, &mut compare)?);
        }
    }
    found.sort_by_key(|group| usize::MAX - group.documents.len());
    Ok(found)
}

struct Looking<'a> {
    atlas: &'a Atlas,
    languages: Vec<Option<Tag>>,
    /// Who may be a copy of whom, told from both ends.
    copies: Vec<Vec<u32>>,
    is_taken: Vec<bool>,
}

fn copies(atlas: &Atlas, languages: &[Option<Tag>], near_copy: f32) -> Vec<Vec<u32>> {
    let mut copies = vec![Vec::new(); atlas.documents.len()];
    for (one, document) in atlas.documents.iter().enumerate() {
        for near in document.near.iter().take_while(|near| near.similarity >= near_copy) {
            if let Some(other) = atlas.place(near.content)
                && languages[one] == languages[other]
            {
                copies[one].push(other as u32);
                copies[other].push(one as u32);
            }
        }
    }
    copies
}

impl Looking<'_> {
    /// Those that say the same as this one. Copies have more copies than a document has neighbours, so those of
    /// each copy are looked at, too.
    fn group<Error>(
        &mut self,
        first: usize,
        compare: &mut Compare<'_, Error>,
    ) -> Result<Option<Twins>, Error> {
        let documents = &self.atlas.documents;
        let mut members = vec![first];
        let mut to_compare = self.neighbours(first, compare);
        to_compare.extend(self.copies[first].iter().map(|other| *other as usize));
        let mut seen: HashSet<usize> = HashSet::new();
        let mut how = None;
        while let Some(other) = to_compare.pop() {
            if self.is_taken[other] || !seen.insert(other) {
                continue;
            }
            let compared = (compare.how)(documents[first].content, documents[other].content)?;
            if let Some(found) = compared {
                self.is_taken[other] = true;
                how = how.max(Some(found));
                members.push(other);
                to_compare.extend(self.copies[other].iter().map(|other| *other as usize));
            }
        }
        members.sort_unstable();
        let documents = members.iter().map(|member| documents[*member].content).collect();
        Ok(how.map(|how| Twins { how, documents }))
    }

    /// The neighbours of a document that are to be compared with it.
    fn neighbours<Error>(&self, first: usize, compare: &Compare<'_, Error>) -> Vec<usize> {
        let near = self.atlas.documents[first].near.iter();
        let near = near.take_while(|near| near.similarity >= compare.least);
        let places = near.filter_map(|near| self.atlas.place(near.content));
        // What was compared from its own end was not taken then.
        let was_compared = |other: usize| {
            let its = &self.atlas.documents[other].near;
            let content = self.atlas.documents[first].content;
            other < first && its.iter().any(|own| own.content == content)
        };
        let chose_each_other = |other: usize| {
            self.is_nearest(first, other, compare) && self.is_nearest(other, first, compare)
        };
        let is_candidate = |other: &usize| {
            !was_compared(*other)
                && (self.languages[first] == self.languages[*other] || chose_each_other(*other))
        };
        places.filter(is_candidate).collect()
    }

    /// Whether no document in the language of `other` is nearer to `one`, but for its near copies.
    fn is_nearest<Error>(&self, one: usize, other: usize, compare: &Compare<'_, Error>) -> bool {
        let documents = &self.atlas.documents;
        let is_copy = |rival: usize| {
            let content = documents[rival].content;
            let found = documents[other].near.iter().find(|near| near.content == content);
            found.is_some_and(|near| near.similarity >= compare.near_copy)
        };
        let places = documents[one].near.iter().filter_map(|near| self.atlas.place(near.content));
        let mut rivals = places.filter(|rival| self.languages[*rival] == self.languages[other]);
        rivals.find(|rival| *rival == other || !is_copy(*rival)) == Some(other)
    }
}

/// The documents that are like no other, the oddest first.
pub fn odd(atlas: &Atlas) -> Vec<ContentId> {
    let count = atlas.documents.len();
    if count < LEAST {
        return Vec::new();
    }
    let nearness = |near: &[Near]| {
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
