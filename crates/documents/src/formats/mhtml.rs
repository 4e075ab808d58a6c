//! Web pages that browsers saved with all that belongs to them, in the form of a mail.

use mail_parser::PartType;

use super::mail::{self, begins_with_headers};
use super::{Format, Sample};
use crate::html::{Dialect, Page};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "MHTML", is, read };

fn is(sample: &Sample<'_>) -> bool {
    let Some(headers) = begins_with_headers(sample.bytes) else { return false };
    let named = matches!(sample.extension, "mht" | "mhtml");
    let saved = headers.has("snapshot-content-location")
        || headers.value("from").is_some_and(|from| from.to_lowercase().contains("<saved by "));
    (named || saved) && headers.has("content-type")
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let bytes = mail::flattened(sample.bytes);
    let Some(message) = mail::parse(&bytes) else {
        return Err(Refusal::damaged("its headers cannot be read"));
    };
    let part = message.parts.iter().find(|part| matches!(part.body, PartType::Html(_)));
    let Some(part) = part else {
        return Err(Refusal::NoText { reason: "there is no page in it".into() });
    };
    let html = mail::text_of(&message, part);
    let page = Page::parse(&html, Dialect::Html, &mut || writer.alive());
    let mut metadata = page.metadata.clone();
    let subject = message.subject().map(str::to_owned);
    metadata.title = metadata.title.or(subject);
    if metadata.created.is_none() {
        metadata.created = message.date().map(mail::moment);
    }
    *writer.metadata() = metadata;
    page.write(writer)
}

#[cfg(test)]
mod tests {
    use crate::formats::Formats;
    use crate::limits::Limits;

    #[test]
    fn the_page_is_read_and_not_its_packing() {
        let saved = "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x\r\nSubject: Seite\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><h1>Gr=C3=B6=C3=9Fe</h1><p>Te=\r\nxt</html>\r\n--b--\r\n";
        let document =
            Formats::all().extract("x", saved.as_bytes(), Limits::default(), &mut || ()).unwrap();
        assert_eq!((document.format.as_str(), document.text.as_str()), ("MHTML", "Größe\n\nText"));
        assert_eq!(document.metadata.title.as_deref(), Some("Seite"));
    }
}
