//! Noticing that the computer slept or that its clock was set: then events may be missing.

use std::time::{Duration, Instant, SystemTime};

/// A difference that ordinary scheduling and clock discipline do not explain.
const JUMP: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Wake {
    monotonic: Instant,
    system: SystemTime,
}

impl Wake {
    pub(crate) fn new(monotonic: Instant, system: SystemTime) -> Self {
        Self { monotonic, system }
    }

    /// Whether something odd happened to time since the last call, in which we meant to wait no
    /// longer than `expected`. Some systems stop the monotonic clock in their sleep, others do not.
    pub(crate) fn happened(
        &mut self,
        monotonic: Instant,
        system: SystemTime,
        expected: Duration,
    ) -> bool {
        let passed = monotonic.saturating_duration_since(self.monotonic);
        let jumped = match system.duration_since(self.system) {
            Ok(by_system) => by_system.abs_diff(passed) > JUMP,
            Err(backwards) => backwards.duration() > JUMP,
        };
        *self = Self { monotonic, system };
        jumped || passed > expected.saturating_add(JUMP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_set_clocks_are_noticed_and_small_steps_are_not() {
        let (start, system) = (Instant::now(), SystemTime::now());
        let check = |passed: u64, by_system: i64, expected: bool| {
            let mut wake = Wake::new(start, system);
            let shift = Duration::from_secs(by_system.unsigned_abs());
            let later = if by_system < 0 { system - shift } else { system + shift };
            let now = start + Duration::from_secs(passed);
            let happened = wake.happened(now, later, Duration::from_secs(30));
            assert_eq!(happened, expected, "{passed} s passed, {by_system} s by the clock");
        };
        check(30, 30, false);
        check(30, 33, false);
        check(1, 0, false);
        check(1, -5, false);
        check(1, 3600, true);
        check(1, -3600, true);
        check(3600, 3600, true);
    }
}
