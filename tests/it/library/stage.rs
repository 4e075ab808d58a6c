//! A folder with files, a library over it, and what one wants to know of both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kenning_documents::Program;
use kenning_engine::{Access, FileFilter, Library, Options, Parts, Rest, Rules, State};
pub use kenning_tests::fire::options;
use tempfile::TempDir;

use super::counting::Counting;

/// No test waits this long unless it is about to fail.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Stage {
    pub root: TempDir,
    pub counting: Arc<Counting>,
    library: Option<Library>,
}

pub fn program() -> Program {
    let path = env!("CARGO_BIN_EXE_kenning-test-worker").into();
    Program { path, arguments: vec!["worker".into()] }
}

impl Stage {
    /// With these files, which have their own names as text.
    pub fn new(files: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("w")).unwrap();
        let stage = Self { root, counting: Arc::default(), library: None };
        for name in files {
            stage.write(name, format!("Der Text von {name}"));
        }
        stage
    }

    pub fn opened(files: &[&str]) -> Self {
        let mut stage = Self::new(files);
        stage.open();
        stage.add("");
        stage
    }

    pub fn open(&mut self) {
        self.open_with(options());
    }

    pub fn open_with(&mut self, options: Options) {
        let model = self.counting.model("zählend");
        let parts = Parts { program: program(), model: Some(model), others: Vec::new() };
        self.library = Some(Library::open_with(&self.home(), parts, options).unwrap());
    }

    pub fn open_again(&self, access: Access) -> Result<Library, kenning_engine::LibraryError> {
        let model = self.counting.model("zählend");
        let parts = Parts { program: program(), model: Some(model), others: Vec::new() };
        Library::open_with(&self.home(), parts, Options { access, ..options() })
    }

    /// Ends the library well, and opens it again.
    pub fn restart(&mut self) {
        self.close();
        self.open();
    }

    pub fn close(&mut self) {
        let closing = Instant::now();
        drop(self.library.take());
        assert!(closing.elapsed() < Duration::from_secs(2), "{:?}", closing.elapsed());
    }

    pub fn library(&self) -> &Library {
        self.library.as_ref().unwrap()
    }

    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub fn add(&self, folder: &str) {
        self.library().add_folder(&self.path(folder), Rules::default()).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("w").join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Walks everything again, and waits until all is done.
    #[track_caller]
    pub fn settle(&self) {
        self.library().look_again().unwrap();
        self.wait();
    }

    #[track_caller]
    pub fn wait(&self) {
        assert_eq!(self.rest(), Rest::Done);
    }

    #[track_caller]
    pub fn rest(&self) -> Rest {
        let (sender, rest) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| drop(sender.send(self.library().wait_until_idle())));
            rest.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                // The scope would wait for ever.
                eprintln!("in vain: {:#?}\n{:#?}", self.library().progress(), self.states());
                std::process::abort()
            })
        })
    }

    #[track_caller]
    pub fn wait_for(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "in vain: {what}; {:#?}", self.states());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Each file by its path in the folder, with its state and the code of its reason.
    pub fn states(&self) -> BTreeMap<String, (State, String)> {
        let mut truth = self.library().searcher().unwrap().truth;
        let filter = FileFilter { limit: 100_000, ..FileFilter::default() };
        let (files, folders) =
            truth.read(|view| Ok((view.files(&filter)?, view.folders()?))).unwrap();
        let state = |file: kenning_engine::FileRecord| {
            let folder = folders.iter().find(|folder| folder.id == file.folder).unwrap();
            let whole = folder.path.join(&file.path);
            let path = whole.strip_prefix(self.path("")).unwrap_or(&whole);
            (path.display().to_string(), (file.state, file.reason.code))
        };
        files.into_iter().map(state).collect()
    }

    #[track_caller]
    pub fn expect(&self, expected: &[(&str, State)]) {
        let found: Vec<(String, State)> =
            self.states().into_iter().map(|(path, (state, _))| (path, state)).collect();
        let expected: Vec<(String, State)> =
            expected.iter().map(|(path, state)| ((*path).to_owned(), *state)).collect();
        assert_eq!(found, expected);
    }

    /// The text that is kept of a file.
    pub fn text(&self, name: &str) -> Option<String> {
        let mut truth = self.library().searcher().unwrap().truth;
        let wanted = self.path(name);
        let found = truth.read(|view| {
            let filter = FileFilter { limit: 100_000, ..FileFilter::default() };
            let folders = view.folders()?;
            let file = view.files(&filter)?.into_iter().find(|file| {
                folders.iter().any(|f| f.id == file.folder && f.path.join(&file.path) == wanted)
            });
            let content = file.and_then(|file| file.content);
            content.map_or(Ok(None), |content| view.content(content))
        });
        Some(found.unwrap()?.text)
    }

    /// The ledger and the disk say the same.
    #[track_caller]
    pub fn expect_whole(&self) {
        let on_disk = files_under(&self.path(""));
        let states = self.states();
        let known: Vec<&String> = states.keys().collect();
        let on_disk: Vec<String> = on_disk
            .iter()
            .map(|path| path.strip_prefix(self.path("")).unwrap().display().to_string())
            .collect();
        assert_eq!(known, on_disk.iter().collect::<Vec<_>>());
        let progress = self.library().progress();
        assert_eq!(progress.ledger.all_files(), on_disk.len() as u64);
        let sum: u64 = State::ALL.iter().map(|state| progress.ledger.files(*state)).sum();
        assert_eq!(sum, progress.ledger.all_files());
    }
}

pub fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files_under(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}
