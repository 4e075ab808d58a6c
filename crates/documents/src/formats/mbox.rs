//! Mailboxes: many mails in one file, each after a line that begins with `From `.

use std::borrow::Cow;

use super::mail::{self, begins_with_headers};
use super::{Format, Sample};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "mbox", is, read };

fn is(sample: &Sample<'_>) -> bool {
    // Patches begin the same way, and are program text.
    if matches!(sample.extension, "patch" | "diff") {
        return false;
    }
    let (first, rest) = cut_line(sample.bytes);
    is_separator(first)
        && begins_with_headers(rest).is_some_and(|headers| headers.are_of_mail(true))
}

/// Reads one mail after the other; only one is held in memory beside the file.
fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut alone = None;
    let mut count = 0_usize;
    for bytes in Messages::of(sample.bytes) {
        writer.alive();
        let bytes = unescaped(bytes);
        let bytes = mail::flattened(&bytes);
        let Some(message) = mail::parse(&bytes) else { continue };
        count += 1;
        alone = (count == 1).then(|| message.subject().map(str::to_owned)).flatten();
        mail::write(&message, 1, writer)?;
    }
    writer.metadata().title = alone;
    match count {
        0 => Err(Refusal::damaged("no mail in it can be read")),
        _ => Ok(()),
    }
}

/// The mails of a mailbox, without the lines between them.
struct Messages<'a> {
    rest: &'a [u8],
}

impl<'a> Messages<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let (_, rest) = cut_line(bytes);
        Self { rest }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let all = self.rest;
        let mut at = 0;
        let mut after_empty = false;
        while at < all.len() {
            let (line, rest) = cut_line(&all[at..]);
            // Programs forget to mark lines that people begin with this word, so a separator must
            // also stand apart and look like one.
            if after_empty && is_separator(line) {
                self.rest = rest;
                return Some(&all[..at]);
            }
            after_empty = line.trim_ascii_end().is_empty();
            at = all.len() - rest.len();
        }
        self.rest = &[];
        Some(all)
    }
}

fn cut_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => bytes.split_at(end + 1),
        None => (bytes, &[]),
    }
}

/// `From someone@example.org Sat Jan  3 01:05:34 1996`: there must be a time and a year.
fn is_separator(line: &[u8]) -> bool {
    const LONGEST: usize = 400;
    if !line.starts_with(b"From ") || line.len() > LONGEST {
        return false;
    }
    let digit = u8::is_ascii_digit;
    let has_time = line.windows(5).any(|part| {
        let [a, b, colon, c, d] = part else { return false };
        *colon == b':' && [a, b, c, d].into_iter().all(digit)
    });
    let mut words = line.split(u8::is_ascii_whitespace);
    has_time && words.any(|word| word.len() == 4 && word.iter().all(digit))
}

/// Takes one mark from lines that were marked so as not to look like a separator.
fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_marked = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        marks > 0 && line[marks..].starts_with(b"From ")
    };
    let lines = || bytes.split_inclusive(|byte| *byte == b'\n');
    if !lines().any(is_marked) {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for line in lines() {
        plain.extend_from_slice(if is_marked(line) { &line[1..] } else { line });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use crate::formats::Formats;
    use crate::limits::Limits;

    #[test]
    fn mails_are_read_one_after_the_other() {
        let line = "From a@b.c Sat Jan  3 01:05:34 1996\n";
        let mails = format!(
            "{line}From: a@b.c\nSubject: Eins\n\nHallo\n\nFrom here on\n>From there\n\n{line}From: d@e.f\nSubject: Zwei\n\nЕщё\n"
        );
        let document =
            Formats::all().extract("x", mails.as_bytes(), Limits::default(), &mut || ()).unwrap();
        let expected =
            "Eins\n\nFrom: a@b.c\n\nHallo\n\nFrom here on From there\n\nZwei\n\nFrom: d@e.f\n\nЕщё";
        assert_eq!((document.format.as_str(), document.text.as_str()), ("mbox", expected));
        assert_eq!(document.metadata.title, None);
    }
}
