//! A folder in which everything happens that happens to files: they are written, rewritten, renamed,
//! moved, copied, replaced, touched and deleted, and so are the folders they lie in.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::made::SENTENCES;
use crate::made::damage::Chance;

/// Every text has a word of its own, which begins so. Nothing else does.
const MARK: &str = "zq";

/// New files lie in one of so many folders.
const FOLDERS: usize = 6;

/// What lies in this folder is not looked at by Kenning.
const HIDDEN: &str = ".verborgen";

pub struct Disorder {
    root: PathBuf,
    chance: Chance,
    /// About so many files are kept.
    wanted: usize,
    files: Vec<PathBuf>,
    marks: u64,
    /// What was done, by kind.
    pub done: [u64; 11],
}

/// The kinds of what is done, in the order in which they are counted.
pub const KINDS: [&str; 11] = [
    "created",
    "rewritten",
    "appended to",
    "renamed",
    "moved",
    "deleted",
    "copied",
    "replaced by a rename",
    "touched",
    "folders renamed",
    "folders deleted",
];

impl Disorder {
    pub fn new(root: &Path, wanted: usize, seed: u64) -> Self {
        fs::create_dir_all(root.join(HIDDEN)).unwrap();
        fs::write(root.join(HIDDEN).join("a.txt"), "unsichtbar").unwrap();
        let chance = Chance::new(seed);
        let (files, marks, done) = (Vec::new(), 0, [0; 11]);
        Self { root: root.to_owned(), chance, wanted, files, marks, done }
    }

    /// Writes files until there are as many as are wanted.
    pub fn fill(&mut self) {
        while self.files.len() < self.wanted {
            self.create();
        }
    }

    /// Does one thing to one file or folder.
    pub fn step(&mut self) {
        // As many come as go, around the number that is wanted.
        if self.files.len() < self.wanted * 9 / 10 {
            return self.create();
        }
        if self.files.len() > self.wanted * 11 / 10 {
            return self.delete();
        }
        match self.chance.below(100) {
            0..16 => self.create(),
            16..34 => self.rewrite(),
            34..42 => self.append(),
            42..54 => self.rename(false),
            54..64 => self.rename(true),
            64..78 => self.delete(),
            78..85 => self.copy(),
            85..92 => self.replace(),
            92..97 => self.touch(),
            97..99 => self.rename_folder(),
            _ => self.delete_folder(),
        }
    }

    /// Words that texts had which are no more, some of them.
    pub fn gone(&mut self, most: usize) -> Vec<String> {
        let there: HashSet<String> =
            self.files.iter().filter_map(|file| mark_of(&fs::read(file).ok()?)).collect();
        let all = self.marks;
        let tried = (0..most * 2).map(|_| mark(self.chance.below(all.max(1) as usize) as u64));
        tried.filter(|mark| !there.contains(mark)).take(most).collect()
    }

    /// A file that is there, to ask for what it holds.
    pub fn some_file(&mut self) -> &Path {
        let at = self.chance.below(self.files.len());
        &self.files[at]
    }

    pub fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    pub fn total(&self) -> u64 {
        self.done.iter().sum()
    }

    /// One in forty is empty, one in twelve is long.
    fn text(&mut self) -> String {
        self.marks += 1;
        let sentences = match self.chance.below(120) {
            0..3 => return String::new(),
            3..13 => 120,
            _ => 1 + self.chance.below(6),
        };
        let mut text = format!("{}\n\n", mark(self.marks - 1));
        for _ in 0..sentences {
            text.push_str(SENTENCES[self.chance.below(SENTENCES.len())]);
            text.push_str(&format!(" {:x}.\n", self.chance.number() >> 40));
        }
        text
    }

    fn new_path(&mut self) -> PathBuf {
        const ENDINGS: [&str; 3] = ["txt", "md", "text"];
        let folder = self.chance.below(FOLDERS);
        let inside = if self.chance.below(3) == 0 { "日記/Ünter" } else { "" };
        let ending = ENDINGS[self.chance.below(ENDINGS.len())];
        let folder = self.root.join(format!("Ordner {folder}")).join(inside);
        fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{:x}.{ending}", self.chance.number()))
    }

    fn one(&mut self) -> Option<PathBuf> {
        let count = self.files.len();
        (count > 0).then(|| self.files[self.chance.below(count)].clone())
    }

    fn create(&mut self) {
        let (path, text) = (self.new_path(), self.text());
        fs::write(&path, text).unwrap();
        self.files.push(path);
        self.done[0] += 1;
    }

    fn rewrite(&mut self) {
        let Some(path) = self.one() else { return };
        let text = self.text();
        fs::write(path, text).unwrap();
        self.done[1] += 1;
    }

    /// The mark stays, and stands in another text from now on.
    fn append(&mut self) {
        use std::io::Write;
        let Some(path) = self.one() else { return };
        let more = format!("\n\n{:x}\n", self.chance.number());
        File::options().append(true).open(path).unwrap().write_all(more.as_bytes()).unwrap();
        self.done[2] += 1;
    }

    fn rename(&mut self, elsewhere: bool) {
        let Some(from) = self.one() else { return };
        let mut to = self.new_path();
        if !elsewhere {
            to = from.with_file_name(to.file_name().unwrap());
        }
        fs::rename(&from, &to).unwrap();
        self.replace_path(&from, to);
        self.done[if elsewhere { 4 } else { 3 }] += 1;
    }

    fn delete(&mut self) {
        let Some(path) = self.one() else { return };
        fs::remove_file(&path).unwrap();
        self.files.retain(|file| *file != path);
        self.done[5] += 1;
    }

    fn copy(&mut self) {
        let (Some(from), to) = (self.one(), self.new_path()) else { return };
        fs::copy(from, &to).unwrap();
        self.files.push(to);
        self.done[6] += 1;
    }

    /// As editors save: under another name beside it, then in its place.
    fn replace(&mut self) {
        let (Some(path), text) = (self.one(), self.text()) else { return };
        let half = path.with_extension("txt~");
        fs::write(&half, text).unwrap();
        fs::rename(half, path).unwrap();
        self.done[7] += 1;
    }

    fn touch(&mut self) {
        let Some(path) = self.one() else { return };
        let moment = SystemTime::now() - Duration::from_secs(self.chance.below(1_000_000) as u64);
        File::options().append(true).open(path).unwrap().set_modified(moment).unwrap();
        self.done[8] += 1;
    }

    fn rename_folder(&mut self) {
        let Some(file) = self.one() else { return };
        let inside = file.strip_prefix(&self.root).unwrap();
        let from = self.root.join(inside.components().next().unwrap());
        let to = self.root.join(format!("Umbenannt {:x}", self.chance.number()));
        fs::rename(&from, &to).unwrap();
        for file in &mut self.files {
            if let Ok(inside) = file.strip_prefix(&from) {
                *file = to.join(inside);
            }
        }
        self.done[9] += 1;
    }

    fn delete_folder(&mut self) {
        let number = self.chance.below(FOLDERS);
        let folder = self.root.join(format!("Ordner {number}")).join("日記");
        if folder.is_dir() {
            fs::remove_dir_all(&folder).unwrap();
            self.files.retain(|file| !file.starts_with(&folder));
            self.done[10] += 1;
        }
    }

    fn replace_path(&mut self, from: &Path, to: PathBuf) {
        if let Some(file) = self.files.iter_mut().find(|file| *file == from) {
            *file = to;
        }
    }
}

/// Letters alone, so that no reader of words takes it apart.
fn mark(mut number: u64) -> String {
    let mut text = MARK.to_owned();
    loop {
        text.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// The word that only this text has, if it has one.
pub fn mark_of(bytes: &[u8]) -> Option<String> {
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    let first = std::str::from_utf8(first).ok()?;
    first.starts_with(MARK).then(|| first.to_owned())
}
