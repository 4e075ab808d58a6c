//! How tests show what was read: a line for each block.

use crate::document::{Document, Kind};
use crate::formats::Formats;
use crate::limits::Limits;
use crate::refusal::Refusal;

pub fn read(name: &str, bytes: &[u8]) -> Result<Document, Refusal> {
    Formats::all().extract(name, bytes, Limits::default(), &mut || ())
}

/// Each block as `P text`, with the level of a heading, and the page before it where there is one.
pub fn shown(document: &Document) -> Vec<String> {
    let line = |block: &crate::document::Block| {
        let page = block.page.map(|page| format!("{page}:")).unwrap_or_default();
        let kind = match block.kind {
            Kind::Heading(level) => format!("H{level}"),
            Kind::Paragraph => "P".into(),
            Kind::Item => "I".into(),
            Kind::Row => "R".into(),
            Kind::Code => "C".into(),
        };
        format!("{page}{kind} {}", &document.text[block.span.clone()])
    };
    document.blocks.iter().map(line).collect()
}
