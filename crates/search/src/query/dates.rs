//! Days, months and years as people write them in a query.
//!
//! A day here is a whole day of UTC, counted from the first of 1970. Which day it is where the user
//! lives is for the caller to say.

use std::fmt;
use std::ops::Range;

/// A year, a month or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

impl Period {
    /// Reads `2024`, `2024-06` or `2024-06-30`; slashes and dots will do as well.
    pub fn parse(text: &str) -> Option<Self> {
        let mark = text.chars().find(|mark| !mark.is_ascii_digit()).unwrap_or('-');
        if !matches!(mark, '-' | '/' | '.') {
            return None;
        }
        let mut fields = text.split(mark);
        let year = digits(fields.next()?, 4..=4)?;
        let mut rest = fields.map(|field| digits(field, 1..=2).unwrap_or(0));
        let (month, day) = (rest.next(), rest.next());
        let months = month.is_none_or(|month| (1..=12).contains(&month));
        let longest = month.map_or(0, |month| u16::from(days_in(year, month as u8)));
        let days = day.is_none_or(|day| (1..=longest).contains(&day));
        let whole = rest.next().is_none() && year > 0 && months && days;
        let byte = |number: u16| number as u8;
        whole.then_some(Self { year, month: month.map(byte), day: day.map(byte) })
    }

    /// Its days, the one after its last excluded.
    pub fn days(self) -> Range<i64> {
        let month = self.month.unwrap_or(1);
        let start = day_number(self.year, month, self.day.unwrap_or(1));
        let length = match (self.month, self.day) {
            (_, Some(_)) => 1,
            (Some(month), None) => i64::from(days_in(self.year, month)),
            (None, None) => 365 + i64::from(is_leap(self.year)),
        };
        start..start + length
    }
}

impl fmt::Display for Period {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:04}", self.year)?;
        for field in [self.month, self.day].into_iter().flatten() {
            write!(to, "-{field:02}")?;
        }
        Ok(())
    }
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && lengths.contains(&text.len())).then(|| text.parse().ok()).flatten()
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of 1970 to a day of the Gregorian calendar.
fn day_number(year: u16, month: u8, day: u8) -> i64 {
    let years = i64::from(year) - 1;
    let before = years * 365 + years / 4 - years / 100 + years / 400;
    let months: i64 = (1..month).map(|month| i64::from(days_in(year, month))).sum();
    // 719,162 days lie between the first of the year one and the first of 1970.
    before + months + i64::from(day) - 1 - 719_162
}
