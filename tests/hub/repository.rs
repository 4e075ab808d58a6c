//! Repositories as the hub keeps them: commits of files, the names of revisions, and who may fetch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::content::Content;
use super::digest;

/// Who may fetch the files.
#[derive(Clone, Debug)]
pub(super) enum Gate {
    Open,
    /// Whoever has accepted the terms, which this token stands for; at once, or when a person agrees.
    Gated {
        token: String,
        kind: &'static str,
    },
    /// Not even seen without this token.
    Private {
        token: String,
    },
}

#[derive(Debug)]
pub(super) struct File {
    pub content: Content,
    pub large: Option<Large>,
    /// Git's name for the file, or for the pointer that stands for a large one.
    pub oid: String,
}

/// What the pointer of a large file says.
#[derive(Debug)]
pub(super) struct Large {
    pub sha256: String,
    pub pointer_size: usize,
}

impl File {
    fn small(content: Content) -> Self {
        Self { oid: content.git_oid(), content, large: None }
    }

    fn large(content: Content, sha256: String) -> Self {
        let pointer = Content::from(
            format!(
                "version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {}\n",
                content.length()
            )
            .as_str(),
        );
        let large = Large { sha256, pointer_size: pointer.length() as usize };
        Self { oid: pointer.git_oid(), content, large: Some(large) }
    }

    /// The same kind of file with another content.
    fn changed(&self, content: Content) -> Self {
        match self.large {
            Some(_) => Self::large(content.clone(), content.sha256()),
            None => Self::small(content),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Commit {
    pub sha: String,
    pub files: BTreeMap<String, Arc<File>>,
}

/// A repository of one commit, to be given to a hub, where it may get more.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) name: String,
    pub(super) gate: Gate,
    pub(super) labels: Vec<String>,
    pub(super) pipeline: String,
    pub(super) page: usize,
    commits: Vec<Commit>,
    tags: BTreeMap<String, usize>,
}

impl Repository {
    /// `name` is "owner/name".
    #[must_use]
    pub fn new(name: &str) -> Self {
        let first = Commit { sha: commit_sha(name, 0, &BTreeMap::new()), files: BTreeMap::new() };
        Self {
            name: name.to_owned(),
            gate: Gate::Open,
            labels: vec!["safetensors".to_owned(), "feature-extraction".to_owned()],
            pipeline: "feature-extraction".to_owned(),
            page: 1000,
            commits: vec![first],
            tags: BTreeMap::new(),
        }
    }

    /// A file that the endpoint sends itself, named by git's digest.
    #[must_use]
    pub fn file(self, path: &str, content: impl Into<Content>) -> Self {
        self.with(path, File::small(content.into()))
    }

    /// A large file, which the endpoint sends elsewhere for, named by its SHA-256.
    #[must_use]
    pub fn lfs(self, path: &str, content: impl Into<Content>) -> Self {
        let content = content.into();
        let sha256 = content.sha256();
        self.with(path, File::large(content, sha256))
    }

    /// A large file whose digest is known already, or is to be a wrong one wherever it is stated.
    #[must_use]
    pub fn lfs_of_digest(self, path: &str, content: impl Into<Content>, sha256: &str) -> Self {
        self.with(path, File::large(content.into(), sha256.to_owned()))
    }

    /// Another name for the commit as it will be when the hub gets it.
    #[must_use]
    pub fn tag(mut self, name: &str) -> Self {
        self.tags.insert(name.to_owned(), self.commits.len() - 1);
        self
    }

    /// Fetched only with this token; any other is of someone who has not accepted the terms.
    #[must_use]
    pub fn gated(mut self, token: &str) -> Self {
        self.gate = Gate::Gated { token: token.to_owned(), kind: "auto" };
        self
    }

    /// As `gated`, where a person has to agree.
    #[must_use]
    pub fn gated_by_hand(mut self, token: &str) -> Self {
        self.gate = Gate::Gated { token: token.to_owned(), kind: "manual" };
        self
    }

    /// As if it did not exist, without this token.
    #[must_use]
    pub fn private(mut self, token: &str) -> Self {
        self.gate = Gate::Private { token: token.to_owned() };
        self
    }

    #[must_use]
    pub fn labelled(mut self, pipeline: &str, labels: &[&str]) -> Self {
        self.pipeline = pipeline.to_owned();
        self.labels = labels.iter().map(|&label| label.to_owned()).collect();
        self
    }

    /// The tree is listed in pages of so many entries, each with a link to the next.
    #[must_use]
    pub fn pages_of(mut self, entries: usize) -> Self {
        self.page = entries.max(1);
        self
    }

    /// The sha of the newest commit.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.newest().sha
    }

    pub(super) fn newest(&self) -> &Commit {
        &self.commits[self.commits.len() - 1]
    }

    pub(super) fn revision(&self, name: &str) -> Option<&Commit> {
        if name == "main" {
            return Some(self.newest());
        }
        let tagged = self.tags.get(name).map(|&at| &self.commits[at]);
        tagged.or_else(|| self.commits.iter().find(|commit| commit.sha == name))
    }

    /// A new commit with this file changed; the older ones stay what they were.
    pub(super) fn change(&mut self, path: &str, content: Content) {
        let mut files = self.newest().files.clone();
        let changed = files[path].changed(content);
        files.insert(path.to_owned(), Arc::new(changed));
        let sha = commit_sha(&self.name, self.commits.len(), &files);
        self.commits.push(Commit { sha, files });
    }

    /// Changes the file in the newest commit, which keeps its sha: no hub does this, a broken mirror may.
    pub(super) fn replace(&mut self, path: &str, content: Content) {
        let newest = self.commits.len() - 1;
        let files = &mut self.commits[newest].files;
        let changed = files[path].changed(content);
        files.insert(path.to_owned(), Arc::new(changed));
    }

    fn with(mut self, path: &str, file: File) -> Self {
        let at = self.commits.len() - 1;
        let commit = &mut self.commits[at];
        commit.files.insert(path.to_owned(), Arc::new(file));
        commit.sha = commit_sha(&self.name, at, &commit.files);
        self
    }
}

fn commit_sha(name: &str, number: usize, files: &BTreeMap<String, Arc<File>>) -> String {
    let mut digest = digest::sha1().with(format!("{name} {number}").as_bytes());
    for (path, file) in files {
        digest.add(format!("\n{} {path}", file.oid).as_bytes());
    }
    digest.hex()
}
