//! What a page says of itself in its `meta` elements.

use super::elements::{Attributes, attribute};
use crate::dates;
use crate::document::Metadata;

/// Takes what a `meta` element says. What was said first stays, since the plainest names come first
/// on most pages.
pub fn note(attributes: &Attributes, metadata: &mut Metadata) {
    let name = ["name", "property", "itemprop", "http-equiv"]
        .iter()
        .find_map(|kind| attribute(attributes, kind))
        .unwrap_or_default()
        .to_lowercase();
    let Some(content) = attribute(attributes, "content") else { return };
    let place = match name.as_str() {
        "author" | "dc.creator" | "dcterms.creator" | "creator" | "article:author" => {
            &mut metadata.author
        }
        "og:title" | "dc.title" | "dcterms.title" => &mut metadata.title,
        "content-language" | "dc.language" | "dcterms.language" | "language" => {
            &mut metadata.language
        }
        "article:published_time"
        | "date"
        | "dc.date"
        | "dcterms.date"
        | "dcterms.created"
        | "dc.date.created"
        | "datepublished"
        | "created"
        | "creation-date"
        | "pubdate" => {
            return first(&mut metadata.created, dates::iso(&content));
        }
        "article:modified_time"
        | "dcterms.modified"
        | "dc.date.modified"
        | "datemodified"
        | "last-modified"
        | "modified" => {
            return first(&mut metadata.modified, dates::iso(&content));
        }
        _ => return,
    };
    // Some networks want an author's address here, which is no name.
    first(place, (!content.contains("://")).then_some(content));
}

fn first(place: &mut Option<String>, value: Option<String>) {
    if place.is_none() {
        *place = value;
    }
}
