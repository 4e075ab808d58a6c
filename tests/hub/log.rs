//! What the hub saw and sent, for a test to look at.

use std::collections::HashMap;
use std::time::Duration;

use super::fault::{API, Subject};

/// Which of the two hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    Endpoint,
    Cdn,
}

/// A request, and the status that it was answered with.
#[derive(Clone, Debug)]
pub struct Request {
    /// How long after the hub was started.
    pub at: Duration,
    pub socket: Socket,
    pub method: String,
    /// As it was sent, with what stands after `?`.
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
    /// Whether it had an `Authorization`.
    pub authorized: bool,
    pub agent: Option<String>,
    pub status: u16,
}

/// What a client must not do; each with the path, or the line, that it did it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// A token was sent to a host that it is not for.
    TokenLeaked(String),
    /// What came is no request, or one without `Host`.
    Malformed(String),
    /// Neither GET nor HEAD.
    Method(String),
    /// A `Range` that is none, or is none of this file.
    Range(String),
    /// A path that is not one of the hub's.
    NotOfTheHub(String),
}

/// How much of a file was sent.
#[derive(Clone, Copy, Default)]
pub(super) struct Amount {
    /// With what is being written: a client never has more.
    pub begun: u64,
    /// Without: a client has at least this before it, if it reads.
    pub written: u64,
}

#[derive(Default)]
pub(super) struct Log {
    pub requests: Vec<Request>,
    pub misuse: Vec<Misuse>,
    pub connections: u64,
    amounts: HashMap<Subject, Amount>,
    bodies: usize,
    most_bodies: usize,
}

impl Log {
    pub fn amount(&self, subject: &Subject) -> Amount {
        self.amounts.get(subject).copied().unwrap_or_default()
    }

    pub fn amount_mut(&mut self, subject: &Subject) -> &mut Amount {
        self.amounts.entry(subject.clone()).or_default()
    }

    pub fn most_bodies(&self) -> usize {
        self.most_bodies
    }

    pub fn body_begins(&mut self, subject: &Subject) {
        self.bodies += usize::from(subject.path != API);
        self.most_bodies = self.most_bodies.max(self.bodies);
    }

    pub fn body_ends(&mut self, subject: &Subject) {
        self.bodies -= usize::from(subject.path != API);
    }
}
