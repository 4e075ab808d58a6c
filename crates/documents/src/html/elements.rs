//! What elements mean to a reader: which stand apart, which are not read, which end when another
//! begins.

use std::collections::BTreeMap;

use html5gum::{HtmlString, Spanned, State};

/// The attributes of a start tag, as the tokenizer gives them.
pub type Attributes = BTreeMap<HtmlString, Spanned<HtmlString, ()>>;

/// An attribute's value; an empty one is none.
pub fn attribute(attributes: &Attributes, name: &str) -> Option<String> {
    let value = attributes.get(name.as_bytes())?;
    let value = String::from_utf8_lossy(value).trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// Elements that have no content and no end tag.
pub fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"basefont"
            | b"bgsound"
            | b"br"
            | b"col"
            | b"embed"
            | b"frame"
            | b"hr"
            | b"img"
            | b"input"
            | b"keygen"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Elements that begin and end a stretch of text.
pub fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"frameset"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hgroup"
            | b"html"
            | b"legend"
            | b"li"
            | b"listing"
            | b"main"
            | b"menu"
            | b"nav"
            | b"noframes"
            | b"ol"
            | b"optgroup"
            | b"option"
            | b"p"
            | b"plaintext"
            | b"pre"
            | b"search"
            | b"section"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"td"
            | b"tfoot"
            | b"th"
            | b"thead"
            | b"tr"
            | b"ul"
            | b"xmp"
    )
}

/// Elements whose content is not read: programs, styles, what stands in for media, controls, and
/// the readings above a word, which would tear it apart.
pub fn is_skipped(name: &[u8]) -> bool {
    matches!(
        name,
        b"annotation"
            | b"annotation-xml"
            | b"applet"
            | b"audio"
            | b"button"
            | b"canvas"
            | b"datalist"
            | b"frame"
            | b"iframe"
            | b"noembed"
            | b"noscript"
            | b"object"
            | b"rp"
            | b"rt"
            | b"rtc"
            | b"script"
            | b"select"
            | b"style"
            | b"svg"
            | b"template"
            | b"textarea"
            | b"video"
    )
}

/// Elements whose content is not markup, and how it is tokenized instead.
pub fn content_state(name: &[u8]) -> Option<State> {
    match name {
        b"script" => Some(State::ScriptData),
        b"style" | b"xmp" | b"iframe" | b"noembed" => Some(State::RawText),
        b"title" | b"textarea" => Some(State::RcData),
        b"plaintext" => Some(State::PlainText),
        _ => None,
    }
}

/// Which open elements end as this one begins, and which stop the search for them.
pub fn ended_by(name: &[u8]) -> (&'static [&'static [u8]], &'static [&'static [u8]]) {
    const TABLE: &[&[u8]] = &[b"table"];
    match name {
        b"li" => (&[b"li"], &[b"ul", b"ol", b"menu", b"dir", b"table"]),
        b"dt" | b"dd" => (&[b"dt", b"dd"], &[b"dl", b"table"]),
        b"td" | b"th" => (&[b"td", b"th", b"caption"], TABLE),
        b"tr" => (&[b"tr", b"caption"], TABLE),
        b"thead" | b"tbody" | b"tfoot" => (&[b"thead", b"tbody", b"tfoot", b"caption"], TABLE),
        b"option" | b"optgroup" => (&[b"option"], &[b"select", b"datalist"]),
        b"rt" | b"rp" | b"rb" | b"rtc" => (&[b"rt", b"rp", b"rb"], &[b"ruby"]),
        b"body" => (&[b"head"], &[b"body"]),
        _ if is_block(name) => (&[b"p", b"svg"], &[b"td", b"th", b"table", b"foreignobject"]),
        _ => (&[], &[]),
    }
}

/// The level of a heading element.
pub fn heading_level(name: &[u8]) -> Option<u8> {
    match name {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// A picture's alternative text, where a person wrote it to be read.
pub fn alternative(attributes: &Attributes) -> Option<String> {
    const SAYS_NOTHING: &[&str] = &[
        "image",
        "img",
        "picture",
        "photo",
        "icon",
        "logo",
        "avatar",
        "spacer",
        "bild",
        "foto",
        "badge",
        "thumbnail",
        "banner",
    ];
    let text = attribute(attributes, "alt")?;
    let lower = text.to_lowercase();
    let is_address = lower.contains("://") || lower.starts_with("data:");
    let is_file = lower.rsplit_once('.').is_some_and(|(_, extension)| {
        matches!(
            extension,
            "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "bmp" | "tif" | "tiff"
        )
    });
    let letters = text.chars().filter(|character| character.is_alphabetic()).take(2).count();
    let says = letters == 2 && !is_address && !is_file && !SAYS_NOTHING.contains(&lower.as_str());
    says.then_some(text)
}

/// Names that the makers of manuals (DocBook, Texinfo, Sphinx) give to the bars that lead to other
/// pages, and to the signs behind headings that link to them.
const BARS: &[&str] = &["navheader", "navfooter", "nav-panel"];
const SIGNS: &[&str] = &["headerlink", "header-anchor"];

pub fn is_bar(attributes: &Attributes) -> bool {
    has_class(attributes, BARS)
}

pub fn is_sign_of_a_link(attributes: &Attributes) -> bool {
    has_class(attributes, SIGNS)
}

fn has_class(attributes: &Attributes, names: &[&str]) -> bool {
    let classes = attribute(attributes, "class").unwrap_or_default();
    classes.split_whitespace().any(|class| names.contains(&class))
}

/// Whether an element is not shown. A page that hides its body until a script has run is shown.
pub fn is_hidden(name: &[u8], attributes: &Attributes) -> bool {
    if matches!(name, b"html" | b"body") {
        return false;
    }
    let hidden = attributes.contains_key(b"hidden".as_slice());
    let unspoken = attribute(attributes, "aria-hidden").is_some_and(|value| value == "true");
    let unstyled = attribute(attributes, "style").is_some_and(|style| {
        let style: String = style.to_lowercase().split_whitespace().collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    });
    hidden || unspoken || unstyled
}
