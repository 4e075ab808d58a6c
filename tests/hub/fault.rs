//! How the hub misbehaves: what can be asked of it, and what is still to be done for which file.

use std::collections::HashMap;
use std::mem::discriminant;
use std::time::Duration;

use super::content::Content;
use super::log::Socket;

/// The path that stands for what `/api/models/…` answers of a repository, in the place of a file's.
pub const API: &str = "";

/// One thing that goes wrong for one file.
///
/// What concerns bodies comes about where the body is sent, be it the endpoint or the cdn, and only for GET.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The connection ends after so many bytes of the body.
    DropAfter(u64),
    /// After so many bytes of the body nothing comes for a while; then it goes on.
    StallAfter(u64, Duration),
    /// So many bytes of body a second.
    Drip(u64),
    /// `Content-Length` states so many bytes more than are sent, or fewer.
    LengthOff(i64),
    /// A bit of the byte at this offset of the file is wrong, whenever a request covers it.
    FlipBit(u64),
    /// `Content-Range` states this total.
    RangeTotal(u64),
    /// Ranges are neither offered nor heeded: 200 with everything.
    NoRange,
    /// Neither `ETag` nor `X-Linked-Etag`. The redirect and what it leads to count as two answers.
    NoEtag,
    /// The redirect states this digest.
    LinkedEtag(String),
    /// The redirect states this size.
    LinkedSize(u64),
    /// The redirect leads to where only one GET is answered; any further one gets 403.
    ExpireAfterUse,
    /// The redirect leads to where 403 is answered when this time is over.
    ExpireAfter(Duration),
    /// The endpoint sends a large file itself, as mirrors do.
    NoRedirect,
    /// The redirect leads to where it came from: for ever it is a loop.
    RedirectLoop,
    /// The endpoint redirects to another path of its own, with a `Location` that names no host.
    RedirectWithin,
    /// HEAD is refused with 405.
    HeadRefused,
    /// This socket answers the status, with `Retry-After` or without.
    Status(Socket, u16, Retry),
    /// Before it is answered, the file gets this content by a new commit.
    Change(Content),
}

/// What `Retry-After` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Unsaid,
    Seconds(u64),
    /// As a date, so many seconds from when it is said.
    Date(u64),
}

/// Which of the requests that a fault concerns it befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Next(u64),
    Always,
    /// The first so many are spared, as many as the second number says are not.
    After(u64, u64),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    pub repository: String,
    pub path: String,
}

impl Subject {
    pub fn new(repository: &str, path: &str) -> Self {
        Self { repository: repository.to_owned(), path: path.to_owned() }
    }
}

struct Pending {
    fault: Fault,
    spared: u64,
    left: u64,
}

/// What is still to go wrong.
#[derive(Default)]
pub(super) struct Misbehaviour {
    pending: HashMap<Subject, Vec<Pending>>,
}

impl Misbehaviour {
    pub fn add(&mut self, subject: Subject, fault: Fault, times: Times) {
        let (spared, left) = match times {
            Times::Next(left) => (0, left),
            Times::Always => (0, u64::MAX),
            Times::After(spared, left) => (spared, left),
        };
        self.pending.entry(subject).or_default().push(Pending { fault, spared, left });
    }

    pub fn clear(&mut self, subject: &Subject) {
        self.pending.remove(subject);
    }

    /// Those of these faults that befall this request. Of one kind, what was asked for first comes about
    /// until it is used up, then the next; wrong bits all come about.
    pub fn take(&mut self, subject: &Subject, concerns: impl Fn(&Fault) -> bool) -> Vec<Fault> {
        let Some(pending) = self.pending.get_mut(subject) else { return Vec::new() };
        let mut kinds = Vec::new();
        let mut taken = Vec::new();
        for one in pending.iter_mut().filter(|one| concerns(&one.fault)) {
            let kind = discriminant(&one.fault);
            if kinds.contains(&kind) && !matches!(one.fault, Fault::FlipBit(_)) {
                continue;
            }
            kinds.push(kind);
            if one.spared > 0 {
                one.spared -= 1;
            } else if one.left > 0 {
                one.left -= u64::from(one.left != u64::MAX);
                taken.push(one.fault.clone());
            }
        }
        pending.retain(|one| one.left > 0);
        taken
    }
}
