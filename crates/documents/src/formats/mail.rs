//! Mails: who wrote to whom and when, what they say, and what is attached.

mod body;
mod headers;

use std::borrow::Cow;

use mail_parser::{Address, DateTime, HeaderName, Message, MessageParser, MimeHeaders, PartType};

pub use self::body::text_of;
pub use self::headers::begins_with_headers;
use super::{Format, Sample};
use crate::dates;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "mail", is, read };

/// How many people of a kind are named.
const PEOPLE: usize = 20;

fn is(sample: &Sample<'_>) -> bool {
    let bytes = narrow(sample);
    let Some(headers) = begins_with_headers(&bytes) else { return false };
    headers.are_of_mail(matches!(sample.extension, "eml" | "emlx" | "mail"))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let bytes = narrow(sample);
    let bytes = flattened(&bytes);
    let Some(message) = parse(&bytes) else {
        return Err(Refusal::damaged("its headers cannot be read"));
    };
    if is_encrypted(&message) {
        return Err(Refusal::Encrypted);
    }
    let metadata = writer.metadata();
    metadata.title = subject(&message);
    metadata.author = message.from().and_then(|from| people(from).into_iter().next());
    metadata.created = message.date().map(moment);
    let language = message.header(HeaderName::ContentLanguage);
    metadata.language = language.and_then(|value| value.as_text()).map(str::to_owned);
    write(&message, 1, writer)
}

/// The bytes of a mail that an editor has saved in UTF-16, as they were before.
fn narrow<'a>(sample: &Sample<'a>) -> Cow<'a, [u8]> {
    let is_wide = match sample.bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    };
    if !(is_wide && matches!(sample.extension, "eml" | "emlx" | "mail")) {
        return Cow::Borrowed(sample.bytes);
    }
    match sample.text() {
        Ok(text) => Cow::Owned(text.into_owned().into_bytes()),
        Err(_) => Cow::Borrowed(sample.bytes),
    }
}

pub fn parse(bytes: &[u8]) -> Option<Message<'_>> {
    MessageParser::default().parse(bytes)
}

/// A mail in which other mails lie deeper than any person forwards them, with those made into mere
/// attachments: the parser would follow them as deep as they go, and its result cannot be dropped
/// without as much stack.
pub fn flattened(bytes: &[u8]) -> Cow<'_, [u8]> {
    const MAILS: usize = 64;
    let kinds: [&[u8]; 2] = [b"message/", b"multipart/digest"];
    let is_kind = |window: &[u8]| {
        kinds.iter().any(|kind| {
            window.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
        })
    };
    let places =
        (0..bytes.len()).filter(|at| matches!(bytes[*at], b'm' | b'M') && is_kind(&bytes[*at..]));
    if places.clone().take(MAILS).count() < MAILS {
        return Cow::Borrowed(bytes);
    }
    let mut flat = bytes.to_vec();
    for place in places {
        flat[place] = b'x';
    }
    Cow::Owned(flat)
}

/// Writes a mail with all that is in it, its subject as a heading of this level. Mails within mails
/// are bounded by [`flattened`].
pub fn write(message: &Message<'_>, level: u8, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    if let Some(subject) = subject(message) {
        writer.heading(level, &subject)?;
    }
    writer.paragraph(&about(message))?;
    if is_encrypted(message) {
        return Ok(());
    }
    let shown = body::write(message, writer)?;
    for id in message.attachments.iter().filter(|id| !shown.contains(id)) {
        let Some(part) = message.part(*id) else { continue };
        if let PartType::Message(inner) = &part.body {
            write(inner, level.saturating_add(1).min(6), writer)?;
            continue;
        }
        let name = body::attachment_name(part);
        let is_inline = part.content_disposition().is_some_and(|place| place.is_inline());
        match body::is_readable(part) {
            true => writer.nested(&name, &body::bytes_of(message, part))?,
            // What cannot be read can still be looked for by its name.
            false if part.attachment_name().is_some() && !is_inline => writer.item(&name)?,
            false => {}
        }
    }
    Ok(())
}

/// Whether nothing can be read of a mail without a key.
fn is_encrypted(message: &Message<'_>) -> bool {
    let Some(root) = message.parts.first() else { return false };
    let is = |kind: &str, subtype: &str| {
        root.content_type().is_some_and(|found| {
            found.ctype().eq_ignore_ascii_case(kind)
                && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
        })
    };
    let enveloped = || {
        let kind = root.content_type();
        let purpose = kind.and_then(|kind| kind.attribute("smime-type"));
        purpose.is_some_and(|purpose| purpose.eq_ignore_ascii_case("enveloped-data"))
    };
    let is_sealed = is("application", "pkcs7-mime") || is("application", "x-pkcs7-mime");
    is("multipart", "encrypted") || (is_sealed && enveloped())
}

/// A date as ISO 8601; what is no date gives what can be told of it.
pub fn moment(date: &DateTime) -> String {
    dates::iso(&date.to_rfc3339()).unwrap_or_default()
}

fn subject(message: &Message<'_>) -> Option<String> {
    let subject = message.subject()?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!subject.is_empty()).then_some(subject)
}

/// Who wrote to whom and when, in one line.
fn about(message: &Message<'_>) -> String {
    let named = |name: &str, list: Option<&Address<'_>>| {
        let people = list.map(people).unwrap_or_default().join(", ");
        (!people.is_empty()).then(|| format!("{name}: {people}"))
    };
    let date = message.date().map(moment).filter(|date| !date.is_empty());
    let parts = [
        named("From", message.from()),
        named("To", message.to()),
        named("Cc", message.cc()),
        date.map(|date| format!("Date: {date}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn people(list: &Address<'_>) -> Vec<String> {
    let mailboxes = list.iter().take(PEOPLE);
    let shown = mailboxes.map(|mailbox| match (mailbox.name(), mailbox.address()) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (_, Some(address)) => address.to_owned(),
        (Some(name), None) => name.to_owned(),
        (None, None) => String::new(),
    });
    shown.filter(|person| !person.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::formats::Formats;
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    const HEAD: &str = "From: =?utf-8?q?J=C3=B6rg?= <j@x.org>\r\nTo: b@y.org\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\nDate: Sun, 30 Jun 2024 12:00:00 +0200\r\nMIME-Version: 1.0\r\n";
    const ABOUT: &str =
        "Grüße\n\nFrom: Jörg <j@x.org>; To: b@y.org; Date: 2024-06-30T12:00:00+02:00";

    fn read(name: &str, text: &str) -> Result<Document, Refusal> {
        Formats::all().extract(name, text.as_bytes(), Limits::default(), &mut || ())
    }

    fn check(rest: &str, expected: &str) {
        let document = read("x.bin", &format!("{HEAD}{rest}")).unwrap();
        assert_eq!(document.text, format!("{ABOUT}\n\n{expected}"), "{rest}");
        assert_eq!(document.format, "mail");
        assert_eq!(document.metadata.title.as_deref(), Some("Grüße"));
        assert_eq!(document.metadata.created.as_deref(), Some("2024-06-30T12:00:00+02:00"));
    }

    #[test]
    fn bodies_are_decoded() {
        check("\r\neine Zeile\r\nnoch eine\r\n\r\n> Zitat\r\n", "eine Zeile noch eine\n\nZitat");
        check(
            "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=ED=C9=D2",
            "Мир",
        );
        check(
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGgxPk1pcjwvaDE+PHA+5pel5pys",
            "Mir\n\n日本",
        );
        let both = |html: &str| {
            format!(
                "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain text of some length\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
            )
        };
        check(&both("<p>rich text of some length</p>"), "rich text of some length");
        check(&both("<img src=x>"), "plain text of some length");
    }

    #[test]
    fn attachments_and_mails_within_are_read() {
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHallo\r\n--b\r\nContent-Type: text/plain; name=\"notiz.txt\"\r\nContent-Disposition: attachment; filename=\"notiz.txt\"\r\n\r\nAngeheftet\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"bild.png\"\r\n\r\nxx\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@z.org\r\nSubject: Innen\r\n\r\nTief\r\n--b--\r\n";
        check(
            mixed,
            "Hallo\n\nnotiz.txt\n\nAngeheftet\n\nbild.png\n\nInnen\n\nFrom: c@z.org\n\nTief",
        );
        let deep = format!(
            "{HEAD}Content-Type: message/rfc822\r\n\r\n{}x",
            "Content-Type: message/rfc822\r\n\r\n".repeat(50_000)
        );
        let _ = read("x.eml", &deep);
        let sealed = format!(
            "{HEAD}Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"
        );
        assert_eq!(read("x.eml", &sealed), Err(Refusal::Encrypted));
    }

    #[test]
    fn a_mail_saved_in_utf_16_is_a_mail() {
        let mail = "From: a@example.org\nTo: b@example.org\nSubject: Дождь\nContent-Type: text/plain; charset=UTF-8\n\nИдёт дождь.";
        let little: Vec<u8> = mail.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            format!("\u{feff}{mail}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            let read = Formats::all().extract("x.eml", &bytes, Limits::default(), &mut || ());
            let read = read.unwrap();
            assert_eq!(
                (read.format.as_str(), read.metadata.title.as_deref()),
                ("mail", Some("Дождь"))
            );
            assert!(read.text.ends_with("Идёт дождь."), "{}", read.text);
        }
    }

    #[test]
    fn text_with_colons_is_no_mail() {
        let table = [
            ("From: Anna\nTo: Bo\n\nHallo", "notes.txt", false),
            ("Zutaten: Mehl\nZeit: 10\n\nx", "rezept", false),
            ("From: a@b.c\nSubject: x\n\nHallo", "x.eml", true),
            ("Received: by x\nFrom: a@b.c\nTo: d\n\nHallo", "x", true),
        ];
        for (text, name, expected) in table {
            assert_eq!(read(name, text).unwrap().format == "mail", expected, "{text}");
        }
    }
}
