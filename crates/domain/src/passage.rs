//! A passage: the stretch of a document that gets a vector, and the text the vector is made of.

use std::fmt;
use std::ops::Range;

/// A stretch of a document's text, small enough for a model to read at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Bytes of the document's text. Neighbours may overlap by a sentence or a few words.
    pub span: Range<usize>,
    /// Where its own text begins, what it repeats of the passage before apart. Counted from 1.
    pub page: Option<u32>,
    /// The headings it stands under, the largest first. A heading that opens it is among them.
    pub headings: Vec<String>,
    /// `None` where it is too short or too mixed to be sure of.
    pub language: Option<Language>,
}

/// A language that was recognised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Language {
    pub tag: Tag,
    /// From 0 to 1.
    pub confidence: f32,
}

/// A language's BCP 47 primary subtag: two letters where there are two, such as `de`, else three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    letters: [u8; 3],
    length: u8,
}

impl Tag {
    /// Takes the first subtag of `text`, in small letters; `None` where it is not a language's.
    pub fn new(text: &str) -> Option<Self> {
        let first = text.trim().split(['-', '_']).next()?.as_bytes();
        if !matches!(first.len(), 2 | 3) || !first.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut letters = [0; 3];
        for (to, from) in letters.iter_mut().zip(first) {
            *to = from.to_ascii_lowercase();
        }
        Some(Self { letters, length: first.len() as u8 })
    }

    pub fn as_str(&self) -> &str {
        let letters = &self.letters[..usize::from(self.length)];
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

impl Passage {
    /// What is embedded for it: `title › heading › text`, see [`embedded_text`].
    pub fn embedded_text(&self, title: Option<&str>, document: &str) -> String {
        let text = document.get(self.span.clone()).unwrap_or_default();
        embedded_text(title, &self.headings, text)
    }
}

/// What stands between a title, headings and text.
const SEPARATOR: &str = " › ";
/// A path that is longer than this would drown the text it leads to.
const LONGEST_PART: usize = 80;
const LONGEST_PATH: usize = 240;

/// `title › heading › text`: what is embedded for a passage. Headings that open the text are said
/// once, unless the path has no room for all their words. Never a file's or a folder's name, so that a file that moves keeps its vectors.
pub fn embedded_text(title: Option<&str>, headings: &[String], text: &str) -> String {
    let mut all = path_text(title, headings);
    all.push_str(without_headings(said_whole(title, headings), text));
    if let Some(path) = all.strip_suffix(SEPARATOR) {
        all.truncate(path.len());
    }
    all
}

/// What [`embedded_text`] puts before a passage's text: empty, or `title › heading › `.
pub fn path_text(title: Option<&str>, headings: &[String]) -> String {
    let near = near(title, headings).iter().map(|heading| clipped(heading));
    let parts = shown_title(title, headings).into_iter().chain(near);
    parts.filter(|part| !part.is_empty()).flat_map(|part| [part, SEPARATOR]).collect()
}

/// The title, where it says anything that the headings do not.
fn shown_title<'a>(title: Option<&'a str>, headings: &[String]) -> Option<&'a str> {
    let title = title.map(clipped).filter(|title| !title.is_empty())?;
    headings.first().is_none_or(|first| clipped(first) != title).then_some(title)
}

/// The headings there is room for. The nearest say most.
fn near<'a>(title: Option<&str>, headings: &'a [String]) -> &'a [String] {
    let title = shown_title(title, headings).map_or(0, |title| title.chars().count());
    let mut room = LONGEST_PATH - title;
    let fitting = headings.iter().rev().take_while(|heading| {
        let length = clipped(heading).chars().count();
        let fits = length <= room;
        room = room.saturating_sub(length);
        fits
    });
    &headings[headings.len() - fitting.count()..]
}

/// The nearest headings that a path says with all their words.
fn said_whole<'a>(title: Option<&str>, headings: &'a [String]) -> &'a [String] {
    let near = near(title, headings);
    let whole = near.iter().rev().take_while(|heading| clipped(heading) == heading.trim());
    &near[near.len() - whole.count()..]
}

/// The text after the headings that open it, which are the last ones of its path.
fn without_headings<'a>(headings: &[String], text: &'a str) -> &'a str {
    let rest = (0..headings.len()).find_map(|first| {
        headings[first..].iter().try_fold(text, |text, heading| {
            text.trim_start().strip_prefix(heading.as_str()).filter(|rest| {
                !heading.is_empty() && (rest.is_empty() || rest.starts_with(char::is_whitespace))
            })
        })
    });
    rest.unwrap_or(text).trim_start()
}

/// The beginning of a title or heading, up to a space where it has one.
fn clipped(part: &str) -> &str {
    let part = part.trim();
    let Some((end, _)) = part.char_indices().nth(LONGEST_PART) else { return part };
    let cut = &part[..end];
    cut.rfind(char::is_whitespace).map_or(cut, |space| cut[..space].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_language_alone() {
        let table = [
            ("de", Some("de")),
            ("zh-Hans-CN", Some("zh")),
            ("EN_us", Some("en")),
            (" haw ", Some("haw")),
            ("", None),
            ("x-private", None),
            ("Deutsch", None),
            ("ф1", None),
        ];
        for (text, expected) in table {
            assert_eq!(Tag::new(text).map(|tag| tag.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_embedded_says_each_heading_once() {
        let long = "Wort ".repeat(40);
        let table: &[(Option<&str>, &[&str], &str, &str)] = &[
            (None, &[], "Text.", "Text."),
            (Some(" "), &[], "Text.", "Text."),
            (Some("Buch"), &[], "Text.", "Buch › Text."),
            (Some("Buch"), &["Eins", "Zwei"], "Text.", "Buch › Eins › Zwei › Text."),
            (Some("Buch"), &["Eins", "Zwei"], "Zwei\n\nText.", "Buch › Eins › Zwei › Text."),
            (Some("Buch"), &["Eins", "Zwei"], "Eins\n\nZwei\n\nA", "Buch › Eins › Zwei › A"),
            (Some("Buch"), &["Buch", "Zwei"], "Buch\n\nZwei\n\nA", "Buch › Zwei › A"),
            (Some("Buch"), &["Eins"], "Eins", "Buch › Eins"),
            (None, &["Ein"], "Eins kommt.", "Ein › Eins kommt."),
            (None, &["序", "海"], "海\n\n深い", "序 › 海 › 深い"),
            (Some(&long), &[], "A", &format!("{} › A", "Wort ".repeat(16).trim())),
        ];
        for (title, headings, text, expected) in table {
            let headings: Vec<String> = headings.iter().map(|&heading| heading.into()).collect();
            assert_eq!(&embedded_text(*title, &headings, text), expected);
        }
    }

    #[test]
    fn no_word_of_the_text_is_left_out() {
        let long = format!("{}Ende", "Wort ".repeat(20));
        let clipped = ["Wort"; 16].join(" ");
        let check = |headings: &[&str], text: &str, expected: &str| {
            let headings: Vec<String> = headings.iter().map(|&heading| heading.into()).collect();
            assert_eq!(embedded_text(None, &headings, text), expected);
        };
        check(&[&long], &long, &format!("{clipped} › {long}"));
        check(&[&long, "B"], &format!("{long}\nB\nC"), &format!("{clipped} › B › {long}\nB\nC"));
        check(&[&long, "B"], "B\nC", &format!("{clipped} › B › C"));
        // Four of these do not fit into a path.
        let four = ["1", "2", "3", "4"].map(|n| n.repeat(78));
        let text = four.join("\n");
        let four = four.each_ref().map(String::as_str);
        check(&four, &text, &format!("{} › {text}", four[1..].join(" › ")));
    }

    #[test]
    fn a_path_keeps_its_title_and_its_nearest_headings() {
        let headings: Vec<String> = (1..=6).map(|n| format!("{n}{}", "x".repeat(60))).collect();
        let path = path_text(Some("T"), &headings);
        let kept: Vec<&str> =
            path.split(SEPARATOR).map(|part| part.get(..1).unwrap_or("")).collect();
        assert_eq!(kept, ["T", "4", "5", "6", ""]);
    }
}
