//! How whoever asked for long work says that it is not wanted any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that is raised once and stays raised. Its clones are the same flag: one is kept, the others
/// go to where the work is done.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_the_same_flag_and_others_are_not() {
        let (flag, other) = (Cancel::default(), Cancel::default());
        let clone = flag.clone();
        assert!(!flag.is_cancelled());
        clone.cancel();
        let found = [&flag, &clone, &other].map(Cancel::is_cancelled);
        assert_eq!(found, [true, true, false]);
    }
}
