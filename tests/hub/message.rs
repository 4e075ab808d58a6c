//! Requests as they are read from a connection, and what is said in answers: ranges, dates, JSON text.

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

const LONGEST_HEAD: u64 = 64 * 1024;
const LONGEST_BODY: u64 = 64 * 1024;

pub(super) struct Incoming {
    pub method: String,
    /// As it was sent.
    pub target: String,
    pub keeps_alive: bool,
    headers: Vec<(String, String)>,
    body: String,
}

/// What stands where a request should.
pub(super) enum Arrived {
    Request(Incoming),
    /// What is no request, in its own words.
    Nonsense(String),
    /// The client has closed, or has said nothing for too long.
    Nothing,
}

pub(super) fn read(connection: &mut impl BufRead) -> Arrived {
    let mut lines = connection.by_ref().take(LONGEST_HEAD).lines();
    let first = match lines.next() {
        Some(Ok(line)) => line,
        Some(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
            return Arrived::Nonsense("no text".to_owned());
        }
        _ => return Arrived::Nothing,
    };
    let mut headers = Vec::new();
    loop {
        match lines.next() {
            Some(Ok(line)) if line.is_empty() => break,
            Some(Ok(line)) => match line.split_once(':') {
                Some((name, value)) => {
                    headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                None => return Arrived::Nonsense(line),
            },
            _ => return Arrived::Nothing,
        }
    }
    let words: Vec<&str> = first.split(' ').collect();
    let [method, target, version @ ("HTTP/1.1" | "HTTP/1.0")] = words[..] else {
        return Arrived::Nonsense(first);
    };
    let mut incoming = Incoming {
        method: method.to_owned(),
        target: target.to_owned(),
        keeps_alive: version == "HTTP/1.1",
        headers,
        body: String::new(),
    };
    incoming.keeps_alive &=
        !incoming.header("connection").is_some_and(|said| said.eq_ignore_ascii_case("close"));
    if !target.starts_with('/') || incoming.header("host").is_none() {
        return Arrived::Nonsense(first);
    }
    let length = incoming.header("content-length").and_then(|length| length.parse().ok());
    let mut body = connection.take(length.unwrap_or(0).min(LONGEST_BODY));
    match body.read_to_string(&mut incoming.body) {
        Ok(_) => Arrived::Request(incoming),
        Err(_) => Arrived::Nonsense(first),
    }
}

impl Incoming {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    pub fn token(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The paths that a form or a JSON object asks about.
    pub fn paths(&self) -> Vec<String> {
        if let Some((_, list)) = self.body.split_once('[') {
            return list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        }
        let fields = self.body.split('&').filter_map(|field| field.strip_prefix("paths="));
        fields.map(|path| decoded(&path.replace('+', " "))).collect()
    }

    /// The parts of the path, each decoded by itself: a revision may have a slash within.
    pub fn segments(&self) -> Vec<String> {
        let path = self.target.split('?').next().unwrap_or_default();
        path.split('/').skip(1).map(decoded).collect()
    }

    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| decoded(value))
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let coded = after.get(..2).filter(|_| first == b'%');
        let coded = coded.and_then(|digits| std::str::from_utf8(digits).ok());
        match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same path as it may stand in a `Location`.
pub(super) fn encoded(path: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    path.bytes()
        .map(|byte| if plain(&byte) { (byte as char).into() } else { format!("%{byte:02X}") })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Everything,
    Part(Range<u64>),
    /// A range that begins where the file has ended.
    Beyond,
    Unreadable,
}

/// What a `Range` asks for, of so many bytes. Several ranges at once are everything, as a server may say.
pub(super) fn wanted(range: Option<&str>, total: u64) -> Wanted {
    let Some(range) = range else { return Wanted::Everything };
    let Some(span) = range.strip_prefix("bytes=") else { return Wanted::Unreadable };
    if span.contains(',') {
        return Wanted::Everything;
    }
    let Some((first, last)) = span.split_once('-') else { return Wanted::Unreadable };
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(total),
        (Ok(first), Err(_)) if last.is_empty() => first..total,
        (Err(_), Ok(last)) if first.is_empty() => total.saturating_sub(last)..total,
        _ => return Wanted::Unreadable,
    };
    if part.start >= total { Wanted::Beyond } else { Wanted::Part(part) }
}

pub(super) fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment as HTTP writes it, from the seconds since 1970.
#[must_use]
pub fn http_date(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let (days, time) = (seconds / 86400, seconds % 86400);
    let (mut year, mut day) = (1970, days);
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    format!(
        "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[(days % 7) as usize],
        day + 1,
        MONTHS[month],
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// A text as JSON has it, quotes and all.
pub(super) fn json_text(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\u{0}'..='\u{1f}' => written.push_str(&format!("\\u{:04x}", character as u32)),
            _ => written.push(character),
        }
    }
    written.push('"');
    written
}

/// A list as JSON has it, of what is JSON already.
pub(super) fn json_list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// An object as JSON has it, its values JSON already.
pub(super) fn json_object(fields: &[(&str, String)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}
