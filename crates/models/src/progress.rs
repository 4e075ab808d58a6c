//! How far fetching has come, and how long it will take.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProgress {
    pub name: String,
    pub bytes: u64,
    pub done: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub files: Vec<FileProgress>,
    /// Bytes in a second, over the last ten.
    pub speed: f64,
    /// `None` while it is not known.
    pub left: Option<Duration>,
    /// Why nothing comes at this moment, where nothing does.
    pub waits: Option<String>,
    /// Whether everything is fetched and is being compared with its digest.
    pub is_verifying: bool,
}

impl Progress {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub fn done(&self) -> u64 {
        self.files.iter().map(|file| file.done).sum()
    }
}

/// Speed from what was done when.
#[derive(Default)]
pub(crate) struct Speed(VecDeque<(Instant, u64)>);

const OVER: Duration = Duration::from_secs(10);

impl Speed {
    /// Notes what is done now, and says how fast it goes.
    pub(crate) fn note(&mut self, now: Instant, done: u64) -> f64 {
        self.0.push_back((now, done));
        while self.0.len() > 2 && now - self.0[0].0 > OVER {
            self.0.pop_front();
        }
        let Some((since, before)) = self.0.front() else { return 0.0 };
        let seconds = (now - *since).as_secs_f64();
        if seconds > 0.0 { done.saturating_sub(*before) as f64 / seconds } else { 0.0 }
    }
}

pub(crate) fn left(bytes: u64, speed: f64) -> Option<Duration> {
    (speed >= 1.0).then(|| Duration::from_secs_f64(bytes as f64 / speed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut speed = Speed::default();
        assert_eq!(speed.note(start, 5_000), 0.0);
        assert_eq!(speed.note(at(2), 7_000), 1_000.0);
        assert_eq!(speed.note(at(10), 15_000), 1_000.0);
        assert_eq!(speed.note(at(22), 15_000), 0.0);
        assert_eq!(left(500, 0.0), None);
        assert_eq!(left(500, 250.0), Some(Duration::from_secs(2)));
    }
}
