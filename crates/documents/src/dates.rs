//! Dates as formats write them, to ISO 8601 with as much of it as was given.

/// A date that stands at the beginning of the text in the order of ISO 8601: `2024`, `2024-06`,
/// `2024-06-30` or `20240630`, with or without a time. `None` for anything else.
pub fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, rest) = text.split_at(text.find(['T', 't', ' ']).unwrap_or(text.len()));
    let date = day(date)?;
    if date.len() < "2024-06-30".len() {
        return Some(date);
    }
    Some(match time(rest.get(1..).unwrap_or_default()) {
        Some(time) => format!("{date}T{time}"),
        None => date,
    })
}

/// A date out of its numbers, and a time where there is one.
pub fn from_numbers(date: [i32; 3], time: Option<[i32; 3]>) -> Option<String> {
    let [year, month, day] = date;
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match time {
        Some([hour, minute, second]) if is_time(hour, minute, second) => {
            Some(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
        }
        _ => Some(date),
    }
}

fn is_time(hour: i32, minute: i32, second: i32) -> bool {
    (0..24).contains(&hour) && (0..60).contains(&minute) && (0..61).contains(&second)
}

fn day(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() == 8 && digits(text) {
        return day(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let long_enough = parts.len() <= 3 && parts[0].len() == 4;
    if !long_enough || !parts.iter().all(|part| digits(part) && !part.is_empty()) {
        return None;
    }
    let numbers: Vec<i32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match numbers[..] {
        [year] if year > 0 => Some(format!("{year:04}")),
        [year, month] if (1..=12).contains(&month) => Some(format!("{year:04}-{month:02}")),
        [year, month, day] => from_numbers([year, month, day], None),
        _ => None,
    }
}

/// A time with its zone; what is written after them is left out.
fn time(text: &str) -> Option<String> {
    let clock_ends = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (clock, rest) = text.split_at(clock_ends);
    let mut numbers = clock.split(':').map(|number| number.parse::<i32>().ok());
    let hour = numbers.next()??;
    let minute = numbers.next()??;
    let second = numbers.next().flatten().unwrap_or(0);
    if !is_time(hour, minute, second) {
        return None;
    }
    let fraction = |c: char| c == '.' || c == ',' || c.is_ascii_digit();
    let zone = rest.trim_start_matches(fraction).trim_start();
    Some(format!("{hour:02}:{minute:02}:{second:02}{}", shift(zone).unwrap_or_default()))
}

fn shift(zone: &str) -> Option<String> {
    let zulu = zone.get(..1).is_some_and(|first| first.eq_ignore_ascii_case("z"));
    if zulu || zone.starts_with("UTC") || zone.starts_with("GMT") {
        return Some("Z".into());
    }
    let sign = zone.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let digits: Vec<char> = zone[1..].chars().filter(char::is_ascii_digit).take(4).collect();
    match digits[..] {
        [a, b, c, d] => Some(format!("{sign}{a}{b}:{c}{d}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_as_much_as_was_given() {
        let table = [
            ("2024", Some("2024")),
            ("2024-06", Some("2024-06")),
            (" 2024-6-3 ", Some("2024-06-03")),
            ("20240630", Some("2024-06-30")),
            ("2024/06/30", Some("2024-06-30")),
            ("2024-06-30T12:05:09Z", Some("2024-06-30T12:05:09Z")),
            ("2024-06-30T12:05:09.123+02:00", Some("2024-06-30T12:05:09+02:00")),
            ("2024-06-30 12:05 -0330", Some("2024-06-30T12:05:00-03:30")),
            ("2024-06-30 at noon", Some("2024-06-30")),
            ("2024-13-30", None),
            ("30. Juni 2024", None),
            ("-", None),
            ("", None),
            ("２０２４", None),
        ];
        for (text, expected) in table {
            assert_eq!(iso(text).as_deref(), expected, "{text:?}");
        }
    }
}
