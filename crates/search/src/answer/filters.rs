//! Which contents a query's filters allow. A content is allowed if one of its files is: all that is
//! asked of a file must hold of the same file.
//!
//! A document's date is the one it states, of its last change before that of its making; where it
//! states none it is that of its file's last change.

use std::borrow::Cow;
use std::path::{Component, Path};

use kenning_languages::same_as;
use kenning_words::{QueryWord, Term, exact_terms, fold, phrase_terms, query_terms, terms};

use crate::library::{Catalogue, Described, FileDescribed};
use crate::query::Wanted;
use crate::{Condition, FileType, Filter};
use kenning_domain::Tag;

const DAY: i64 = 24 * 60 * 60;

/// A query's filters, made ready to be asked of many contents.
pub struct Filters<'a> {
    conditions: Vec<(Ready<'a>, bool)>,
    languages: Vec<(&'a [Tag], bool)>,
    seconds_east: i64,
}

enum Ready<'a> {
    Type(Vec<FileType<'a>>),
    In(Piece),
    Days(std::ops::Range<i64>),
    Title(Sought),
    Name(Sought),
}

impl<'a> Filters<'a> {
    pub fn new(filters: &'a [Filter], seconds_east: i64) -> Self {
        let mut this = Self { conditions: Vec::new(), languages: Vec::new(), seconds_east };
        for filter in filters {
            let days = filter.condition.days();
            let ready = match &filter.condition {
                Condition::Language(tags) => {
                    this.languages.push((tags, filter.negated));
                    continue;
                }
                Condition::Type(types) => {
                    Ready::Type(types.iter().map(|one| FileType::of(one)).collect())
                }
                Condition::In(folder) => Ready::In(Piece::new(folder)),
                Condition::Title(wanted) => Ready::Title(Sought::new(wanted)),
                Condition::Name(wanted) => Ready::Name(Sought::new(wanted)),
                Condition::Before(_) | Condition::After(_) | Condition::Date(_) => {
                    Ready::Days(days.unwrap_or(i64::MIN..i64::MAX))
                }
            };
            this.conditions.push((ready, filter.negated));
        }
        this
    }

    /// Whether they say anything of contents.
    pub fn restrict_contents(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether they say anything of passages.
    pub fn restrict_passages(&self) -> bool {
        !self.languages.is_empty()
    }

    pub fn allow(&self, content: &Described, catalogue: &Catalogue) -> bool {
        self.conditions.is_empty()
            || content.files.iter().any(|file| self.allow_file(file, content, catalogue))
    }

    pub fn allow_file(
        &self,
        file: &FileDescribed,
        content: &Described,
        catalogue: &Catalogue,
    ) -> bool {
        let holds = |ready: &Ready<'_>| match ready {
            Ready::Type(types) => {
                let extension = file.path.extension().unwrap_or_default().to_string_lossy();
                types.iter().any(|one| one.holds(&content.format, &extension))
            }
            Ready::In(piece) => piece.is_in(catalogue.folder(file.folder), &file.path),
            Ready::Days(days) => days.contains(&day_of(content, file, self.seconds_east)),
            Ready::Title(sought) => content.title.as_deref().is_some_and(|text| sought.is_in(text)),
            Ready::Name(sought) => sought.is_in(&name_of(&file.path)),
        };
        self.conditions.iter().all(|(ready, negated)| holds(ready) != *negated)
    }

    /// Whether passages in this language are allowed.
    pub fn allow_language(&self, language: Option<Tag>) -> bool {
        let language = language.map(same_as);
        let is_one = |tags: &[Tag]| language.is_some_and(|language| tags.contains(&language));
        self.languages.iter().all(|(tags, negated)| is_one(tags) != *negated)
    }
}

/// The last part of a path, with marks where it is no text.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The day of a content that this file holds, where the user lives.
fn day_of(content: &Described, file: &FileDescribed, seconds_east: i64) -> i64 {
    let stated = content.modified.or(content.created);
    stated.unwrap_or_else(|| file.modified.saturating_add(seconds_east).div_euclid(DAY))
}

/// Seconds since the start of 1970; of its files the one that changed last counts.
pub fn date_of(content: &Described) -> i64 {
    let stated = content.modified.or(content.created).map(|day| day.saturating_mul(DAY));
    let files = content.files.iter().map(|file| file.modified).max();
    stated.or(files).unwrap_or_default()
}

/// A piece of a path: folders that follow each other, the last of them perhaps half typed. A slash at
/// its end says that it is not.
struct Piece {
    folders: Vec<String>,
    is_open: bool,
}

impl Piece {
    fn new(text: &str) -> Self {
        let slash = |mark: char| mark == '/' || mark == '\\';
        let parts = text.split(slash).map(str::trim).filter(|part| !part.is_empty());
        let folders = parts.filter(|part| *part != "~").map(|part| fold(part).into_owned());
        Self { folders: folders.collect(), is_open: !text.ends_with(slash) }
    }

    fn is_in(&self, folder: Option<&Path>, file: &Path) -> bool {
        let Some((last, before)) = self.folders.split_last() else { return true };
        let within = file.parent().unwrap_or(Path::new(""));
        let parts = folder.into_iter().chain([within]).flat_map(Path::components);
        let parts: Vec<Cow<'_, str>> = parts.filter_map(folder_name).collect();
        let fits = |parts: &[Cow<'_, str>]| {
            let Some((end, start)) = parts.split_last() else { return false };
            is_like(end, last, self.is_open)
                && start.iter().zip(before).all(|(part, sought)| is_like(part, sought, false))
        };
        parts.windows(self.folders.len()).any(fits)
    }
}

fn folder_name(component: Component<'_>) -> Option<Cow<'_, str>> {
    match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        Component::Prefix(drive) => Some(drive.as_os_str().to_string_lossy()),
        Component::RootDir | Component::CurDir | Component::ParentDir => None,
    }
}

/// Whether a folder's name is, or begins with, what is sought, which is folded. Every file of a library
/// may be asked, and most folders have plain names, of which folding changes the case alone.
fn is_like(name: &str, sought: &str, or_begins: bool) -> bool {
    if !name.is_ascii() {
        let name = fold(name);
        return *name == *sought || or_begins && name.starts_with(sought);
    }
    let beginning = name.get(..sought.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(sought))
        && (or_begins || name.len() == sought.len())
}

/// What is looked for in a title or a name: words it has, each perhaps half typed, or quoted words in
/// their order.
struct Sought {
    words: Vec<QueryWord>,
    phrase: Option<Vec<Term>>,
    /// What has no words, such as a smiley, is looked for as it is.
    folded: String,
}

impl Sought {
    fn new(wanted: &Wanted) -> Self {
        Self {
            words: query_terms(&wanted.text, &[]),
            phrase: wanted.exact.then(|| phrase_terms(&wanted.text)),
            folded: fold(&wanted.text).into_owned(),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return fold(text).contains(&self.folded);
        }
        let mut own = Vec::new();
        if let Some(phrase) = self.phrase.as_ref().filter(|phrase| !phrase.is_empty()) {
            exact_terms(text, &mut own);
            return has_phrase(&own, phrase);
        }
        terms(text, None, &mut own);
        let is_met = |word: &QueryWord, term: &Term| {
            let mut ways = word.alternatives.iter().chain(&word.exact);
            ways.any(|way| match word.wide {
                true => term.text == *way,
                false => term.text.starts_with(way.as_str()),
            })
        };
        self.words.iter().all(|word| own.iter().any(|term| is_met(word, term)))
    }
}

fn has_phrase(own: &[Term], phrase: &[Term]) -> bool {
    let Some(first) = phrase.first() else { return true };
    let follows = |start: &Term, next: &Term| {
        let place = start.position + next.position.saturating_sub(first.position);
        own.iter().any(|term| term.position == place && term.text == next.text)
    };
    let starts = own.iter().filter(|term| term.text == first.text);
    starts.into_iter().any(|start| phrase.iter().all(|next| follows(start, next)))
}

#[cfg(test)]
#[path = "filters_tests.rs"]
mod tests;
