//! The worker's side: it takes a file at a time, reads it and answers.
//!
//! Two threads: the main one listens, and ends the process as soon as the parent closes its end, so
//! that a worker never outlives its parent whatever it is busy with; the other reads files.

use std::any::Any;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use std::{panic, process, thread};

use super::confine::{close_inherited, confine};
use super::frames::{self, Frame, Kind, Terms};
use crate::document::Document;
use crate::formats::Formats;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// The exit code of a worker that saw itself take too much memory.
pub const OUT_OF_MEMORY: i32 = 77;
/// Parsers recurse; this is what the main thread of a program has on most systems, and more.
const STACK: usize = 16 << 20;
const BETWEEN_SIGNS_OF_LIFE: Duration = Duration::from_millis(100);
/// Terms are short.
const LONGEST_TERMS: u64 = 1 << 16;

struct File {
    number: u32,
    name: String,
    bytes: Vec<u8>,
}

/// Reads the files that the parent sends over standard input until it closes it, then ends this
/// process. To be called first of all by a program that was started as a worker, before it opens a
/// file or starts a thread.
pub fn worker(formats: Formats) -> ! {
    let code = match serve(formats) {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(io::stderr(), "the worker cannot go on: {error}");
            1
        }
    };
    process::exit(code)
}

fn serve(formats: Formats) -> io::Result<()> {
    close_inherited();
    let mut input = io::stdin().lock();
    let mut output = answers()?;
    let terms: Terms = match frames::read(&mut input, LONGEST_TERMS)? {
        Some(Frame { kind: Kind::Terms, body, .. }) => serde_json::from_slice(&body)?,
        Some(_) => return Err(unexpected("the terms come first")),
        None => return Ok(()),
    };
    // What a panic has to say goes to the parent, not to the terminal.
    panic::set_hook(Box::new(|_| ()));
    let confinement = confine(terms.address_space);
    frames::write(&mut output, Kind::Ready, 0, &serde_json::to_vec(&confinement)?)?;
    let (files, waiting) = sync_channel(0);
    let reader = thread::Builder::new().name("reader".into()).stack_size(STACK);
    reader.spawn(move || {
        let ended = read_files(formats, &terms.limits, &waiting, &mut output);
        process::exit(i32::from(ended.is_err()))
    })?;
    while let Some(file) = listen(&mut input, &terms.limits)? {
        files.send(file).map_err(|_| unexpected("the reader has ended"))?;
    }
    Ok(())
}

/// Where the answers go. What a parser prints to standard output must not come among them.
#[cfg(unix)]
fn answers() -> io::Result<impl Write + Send + 'static> {
    let answers = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(std::fs::File::from(answers))
}

#[cfg(not(unix))]
fn answers() -> io::Result<impl Write + Send + 'static> {
    Ok(io::stdout())
}

fn listen(input: &mut impl Read, limits: &Limits) -> io::Result<Option<File>> {
    let Some(name) = frames::read(input, limits.file_bytes)? else { return Ok(None) };
    let Some(file) = frames::read(input, limits.file_bytes)? else { return Ok(None) };
    if (name.kind, file.kind) != (Kind::Name, Kind::File) {
        return Err(unexpected("a file is a name and then its bytes"));
    }
    let name = String::from_utf8_lossy(&name.body).into_owned();
    Ok(Some(File { number: file.number, name, bytes: file.body }))
}

fn read_files(
    formats: Formats,
    limits: &Limits,
    files: &Receiver<File>,
    output: &mut impl Write,
) -> io::Result<()> {
    for file in files {
        let number = file.number;
        frames::write(output, Kind::Alive, number, b"")?;
        match read_file(formats, *limits, file, output).and_then(|read| packed(&read, limits)) {
            Ok(document) => frames::write(output, Kind::Done, number, &document)?,
            Err(refusal) => {
                let refusal = serde_json::to_vec(&refusal)?;
                frames::write(output, Kind::Refused, number, &refusal)?;
            }
        }
    }
    Ok(())
}

fn read_file(
    formats: Formats,
    limits: Limits,
    file: File,
    output: &mut impl Write,
) -> Result<Document, Refusal> {
    let mut last = Instant::now();
    let mut alive = || {
        if last.elapsed() >= BETWEEN_SIGNS_OF_LIFE {
            last = Instant::now();
            if frames::write(output, Kind::Alive, file.number, b"").is_err() {
                process::exit(1);
            }
        }
    };
    let read = || formats.extract(&file.name, &file.bytes, limits, &mut alive);
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        Err(Refusal::damaged(format!("its reader failed: {}", words(panic.as_ref()))))
    })
}

/// What a panic says, or the beginning of it.
fn words(panic: &(dyn Any + Send)) -> String {
    let words = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(words), _) => words,
        (_, Some(words)) => words.as_str(),
        _ => "it does not say why",
    };
    words.chars().take(200).collect()
}

/// The document as it is sent, unless it is longer than what the parent takes.
fn packed(document: &Document, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let longest = frames::longest_answer(limits);
    let mut packed = Bounded { bytes: Vec::new(), longest: longest as usize };
    serde_json::to_writer(&mut packed, document)
        .map_err(|_| Refusal::too_large("what is read from it", format!("{} MB", longest >> 20)))?;
    Ok(packed.bytes)
}

struct Bounded {
    bytes: Vec<u8>,
    longest: usize,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.longest {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, Kind as BlockKind};

    #[test]
    fn an_answer_longer_than_the_parent_takes_is_a_refusal() {
        let limits = Limits { text_bytes: 1, ..Limits::default() };
        let block = Block { span: 0..1, kind: BlockKind::Paragraph, page: None };
        let of = |count| Document { blocks: vec![block.clone(); count], ..Document::default() };
        assert!(packed(&of(10), &limits).is_ok());
        assert!(matches!(packed(&of(50_000), &limits), Err(Refusal::TooLarge { .. })));
    }
}
