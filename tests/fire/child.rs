//! The keeper: a process that keeps a library in step with a folder until it is killed, and the handle
//! by which it is told what to do and heard.

use std::io::{BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use kenning_engine::{
    Access, Library, Options, Parts, Program, Rest, Rules, WORKER_ARGUMENT, WatchSettings,
};

use super::hashed::Hashed;
use super::sound::{Compared, compare};

/// What the program is started with to be one.
pub const KEEPER: &str = "keep";

/// Whoever waits longer for a keeper takes it that it has come to a halt.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a keeper keeps.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// What reads files, and is started to be a keeper.
    pub program: PathBuf,
    pub home: PathBuf,
    pub folder: PathBuf,
    /// The model's name: another name is another space.
    pub model: String,
}

impl Keeping {
    /// The library, in this process.
    pub fn open(&self, access: Access) -> Result<Library, kenning_engine::LibraryError> {
        let model = Some(Hashed::model(&self.model, Duration::from_millis(3)));
        let parts = Parts { program: self.readers(), model, others: Vec::new() };
        Library::open_with(&self.home, parts, Options { access, ..options() })
    }

    fn readers(&self) -> Program {
        Program { path: self.program.clone(), arguments: vec![WORKER_ARGUMENT.into()] }
    }
}

/// How tests open a library: with little patience, so that they need little.
pub fn options() -> Options {
    Options {
        threads: NonZeroUsize::new(2),
        first_retry: Duration::from_secs(1),
        watching: WatchSettings {
            quiet: Duration::from_millis(60),
            longest: Duration::from_millis(500),
            heartbeat: Duration::from_millis(100),
            poll_least: Duration::from_millis(200),
            ..WatchSettings::default()
        },
        ..Options::default()
    }
}

/// Keeps a library until it is told to close it, killed, or alone. Says nothing it was not asked.
pub fn be_a_keeper(arguments: &[String]) {
    let [home, folder, model] = arguments else { panic!("a keeper of what? {arguments:?}") };
    let program = std::env::current_exe().unwrap();
    let (home, folder) = (home.into(), folder.into());
    let keeping = Keeping { program, home, folder, model: model.clone() };
    let library = keeping.open(Access::Write).unwrap();
    for notice in library.progress().repairs {
        say(&format!("repaired {notice}"));
    }
    library.add_folder(&keeping.folder, Rules::default()).unwrap();
    say("begun");
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        match &words[..] {
            ["check", gone @ ..] => check(&library, &keeping, gone),
            ["model", name] => {
                let model = Hashed::model(name, Duration::from_millis(3));
                library.use_model(model, None).unwrap();
                say("taken up");
            }
            ["close"] => {
                drop(library);
                return say("closed");
            }
            other => panic!("{other:?} is nothing to do"),
        }
    }
    // Whoever started it is gone.
}

fn check(library: &Library, keeping: &Keeping, gone: &[&str]) {
    let settled = library.look_again().map(|()| library.wait_until_idle());
    if !matches!(settled, Ok(Rest::Done)) {
        say(&format!("wrong it does not come to rest: {settled:?}"));
        return say("compared");
    }
    let gone: Vec<String> = gone.iter().map(|mark| (*mark).to_owned()).collect();
    match compare(&keeping.folder, &mut library.searcher().unwrap(), &gone) {
        Ok(Compared { files, contents, passages }) => {
            say(&format!("compared {files} {contents} {passages}"));
        }
        Err(wrong) => {
            wrong.iter().for_each(|wrong| say(&format!("wrong {wrong}")));
            say("compared");
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may be there to hear it.
    let _ = writeln!(out, "{}", line.replace('\n', " ")).and_then(|()| out.flush());
}

/// A keeper that was started. It is killed when this is dropped.
pub struct Child {
    process: std::process::Child,
    input: ChildStdin,
    said: Receiver<String>,
}

/// What came of waiting for something that a keeper says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// All that it said until then, and that.
    Said(Vec<String>),
    /// It ended before.
    Ended,
    /// For far too long.
    Nothing,
}

impl Child {
    /// `point` is where it is to end, by itself and at once.
    pub fn start(keeping: &Keeping, point: Option<&str>, log: &Path) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut command = Command::new(&keeping.program);
        command.arg(KEEPER).arg(&keeping.home).arg(&keeping.folder).arg(&keeping.model);
        command.env_remove("KENNING_FAILPOINT");
        command.envs(point.map(|point| ("KENNING_FAILPOINT", point)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            // Whoever hears no more has dropped the child.
            let _ = lines.map(|line| sender.send(line)).take_while(Result::is_ok).count();
        });
        Self { process, input, said }
    }

    /// Tells it to do something. One that has ended does not mind.
    pub fn tell(&mut self, what: &str) {
        let _ = writeln!(self.input, "{what}").and_then(|()| self.input.flush());
    }

    /// Waits until it says something that begins so.
    pub fn hear(&self, beginning: &str) -> Heard {
        let (mut all, end) = (Vec::new(), Instant::now() + PATIENCE);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(left) {
                Ok(line) => {
                    let is_it = line.starts_with(beginning);
                    all.push(line);
                    if is_it {
                        return Heard::Said(all);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Heard::Ended,
                Err(RecvTimeoutError::Timeout) => {
                    return Heard::Nothing;
                }
            }
        }
    }

    /// As nothing can be warded off.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}
