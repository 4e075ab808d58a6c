//! The catalogue out of the truth: all of it at the start, and a content whenever it changes.

use std::collections::HashMap;

use kenning_domain::{ContentId, PassageId, Tag};
use kenning_store::{Content, ContentHead, FileRecord, HeldFile, StoreError, View};

use super::catalogue::{Catalogue, Described, FileDescribed};
use crate::query::Period;

const NANOSECONDS: i64 = 1_000_000_000;

/// Everything that the truth has. No text is read, and nothing is asked content by content.
pub(super) fn all(view: &View<'_>) -> Result<Catalogue, StoreError> {
    let mut files: HashMap<ContentId, Vec<FileDescribed>> = HashMap::new();
    view.each_held(|file| files.entry(file.content).or_default().push(held(file)))?;
    let mut languages: Vec<(PassageId, Option<Tag>)> = Vec::new();
    view.each_language(|passage, tag| languages.push((passage, tag)))?;
    let mut rest = languages.as_slice();
    let mut catalogue = Catalogue::default();
    view.each_head(|head| {
        let id = head.id;
        let start = rest.partition_point(|(passage, _)| passage.content() < id);
        let end = rest.partition_point(|(passage, _)| passage.content() <= id);
        let own = rest[start..end].iter().map(|(_, tag)| *tag).collect();
        rest = &rest[end..];
        catalogue.put(id, described(head, own, files.remove(&id).unwrap_or_default()));
    })?;
    catalogue.set_folders(view.folders()?.into_iter().map(|folder| (folder.id, folder.path)));
    Ok(catalogue)
}

pub(super) fn one(view: &View<'_>, content: &Content) -> Result<Described, StoreError> {
    let tag = |passage: &kenning_domain::Passage| passage.language.map(|language| language.tag);
    let languages = content.passages.iter().map(tag).collect();
    Ok(described(content.head.clone(), languages, files(view, content.head.id)?))
}

/// The files that hold a content.
pub(super) fn files(view: &View<'_>, content: ContentId) -> Result<Vec<FileDescribed>, StoreError> {
    let of = FileDescribed::of;
    let mut files: Vec<FileDescribed> = view.files_of(content)?.iter().map(of).collect();
    files.sort_unstable_by_key(|file| file.id);
    Ok(files)
}

impl FileDescribed {
    pub(crate) fn of(file: &FileRecord) -> Self {
        Self {
            id: file.id,
            folder: file.folder,
            path: file.path.as_path().into(),
            modified: file.stamp.modified.div_euclid(NANOSECONDS),
        }
    }
}

impl Described {
    /// What can be said of a file that was not read, or gave no text.
    pub(crate) fn without_text(file: FileDescribed) -> Self {
        Self {
            format: "".into(),
            title: None,
            created: None,
            modified: None,
            languages: Box::default(),
            files: vec![file],
        }
    }
}

fn held(file: HeldFile) -> FileDescribed {
    FileDescribed {
        id: file.id,
        folder: file.folder,
        path: file.path.into(),
        modified: file.modified.div_euclid(NANOSECONDS),
    }
}

fn described(
    head: ContentHead,
    languages: Box<[Option<Tag>]>,
    files: Vec<FileDescribed>,
) -> Described {
    Described {
        format: head.format.into(),
        title: head.metadata.title.map(Box::from),
        created: head.metadata.created.as_deref().and_then(day),
        modified: head.metadata.modified.as_deref().and_then(day),
        languages,
        files,
    }
}

/// The day that a date of ISO 8601 begins with, a year or a month being its first one.
fn day(date: &str) -> Option<i64> {
    let date = date.trim();
    let end = date.find(['T', 't', ' ']).unwrap_or(date.len());
    Period::parse(&date[..end]).map(|period| period.days().start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_with_or_without_a_time_is_a_day() {
        let check = |date: &str, expected: Option<i64>| assert_eq!(day(date), expected, "{date}");
        check("1970-01-01", Some(0));
        check("1970-01-02T23:59:59+02:00", Some(1));
        check("1969-12-31 10:00", Some(-1));
        check("1971", Some(365));
        check("1970-02", Some(31));
        check("vorgestern", None);
        check("", None);
    }
}
