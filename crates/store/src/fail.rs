//! Named points at which a test may end the process, as a power cut would.
//!
//! Without the feature `failpoints` nothing of this is in the program.

/// Every point there is, in the order in which a document's way in comes by them, so that a test can
/// go through all.
#[cfg(feature = "failpoints")]
pub const POINTS: &[&str] = &[
    "truth.before_migration",
    "truth.after_migration",
    "truth.before_commit",
    "truth.after_commit",
    "librarian.written",
    "words.before_commit",
    "words.prepared",
    "words.after_commit",
    "words.anew_emptied",
    "words.anew_made",
    "words.anew_filling",
    "codes.built",
    "codes.before_save",
    "codes.written",
    "codes.after_save",
    "space.before_answering",
    "space.after_answering",
    "truth.before_close",
    "truth.after_close",
    "repair.saved",
    "repair.set_aside",
];

/// Ends the process here when `KENNING_FAILPOINT` is `name`, or `name:n` at the n-th passing.
#[cfg(feature = "failpoints")]
pub fn point(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PASSED: AtomicU64 = AtomicU64::new(0);
    debug_assert!(POINTS.contains(&name), "{name} is not among the points");
    let Ok(wanted) = std::env::var("KENNING_FAILPOINT") else { return };
    let (wanted, count) = match wanted.split_once(':') {
        Some((wanted, count)) => (wanted, count.parse().unwrap_or(1)),
        None => (wanted.as_str(), 1),
    };
    if wanted == name && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == count {
        std::process::abort();
    }
}

#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn point(_: &str) {}
