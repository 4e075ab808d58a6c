//! Subtitles (SRT and VTT): what is said, in paragraphs, without times and looks.

use super::{Format, Sample};
use crate::lines::{self, Join};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "subtitles", is, read };

/// A paragraph ends with the first sentence that ends past this.
const PARAGRAPH: usize = 400;
const LONGEST_PARAGRAPH: usize = 1500;
/// A silence of so many seconds ends a paragraph too.
const SILENCE: u64 = 8;

fn is(sample: &Sample<'_>) -> bool {
    let beginning = sample.beginning();
    let mut lines = lines::of(&beginning).map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let is_numbered = first.bytes().all(|byte| byte.is_ascii_digit());
    first == "WEBVTT"
        || first.strip_prefix("WEBVTT").is_some_and(|rest| rest.starts_with([' ', '\t']))
        || (is_numbered && times(second).is_some())
        || (matches!(sample.extension, "srt" | "vtt") && beginning.contains("-->"))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = sample.text()?;
    let mut speech = Speech::default();
    let mut in_cue = false;
    for line in lines::of(&text) {
        if let Some((start, end)) = times(line) {
            if start.saturating_sub(speech.until) > SILENCE {
                speech.write(writer)?;
            }
            speech.until = end;
            in_cue = true;
        } else if line.trim().is_empty() {
            in_cue = false;
        } else if in_cue {
            speech.say(&plain(line));
            let ends = line.trim_end().ends_with(['.', '!', '?', '。', '！', '？', '؟', '"', '”']);
            if (speech.length > PARAGRAPH && ends) || speech.length > LONGEST_PARAGRAPH {
                speech.write(writer)?;
            }
        }
    }
    speech.write(writer)
}

/// What has been said since the last paragraph.
#[derive(Debug, Default)]
struct Speech {
    lines: Vec<String>,
    length: usize,
    /// When the last was said, in seconds.
    until: u64,
    /// The last two lines: captions that roll up say each line again.
    last: [String; 2],
}

impl Speech {
    fn say(&mut self, line: &str) {
        if line.is_empty() || self.last.iter().any(|last| last == line) {
            return;
        }
        self.last.swap(0, 1);
        line.clone_into(&mut self.last[1]);
        self.length += line.len();
        self.lines.push(line.to_owned());
    }

    fn write(&mut self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let text = Join::default().lines(self.lines.iter().map(String::as_str));
        self.lines.clear();
        self.length = 0;
        writer.paragraph(&text)
    }
}

/// The seconds at which a cue begins and ends.
fn times(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    Some((seconds(start.trim())?, seconds(end.split_whitespace().next()?)?))
}

fn seconds(time: &str) -> Option<u64> {
    let whole = time.split(['.', ',']).next()?;
    let fields = whole.split(':').map(|field| field.parse::<u64>().ok());
    let is_time = whole.contains(':') && whole.len() < 16;
    is_time.then(|| fields.reduce(|all, field| Some(all? * 60 + field?)))??
}

/// A line without tags such as `<i>` and `{\an8}`.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = rest.strip_prefix('<').and_then(|inside| {
            let opens = inside.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
            inside.find('>').filter(|_| opens).map(|end| end + 2)
        });
        let style = || rest.starts_with("{\\").then(|| rest.find('}')).flatten().map(|end| end + 1);
        match tag.or_else(style) {
            Some(length) => rest = &rest[length..],
            None => {
                text.push_str(&rest[..1]);
                rest = &rest[1..];
                // Without an end nothing after this is a tag either.
                if !rest.contains(['>', '}']) {
                    break;
                }
            }
        }
    }
    text.push_str(rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&lrm;", ""),
        ("&rlm;", ""),
        ("&amp;", "&"),
    ];
    entities
        .into_iter()
        .fold(text, |text, (from, to)| match text.contains(from) {
            true => text.replace(from, to),
            false => text,
        })
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(name: &str, text: &str, expected: &str) {
        let read = Formats::all().extract(name, text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!((read.format.as_str(), read.text.as_str()), ("subtitles", expected));
    }

    #[test]
    fn what_is_said_is_read_in_paragraphs() {
        check(
            "a.srt",
            "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Où est</i>\r\nla gare ?\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n{\\an8}Là-bas, 1 < 2.\r\n\r\n3\r\n00:10:00,000 --> 00:10:01,000\r\nPlus tard.\r\n",
            "Où est la gare ? Là-bas, 1 < 2.\n\nPlus tard.",
        );
        check(
            "noname",
            "WEBVTT - Titel\n\nNOTE weg\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:03.000 align:left\n<v 先生>今日は\n\n00:03.000 --> 00:05.000\n今日は\n学校です&amp;ね",
            "今日は学校です&ね",
        );
    }
}
