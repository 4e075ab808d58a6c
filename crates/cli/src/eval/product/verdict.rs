//! How well "nothing close" is said, against the best that one threshold on the cosine can do.

use std::collections::BTreeMap;

use serde::Serialize;

/// Of those of which it was said, and of those of which it was true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Over the queries of one half.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictReport {
    pub queries: usize,
    /// Those that nothing in the set answers.
    pub unanswered: usize,
    pub verdict: Quality,
    /// Of "the nearest document's cosine is below the threshold".
    pub threshold: Quality,
    /// Chosen on the other half.
    pub cosine: f32,
    /// The share of unanswered queries, by language, of which the verdict was "nothing close", and
    /// that of answered ones.
    pub by_lang: BTreeMap<String, (f64, f64)>,
}

/// What was said of a query, and what is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub language: Option<String>,
    pub is_answered: bool,
    /// The verdict was "nothing close".
    pub nothing: bool,
    /// The highest there is.
    pub cosine: f32,
}

/// `reported` is what is measured; on `other` the threshold is chosen.
pub fn judged(reported: &[Said], other: &[Said]) -> VerdictReport {
    let cosine = best_threshold(other);
    VerdictReport {
        queries: reported.len(),
        unanswered: reported.iter().filter(|said| !said.is_answered).count(),
        verdict: quality(reported, |said| said.nothing),
        threshold: quality(reported, |said| said.cosine < cosine),
        cosine,
        by_lang: by_language(reported),
    }
}

fn quality(all: &[Said], nothing: impl Fn(&Said) -> bool) -> Quality {
    let count =
        |wanted: &dyn Fn(&Said) -> bool| all.iter().filter(|said| wanted(said)).count() as f64;
    let right = count(&|said| nothing(said) && !said.is_answered);
    let told = count(&|said| nothing(said));
    let so = count(&|said| !said.is_answered);
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let (precision, recall) = (ratio(right, told), ratio(right, so));
    Quality { precision, recall, f1: ratio(2.0 * right, told + so) }
}

/// The one with the highest F1. Below the first cosine nothing is told, so that it is at least that.
fn best_threshold(all: &[Said]) -> f32 {
    let mut by_cosine: Vec<(f32, bool)> =
        all.iter().map(|said| (said.cosine, said.is_answered)).collect();
    by_cosine.sort_by(|one, other| one.0.total_cmp(&other.0));
    let unanswered = by_cosine.iter().filter(|(_, is_answered)| !is_answered).count();
    let (mut right, mut best) = (0, (0.0, f32::MIN));
    for (told, (cosine, is_answered)) in by_cosine.iter().enumerate() {
        right += usize::from(!is_answered);
        let f1 = 2.0 * right as f64 / (told + 1 + unanswered) as f64;
        if f1 > best.0 {
            best = (f1, cosine.next_up());
        }
    }
    best.1
}

fn by_language(all: &[Said]) -> BTreeMap<String, (f64, f64)> {
    let mut counts: BTreeMap<&str, [[f64; 2]; 2]> = BTreeMap::new();
    for said in all {
        let Some(language) = &said.language else { continue };
        let of = &mut counts.entry(language).or_default()[usize::from(said.is_answered)];
        of[0] += f64::from(u8::from(said.nothing));
        of[1] += 1.0;
    }
    let share = |[told, all]: [f64; 2]| if all > 0.0 { told / all } else { 0.0 };
    counts.into_iter().map(|(tag, of)| (tag.to_owned(), (share(of[0]), share(of[1])))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(is_answered: bool, nothing: bool, cosine: f32) -> Said {
        Said { language: Some("de".into()), is_answered, nothing, cosine }
    }

    #[test]
    fn verdict_and_threshold_are_measured_on_the_same_queries() {
        let reported = [
            said(false, true, 0.70),
            said(false, true, 0.80),
            said(false, false, 0.86),
            said(true, true, 0.83),
            said(true, false, 0.90),
        ];
        let other = [
            said(false, false, 0.70),
            said(false, false, 0.81),
            said(true, false, 0.82),
            said(true, false, 0.91),
        ];
        let report = judged(&reported, &other);
        assert_eq!((report.queries, report.unanswered), (5, 3));
        let two_thirds = 2.0 / 3.0;
        let expected = Quality { precision: two_thirds, recall: two_thirds, f1: two_thirds };
        assert_eq!(report.verdict, expected);
        assert!(report.cosine > 0.81 && report.cosine < 0.82, "{}", report.cosine);
        assert_eq!(report.threshold, Quality { precision: 1.0, recall: two_thirds, f1: 0.8 });
        assert_eq!(report.by_lang["de"], (two_thirds, 0.5));
    }
}
