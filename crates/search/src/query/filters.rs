//! What a query may ask of a file beside its words: kind, folder, language, date, title, name.

use std::fmt;
use std::ops::Range;

use kenning_domain::Tag;
use kenning_languages::same_as;

use super::dates::Period;
use super::quotes::{self, Kind};

/// A condition, or that it must not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub condition: Condition,
    pub negated: bool,
}

/// What is asked of a file. Several values of one filter are alternatives.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `type:pdf,docx`: in small letters, without dots. [`FileType`] says what each means.
    Type(Vec<String>),
    /// `in:folder`: a folder's name or a piece of its path.
    In(String),
    /// `lang:de,fr`
    Language(Vec<Tag>),
    /// `before:2024-06`: earlier than its first day.
    Before(Period),
    /// `after:2023`: later than its last day.
    After(Period),
    /// `date:2024`: within it.
    Date(Period),
    /// `title:word`
    Title(Wanted),
    /// `name:word`, of the file's name
    Name(Wanted),
}

/// What is looked for in a title or a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub text: String,
    /// It was quoted: its words must stand there in this order.
    pub exact: bool,
}

const NAMES: &[&str] = &["type", "in", "lang", "before", "after", "date", "title", "name"];

impl Filter {
    pub fn new(condition: Condition) -> Self {
        Self { condition, negated: false }
    }

    /// Whether a filter is called so. `name` is as [`plain`] makes it.
    pub(super) fn has_name(name: &str) -> bool {
        NAMES.contains(&name)
    }

    /// `None` where the value says nothing to a filter of this name.
    pub(super) fn of(name: &str, value: &str, exact: bool, negated: bool) -> Option<Self> {
        if value.is_empty() {
            return None;
        }
        let wanted = || Wanted { text: value.to_owned(), exact };
        let period = || Period::parse(&plain(value));
        let condition = match name {
            "type" => Condition::Type(list(value, file_type)?),
            "in" => Condition::In(value.to_owned()),
            "lang" => Condition::Language(list(value, language)?),
            "before" => Condition::Before(period()?),
            "after" => Condition::After(period()?),
            "date" => Condition::Date(period()?),
            "title" => Condition::Title(wanted()),
            "name" => Condition::Name(wanted()),
            _ => return None,
        };
        Some(Self { condition, negated })
    }
}

impl Condition {
    /// The days it allows, where it is about days: see [`Period::days`].
    pub fn days(&self) -> Option<Range<i64>> {
        match self {
            Self::Before(period) => Some(i64::MIN..period.days().start),
            Self::After(period) => Some(period.days().end..i64::MAX),
            Self::Date(period) => Some(period.days()),
            _ => None,
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            to.write_str("-")?;
        }
        match &self.condition {
            Condition::Type(types) => write!(to, "type:{}", types.join(",")),
            Condition::In(folder) => {
                to.write_str("in:")?;
                write_value(folder, false, to)
            }
            Condition::Language(tags) => {
                let tags: Vec<&str> = tags.iter().map(Tag::as_str).collect();
                write!(to, "lang:{}", tags.join(","))
            }
            Condition::Before(period) => write!(to, "before:{period}"),
            Condition::After(period) => write!(to, "after:{period}"),
            Condition::Date(period) => write!(to, "date:{period}"),
            Condition::Title(wanted) => {
                to.write_str("title:")?;
                write_value(&wanted.text, wanted.exact, to)
            }
            Condition::Name(wanted) => {
                to.write_str("name:")?;
                write_value(&wanted.text, wanted.exact, to)
            }
        }
    }
}

/// Writes a value, in quotation marks where it would not be read as one otherwise.
fn write_value(value: &str, exact: bool, to: &mut fmt::Formatter<'_>) -> fmt::Result {
    let opens = value.starts_with(|mark| Kind::opened_by(mark).is_some())
        || value.contains(|mark| Kind::opened_within_by(mark).is_some());
    if exact || opens || value.contains(char::is_whitespace) {
        return quotes::write(value, to);
    }
    to.write_str(value)
}

/// Each value of a list; `None` where it has none, or one that means nothing.
fn list<T: PartialEq>(value: &str, read: fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let values = value.split([',', '，', '、', ';']).map(str::trim).filter(|one| !one.is_empty());
    let mut found = Vec::new();
    for value in values {
        let value = read(&plain(value))?;
        if !found.contains(&value) {
            found.push(value);
        }
    }
    (!found.is_empty()).then_some(found)
}

fn language(text: &str) -> Option<Tag> {
    Tag::new(text).map(same_as)
}

/// A kind of file, or the extension of its name.
fn file_type(text: &str) -> Option<String> {
    /// `editorconfig` is one of the longest that are read.
    const LONGEST: usize = 16;
    let name = text.trim_start_matches(['*', '.']);
    let known = |mark: char| mark.is_alphanumeric() || matches!(mark, '+' | '_' | '-');
    (!name.is_empty() && name.len() <= LONGEST && name.chars().all(known)).then(|| name.to_owned())
}

/// Small letters, and those of a keyboard for Chinese or Japanese as plain ones.
pub(super) fn plain(text: &str) -> String {
    let narrow = |mark: char| match mark {
        '！'..='～' => char::from_u32(u32::from(mark) - 0xfee0).unwrap_or(mark),
        '−' => '-',
        _ => mark,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// What a value of `type:` stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum FileType<'a> {
    /// Formats by the names that `documents` gives them, in small letters.
    Formats(&'static [&'static str]),
    /// Whatever has this extension, in small letters and without its dot.
    Extension(&'a str),
}

/// What people call the formats that are read. Another word is an extension.
const TYPES: &[(&str, &[&str])] = &[
    ("pdf", &["pdf"]),
    ("docx", &["docx"]),
    ("word", &["docx", "odt", "rtf"]),
    ("document", &["docx", "odt", "rtf", "pdf"]),
    ("odt", &["odt"]),
    ("rtf", &["rtf"]),
    ("xlsx", &["xlsx"]),
    ("excel", &["xlsx", "ods"]),
    ("ods", &["ods"]),
    ("csv", &["csv"]),
    ("spreadsheet", &["xlsx", "ods", "csv"]),
    ("table", &["xlsx", "ods", "csv"]),
    ("pptx", &["pptx"]),
    ("powerpoint", &["pptx", "odp"]),
    ("odp", &["odp"]),
    ("slides", &["pptx", "odp"]),
    ("presentation", &["pptx", "odp"]),
    ("epub", &["epub"]),
    ("ebook", &["epub"]),
    ("book", &["epub"]),
    ("html", &["html"]),
    ("htm", &["html"]),
    ("web", &["html", "mhtml"]),
    ("mhtml", &["mhtml"]),
    ("mht", &["mhtml"]),
    ("markdown", &["markdown"]),
    ("md", &["markdown"]),
    ("text", &["text"]),
    ("txt", &["text"]),
    ("mail", &["mail", "mbox"]),
    ("email", &["mail", "mbox"]),
    ("eml", &["mail"]),
    ("mbox", &["mbox"]),
    ("notebook", &["ipynb"]),
    ("ipynb", &["ipynb"]),
    ("code", &["source code"]),
    ("source", &["source code"]),
    ("settings", &["settings"]),
    ("config", &["settings"]),
    ("json", &["json"]),
    ("xml", &["xml"]),
    ("subtitles", &["subtitles"]),
];

impl<'a> FileType<'a> {
    /// `value` as it stands in [`Condition::Type`].
    pub fn of(value: &'a str) -> Self {
        let known = TYPES.iter().find(|(name, _)| *name == value);
        known.map_or(Self::Extension(value), |(_, formats)| Self::Formats(formats))
    }

    /// Whether a file is of this type, by the format it was read as and the extension of its name. Of a
    /// file that was not read the extension alone tells.
    pub fn holds(&self, format: &str, extension: &str) -> bool {
        match self {
            Self::Formats(formats) if format.is_empty() => {
                match FileType::of(&extension.to_lowercase()) {
                    FileType::Formats(own) => own.iter().any(|one| formats.contains(one)),
                    FileType::Extension(_) => false,
                }
            }
            Self::Formats(formats) => formats.iter().any(|one| one.eq_ignore_ascii_case(format)),
            Self::Extension(own) => extension.to_lowercase() == **own,
        }
    }
}
