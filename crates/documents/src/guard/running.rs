//! One worker, seen from the parent: started, talked to, killed.
//!
//! Each pipe has a thread of its own, so that neither side ever waits for the other to take what it
//! writes: the parent waits for answers only, and never without a limit.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use kenning_domain::Cancel;

use super::confine::Confinement;
use super::failure::Failure;
use super::frames::{self, Frame, Kind, Terms};
use super::pool::PoolLimits;
use super::worker::OUT_OF_MEMORY;
use crate::document::Document;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// How to start a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub path: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Program {
    /// The program that is running, also where an update has since put another in its place.
    pub fn current(arguments: impl IntoIterator<Item = OsString>) -> io::Result<Self> {
        let path = if cfg!(target_os = "linux") {
            PathBuf::from("/proc/self/exe")
        } else {
            std::env::current_exe()?
        };
        Ok(Self { path, arguments: arguments.into_iter().collect() })
    }
}

/// What came of asking a worker.
pub enum Answer {
    Read(Result<Document, Refusal>),
    Cancelled,
    /// It broke before it began: that is not the file's fault.
    NotBegun(Failure),
    Broke(Failure),
}

/// Why there is no answer.
enum Nothing {
    /// Not in time.
    Came,
    /// Nor ever will: the worker has closed its end.
    Comes,
    Cancelled,
}

/// A worker that waits for files. Dropping it kills it.
pub struct Running {
    child: Child,
    orders: Sender<Order>,
    answers: Receiver<io::Result<Frame>>,
    last_words: Receiver<String>,
    confinement: Confinement,
    address_space: u64,
    /// How many files it was given.
    files: u32,
}

/// A frame to be sent.
type Order = (Kind, u32, Arc<Vec<u8>>);

/// How long a worker may take to say that it is ready, on a machine that has much else to do.
const START: Duration = Duration::from_secs(30);
/// How long whoever waits may go without looking whether it was cancelled.
pub const BETWEEN_LOOKS: Duration = Duration::from_millis(30);
/// How long one that has closed its answers may take to end.
const END: Duration = Duration::from_secs(2);
/// How much is kept of what a worker says on its way out.
const LAST_WORDS: usize = 4096;
/// Answers that may wait to be looked at; a worker that sends more must wait.
const ANSWERS: usize = 4;

impl Running {
    pub fn start(program: &Program, limits: &PoolLimits, cancel: &Cancel) -> Result<Self, Failure> {
        let PoolLimits { address_space, file: limits, .. } = *limits;
        let mut child = command(program).spawn().map_err(not_started)?;
        let (orders, to_write) = channel();
        let (to_take, answers) = sync_channel(ANSWERS);
        let (to_keep, last_words) = channel();
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // From here on, returning early kills the child.
        let confinement = Confinement::default();
        let mut running =
            Self { child, orders, answers, last_words, confinement, address_space, files: 0 };
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(not_started("it has no pipes"));
        };
        let longest = frames::longest_answer(&limits);
        spawn("orders", move || send(stdin, &to_write))?;
        spawn("answers", move || receive(stdout, longest, &to_take))?;
        spawn("last words", move || listen(stderr, &to_keep))?;
        let terms = serde_json::to_vec(&Terms { limits, address_space }).map_err(not_started)?;
        running.order(Kind::Terms, 0, Arc::new(terms));
        running.confinement = running.ready(cancel)?;
        Ok(running)
    }

    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    pub fn files(&self) -> u32 {
        self.files
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Has the worker read a file. Unless the answer is [`Answer::Read`], it is good for nothing more.
    pub fn read(
        &mut self,
        name: &str,
        bytes: Arc<Vec<u8>>,
        limits: &PoolLimits,
        cancel: &Cancel,
    ) -> Answer {
        self.files += 1;
        let number = self.files;
        self.order(Kind::Name, number, Arc::new(name.into()));
        self.order(Kind::File, number, bytes);
        let started = Instant::now();
        let mut begun = false;
        let failure = loop {
            let left = limits.total.saturating_sub(started.elapsed());
            let frame = match self.answer(limits.silence.min(left), cancel) {
                Err(Nothing::Cancelled) => return Answer::Cancelled,
                _ if left.is_zero() => break Failure::TooLong(limits.total),
                Ok(Ok(frame)) => frame,
                Ok(Err(error)) => break self.broken(&error),
                Err(Nothing::Came) if left <= limits.silence => {
                    break Failure::TooLong(limits.total);
                }
                Err(Nothing::Came) => break Failure::Silent(limits.silence),
                Err(Nothing::Comes) => break self.end(),
            };
            match (frame.kind, frame.number == number) {
                (Kind::Alive, true) => begun = true,
                (Kind::Done | Kind::Refused, true) if begun => match result(&frame) {
                    Ok(read) => return Answer::Read(read),
                    Err(reason) => break Failure::Nonsense { reason },
                },
                (kind, _) => {
                    let reason = format!("{kind:?} of {} while at {number}", frame.number);
                    break Failure::Nonsense { reason };
                }
            }
        };
        if begun { Answer::Broke(failure) } else { Answer::NotBegun(failure) }
    }

    /// What it says next, where it says anything within this time.
    fn answer(&self, within: Duration, cancel: &Cancel) -> Result<io::Result<Frame>, Nothing> {
        let until = Instant::now() + within;
        loop {
            if cancel.is_cancelled() {
                return Err(Nothing::Cancelled);
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.answers.recv_timeout(left.min(BETWEEN_LOOKS)) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Err(Nothing::Comes),
                Err(RecvTimeoutError::Timeout) if left <= BETWEEN_LOOKS => {
                    return Err(Nothing::Came);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn order(&self, kind: Kind, number: u32, body: Arc<Vec<u8>>) {
        // Should it have ended, there will be no answer, and that is where it is noticed.
        let _ = self.orders.send((kind, number, body));
    }

    fn ready(&mut self, cancel: &Cancel) -> Result<Confinement, Failure> {
        match self.answer(START, cancel) {
            Ok(Ok(Frame { kind: Kind::Ready, body, .. })) => {
                serde_json::from_slice(&body).map_err(not_started)
            }
            Ok(Ok(frame)) => Err(not_started(format!("it began with {:?}", frame.kind))),
            Ok(Err(error)) => Err(not_started(self.broken(&error))),
            Err(Nothing::Came) => Err(not_started("it does not answer")),
            Err(Nothing::Comes) => Err(not_started(self.end())),
            Err(Nothing::Cancelled) => Err(not_started("it is not wanted any more")),
        }
    }

    /// What an error in the stream of answers means.
    fn broken(&mut self, error: &io::Error) -> Failure {
        match error.kind() {
            // It ended in the middle of an answer.
            io::ErrorKind::UnexpectedEof => self.end(),
            _ => Failure::Nonsense { reason: error.to_string() },
        }
    }

    /// How a worker that has closed its answers ended.
    fn end(&mut self) -> Failure {
        let patience = Instant::now() + END;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < patience => thread::sleep(Duration::from_millis(2)),
                _ => break None,
            }
        };
        let Some(status) = status else {
            return Failure::Ended { how: "closed its answers and went on".into() };
        };
        let words = self.last_words.recv_timeout(END).unwrap_or_default();
        if status.code() == Some(OUT_OF_MEMORY) || words.contains("memory allocation of") {
            return Failure::OutOfMemory(self.address_space);
        }
        if words.contains("overflowed its stack") {
            return Failure::StackOverflow;
        }
        Failure::Ended { how: how(status, &words) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its group has its number, and goes first: once it is waited for, the number may be another's.
        #[cfg(unix)]
        if matches!(self.child.try_wait(), Ok(None)) {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command
        .args(&program.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // What is typed at the parent's terminal is not for the worker: it ends when the parent does.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    {
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        std::os::windows::process::CommandExt::creation_flags(&mut command, CREATE_NO_WINDOW);
    }
    command
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let thread = thread::Builder::new().name(name.into()).stack_size(256 << 10);
    thread.spawn(work).map(drop).map_err(not_started)
}

fn send(mut stdin: ChildStdin, orders: &Receiver<Order>) {
    for (kind, number, body) in orders {
        if frames::write(&mut stdin, kind, number, &body).is_err() {
            return;
        }
    }
}

fn receive(mut stdout: ChildStdout, longest: u64, answers: &SyncSender<io::Result<Frame>>) {
    while let Some(frame) = frames::read(&mut stdout, longest).transpose() {
        let broken = frame.is_err();
        if answers.send(frame).is_err() || broken {
            return;
        }
    }
}

/// Keeps the end of what a worker says beside its answers, and hands it over when it has ended.
fn listen(mut stderr: ChildStderr, last_words: &Sender<String>) {
    let mut kept = Vec::new();
    let mut piece = [0; LAST_WORDS];
    while let Ok(count @ 1..) = stderr.read(&mut piece) {
        kept.extend_from_slice(&piece[..count]);
        kept.drain(..kept.len().saturating_sub(LAST_WORDS));
    }
    let _ = last_words.send(String::from_utf8_lossy(&kept).into_owned());
}

/// The documents in a stream of answers, as far as they are taken. For the fuzzing of what a worker
/// may send: it is heard by the same functions, without the worker.
pub fn heard(mut stream: &[u8], limits: &Limits) -> Vec<Document> {
    let longest = frames::longest_answer(limits);
    let frames = std::iter::from_fn(|| frames::read(&mut stream, longest).ok().flatten());
    frames.map_while(|frame| result(&frame).ok()).flatten().collect()
}

fn result(frame: &Frame) -> Result<Result<Document, Refusal>, String> {
    if frame.kind == Kind::Refused {
        return serde_json::from_slice(&frame.body).map(Err).map_err(|error| error.to_string());
    }
    let document: Document =
        serde_json::from_slice(&frame.body).map_err(|error| error.to_string())?;
    let mut end = 0;
    for block in &document.blocks {
        let span = block.span.clone();
        if span.start < end || document.text.get(span.clone()).is_none() {
            return Err(format!("a block at {span:?} that is not in the text"));
        }
        end = span.end;
    }
    Ok(Ok(document))
}

fn how(status: ExitStatus, words: &str) -> String {
    let last = words.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let last = last.map(|line| format!(": {}", line.chars().take(200).collect::<String>()));
    format!("ended with {status}{}", last.unwrap_or_default())
}

fn not_started(reason: impl ToString) -> Failure {
    Failure::NotStarted { reason: reason.to_string() }
}
