//! What a mail says: its text or its HTML, whichever says it better, and its attachments' names.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use crate::encoding::decoded;
use crate::formats::html::declared_encoding;
use crate::html::{Dialect, Page};
use crate::lines::weight;
use crate::paragraphs;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// Writes a mail's body; the parts it was made of, whether they were written or only say the same.
pub fn write(message: &Message<'_>, writer: &mut Writer<'_>) -> Result<Vec<u32>, Refusal> {
    let readable = |ids: &[u32]| -> Vec<u32> {
        let parts = ids.iter().filter(|id| {
            message.part(**id).is_some_and(|part| is_text(part) && !is_attached(part))
        });
        parts.copied().collect()
    };
    let (html, text) = (readable(&message.html_body), readable(&message.text_body));
    let mut shown = |ids: &[u32]| -> Vec<Shown> {
        let parts = ids.iter().filter_map(|id| message.part(*id));
        parts.map(|part| Shown::of(message, part, writer)).collect()
    };
    let pages = shown(&html);
    let plain = if text == html { Vec::new() } else { shown(&text) };
    let weigh = |shown: &[Shown]| shown.iter().map(Shown::weight).sum::<usize>();
    // HTML knows what a heading and a table is, and does not break lines. But there are mails whose
    // HTML is a picture, or an invitation to look at the text.
    let better = if weigh(&pages) * 2 >= weigh(&plain) { pages } else { plain };
    for shown in &better {
        shown.write(writer)?;
    }
    Ok(html.into_iter().chain(text).collect())
}

fn is_text(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Text(_) | PartType::Html(_))
}

enum Shown {
    Page(Box<Page>),
    Plain(String),
}

impl Shown {
    fn of(message: &Message<'_>, part: &MessagePart<'_>, writer: &mut Writer<'_>) -> Self {
        let text = text_of(message, part);
        match part.body {
            PartType::Html(_) => {
                let page = Page::parse(&text, Dialect::Html, &mut || writer.alive());
                Self::Page(Box::new(page))
            }
            _ => Self::Plain(text),
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Page(page) => page.weight(),
            Self::Plain(text) => weight(text),
        }
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        match self {
            Self::Page(page) => page.write(writer),
            Self::Plain(text) => paragraphs::write(text, writer),
        }
    }
}

/// A part's text. Character sets are decoded here and not by the parser of mails, which knows fewer
/// of them and believes every declaration.
pub fn text_of(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    if charset.is_some_and(|label| label.to_ascii_lowercase().starts_with("utf-7")) {
        return part.text_contents().unwrap_or_default().to_owned();
    }
    let bytes = bytes_of(message, part);
    // What mail programs write where they know nothing.
    let said = charset.filter(|charset| !charset.eq_ignore_ascii_case("us-ascii"));
    let declared = said.map(str::to_owned).or_else(|| declared_encoding(&bytes));
    decoded(&bytes, declared.as_deref()).into_owned()
}

/// A part's bytes as they were before they were packed for the way.
pub fn bytes_of<'m>(message: &'m Message<'_>, part: &'m MessagePart<'_>) -> Cow<'m, [u8]> {
    if !is_text(part) {
        return Cow::Borrowed(part.contents());
    }
    let span = part.offset_body as usize..part.offset_end as usize;
    let Some(raw) = message.raw_message.get(span) else {
        return Cow::Borrowed(part.contents());
    };
    let unpacked = match part.encoding {
        Encoding::None => return Cow::Borrowed(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    };
    unpacked.map_or(Cow::Borrowed(part.contents()), Cow::Owned)
}

fn is_attached(part: &MessagePart<'_>) -> bool {
    part.content_disposition().is_some_and(|disposition| disposition.is_attachment())
}

/// Whether an attachment may hold text: not pictures, sounds, signatures and keys.
pub fn is_readable(part: &MessagePart<'_>) -> bool {
    let Some(kind) = part.content_type() else { return true };
    let (kind, subtype) = (kind.ctype().to_lowercase(), kind.subtype().unwrap_or_default());
    let subtype = subtype.to_lowercase();
    let is_seal =
        subtype.contains("signature") || subtype.contains("pgp-keys") || subtype == "ms-tnef";
    !matches!(kind.as_str(), "image" | "audio" | "video" | "font") && !is_seal
}

/// An attachment's name, or one made of its kind.
pub fn attachment_name(part: &MessagePart<'_>) -> String {
    if let Some(name) = part.attachment_name() {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
        if !name.is_empty() {
            return name.to_owned();
        }
    }
    let subtype = part.content_type().and_then(|kind| kind.subtype().map(str::to_lowercase));
    match subtype.as_deref() {
        Some("plain") | None => "attachment.txt".into(),
        Some(subtype) => {
            let letters = subtype.chars().filter(char::is_ascii_alphanumeric).take(8);
            format!("attachment.{}", letters.collect::<String>())
        }
    }
}
