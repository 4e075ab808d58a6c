//! Maps of made-up libraries, of which it is known what belongs together.

use std::cell::RefCell;

use kenning_domain::{ContentId, PassageId, Tag};
use kenning_search::Similar;
use kenning_store::codes::{Codes, CodesSnapshot};

use super::*;
use crate::random::Random;

const DIMENSIONS: usize = 24;

/// Documents around so many middles, one after the other, each of two passages; `spread` says how far from it.
struct Library {
    codes: Codes,
    groups: usize,
}

impl Library {
    fn new(documents: usize, groups: usize, spread: f32) -> Self {
        let mut library = Self { codes: Codes::new(DIMENSIONS), groups };
        for number in 0..documents {
            library.put(number as i64, number % groups, spread);
        }
        library
    }

    /// Two middles side by side are nearer to each other than to the rest.
    fn put(&mut self, number: i64, group: usize, spread: f32) {
        let mut random = Random::new(number as u64 * 31 + 5);
        for ordinal in 0..2 {
            let mut vector: Vec<f32> = (0..DIMENSIONS).map(|_| random.signed() * spread).collect();
            vector[group] += 1.0;
            vector[self.groups + group / 2] += 0.7;
            let passage = PassageId::new(ContentId(number), ordinal).unwrap();
            self.codes.push(passage, &vector).unwrap();
        }
    }

    fn snapshot(&self) -> CodesSnapshot {
        self.codes.snapshot()
    }
}

fn make(codes: &CodesSnapshot, before: Option<&Atlas>) -> Atlas {
    let making = Making { threads: 2, tell: &|_| {}, cancelled: &|| false };
    Atlas::make(1, codes, before, &making).unwrap()
}

fn far(one: [f32; 2], other: [f32; 2]) -> f32 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

/// The share of documents of which the nearest on the map are of their own group.
fn kept_together(atlas: &Atlas, groups: usize) -> f32 {
    let documents = &atlas.documents;
    let is_with_own = |own: &Placed| {
        let others = documents.iter().filter(|other| other.content != own.content);
        let mut others: Vec<&Placed> = others.collect();
        others.sort_by(|a, b| far(a.at, own.at).total_cmp(&far(b.at, own.at)));
        let group = |of: &Placed| of.content.0 as usize % groups;
        others.iter().take(5).filter(|other| group(other) == group(own)).count() >= 4
    };
    documents.iter().filter(|own| is_with_own(own)).count() as f32 / documents.len() as f32
}

#[test]
fn what_is_alike_lies_together_and_makes_a_topic() {
    let atlas = make(&Library::new(300, 6, 0.25).snapshot(), None);
    assert!(kept_together(&atlas, 6) > 0.97, "{}", kept_together(&atlas, 6));
    assert!(atlas.documents.iter().all(|own| own.at.iter().all(|value| value.abs() <= 1.0)));
    let tops: Vec<&Topic> = atlas.topics.iter().filter(|topic| topic.parent.is_none()).collect();
    // Groups side by side may be seen as one topic with two within it.
    assert!((3..=6).contains(&tops.len()), "{}", tops.len());
    let innermost: Vec<&Topic> = (0..atlas.topics.len() as u32)
        .filter(|number| atlas.documents.iter().any(|own| own.topic == Some(*number)))
        .map(|number| &atlas.topics[number as usize])
        .collect();
    let is_pure = |topic: &&&Topic| {
        let first = topic.members[0] % 6 / 2;
        topic.members.iter().all(|member| member % 6 / 2 == first)
    };
    assert_eq!(innermost.iter().filter(is_pure).count(), innermost.len());
    for (number, topic) in atlas.topics.iter().enumerate() {
        assert!(topic.parent.is_none_or(|parent| (parent as usize) < number));
        assert!(topic.members.len() >= 3);
    }
}

#[test]
fn the_same_documents_give_the_same_map_on_any_number_of_threads() {
    let codes = Library::new(200, 4, 0.3).snapshot();
    let with = |threads| {
        let making = Making { threads, tell: &|_| {}, cancelled: &|| false };
        Atlas::make(1, &codes, None, &making).unwrap()
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn neighbours_are_exact() {
    let codes = Library::new(120, 4, 0.5).snapshot();
    let atlas = make(&codes, None);
    let means = Means::of(&codes);
    let similarity = |one: usize, other: usize| -> f32 {
        means.vector(one).iter().zip(means.vector(other)).map(|(a, b)| a * b).sum()
    };
    for (place, own) in atlas.documents.iter().enumerate() {
        let mut all: Vec<f32> = (0..120)
            .filter(|other| *other != place)
            .map(|other| similarity(place, other))
            .collect();
        all.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(own.near.len(), near::NEIGHBOURS);
        for (near, expected) in own.near.iter().zip(all) {
            assert!((near.similarity - expected).abs() < 0.02, "{near:?} {expected}");
        }
    }
}

#[test]
fn a_library_that_changed_a_little_keeps_its_map() {
    let mut library = Library::new(300, 6, 0.25);
    let before = make(&library.snapshot(), None);
    for number in 300..310 {
        library.put(number, number as usize % 6, 0.25);
    }
    library.codes.remove_content(ContentId(17));
    let after = make(&library.snapshot(), Some(&before));
    assert_eq!(after.documents.len(), 309);
    let moved: Vec<f32> = before
        .documents
        .iter()
        .filter_map(|own| Some(far(own.at, after.documents[after.place(own.content)?].at)))
        .collect();
    let mean = moved.iter().sum::<f32>() / moved.len() as f32;
    assert!(mean < 0.15, "documents moved by {mean}");
    assert!(kept_together(&after, 6) > 0.97);
    // What is new is known to those it is like, and what is gone to nobody.
    let known = |content| {
        after.documents.iter().any(|own| own.near.iter().any(|near| near.content == content))
    };
    assert!(known(ContentId(305)));
    assert!(!known(ContentId(17)));
}

#[test]
fn a_map_knows_whether_it_is_of_the_library() {
    let mut library = Library::new(40, 4, 0.3);
    let atlas = make(&library.snapshot(), None);
    assert!(atlas.is_of(1, &library.snapshot()));
    assert!(!atlas.is_of(2, &library.snapshot()));
    library.codes.remove_content(ContentId(3));
    assert!(!atlas.is_of(1, &library.snapshot()));
    library.put(3, 3, 0.3);
    assert!(atlas.is_of(1, &library.snapshot()));
    let passage = PassageId::new(ContentId(3), 2).unwrap();
    library.codes.push(passage, &[1.0; DIMENSIONS]).unwrap();
    assert!(!atlas.is_of(1, &library.snapshot()));
    library.put(3, 3, 0.3);
    library.codes.remove_content(ContentId(3));
    // As many passages, of something else.
    library.put(3, 2, 0.7);
    assert!(!atlas.is_of(1, &library.snapshot()));
    // What points nowhere is a document all the same.
    library.codes.remove_content(ContentId(3));
    let passage = PassageId::new(ContentId(3), 0).unwrap();
    library.codes.push(passage, &[0.0; DIMENSIONS]).unwrap();
    assert!(make(&library.snapshot(), Some(&atlas)).is_of(1, &library.snapshot()));
}

#[test]
fn documents_that_go_one_by_one_leave_nobody_without_neighbours() {
    let mut library = Library::new(120, 4, 0.4);
    let mut atlas = make(&library.snapshot(), None);
    for gone in 0..60 {
        library.codes.remove_content(ContentId(gone));
        if gone % 5 == 4 {
            atlas = make(&library.snapshot(), Some(&atlas));
        }
    }
    assert_eq!(atlas.documents.len(), 60);
    assert!(atlas.documents.iter().all(|own| own.near.len() >= 10));
}

#[test]
fn the_smallest_libraries_have_maps_too() {
    for count in 0..12 {
        let atlas = make(&Library::new(count, 2, 0.3).snapshot(), None);
        assert_eq!(atlas.documents.len(), count);
        assert!(atlas.documents.iter().all(|own| own.at.iter().all(|value| value.is_finite())));
    }
    // Documents that are all the same, too.
    let mut codes = Codes::new(DIMENSIONS);
    for number in 0..50 {
        codes.push(PassageId::new(ContentId(number), 0).unwrap(), &[1.0; DIMENSIONS]).unwrap();
    }
    let atlas = make(&codes.snapshot(), None);
    assert!(atlas.documents.iter().all(|own| own.at.iter().all(|value| value.is_finite())));
}

#[test]
fn it_says_how_far_it_is_and_stops_when_nobody_waits() {
    let codes = Library::new(400, 4, 0.3).snapshot();
    let told = RefCell::new(Vec::new());
    let making =
        Making { threads: 2, tell: &|done| told.borrow_mut().push(done), cancelled: &|| false };
    Atlas::make(1, &codes, None, &making).unwrap();
    let told = told.into_inner();
    assert!(told.is_sorted() && told.len() > 10);
    assert!(told.iter().all(|done| (0.0..=1.0).contains(done)));
    let making = Making { threads: 2, tell: &|_| {}, cancelled: &|| true };
    assert_eq!(Atlas::make(1, &codes, None, &making), Err(GivenUp));
}

#[test]
fn documents_that_say_the_same_are_found_and_those_like_no_other() {
    let mut library = Library::new(120, 4, 0.3);
    let vector: Vec<f32> = (0..DIMENSIONS).map(|at| if at == 23 { 1.0 } else { 0.02 }).collect();
    library.codes.push(PassageId::new(ContentId(500), 0).unwrap(), &vector).unwrap();
    let same: Vec<f32> = (0..DIMENSIONS).map(|at| if at == 2 { 1.0 } else { 0.5 }).collect();
    for number in [600, 601, 602] {
        library.codes.push(PassageId::new(ContentId(number), 0).unwrap(), &same).unwrap();
    }
    let mut atlas = make(&library.snapshot(), None);
    assert_eq!(atlas.odd[0], ContentId(500));
    let mut how = |one: ContentId, other: ContentId| -> Result<Option<Similar>, ()> {
        Ok(match (one.0, other.0) {
            (600.., 602..) => Some(Similar::Translation),
            (600.., 600..) => Some(Similar::Copy),
            _ => None,
        })
    };
    let [german, french] = ["de", "fr"].map(Tag::new);
    let language = |content: ContentId| if content.0 == 602 { french } else { german };
    let compare =
        Compare { least: 0.9, near_copy: 0.96, language: &language, how: &mut how, tell: &|_| {} };
    atlas.find_twins(compare).unwrap();
    let documents = [600, 601, 602].map(ContentId).to_vec();
    assert_eq!(atlas.twins, [Twins { how: Similar::Translation, documents }]);
    assert_eq!(Atlas::of_bytes(&atlas.to_bytes()), Some(atlas));
}

#[test]
fn more_copies_than_neighbours_are_one_group() {
    let mut library = Library::new(60, 4, 0.3);
    let mut random = Random::new(9);
    for number in 700..740 {
        let mut form: Vec<f32> =
            (0..DIMENSIONS).map(|at| if at == 20 { 1.0 } else { 0.3 }).collect();
        form[0] += random.signed() * 0.01;
        library.codes.push(PassageId::new(ContentId(number), 0).unwrap(), &form).unwrap();
    }
    let mut atlas = make(&library.snapshot(), None);
    let mut how = |one: ContentId, other: ContentId| -> Result<Option<Similar>, ()> {
        Ok((one.0 >= 700 && other.0 >= 700).then_some(Similar::NearCopy))
    };
    let compare =
        Compare { least: 0.9, near_copy: 0.96, language: &|_| None, how: &mut how, tell: &|_| {} };
    atlas.find_twins(compare).unwrap();
    assert_eq!(atlas.twins.len(), 1);
    assert_eq!(atlas.twins[0].documents.len(), 40);
}

#[test]
fn a_map_comes_back_from_its_bytes_and_damage_is_seen() {
    let mut atlas = make(&Library::new(60, 4, 0.3).snapshot(), None);
    atlas.topics[0].name = vec!["Gärten".to_owned(), "庭".to_owned()];
    let bytes = atlas.to_bytes();
    assert_eq!(Atlas::of_bytes(&bytes), Some(atlas));
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        assert_eq!(Atlas::of_bytes(&damaged), None, "{at}");
        assert_eq!(Atlas::of_bytes(&bytes[..at]), None);
    }
}
