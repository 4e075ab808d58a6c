//! Named points at which a test may end the process, as a power cut would.
//!
//! Without the feature `failpoints` nothing of this is in the program.

/// Ends the process here when `KENNING_FAILPOINT` is `name`, or `name:n` at the n-th passing.
#[cfg(feature = "failpoints")]
pub fn point(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PASSED: AtomicU64 = AtomicU64::new(0);
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
