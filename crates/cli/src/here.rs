//! Who asks and where: the languages of the user's environment, and the clock.

use std::env;

use jiff::{Timestamp, Zoned};
use kenning_domain::Tag;

/// The languages that the environment names, the most wanted first.
pub fn languages() -> Vec<Tag> {
    let names = ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"];
    of_environment(names.into_iter().filter_map(|name| env::var(name).ok()))
}

fn of_environment(values: impl Iterator<Item = String>) -> Vec<Tag> {
    let mut tags = Vec::new();
    for value in values {
        for locale in value.split(':') {
            // `C` and `POSIX` are no languages: they are not two or three letters.
            let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
            tags.extend(Tag::new(language).filter(|tag| !tags.contains(tag)));
        }
    }
    tags
}

/// How far the clock here is ahead of UTC.
pub fn seconds_east() -> i64 {
    i64::from(Zoned::now().offset().seconds())
}

/// A moment, in seconds since the start of 1970, as other programs read it. `None` where no calendar
/// has it.
pub fn written(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}

/// The day of a moment where the user lives.
pub fn day(seconds: i64) -> Option<String> {
    let moment = Timestamp::from_second(seconds).ok()?;
    Some(moment.to_zoned(jiff::tz::TimeZone::system()).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_come_in_the_order_in_which_they_are_wanted() {
        let check = |values: &[&str], expected: &[&str]| {
            let tags = of_environment(values.iter().map(|value| (*value).to_owned()));
            assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), expected, "{values:?}");
        };
        check(&["de_AT:fr", "de_DE.UTF-8"], &["de", "fr"]);
        check(&["C.UTF-8", "ja_JP.UTF-8"], &["ja"]);
        check(&["C", "POSIX", ""], &[]);
        check(&["sr_RS@latin"], &["sr"]);
    }

    #[test]
    fn moments_are_written_as_programs_read_them() {
        assert_eq!(written(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(written(i64::MAX), None);
    }
}
