//! Which documents are most like each: every one is held against every other, and where a map is made anew only
//! what is new, or has lost a third of its neighbours.

use std::sync::atomic::{AtomicUsize, Ordering};

use kenning_domain::{ContentId, PassageId};
use kenning_store::codes::{Codes, CodesSnapshot, RowsMark, ScanOptions};

use crate::{Atlas, GivenUp, Making, NEIGHBOURS_SHARE};

/// How many are kept for each document.
pub const NEIGHBOURS: usize = 15;
/// So many of what is new may come to stand among the neighbours of what was there.
const REACH: usize = 64;
/// Where more than this share is new, everything is looked at again.
const MOST_NEW: f32 = 0.3;

/// A document that another is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub content: ContentId,
    /// The cosine of the two documents' means.
    pub similarity: f32,
}

/// For each document, the places of its neighbours and how like it they are, the nearest first.
pub type Neighbours = Vec<Vec<(u32, f32)>>;

/// Every document's mean, of length one, rounded like everything that is searched.
pub struct Means {
    /// With the marks of their rows, in the order of their numbers.
    pub documents: Vec<(ContentId, RowsMark)>,
    pub rows: CodesSnapshot,
}

impl Means {
    pub fn of(codes: &CodesSnapshot) -> Self {
        let mut rows = Codes::new(codes.dimensions());
        let mut documents = Vec::new();
        codes.means(&mut |content, mark, mean| {
            if let Some(row) = PassageId::new(content, 0)
                // Means of numbers of the right count are taken.
                && rows.push(row, mean).is_ok()
            {
                documents.push((content, mark));
            }
        });
        Self { documents, rows: rows.snapshot() }
    }

    /// Empty for a number that is no document's.
    pub fn vector(&self, place: usize) -> Vec<f32> {
        let row = self.documents.get(place).and_then(|(content, _)| PassageId::new(*content, 0));
        row.and_then(|row| self.rows.vector(row)).unwrap_or_default()
    }

    fn place(&self, content: ContentId) -> Option<u32> {
        let found = self.documents.binary_search_by_key(&content, |(own, _)| *own);
        found.ok().map(|place| place as u32)
    }

    fn nearest(&self, place: usize, limit: usize) -> Vec<(u32, f32)> {
        // A document's own mean is always one of the nearest, and is no neighbour.
        let nearest = self.rows.scan(&self.vector(place), &ScanOptions::best(limit + 1));
        let nearest = nearest.unwrap_or_default().into_iter().filter_map(|(row, similarity)| {
            let other = self.place(row.content())?;
            (other as usize != place).then_some((other, similarity))
        });
        nearest.take(limit).collect()
    }
}

pub fn neighbours(
    means: &Means,
    before: Option<&Atlas>,
    making: &Making<'_>,
) -> Result<Neighbours, GivenUp> {
    let count = means.documents.len();
    let mut known: Vec<Option<Vec<(u32, f32)>>> = match before {
        Some(before) => (0..count).map(|place| kept(means, place, before)).collect(),
        None => vec![None; count],
    };
    let fresh = |known: &[Option<_>]| -> Vec<usize> {
        (0..count).filter(|place| known[*place].is_none()).collect()
    };
    let mut new = fresh(&known);
    if new.len() as f32 > count as f32 * MOST_NEW {
        known.iter_mut().for_each(|own| *own = None);
        new = fresh(&known);
    }
    let is_all = new.len() == count;
    let found = look(means, &new, if is_all { NEIGHBOURS } else { REACH }, making)?;
    for (place, own) in new.into_iter().zip(found) {
        for (other, similarity) in &own {
            if let Some(theirs) = known[*other as usize].as_mut() {
                offer(theirs, (place as u32, *similarity));
            }
        }
        known[place] = Some(own);
    }
    let all = known.into_iter().map(|own| {
        let mut own = own.unwrap_or_default();
        own.truncate(NEIGHBOURS);
        own
    });
    Ok(all.collect())
}

/// A document's neighbours as they were, where it is as it was and most of them are still there.
fn kept(means: &Means, place: usize, before: &Atlas) -> Option<Vec<(u32, f32)>> {
    let (content, mark) = means.documents[place];
    let own = &before.documents[before.place(content)?];
    if own.mark != mark {
        return None;
    }
    let is_as_it_was = |near: &Near| {
        let place = means.place(near.content)?;
        let then = &before.documents[before.place(near.content)?];
        (means.documents[place as usize].1 == then.mark).then_some((place, near.similarity))
    };
    let kept: Vec<(u32, f32)> = own.near.iter().filter_map(is_as_it_was).collect();
    let whole = NEIGHBOURS.min(means.documents.len() - 1);
    (kept.len() * 3 >= whole * 2).then_some(kept)
}

/// Puts a neighbour where it belongs, unless it is there already.
fn offer(near: &mut Vec<(u32, f32)>, new: (u32, f32)) {
    if near.iter().all(|(place, _)| *place != new.0) {
        let at = near.partition_point(|(_, similarity)| *similarity >= new.1);
        near.insert(at, new);
    }
}

/// The nearest of each of these.
fn look(
    means: &Means,
    places: &[usize],
    limit: usize,
    making: &Making<'_>,
) -> Result<Neighbours, GivenUp> {
    let next = AtomicUsize::new(0);
    let cancelled = making.cancelled;
    let walk = |tell: &dyn Fn(f32)| {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = places.get(at) else { return Some(found) };
            if at.is_multiple_of(64) {
                if cancelled() {
                    return None;
                }
                tell(NEIGHBOURS_SHARE * at as f32 / places.len() as f32);
            }
            found.push((at, means.nearest(*place, limit)));
        }
    };
    let parts: Option<Vec<_>> = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..making.threads).map(|_| scope.spawn(|| walk(&|_| {}))).collect();
        let own = walk(making.tell);
        let theirs = helpers.into_iter().map(|helper| helper.join().unwrap_or(None));
        std::iter::once(own).chain(theirs).collect()
    });
    let mut all: Vec<_> = parts.ok_or(GivenUp)?.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, near)| near).collect())
}
