//! What a served file holds: bytes in memory, noise made as it is sent, or zeros without end.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::digest;

/// As much as is made and written at once.
pub(super) const BLOCK: usize = 256 * 1024;
static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// Noise is put together from stretches of this length, each taken from another place.
const STRETCH: u64 = 4096;
const NOISE: u64 = 1024 * 1024;

#[derive(Clone, Debug)]
pub enum Content {
    Bytes(Arc<Vec<u8>>),
    /// Noise: no stretch of 4096 bytes comes twice, so that what is written to the wrong place shows.
    Made {
        seed: u64,
        length: u64,
    },
    Zeros {
        length: u64,
    },
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Arc::new(bytes))
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl Content {
    #[must_use]
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Made { length, .. } | Self::Zeros { length } => *length,
        }
    }

    /// A part of it in memory.
    #[must_use]
    pub fn bytes(&self, span: Range<u64>) -> Vec<u8> {
        let mut found = Vec::new();
        self.each_block(span, |block| found.extend_from_slice(block));
        found
    }

    #[must_use]
    pub fn sha256(&self) -> String {
        let mut digest = digest::sha256();
        self.each_block(0..self.length(), |block| digest.add(block));
        digest.hex()
    }

    /// What git names it by.
    #[must_use]
    pub fn git_oid(&self) -> String {
        let mut digest = digest::sha1().with(format!("blob {}\0", self.length()).as_bytes());
        self.each_block(0..self.length(), |block| digest.add(block));
        digest.hex()
    }

    fn each_block(&self, span: Range<u64>, mut done: impl FnMut(&[u8])) {
        let mut buffer = Vec::new();
        let mut at = span.start;
        while at < span.end {
            let length = (span.end - at).min(BLOCK as u64) as usize;
            done(self.block(at, length, &mut buffer));
            at += length as u64;
        }
    }

    /// So many bytes from `at`, at most a block of them, made in `buffer` only where they have to be.
    pub(super) fn block<'a>(&'a self, at: u64, length: usize, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => &bytes[at as usize..][..length],
            Self::Zeros { .. } => &ZEROS[..length],
            Self::Made { seed, .. } => {
                buffer.resize(BLOCK, 0);
                make(*seed, at, &mut buffer[..length]);
                &buffer[..length]
            }
        }
    }
}

fn make(seed: u64, offset: u64, buffer: &mut [u8]) {
    let noise = noise();
    let mut done = 0;
    while done < buffer.len() {
        let at = offset + done as u64;
        let within = (at % STRETCH) as usize;
        let length = (STRETCH as usize - within).min(buffer.len() - done);
        let start = (mixed(seed, at / STRETCH) % (NOISE - STRETCH)) as usize;
        let target = &mut buffer[done..][..length];
        target.copy_from_slice(&noise[start + within..][..length]);
        // Tells it from every other stretch, wherever in the noise that began.
        let stamp = mixed(!seed, at / STRETCH).to_le_bytes();
        if let Some(rest) = stamp.get(within..) {
            let stamped = rest.len().min(length);
            target[..stamped].copy_from_slice(&rest[..stamped]);
        }
        done += length;
    }
}

fn noise() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| (0..NOISE / 8).flat_map(|at| mixed(7, at).to_le_bytes()).collect())
}

/// A number that looks like chance, the same for the same two.
fn mixed(seed: u64, at: u64) -> u64 {
    let mut word =
        seed.wrapping_mul(0xd1342543de82ef95) ^ at.wrapping_add(1).wrapping_mul(0x9e3779b97f4a7c15);
    for multiplier in [0xbf58476d1ce4e5b9_u64, 0x94d049bb133111eb] {
        word = (word ^ (word >> 29)).wrapping_mul(multiplier);
    }
    word ^ (word >> 32)
}
