//! How fast, and how patiently: a limit on the bytes of a second, and how long to wait after a failure.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A limit that all streams share.
pub(crate) struct Pace {
    /// Bytes in a second; `None` for as fast as they come.
    limit: Option<u64>,
    /// When the bytes that were let through would have come at just that speed.
    paid_until: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new(limit: Option<u64>) -> Self {
        let limit = limit.filter(|limit| *limit > 0);
        Self { limit, paid_until: Mutex::new(Instant::now()) }
    }

    /// Waits until so many bytes more may come.
    pub(crate) async fn pass(&self, bytes: usize) {
        let Some(limit) = self.limit else { return };
        let wait = {
            let mut paid_until = self.paid_until.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let wait = paid_until.saturating_duration_since(now);
            *paid_until =
                (*paid_until).max(now) + Duration::from_secs_f64(bytes as f64 / limit as f64);
            wait
        };
        tokio::time::sleep(wait).await;
    }
}

/// How often is tried again, and how long is waited before.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Failures in a row, without a byte between them, after which nobody tries any more.
    pub failures: u32,
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// How long nothing may come before a connection counts as lost.
    pub stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            failures: 8,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            stall: Duration::from_secs(30),
        }
    }
}

impl Patience {
    /// How long to wait after so many failures in a row: twice as long each time, and each a little
    /// otherwise, that those who failed together do not come back together. What the server asks for is
    /// given, up to ten minutes.
    pub(crate) fn wait(&self, failures: u32, asked: Option<Duration>) -> Duration {
        if let Some(asked) = asked {
            return asked.min(Duration::from_secs(600));
        }
        let doubled = self.first_wait.saturating_mul(1 << failures.saturating_sub(1).min(16));
        let most = doubled.min(self.longest_wait);
        let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let chance = nanos.map_or(0, |since| since.subsec_micros() % 256);
        most.mul_f64(0.75 + f64::from(chance) / 1024.0)
    }
}

/// What `Retry-After` asks for: seconds, or a date.
pub(crate) fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = http_date(value.trim())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs() as i64;
    Some(Duration::from_secs(then.saturating_sub(now).max(0) as u64))
}

/// Seconds since the start of 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(date: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = date.split(' ').skip(1);
    let day: i64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as i64 + 1;
    let year: i64 = words.next()?.parse().ok().filter(|year| (1970..10_000).contains(year))?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    // Years begin with March, so that the day that is sometimes there is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days - 719_468) * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_understood() {
        let check =
            |date: &str, expected: Option<i64>| assert_eq!(http_date(date), expected, "{date}");
        check("Thu, 01 Jan 1970 00:00:00 GMT", Some(0));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777));
        check("Tue, 29 Feb 2028 23:59:59 GMT", Some(1_835_481_599));
        check("Sat, 1 Foo 2030 00:00:00 GMT", None);
        check("tomorrow", None);
    }

    #[test]
    fn waits_grow_to_their_limit_and_give_way_to_what_is_asked() {
        let patience = Patience::default();
        let check = |failures: u32, least: u64, most: u64| {
            let wait = patience.wait(failures, None).as_millis() as u64;
            assert!((least..=most).contains(&wait), "{failures}: {wait}");
        };
        check(1, 375, 500);
        check(2, 750, 1000);
        check(40, 45_000, 60_000);
        let asked = Duration::from_secs(7);
        assert_eq!(patience.wait(1, Some(asked)), asked);
        assert_eq!(retry_after(" 12 "), Some(Duration::from_secs(12)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }
}
