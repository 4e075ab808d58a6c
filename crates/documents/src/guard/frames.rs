//! What parent and worker say to each other: frames over the worker's standard input and output.
//!
//! A frame is a kind, the number of the file it is about, the length of its body, and the body. The
//! parent begins with its terms, and the worker answers that it is ready. Each file is a name and
//! then its bytes; of each the worker says that it has begun, then now and then that it is still at
//! it, and last what came of it. Neither side believes a length: it is held against the most that a
//! body may be before anything is allocated.

use std::io::{self, ErrorKind, Read, Write};

use serde::{Deserialize, Serialize};

use crate::limits::Limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From the parent, once: [`Terms`].
    Terms = 1,
    /// From the parent: the name of the file whose bytes come next.
    Name = 2,
    /// From the parent: a file's bytes.
    File = 3,
    /// From the worker, once: its [`super::Confinement`].
    Ready = 4,
    /// From the worker: it has begun, or is still at it. Nothing in it.
    Alive = 5,
    /// From the worker: a [`crate::Document`].
    Done = 6,
    /// From the worker: a [`crate::Refusal`].
    Refused = 7,
}

const KINDS: [Kind; 7] =
    [Kind::Terms, Kind::Name, Kind::File, Kind::Ready, Kind::Alive, Kind::Done, Kind::Refused];

/// What a worker must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub limits: Limits,
    /// Bytes.
    pub address_space: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: Kind,
    pub number: u32,
    pub body: Vec<u8>,
}

const HEAD: usize = 1 + 4 + 8;

/// The longest answer that is taken. JSON doubles a text at worst, as the writer lets no control
/// characters through; the blocks come on top.
pub fn longest_answer(limits: &Limits) -> u64 {
    (limits.text_bytes as u64).saturating_mul(4).saturating_add(1 << 20)
}

pub fn write(output: &mut impl Write, kind: Kind, number: u32, body: &[u8]) -> io::Result<()> {
    let mut head = [0; HEAD];
    head[0] = kind as u8;
    head[1..5].copy_from_slice(&number.to_le_bytes());
    head[5..].copy_from_slice(&(body.len() as u64).to_le_bytes());
    output.write_all(&head)?;
    output.write_all(body)?;
    output.flush()
}

/// The next frame, or `None` where the other side has closed its end between two frames.
pub fn read(input: &mut impl Read, longest: u64) -> io::Result<Option<Frame>> {
    let mut head = [0; HEAD];
    let mut filled = 0;
    while filled < HEAD {
        match input.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [kind, n0, n1, n2, n3, length @ ..] = head;
    let Some(kind) = KINDS.into_iter().find(|known| *known as u8 == kind) else {
        return Err(invalid(format!("there is no kind {kind}")));
    };
    let length = u64::from_le_bytes(length);
    if length > longest {
        return Err(invalid(format!("{length} bytes are more than the {longest} allowed")));
    }
    let body = body(input, length)?;
    Ok(Some(Frame { kind, number: u32::from_le_bytes([n0, n1, n2, n3]), body }))
}

fn body(input: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    body.try_reserve_exact(length as usize).map_err(|_| ErrorKind::OutOfMemory)?;
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(body)
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, number: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, kind, number, body).unwrap();
        bytes
    }

    #[test]
    fn frames_come_back_as_they_went() {
        let bytes = [written(Kind::Done, 7, b"abc"), written(Kind::Alive, u32::MAX, b"")].concat();
        let mut input = bytes.as_slice();
        for (kind, number, body) in [(Kind::Done, 7, &b"abc"[..]), (Kind::Alive, u32::MAX, b"")] {
            let expected = Frame { kind, number, body: body.to_vec() };
            assert_eq!(read(&mut input, 3).unwrap(), Some(expected));
        }
        assert_eq!(read(&mut input, 3).unwrap(), None);
        for kind in KINDS {
            assert_eq!(read(&mut &written(kind, 0, b"")[..], 0).unwrap().unwrap().kind, kind);
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error_and_costs_no_memory() {
        let check = |bytes: &[u8], expected: ErrorKind| {
            assert_eq!(read(&mut &bytes[..], 100).unwrap_err().kind(), expected, "{bytes:?}");
        };
        let whole = written(Kind::Done, 1, b"whole");
        for cut in 1..whole.len() {
            check(&whole[..cut], ErrorKind::UnexpectedEof);
        }
        check(b"Hello, this is not a frame.", ErrorKind::InvalidData);
        check(&[0; HEAD], ErrorKind::InvalidData);
        check(&written(Kind::Done, 1, &[0; 101]), ErrorKind::InvalidData);
        let mut giant = written(Kind::Done, 1, b"");
        giant[5..].fill(0xff);
        check(&giant, ErrorKind::InvalidData);
    }
}
