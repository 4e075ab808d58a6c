//! A folder that is made up and watched, and what is told of it in short lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use kenning_watch::{Change, Reason, Rules, Settings, Stamp, Watcher};
use tempfile::TempDir;

/// No test waits this long unless it is about to fail.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn settings() -> Settings {
    Settings {
        quiet: Duration::from_millis(60),
        longest: Duration::from_millis(500),
        poll_least: Duration::from_millis(200),
        heartbeat: Duration::from_millis(100),
        ..Settings::default()
    }
}

pub struct Stage {
    pub folder: TempDir,
    roots: Vec<PathBuf>,
    watcher: Watcher,
    changes: Receiver<Change>,
    told: Vec<String>,
}

impl Stage {
    /// Watches one folder with these files, which have their own names as text.
    pub fn new(files: &[&str]) -> Self {
        Self::of(&["w"], files, &[], settings())
    }

    pub fn with_rules(files: &[&str], rules: Rules) -> Self {
        Self::of(&["w"], files, &[], Settings { rules, ..settings() })
    }

    /// Watches these folders after making these files; `known` is what is known of them. Waits for
    /// the first walk.
    pub fn of(roots: &[&str], files: &[&str], known: &[(&str, Stamp)], settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), roots, files);
        Self::over(folder, roots, known, settings)
    }

    pub fn over(
        folder: TempDir,
        roots: &[&str],
        known: &[(&str, Stamp)],
        settings: Settings,
    ) -> Self {
        let roots: Vec<PathBuf> = roots.iter().map(|root| folder.path().join(root)).collect();
        let known: Vec<(PathBuf, Stamp)> =
            known.iter().map(|(path, stamp)| (folder.path().join(path), *stamp)).collect();
        let (watcher, changes) = Watcher::start(&roots, known, settings).unwrap();
        let mut stage = Self { folder, roots, watcher, changes, told: Vec::new() };
        stage.wait_for("the first walk", |stage| stage.has_told_all("scanned"));
        stage
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// What was told so far, in the order of the alphabet, walks left out.
    pub fn told(&mut self) -> Vec<String> {
        let mut told = std::mem::take(&mut self.told);
        told.retain(|line| !line.starts_with("scanned"));
        told.sort();
        told
    }

    /// Waits until just this has been told of events, and makes sure by a walk that it was all.
    #[track_caller]
    pub fn expect(&mut self, expected: &[&str]) {
        let what = format!("{expected:?}");
        self.wait_for(&what, |stage| {
            expected.iter().all(|line| stage.told.iter().any(|told| told == line))
        });
        self.walk_again();
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(self.told(), expected);
    }

    #[track_caller]
    pub fn walk_again(&mut self) {
        // Those of a walk that is going on do not count.
        self.told.retain(|line| !line.starts_with("scanned"));
        self.watcher.reconcile();
        self.wait_for("a walk", |stage| stage.has_told_all("scanned"));
    }

    fn has_told_all(&self, word: &str) -> bool {
        let about = |root: &PathBuf| format!("{word} {}", self.short(root));
        let here = self.roots.iter().filter(|root| root.is_dir());
        here.map(about).all(|about| self.told.iter().any(|told| told.starts_with(&about)))
    }

    #[track_caller]
    pub fn wait_for(&mut self, what: &str, mut is_there: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_there(self) {
            let rest = end.saturating_duration_since(Instant::now());
            match self.changes.recv_timeout(rest) {
                Ok(change) => {
                    let line = self.line(&change);
                    if !self.is_still_coming(&line) {
                        self.told.push(line);
                    }
                }
                Err(_) => panic!("waited in vain for {what}; told was {:#?}", self.told),
            }
        }
    }

    /// A walk may see a new file between its making and its writing; that it is then told to be
    /// changed too is right, and depends on nothing but luck.
    fn is_still_coming(&self, line: &str) -> bool {
        line.strip_prefix("~ ").is_some_and(|path| self.told.contains(&format!("+ {path}")))
    }

    /// Waits until so many changes of files were told.
    #[track_caller]
    pub fn wait_for_count(&mut self, count: usize) {
        self.wait_for(&format!("{count} changes"), |stage| {
            stage.told.iter().filter(|line| !line.starts_with("scanned")).count() >= count
        });
    }

    #[track_caller]
    pub fn wait_for_line(&mut self, line: &str) {
        self.wait_for(line, |stage| stage.told.iter().any(|told| told == line));
    }

    /// Lets go of the watcher and answers whether its thread ends.
    pub fn drop_watcher(self) -> bool {
        drop(self.watcher);
        let end = Instant::now() + PATIENCE;
        loop {
            match self.changes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(error) => return error == std::sync::mpsc::RecvTimeoutError::Disconnected,
            }
        }
    }

    fn short(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.folder.path()).unwrap_or(path);
        path.display().to_string()
    }

    fn line(&self, change: &Change) -> String {
        match change {
            Change::Added(entry) => format!("+ {}", self.short(&entry.path)),
            Change::Modified(entry) => format!("~ {}", self.short(&entry.path)),
            Change::Removed(path) => format!("- {}", self.short(path)),
            Change::Renamed { from, to } => {
                format!("{} → {}", self.short(from), self.short(&to.path))
            }
            Change::LeftOut(left_out) => {
                format!("! {} {}", self.short(&left_out.path), self.reason(&left_out.reason))
            }
            Change::FolderGone(folder) => format!("gone {}", self.short(folder)),
            Change::FolderBack(folder) => format!("back {}", self.short(folder)),
            Change::Scanned { folder, counts, .. } => format!(
                "scanned {}: {} files, {} left out",
                self.short(folder),
                counts.files,
                counts.left_out
            ),
            Change::Trouble { folder, trouble } => {
                format!("trouble {} {trouble:?}", self.short(folder))
            }
            Change::TroubleOver { folder, trouble } => {
                format!("over {} {trouble:?}", self.short(folder))
            }
        }
    }

    fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::Ignored { by } => format!("by {}", self.short(by)),
            other => format!("{other:?}"),
        }
    }
}

/// Makes these folders, and these files with their names as text.
pub fn write_all(folder: &Path, roots: &[&str], files: &[&str]) {
    for root in roots {
        fs::create_dir_all(folder.join(root)).unwrap();
    }
    for name in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
}

pub fn stamp(path: &Path) -> Stamp {
    Stamp::of(&fs::symlink_metadata(path).unwrap())
}
