//! Folders, their files, and how far everything is.

use std::collections::HashMap;
use std::path::PathBuf;

use kenning_domain::FolderId;
use kenning_engine::{
    Doing as Done, FileFilter, FileRecord, Halted, Ledger, Progress, Rules as WatchRules, State,
    Trouble as WatchTrouble, switching_to,
};

use super::{Desk, gone};
use crate::error::{Problem, ProblemCode};
use crate::library::{
    AddFolder, Counts, Doing, FileRow, FileState, Files, FilesRequest, LibraryProgress,
    LibraryView, ReadAgain, ReasonCount, Rules, SetRules, Trouble, WatchedFolder,
};
use crate::search::FileRef;

/// Rows that are asked for at once, at most.
const MOST_ROWS: u32 = 1000;

pub(super) fn state_of(state: State) -> FileState {
    match state {
        State::Waiting => FileState::Waiting,
        State::Words => FileState::Words,
        State::Meaning => FileState::Meaning,
        State::Skipped => FileState::Skipped,
        State::Failed => FileState::Failed,
        State::Quarantined => FileState::Quarantined,
        State::LeftOut => FileState::LeftOut,
    }
}

fn state(state: FileState) -> State {
    match state {
        FileState::Waiting => State::Waiting,
        FileState::Words => State::Words,
        FileState::Meaning => State::Meaning,
        FileState::Skipped => State::Skipped,
        FileState::Failed => State::Failed,
        FileState::Quarantined => State::Quarantined,
        FileState::LeftOut => State::LeftOut,
    }
}

fn counts(ledger: &Ledger) -> Counts {
    Counts {
        waiting: ledger.files(State::Waiting),
        words: ledger.files(State::Words),
        meaning: ledger.files(State::Meaning),
        skipped: ledger.files(State::Skipped),
        failed: ledger.files(State::Failed),
        quarantined: ledger.files(State::Quarantined),
        left_out: ledger.files(State::LeftOut),
        all: ledger.all_files(),
    }
}

/// What a library tells of, as far as it tells of it itself.
pub(super) fn progress_alone(progress: &Progress) -> LibraryProgress {
    let (doing, halted) = match &progress.doing {
        Done::Nothing => (Doing::Nothing, None),
        Done::Looking => (Doing::Looking, None),
        Done::Reading => (Doing::Reading, None),
        Done::Embedding => (Doing::Embedding, None),
        Done::Paused => (Doing::Paused, None),
        Done::OnBattery => (Doing::OnBattery, None),
        Done::Halted(Halted { is_disk_full, why }) => {
            let code = if *is_disk_full { ProblemCode::DiskFull } else { ProblemCode::Internal };
            (Doing::Halted, Some(Problem { code, message: why.clone() }))
        }
    };
    let works = matches!(doing, Doing::Looking | Doing::Reading | Doing::Embedding);
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    LibraryProgress {
        doing,
        halted,
        reading: progress.reading.iter().map(name).collect(),
        counts: counts(&progress.ledger),
        passages_left: progress.unembedded.passages,
        files_per_second: progress.files_per_second,
        passages_per_second: progress.passages_per_second,
        // Where nothing is done, nothing is left.
        seconds_left: progress.time_left.filter(|_| works).map(|left| left.as_secs_f64()),
        model_trouble: progress
            .model_trouble
            .clone()
            .map(|message| Problem { code: ProblemCode::Model, message }),
        repairs: progress.repairs.iter().map(ToString::to_string).collect(),
    }
}

fn trouble_of(trouble: WatchTrouble) -> Trouble {
    match trouble {
        WatchTrouble::Remote => Trouble::Remote,
        WatchTrouble::WatchesRanOut => Trouble::WatchesRanOut,
        WatchTrouble::Refused => Trouble::Refused,
        WatchTrouble::Silent => Trouble::Silent,
    }
}

fn rules_of(rules: WatchRules) -> Rules {
    Rules {
        only: rules.include,
        except: rules.exclude,
        hidden: rules.hidden,
        git_ignore: rules.git_ignore,
    }
}

fn rules(rules: Rules) -> WatchRules {
    let trimmed = |globs: Vec<String>| {
        let globs = globs.into_iter().map(|glob| glob.trim().to_owned());
        globs.filter(|glob| !glob.is_empty()).collect()
    };
    WatchRules {
        git_ignore: rules.git_ignore,
        hidden: rules.hidden,
        exclude: trimmed(rules.except),
        include: trimmed(rules.only),
        ..WatchRules::default()
    }
}

impl Desk {
    pub(super) fn library_view(&self) -> Result<LibraryView, Problem> {
        let (progress, folders, read_only) = self.with(|library| {
            let read_only = library.read_only().map(str::to_owned);
            Ok::<_, Problem>((library.progress(), library.folders(), read_only))
        })?;
        let ledger = &progress.ledger;
        let of_folder = |folder: FolderId| {
            let lines = ledger.lines.iter().filter(|line| line.folder == folder && !line.is_folder);
            let lines = lines.filter(|line| line.state != State::LeftOut);
            lines.fold((0, 0), |(files, searchable), line| {
                let is_searchable = matches!(line.state, State::Words | State::Meaning);
                (files + line.files, searchable + if is_searchable { line.files } else { 0 })
            })
        };
        let folders = folders.into_iter().map(|watched| {
            let (files, searchable) = of_folder(watched.folder.id);
            WatchedFolder {
                id: watched.folder.id.0,
                path: watched.folder.path.display().to_string(),
                rules: rules_of(watched.rules()),
                files,
                searchable,
                is_gone: watched.is_gone,
                troubles: watched.troubles.iter().map(|trouble| trouble_of(*trouble)).collect(),
            }
        });
        let folders = folders.collect();
        let progress = progress_alone(&progress);
        let (answering, next) = self.searching(|searcher| {
            Ok(searcher.truth.read(|view| Ok((view.answering()?, switching_to(view)?)))?)
        })?;
        Ok(LibraryView {
            folders,
            progress,
            read_only,
            answering: answering.map(|space| space.model),
            switching_to: next,
        })
    }

    pub(super) fn add(&self, request: AddFolder) -> Result<(), Problem> {
        let path = self.offered(request.offer)?;
        self.with(|library| library.add_folder(&path, rules(request.rules))).map(drop)
    }

    pub(super) fn rule(&self, request: SetRules) -> Result<(), Problem> {
        let path = self.folder_path(request.folder)?;
        self.with(|library| library.add_folder(&path, rules(request.rules))).map(drop)
    }

    pub(super) fn ledger(&self, request: &FilesRequest) -> Result<Files, Problem> {
        let states: Vec<State> = request.states.iter().map(|wanted| state(*wanted)).collect();
        let limit = request.limit.min(MOST_ROWS) as usize;
        let folder = request.folder.map(FolderId);
        let filter = FileFilter {
            states: &states,
            folder,
            reason_code: request.reason.as_deref(),
            text: Some(request.text.as_str()),
            skip: request.skip as usize,
            limit: limit + 1,
        };
        let (mut files, folders, ledger) = self.searching(|searcher| {
            Ok(searcher
                .truth
                .read(|view| Ok((view.files(&filter)?, view.folders()?, view.ledger()?)))?)
        })?;
        let more = files.len() > limit;
        files.truncate(limit);
        let mut reasons: HashMap<&str, u64> = HashMap::new();
        for line in &ledger.lines {
            let is_wanted = (states.is_empty() || states.contains(&line.state))
                && folder.is_none_or(|folder| folder == line.folder);
            if is_wanted && !line.reason_code.is_empty() {
                *reasons.entry(&line.reason_code).or_default() += line.files;
            }
        }
        let mut reasons: Vec<ReasonCount> = reasons
            .into_iter()
            .map(|(reason, files)| ReasonCount { reason: reason.to_owned(), files })
            .collect();
        reasons.sort_by(|one, other| (other.files, &one.reason).cmp(&(one.files, &other.reason)));
        let row = |file: FileRecord| {
            let within = folders.iter().find(|folder| folder.id == file.folder)?;
            Some(FileRow {
                file: FileRef::of(file.id.0, &within.path.join(&file.path)),
                document: file.content.map(|content| content.0),
                is_folder: file.is_folder,
                bytes: file.stamp.size,
                modified: file.stamp.modified.div_euclid(1_000_000_000),
                state: state_of(file.state),
                reason: file.reason.code,
                why: file.reason.text,
                next_try: file.next_try.map(|moment| moment.0),
            })
        };
        Ok(Files { rows: files.into_iter().filter_map(row).collect(), more, reasons })
    }

    pub(super) fn read_anew(&self, what: ReadAgain) -> Result<u64, Problem> {
        let path = match what {
            ReadAgain::File { file } => self.path_of(file)?,
            ReadAgain::Folder { folder } => self.folder_path(folder)?,
        };
        self.with(|library| library.read_again(&path))
    }

    fn folder_path(&self, folder: i64) -> Result<PathBuf, Problem> {
        let folders = self.with(|library| Ok::<_, Problem>(library.folders()))?;
        let known = folders.into_iter().find(|known| known.folder.id.0 == folder);
        Ok(known.ok_or_else(|| gone("this folder"))?.folder.path)
    }
}
