//! The other host: blobs for whoever has a signature that still holds, and no tokens at all.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::State;
use super::content::Content;
use super::digest;
use super::fault::Subject;
use super::log::{Misuse, Socket};
use super::message::{Incoming, seconds_since_1970};
use super::reply::Reply;
use super::repository::File;

/// What one redirect leads to, for as long as it does.
pub(super) struct Grant {
    subject: Subject,
    content: Content,
    sha256: String,
    expires: u64,
    ends: Instant,
    uses: u64,
}

/// By signature.
pub(super) type Grants = HashMap<String, Grant>;

impl Grant {
    pub fn new(subject: Subject, file: &File, lifetime: Duration, uses: u64) -> Self {
        let expires = seconds_since_1970() + lifetime.as_secs();
        let sha256 = file.large.as_ref().map_or(&file.oid, |large| &large.sha256).clone();
        let content = file.content.clone();
        Self { subject, content, sha256, expires, ends: Instant::now() + lifetime, uses }
    }

    /// Where it is fetched, from now on.
    pub fn location(self, state: &mut State) -> String {
        let number = state.grants.len();
        let sha256 = self.sha256.clone();
        let signature = digest::sha1().with(format!("{sha256} {number}").as_bytes()).hex();
        let query = format!("signature={signature}&expires={}", self.expires);
        state.grants.insert(signature, self);
        format!("{}/blob/{sha256}?{query}", state.cdn)
    }
}

pub(super) fn answer(state: &mut State, incoming: &Incoming) -> Reply {
    if incoming.header("authorization").is_some() {
        state.log.misuse.push(Misuse::TokenLeaked(incoming.target.clone()));
        return Reply::new(400, "a token was sent to a host that it is not for");
    }
    let segments = incoming.segments();
    let ["blob", sha256] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        state.log.misuse.push(Misuse::NotOfTheHub(incoming.target.clone()));
        return Reply::new(404, "there is nothing here");
    };
    let signature = incoming.query("signature").unwrap_or_default();
    let Some(subject) = state.grants.get(&signature).map(|grant| grant.subject.clone()) else {
        return Reply::new(403, "the signature is missing or wrong");
    };
    if let Some(reply) = Reply::of_fault(state, Socket::Cdn, incoming, &subject) {
        return reply;
    }
    let said = incoming.query("expires");
    let granted = state.grants.get_mut(&signature).filter(|grant| {
        let untouched = said == Some(grant.expires.to_string()) && grant.sha256 == sha256;
        untouched && grant.uses > 0 && grant.ends > Instant::now()
    });
    let Some(grant) = granted else { return Reply::new(403, "the signature has expired") };
    grant.uses -= u64::from(!incoming.is_head() && grant.uses != u64::MAX);
    let content = grant.content.clone();
    // As of a store that names what came in parts by a digest of digests: no SHA-256, and no promise.
    let etag = format!("{}-2", &sha256[..sha256.len().min(32)]);
    Reply::file(state, incoming, subject, content, &etag)
}
