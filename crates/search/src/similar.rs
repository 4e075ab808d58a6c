//! Which hits say the same: copies, near copies, and the same in another language.

use kenning_domain::Tag;

use crate::vectors::dot;

/// A hit as far as it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Likeness<'a> {
    /// The blake3 of its text.
    pub hash: [u8; 32],
    /// Of length one, without what its language puts on it. Empty where it is not embedded yet.
    pub vector: &'a [f32],
    pub language: Option<Tag>,
}

/// How a hit is like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Similar {
    /// The text is the same.
    Copy,
    /// It says the same in the same language.
    NearCopy,
    /// It says the same in another language.
    Translation,
}

/// A hit and those after it that say the same, as indexes of the list given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copies {
    pub first: usize,
    pub others: Vec<(usize, Similar)>,
}

/// From which similarity on two hits say the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub near_copy: f32,
    pub translation: f32,
}

/// Puts each hit with the one it is most like among those before it that are like no other: what is
/// like a copy of a copy only stays by itself, so that no chain of small steps joins what differs.
///
/// Of translations each must be the nearest to the other that there is in its language. Languages keep
/// texts apart, so that translations may be no nearer to each other than neighbours of one language; but
/// among those of the other language nothing is as near.
pub fn copies(hits: &[Likeness<'_>], thresholds: Thresholds) -> Vec<Copies> {
    let mut found: Vec<Copies> = Vec::new();
    for (index, hit) in hits.iter().enumerate() {
        let mut best: Option<(usize, Similar, f32)> = None;
        for (group, copies) in found.iter().enumerate() {
            let first = &hits[copies.first];
            let Some((similar, nearness)) = likeness(first, hit, thresholds) else { continue };
            let nearest = |one, other| is_nearest(one, other, hits, thresholds.near_copy);
            let chose_each_other = || nearest(first, hit) && nearest(hit, first);
            if similar == Similar::Translation && !chose_each_other() {
                continue;
            }
            if best.is_none_or(|(.., most)| nearness > most) {
                best = Some((group, similar, nearness));
            }
        }
        match best {
            Some((group, similar, _)) => found[group].others.push((index, similar)),
            None => found.push(Copies { first: index, others: Vec::new() }),
        }
    }
    found
}

/// Whether no hit in the language of `other` is nearer to `one`, but for its near copies.
fn is_nearest(
    one: &Likeness<'_>,
    other: &Likeness<'_>,
    hits: &[Likeness<'_>],
    near_copy: f32,
) -> bool {
    let nearness = dot(one.vector, other.vector);
    let rivals = hits.iter().filter(|hit| {
        hit.language == other.language
            && hit.hash != other.hash
            && hit.vector.len() == one.vector.len()
    });
    rivals.into_iter().all(|rival| {
        dot(one.vector, rival.vector) <= nearness || dot(other.vector, rival.vector) >= near_copy
    })
}

/// How two hits are like each other, and how much.
fn likeness(
    one: &Likeness<'_>,
    other: &Likeness<'_>,
    thresholds: Thresholds,
) -> Option<(Similar, f32)> {
    if one.hash == other.hash {
        return Some((Similar::Copy, f32::INFINITY));
    }
    let comparable = one.vector.len() == other.vector.len() && !one.vector.is_empty();
    let nearness = comparable.then(|| dot(one.vector, other.vector))?;
    let (similar, least) = match (one.language, other.language) {
        (Some(one), Some(other)) if one != other => (Similar::Translation, thresholds.translation),
        _ => (Similar::NearCopy, thresholds.near_copy),
    };
    (nearness >= least).then_some((similar, nearness))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hit whose vector points `degrees` away from the first axis.
    fn hit<'a>(text: u8, vector: &'a [f32], language: &str) -> Likeness<'a> {
        Likeness { hash: [text; 32], vector, language: Tag::new(language) }
    }

    fn at(degrees: f32) -> [f32; 2] {
        [degrees.to_radians().cos(), degrees.to_radians().sin()]
    }

    fn check(hits: &[(u8, f32, &str)], expected: &[(usize, &[(usize, Similar)])]) {
        let vectors: Vec<[f32; 2]> = hits.iter().map(|(_, degrees, _)| at(*degrees)).collect();
        let hits: Vec<Likeness> = hits
            .iter()
            .zip(&vectors)
            .map(|((text, _, language), vector)| hit(*text, vector, language))
            .collect();
        // Translations are never quite as near as copies.
        let thresholds = Thresholds { near_copy: at(10.0)[0], translation: at(25.0)[0] };
        let expected: Vec<Copies> = expected
            .iter()
            .map(|(first, others)| Copies { first: *first, others: others.to_vec() })
            .collect();
        assert_eq!(copies(&hits, thresholds), expected);
    }

    #[test]
    fn what_says_the_same_stands_with_the_best_of_it() {
        use Similar::{Copy, NearCopy, Translation};
        check(&[], &[]);
        check(&[(1, 0.0, "de"), (2, 60.0, "de")], &[(0, &[]), (1, &[])]);
        check(&[(1, 0.0, "de"), (1, 90.0, "de")], &[(0, &[(1, Copy)])]);
        check(&[(1, 0.0, "de"), (2, 5.0, "de")], &[(0, &[(1, NearCopy)])]);
        check(&[(1, 0.0, "de"), (2, 20.0, "fr")], &[(0, &[(1, Translation)])]);
        check(&[(1, 0.0, "de"), (2, 20.0, "de")], &[(0, &[]), (1, &[])]);
        check(&[(1, 0.0, "de"), (2, 5.0, "")], &[(0, &[(1, NearCopy)])]);
    }

    #[test]
    fn a_hit_joins_the_nearest_and_chains_do_not_form() {
        use Similar::{NearCopy, Translation};
        check(
            &[(1, 0.0, "de"), (2, 40.0, "de"), (3, 22.0, "fr"), (4, 9.0, "de"), (5, 18.0, "de")],
            // The French one is nearest to the last German one, which is near the first but no copy of it.
            &[(0, &[(3, NearCopy)]), (1, &[]), (2, &[(4, Translation)])],
        );
    }

    #[test]
    fn translations_choose_each_other() {
        use Similar::Translation;
        // Two texts on one thing, each in two languages: the nearest are together, and no others.
        let both = [(1, 0.0, "de"), (2, 12.0, "de"), (3, 8.0, "fr"), (4, 20.0, "fr")];
        check(&both, &[(0, &[]), (1, &[(2, Translation)]), (3, &[])]);
        let both = [(1, 0.0, "de"), (2, 12.0, "de"), (3, 4.0, "fr"), (4, 16.0, "fr")];
        check(&both, &[(0, &[(2, Translation)]), (1, &[(3, Translation)])]);
        // A near copy of the counterpart is no rival of it.
        let copied = [(1, 0.0, "de"), (2, 9.0, "de"), (3, 12.0, "fr")];
        check(&copied, &[(0, &[(1, Similar::NearCopy), (2, Translation)])]);
        // One language has no counterpart of the first.
        check(
            &[(1, 0.0, "de"), (2, 20.0, "de"), (3, 19.0, "fr")],
            &[(0, &[]), (1, &[(2, Translation)])],
        );
    }

    #[test]
    fn what_is_not_embedded_is_like_its_copies_only() {
        let hits = [hit(1, &[], "de"), hit(2, &[], "de"), hit(1, &[], "de")];
        let found = copies(&hits, Thresholds { near_copy: -1.0, translation: -1.0 });
        let expected = [(0, vec![(2, Similar::Copy)]), (1, vec![])];
        assert_eq!(found, expected.map(|(first, others)| Copies { first, others }));
    }
}
