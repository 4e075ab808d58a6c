//! Events of the file system as hints: where to look, once it has become quiet there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Hints that wait. Nothing is believed of an event but that its path is worth a look.
#[derive(Debug)]
pub(crate) struct Hints {
    waiting: HashMap<PathBuf, Waiting>,
    quiet: Duration,
    longest: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    first: Instant,
    last: Instant,
    is_deep: bool,
}

/// A path to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hint {
    pub(crate) path: PathBuf,
    /// Whether, if this is a folder that is known already, what is in it must be looked at too.
    pub(crate) is_deep: bool,
}

impl Hints {
    /// Paths are looked at when they were `quiet` for so long, or after the `longest` wait: a file
    /// that grows for ever is never quiet.
    pub(crate) fn new(quiet: Duration, longest: Duration) -> Self {
        Self { waiting: HashMap::new(), quiet, longest }
    }

    pub(crate) fn add(&mut self, path: PathBuf, is_deep: bool, now: Instant) {
        let fresh = Waiting { first: now, last: now, is_deep };
        let waiting = self.waiting.entry(path).or_insert(fresh);
        waiting.last = now;
        waiting.is_deep |= is_deep;
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn forget_under(&mut self, folder: &Path) {
        self.waiting.retain(|path, _| !path.starts_with(folder));
    }

    /// When the next hint is ripe, if there is one.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| self.due(waiting)).min()
    }

    /// Takes out what is ripe, in the order of paths.
    pub(crate) fn ripe(&mut self, now: Instant) -> Vec<Hint> {
        let (quiet, longest) = (self.quiet, self.longest);
        self.take(|_, waiting| (waiting.last + quiet).min(waiting.first + longest) <= now)
    }

    /// Takes out, ripe or not, the paths that are wanted.
    pub(crate) fn wanted(&mut self, mut is_wanted: impl FnMut(&Path) -> bool) -> Vec<Hint> {
        self.take(|path, _| is_wanted(path))
    }

    fn take(&mut self, mut is_taken: impl FnMut(&Path, &Waiting) -> bool) -> Vec<Hint> {
        let taken = self.waiting.extract_if(|path, waiting| is_taken(path, waiting));
        let mut hints: Vec<Hint> =
            taken.map(|(path, waiting)| Hint { path, is_deep: waiting.is_deep }).collect();
        hints.sort_unstable();
        hints
    }

    fn due(&self, waiting: &Waiting) -> Instant {
        (waiting.last + self.quiet).min(waiting.first + self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    fn hints() -> (Hints, Instant) {
        (Hints::new(Duration::from_millis(300), Duration::from_secs(2)), Instant::now())
    }

    fn hint(path: &str, is_deep: bool) -> Hint {
        Hint { path: path.into(), is_deep }
    }

    #[test]
    fn a_path_is_ripe_when_it_has_been_quiet() {
        let (mut hints, start) = hints();
        hints.add("b".into(), false, start);
        hints.add("a".into(), true, at(start, 100));
        hints.add("b".into(), false, at(start, 200));
        assert_eq!(hints.next(), Some(at(start, 400)));
        assert_eq!(hints.ripe(at(start, 399)), []);
        assert_eq!(hints.ripe(at(start, 400)), [hint("a", true)]);
        assert_eq!(hints.ripe(at(start, 500)), [hint("b", false)]);
        assert_eq!(hints.next(), None);
    }

    #[test]
    fn a_path_that_is_never_quiet_is_ripe_after_the_longest_wait() {
        let (mut hints, start) = hints();
        for step in 0..20 {
            hints.add("growing".into(), false, at(start, step * 100));
            assert_eq!(hints.ripe(at(start, step * 100)), []);
        }
        assert_eq!(hints.ripe(at(start, 2000)), [hint("growing", false)]);
    }

    #[test]
    fn one_deep_event_makes_a_hint_deep() {
        let (mut hints, start) = hints();
        hints.add("a".into(), true, start);
        hints.add("a".into(), false, start);
        assert_eq!(hints.ripe(at(start, 300)), [hint("a", true)]);
    }

    #[test]
    fn what_is_wanted_comes_before_it_is_ripe() {
        let (mut hints, start) = hints();
        hints.add("a".into(), false, start);
        hints.add("b".into(), false, start);
        assert_eq!(hints.wanted(|path| path == Path::new("b")), [hint("b", false)]);
        assert_eq!(hints.len(), 1);
    }
}
