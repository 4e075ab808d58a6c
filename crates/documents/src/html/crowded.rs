//! Elements with more attributes than anyone writes. The tokenizer goes a call deeper for each, so that
//! a hundred thousand of them would overflow its stack; what comes after the first thousand goes.

use std::borrow::Cow;

const MOST: usize = 1000;

/// The page without what is too much. What looks like an element inside a script may be taken for one,
/// which costs nothing: scripts are not read.
pub fn thinned(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let (mut thin, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at = past_name(bytes, at + found + 1);
        let mut count = 0;
        while let Some(start) = next_attribute(bytes, at) {
            at = past_attribute(bytes, start);
            count += 1;
            if count > MOST {
                thin.push_str(html.get(kept..start).unwrap_or_default());
                kept = at;
            }
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    thin.push_str(html.get(kept..).unwrap_or_default());
    Cow::Owned(thin)
}

/// Where an element's name ends; where there is none, where one may begin.
fn past_name(bytes: &[u8], at: usize) -> usize {
    let start = at + usize::from(bytes.get(at) == Some(&b'/'));
    if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
        return at;
    }
    end(bytes, start, |byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
}

/// Where the next attribute of an element begins, from the end of what stands before it. A slash costs
/// the tokenizer as much as an attribute, and counts as one.
fn next_attribute(bytes: &[u8], at: usize) -> Option<usize> {
    let is_within = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'');
    if !bytes.get(at).is_some_and(|byte| is_within(*byte)) {
        return None;
    }
    let start = end(bytes, at, |byte| !byte.is_ascii_whitespace());
    bytes.get(start).filter(|byte| **byte != b'>').map(|_| start)
}

fn past_attribute(bytes: &[u8], start: usize) -> usize {
    if bytes[start] == b'/' {
        return start + 1;
    }
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let name = end(bytes, start + 1, |byte| ends(byte) || byte == b'=');
    let equals = end(bytes, name, |byte| !byte.is_ascii_whitespace());
    if bytes.get(equals) != Some(&b'=') {
        return name;
    }
    let value = end(bytes, equals + 1, |byte| !byte.is_ascii_whitespace());
    match bytes.get(value) {
        Some(quote @ (b'"' | b'\'')) => end(bytes, value + 1, |byte| byte == *quote),
        _ => end(bytes, value, |byte| byte.is_ascii_whitespace() || byte == b'>'),
    }
}

fn end(bytes: &[u8], from: usize, is_end: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| is_end(*byte)).map_or(bytes.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_as_it_is() {
        let usual =
            "<p class=\"a > b\" id='c' hidden data-größe=7/>x < y <3 <br/></p><!-- <a b> -->";
        for html in ["", "<", "</", "<p", "<p a=\"", "a<b", usual, &usual.repeat(500)] {
            assert!(matches!(thinned(html), Cow::Borrowed(found) if found == html), "{html}");
        }
    }

    #[test]
    fn attributes_past_the_thousandth_go_and_text_stays() {
        let check = |attribute: &str| {
            let html = format!("<b>vor</b><p {}>Größe</p><i>nach", attribute.repeat(5000));
            let thin = thinned(&html);
            assert!(thin.starts_with("<b>vor</b><p ") && thin.ends_with(">Größe</p><i>nach"));
            assert!(thin.matches(attribute.trim()).count() <= 1010, "{attribute}");
        };
        check("a ");
        check("a=1 ");
        check("a = \"<p>ü\" ");
        check("ä='>'");
        check("/");
    }
}
