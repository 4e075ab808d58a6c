//! Which files and folders are left out, and by which rule.
//!
//! In the order in which they decide: what belongs to the system; the user's exclusions;
//! `.kenningignore`, which may also bring back what would be hidden or ignored; `.gitignore`, only
//! inside git repositories as git has it; hidden names; the user's inclusions. The deeper of two
//! ignore files wins, and what lies in a folder that is left out cannot be brought back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::file::Reason;

/// What to leave out. The defaults take every file that a person would say is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether `.gitignore` counts. A user's global git settings never do: what is found should not
    /// depend on the settings of another program.
    pub git_ignore: bool,
    /// Whether hidden files and folders are read.
    pub hidden: bool,
    /// The largest file that is read, in bytes.
    pub largest: u64,
    /// Globs, as in an ignore file, of what to leave out; letter case does not matter.
    pub exclude: Vec<String>,
    /// Globs of the only files to read; all of them where there is none.
    pub include: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            git_ignore: true,
            hidden: false,
            largest: 256 << 20,
            exclude: Vec::new(),
            include: Vec::new(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("“{glob}” is not a pattern: {why}")]
pub struct BadGlob {
    pub glob: String,
    pub why: String,
}

pub(crate) const KENNING_IGNORE: &str = ".kenningignore";
pub(crate) const GIT_IGNORE: &str = ".gitignore";
pub(crate) const GIT: &str = ".git";

/// Never the user's own files, whatever the settings say.
const SYSTEM: &[&str] = &[
    GIT,
    ".hg",
    ".svn",
    ".bzr",
    ".jj",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    ".Trashes",
    ".Spotlight-V100",
    ".fseventsd",
];

/// The most that is read of one ignore file.
const LONGEST_RULES: u64 = 1 << 20;

/// The rules of one watched folder, ready to be matched.
#[derive(Debug)]
pub(crate) struct FolderRules {
    rules: Rules,
    root: PathBuf,
    exclude: Gitignore,
    include: Option<Gitignore>,
}

impl FolderRules {
    pub(crate) fn new(rules: &Rules, root: &Path) -> Result<Self, BadGlob> {
        let include = (!rules.include.is_empty()).then(|| of_globs(root, &rules.include));
        Ok(Self {
            rules: rules.clone(),
            root: root.to_owned(),
            exclude: of_globs(root, &rules.exclude)?,
            include: include.transpose()?,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn is_too_large(&self, size: u64) -> bool {
        size > self.rules.largest
    }

    /// What the ignore files above the watched folder say; they count as git would have it.
    pub(crate) fn above_root(&self) -> Arc<Level> {
        let mut level = Arc::new(Level::default());
        let mut above: Vec<&Path> = self.root.ancestors().skip(1).collect();
        above.reverse();
        for folder in above {
            level = self.enter(folder, &level);
        }
        level
    }

    /// What holds inside `folder`, given what holds around it.
    pub(crate) fn enter(&self, folder: &Path, above: &Arc<Level>) -> Arc<Level> {
        let kenning = of_file(folder, &folder.join(KENNING_IGNORE));
        let mut level = Level { kenning, ..Level::default() };
        if self.rules.git_ignore {
            level.is_repository = fs::symlink_metadata(folder.join(GIT)).is_ok();
            level.in_repository = level.is_repository || above.in_repository;
            if level.in_repository {
                level.git = of_file(folder, &folder.join(GIT_IGNORE));
            }
            if level.is_repository {
                level.git_exclude = of_file(folder, &folder.join(GIT).join("info/exclude"));
            }
        }
        if level.says_nothing() {
            return Arc::clone(above);
        }
        level.above = Some(Arc::clone(above));
        Arc::new(level)
    }

    /// Why a path is left out by its name, if it is. `marked_hidden` is what the system says.
    pub(crate) fn leave_out(
        &self,
        path: &Path,
        is_folder: bool,
        marked_hidden: bool,
        level: &Level,
    ) -> Option<Reason> {
        let name = path.file_name().unwrap_or_default();
        if SYSTEM.iter().any(|system| name == *system) {
            return Some(Reason::System);
        }
        if self.exclude.matched(path, is_folder).is_ignore() {
            return Some(Reason::Excluded);
        }
        let verdict = level.kenning_verdict(path, is_folder);
        if let Some(Verdict::Ignored(by)) = verdict {
            return Some(Reason::Ignored { by });
        }
        if verdict.is_none() {
            if let Some(Verdict::Ignored(by)) = level.git_verdict(path, is_folder) {
                return Some(Reason::Ignored { by });
            }
            let hidden = marked_hidden || name.as_encoded_bytes().first() == Some(&b'.');
            if hidden && !self.rules.hidden {
                return Some(Reason::Hidden);
            }
        }
        (!is_folder && !self.is_included(path)).then_some(Reason::NotIncluded)
    }

    fn is_included(&self, path: &Path) -> bool {
        let Some(include) = &self.include else { return true };
        // Relative, because the matcher refuses by panic what does not lie under its root.
        let Ok(inside) = path.strip_prefix(&self.root) else { return true };
        include.matched_path_or_any_parents(inside, false).is_ignore()
    }
}

enum Verdict {
    Ignored(PathBuf),
    Kept,
}

/// The ignore files of one folder, on top of those around it.
#[derive(Debug, Default)]
pub(crate) struct Level {
    above: Option<Arc<Level>>,
    kenning: Option<Gitignore>,
    git: Option<Gitignore>,
    git_exclude: Option<Gitignore>,
    is_repository: bool,
    in_repository: bool,
}

impl Level {
    fn says_nothing(&self) -> bool {
        self.kenning.is_none() && self.git.is_none() && !self.is_repository
    }

    fn upwards(&self) -> impl Iterator<Item = &Level> {
        std::iter::successors(Some(self), |level| level.above.as_deref())
    }

    fn kenning_verdict(&self, path: &Path, is_folder: bool) -> Option<Verdict> {
        self.upwards()
            .filter_map(|level| level.kenning.as_ref())
            .find_map(|rules| verdict(rules, path, is_folder))
    }

    fn git_verdict(&self, path: &Path, is_folder: bool) -> Option<Verdict> {
        for level in self.upwards().filter(|level| level.in_repository) {
            let mut both = level.git.iter().chain(&level.git_exclude);
            if let Some(found) = both.find_map(|rules| verdict(rules, path, is_folder)) {
                return Some(found);
            }
            // A repository inside another is none of the outer one's business.
            if level.is_repository {
                return None;
            }
        }
        None
    }
}

fn verdict(rules: &Gitignore, path: &Path, is_folder: bool) -> Option<Verdict> {
    match rules.matched(path, is_folder) {
        Match::None => None,
        Match::Whitelist(_) => Some(Verdict::Kept),
        Match::Ignore(glob) => {
            Some(Verdict::Ignored(glob.from().map_or_else(PathBuf::new, Path::to_owned)))
        }
    }
}

fn of_globs(root: &Path, globs: &[String]) -> Result<Gitignore, BadGlob> {
    let mut builder = GitignoreBuilder::new(root);
    let bad = |glob: &str, error: ignore::Error| BadGlob {
        glob: glob.to_owned(),
        why: error.to_string(),
    };
    builder.case_insensitive(true).map_err(|error| bad("", error))?;
    for glob in globs {
        builder.add_line(None, glob).map_err(|error| bad(glob, error))?;
    }
    builder.build().map_err(|error| bad(&globs.join(" "), error))
}

/// The rules in an ignore file, as far as they can be understood. Git does not follow a link in its
/// place, and neither do we; a pipe in its place would keep us waiting for ever.
fn of_file(folder: &Path, file: &Path) -> Option<Gitignore> {
    let metadata = fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST_RULES {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // A line that is no pattern matches nothing, in git as here.
        let _ = builder.add_line(Some(file.to_owned()), line);
    }
    builder.build().ok()
}
