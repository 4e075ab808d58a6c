//! What tells that a file is the one that was asked for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::part::read_at;

/// As a hub knows a file: large ones by their bytes, small ones as git does.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Digest {
    Sha256(String),
    Git(String),
}

impl Digest {
    /// As an `ETag` has it: 64 digits are a large file's, 40 a small one's. Anything else says nothing.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let digits = tag.trim_start_matches("W/").trim_matches('"').to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match digits.len() {
            64 if is_hex => Some(Self::Sha256(digits)),
            40 if is_hex => Some(Self::Git(digits)),
            _ => None,
        }
    }
}

/// Counts bytes into a digest.
pub(crate) enum Counting {
    Sha256(Sha256),
    Git(Sha1),
}

impl Counting {
    pub(crate) fn new(kind: &Digest, length: u64) -> Self {
        match kind {
            Digest::Sha256(_) => Self::Sha256(Sha256::new()),
            Digest::Git(_) => Self::Git(Sha1::new_with_prefix(format!("blob {length}\0"))),
        }
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(bytes),
            Self::Git(digest) => digest.update(bytes),
        }
    }

    pub(crate) fn end(self) -> Digest {
        match self {
            Self::Sha256(digest) => Digest::Sha256(hex(&digest.finalize())),
            Self::Git(digest) => Digest::Git(hex(&digest.finalize())),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a file, of the kind of another.
pub(crate) fn of_file(path: &Path, kind: &Digest) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut counting = Counting::new(kind, file.metadata()?.len());
    let mut bytes = vec![0; 1 << 20];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(counting.end()),
            read => counting.add(&bytes[..read]),
        }
    }
}

/// Counts a file's bytes from its start while they come, so that its digest is known soon after the last.
pub(crate) struct Following {
    watched: Arc<Watched>,
    thread: Option<JoinHandle<io::Result<Option<Digest>>>>,
}

#[derive(Default)]
struct Watched {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    /// Up to where all bytes are there.
    front: u64,
    is_given_up: bool,
}

impl Watched {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the bytes are, once they are further; `None` where nobody wants to know any more.
    fn beyond(&self, at: u64) -> Option<u64> {
        let is_waiting = |seen: &mut Seen| seen.front <= at && !seen.is_given_up;
        let seen = self.changed.wait_while(self.lock(), is_waiting);
        let seen = seen.unwrap_or_else(PoisonError::into_inner);
        (!seen.is_given_up).then_some(seen.front)
    }
}

impl Following {
    pub(crate) fn begin(file: File, kind: &Digest, length: u64) -> io::Result<Self> {
        let watched = Arc::new(Watched::default());
        let (watching, mut counting) = (Arc::clone(&watched), Counting::new(kind, length));
        let follow = move || {
            let (mut bytes, mut at) = (vec![0; 1 << 20], 0);
            while at < length {
                let Some(front) = watching.beyond(at) else { return Ok(None) };
                let next = (front - at).min(bytes.len() as u64) as usize;
                read_at(&file, &mut bytes[..next], at)?;
                counting.add(&bytes[..next]);
                at += next as u64;
            }
            Ok(Some(counting.end()))
        };
        let thread = thread::Builder::new().name("digest".to_owned()).spawn(follow)?;
        Ok(Self { watched, thread: Some(thread) })
    }

    /// All bytes up to here are there.
    pub(crate) fn reach(&self, front: u64) {
        let mut seen = self.watched.lock();
        seen.front = seen.front.max(front);
        drop(seen);
        self.watched.changed.notify_one();
    }

    /// The digest, when all has been reached. `None` where it was given up.
    pub(crate) fn end(mut self) -> io::Result<Option<Digest>> {
        let Some(thread) = self.thread.take() else { return Ok(None) };
        thread.join().unwrap_or_else(|_| Err(io::Error::other("counting it failed")))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.watched.lock().is_given_up = self.thread.is_some();
        self.watched.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_its_kind() {
        let check = |tag: &str, expected: Option<Digest>| assert_eq!(Digest::of_tag(tag), expected);
        let (long, short) = ("ab".repeat(32), "0C".repeat(20));
        check(&format!("\"{long}\""), Some(Digest::Sha256(long.clone())));
        check(&format!("W/\"{short}\""), Some(Digest::Git(short.to_lowercase())));
        check("\"1234-5678\"", None);
        check(&"g".repeat(64), None);
    }

    #[test]
    fn a_file_has_the_digests_that_others_give_it() {
        // Told by `sha256sum` and by `git hash-object`.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "ключ\n").unwrap();
        let any = || String::new();
        let check = |kind: Digest, expected: Digest| {
            assert_eq!(of_file(&path, &kind).unwrap(), expected);
        };
        check(Digest::Sha256(any()), Digest::Sha256(SHA256_OF_KEY.into()));
        check(Digest::Git(any()), Digest::Git(GIT_OF_KEY.into()));
    }

    #[test]
    fn bytes_are_counted_while_they_come() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "ключ\n").unwrap();
        let follow = || {
            let kind = Digest::Sha256(String::new());
            Following::begin(File::open(&path).unwrap(), &kind, 9).unwrap()
        };
        let following = follow();
        for front in [4, 2, 9] {
            following.reach(front);
        }
        assert_eq!(following.end().unwrap(), Some(Digest::Sha256(SHA256_OF_KEY.into())));
        // Given up half-way: its thread ends.
        let mut following = follow();
        following.reach(3);
        let thread = following.thread.take().unwrap();
        following.watched.lock().is_given_up = true;
        following.watched.changed.notify_one();
        assert_eq!(thread.join().unwrap().unwrap(), None);
    }

    const SHA256_OF_KEY: &str = "333bc024e2d7522620c1f6bb8a4ff80ca42712823b8fa94b7bafedf92fc4dce0";
    const GIT_OF_KEY: &str = "3abb279261a951f2d7217dd93fa944693e1681fe";
}
