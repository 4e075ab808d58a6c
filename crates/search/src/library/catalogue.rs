//! What filters ask about and hits show without reading the truth: every content's format, dates,
//! languages and files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use kenning_domain::{ContentId, FileId, FolderId, PassageId, Tag};

/// Kept in memory; what it says of a content is what the truth said when it was told.
#[derive(Debug, Default, PartialEq)]
pub struct Catalogue {
    folders: HashMap<FolderId, PathBuf>,
    contents: HashMap<ContentId, Described>,
    owners: HashMap<FileId, ContentId>,
    /// How many passages there are in each language.
    languages: BTreeMap<Tag, usize>,
    passages: usize,
}

/// A content that at least one file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// By the name that `documents` gives it.
    pub format: Box<str>,
    pub title: Option<Box<str>>,
    /// Days since the start of 1970, as the document itself says.
    pub created: Option<i64>,
    pub modified: Option<i64>,
    /// Each passage's, by ordinal.
    pub languages: Box<[Option<Tag>]>,
    /// Those that hold it, by number.
    pub files: Vec<FileDescribed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDescribed {
    pub id: FileId,
    pub folder: FolderId,
    /// Relative to the folder.
    pub path: Box<Path>,
    /// Seconds since the start of 1970.
    pub modified: i64,
}

impl Catalogue {
    pub fn content(&self, id: ContentId) -> Option<&Described> {
        self.contents.get(&id)
    }

    /// Every content, in no order.
    pub fn each(&self) -> impl Iterator<Item = (ContentId, &Described)> {
        self.contents.iter().map(|(id, described)| (*id, described))
    }

    /// The content that a file holds.
    pub fn owner(&self, file: FileId) -> Option<ContentId> {
        self.owners.get(&file).copied()
    }

    /// Where a watched folder lies.
    pub fn folder(&self, id: FolderId) -> Option<&Path> {
        self.folders.get(&id).map(PathBuf::as_path)
    }

    pub fn language(&self, passage: PassageId) -> Option<Tag> {
        let described = self.contents.get(&passage.content())?;
        described.languages.get(passage.ordinal() as usize).copied().flatten()
    }

    /// Each language's share of the passages.
    pub fn language_shares(&self) -> Vec<(Tag, f32)> {
        let all = self.passages.max(1) as f32;
        self.languages.iter().map(|(tag, count)| (*tag, *count as f32 / all)).collect()
    }

    /// The contents it describes, in no order.
    pub fn ids(&self) -> impl Iterator<Item = ContentId> {
        self.contents.keys().copied()
    }

    pub fn contents(&self) -> usize {
        self.contents.len()
    }

    pub fn passages(&self) -> usize {
        self.passages
    }

    /// Says anew where the watched folders lie.
    pub fn set_folders(&mut self, folders: impl IntoIterator<Item = (FolderId, PathBuf)>) {
        self.folders = folders.into_iter().collect();
    }

    /// Describes a content, in place of what was said of it before.
    pub fn put(&mut self, id: ContentId, described: Described) {
        self.remove(id);
        for file in &described.files {
            self.owners.insert(file.id, id);
        }
        for tag in described.languages.iter().flatten() {
            *self.languages.entry(*tag).or_default() += 1;
        }
        self.passages += described.languages.len();
        self.contents.insert(id, described);
    }

    /// Says anew which files hold a content; nothing where it is not described.
    pub fn set_files(&mut self, id: ContentId, files: Vec<FileDescribed>) {
        let Some(described) = self.contents.get_mut(&id) else { return };
        for file in &described.files {
            if self.owners.get(&file.id) == Some(&id) {
                self.owners.remove(&file.id);
            }
        }
        for file in &files {
            self.owners.insert(file.id, id);
        }
        described.files = files;
    }

    pub fn remove(&mut self, id: ContentId) {
        let Some(described) = self.contents.remove(&id) else { return };
        for file in described.files {
            if self.owners.get(&file.id) == Some(&id) {
                self.owners.remove(&file.id);
            }
        }
        for tag in described.languages.iter().flatten() {
            if let Some(count) = self.languages.get_mut(tag) {
                *count -= 1;
                if *count == 0 {
                    self.languages.remove(tag);
                }
            }
        }
        self.passages -= described.languages.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(tags: &[&str], files: &[i64]) -> Described {
        let file = |number: &i64| FileDescribed {
            id: FileId(*number),
            folder: FolderId(1),
            path: Path::new("brief.txt").into(),
            modified: 0,
        };
        Described {
            format: "text".into(),
            title: None,
            created: None,
            modified: None,
            languages: tags.iter().map(|tag| Tag::new(tag)).collect(),
            files: files.iter().map(file).collect(),
        }
    }

    #[test]
    fn counts_follow_what_comes_and_goes() {
        let mut catalogue = Catalogue::default();
        let shares = |catalogue: &Catalogue| catalogue.language_shares();
        let [de, fi] = ["de", "fi"].map(|tag| Tag::new(tag).unwrap());
        catalogue.put(ContentId(1), described(&["de", "de", "?"], &[10]));
        catalogue.put(ContentId(2), described(&["fi"], &[11, 12]));
        assert_eq!(shares(&catalogue), [(de, 0.5), (fi, 0.25)]);
        assert_eq!(catalogue.language(PassageId::new(ContentId(1), 2).unwrap()), None);
        assert_eq!(catalogue.language(PassageId::new(ContentId(2), 0).unwrap()), Some(fi));
        catalogue.put(ContentId(1), described(&["fi"], &[10]));
        assert_eq!(shares(&catalogue), [(fi, 1.0)]);
        catalogue.remove(ContentId(2));
        assert_eq!((catalogue.passages(), catalogue.contents()), (1, 1));
        assert_eq!(
            (catalogue.owner(FileId(11)), catalogue.owner(FileId(10))),
            (None, Some(ContentId(1)))
        );
    }

    #[test]
    fn a_file_that_changed_hands_belongs_to_the_last_who_named_it() {
        let mut catalogue = Catalogue::default();
        catalogue.put(ContentId(1), described(&["de"], &[10]));
        catalogue.put(ContentId(2), described(&["de"], &[10]));
        catalogue.set_files(ContentId(1), Vec::new());
        assert_eq!(catalogue.owner(FileId(10)), Some(ContentId(2)));
        catalogue.remove(ContentId(1));
        assert_eq!(catalogue.owner(FileId(10)), Some(ContentId(2)));
    }
}
