//! The endpoint's paths: what it says of a repository, and where each file is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::State;
use super::cdn::Grant;
use super::digest;
use super::fault::{API, Fault, Subject};
use super::log::{Misuse, Socket};
use super::message::{Incoming, encoded, json_list, json_object, json_text};
use super::reply::Reply;
use super::repository::{Commit, File, Gate, Repository};

/// How long the real hub's redirects hold, more or less.
const LIFETIME: Duration = Duration::from_secs(3600);

pub(super) fn answer(state: &mut State, incoming: &Incoming) -> Reply {
    let segments = incoming.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answered = match segments[..] {
        ["api", "models", owner, name] => info(state, incoming, owner, name, "main"),
        ["api", "models", owner, name, "revision", revision] => {
            info(state, incoming, owner, name, revision)
        }
        ["api", "models", owner, name, "tree", revision, ref folder @ ..] => {
            tree(state, incoming, &format!("{owner}/{name}"), revision, &folder.join("/"))
        }
        ["api", "models", owner, name, "paths-info", revision] => {
            paths_info(state, incoming, &format!("{owner}/{name}"), revision)
        }
        ["api", "resolve-cache", "models", owner, name, revision, ref path @ ..] => {
            let subject = Subject::new(&format!("{owner}/{name}"), &path.join("/"));
            resolve(state, incoming, subject, revision, true)
        }
        [owner, name, "resolve", revision, ref path @ ..] if !path.is_empty() => {
            let subject = Subject::new(&format!("{owner}/{name}"), &path.join("/"));
            resolve(state, incoming, subject, revision, false)
        }
        _ => {
            state.log.misuse.push(Misuse::NotOfTheHub(incoming.target.clone()));
            Ok(Reply::new(404, "there is nothing here"))
        }
    };
    answered.unwrap_or_else(|refusal| *refusal)
}

/// The answer, or the refusal that stands in its place.
type Answer = Result<Reply, Box<Reply>>;

fn find<'a>(
    state: &'a State,
    incoming: &Incoming,
    name: &str,
) -> Result<&'a Repository, Box<Reply>> {
    let unknown = |status| {
        let message = format!("There is no repository {name} that you may see.");
        Box::new(Reply::refusal(status, "RepoNotFound", &message))
    };
    let repository = state.repositories.get(name).ok_or_else(|| unknown(404))?;
    match &repository.gate {
        Gate::Private { token } => match incoming.token() {
            Some(given) if given == token => Ok(repository),
            Some(_) => Err(unknown(404)),
            None => Err(unknown(401)),
        },
        _ => Ok(repository),
    }
}

fn at<'a>(repository: &'a Repository, revision: &str) -> Result<&'a Commit, Box<Reply>> {
    repository.revision(revision).ok_or_else(|| {
        let message = format!("{} has no revision {revision}.", repository.name);
        Reply::refusal(404, "RevisionNotFound", &message).into()
    })
}

fn info(state: &mut State, incoming: &Incoming, owner: &str, name: &str, revision: &str) -> Answer {
    let name = format!("{owner}/{name}");
    let subject = Subject::new(&name, API);
    if let Some(reply) = Reply::of_fault(state, Socket::Endpoint, incoming, &subject) {
        return Err(reply.into());
    }
    let repository = find(state, incoming, &name)?;
    let commit = at(repository, revision)?;
    let sizes = incoming.query("blobs").is_some_and(|said| said == "true");
    let text = described(repository, commit, sizes);
    Ok(Reply::json(state, incoming, subject, text))
}

fn described(repository: &Repository, commit: &Commit, sizes: bool) -> String {
    let name = &repository.name;
    let id = digest::sha1().with(name.as_bytes()).hex();
    let owner = name.split('/').next().unwrap_or_default();
    let gated = match &repository.gate {
        Gate::Gated { kind, .. } => json_text(kind),
        _ => "false".to_owned(),
    };
    let labels = repository.labels.iter().map(|label| json_text(label));
    let files = commit.files.iter().map(|(path, file)| sibling(path, file, sizes));
    json_object(&[
        ("_id", json_text(&id[..24])),
        ("id", json_text(name)),
        ("modelId", json_text(name)),
        ("author", json_text(owner)),
        ("sha", json_text(&commit.sha)),
        ("private", matches!(repository.gate, Gate::Private { .. }).to_string()),
        ("gated", gated),
        ("disabled", "false".to_owned()),
        ("tags", json_list(labels)),
        ("pipeline_tag", json_text(&repository.pipeline)),
        ("siblings", json_list(files)),
    ])
}

fn sibling(path: &str, file: &File, sizes: bool) -> String {
    let mut fields = vec![("rfilename", json_text(path))];
    if sizes {
        fields.push(("size", file.content.length().to_string()));
        fields.push(("blobId", json_text(&file.oid)));
        fields.extend(pointer(file, "sha256"));
    }
    json_object(&fields)
}

/// What is said of a large file, which calls its digest this here and that there.
fn pointer(file: &File, digest: &'static str) -> Option<(&'static str, String)> {
    let large = file.large.as_ref()?;
    let fields = [
        (digest, json_text(&large.sha256)),
        ("size", file.content.length().to_string()),
        ("pointerSize", large.pointer_size.to_string()),
    ];
    Some(("lfs", json_object(&fields)))
}

fn tree(
    state: &mut State,
    incoming: &Incoming,
    name: &str,
    revision: &str,
    folder: &str,
) -> Answer {
    let subject = Subject::new(name, API);
    if let Some(reply) = Reply::of_fault(state, Socket::Endpoint, incoming, &subject) {
        return Err(reply.into());
    }
    let repository = find(state, incoming, name)?;
    let commit = at(repository, revision)?;
    let recursive = incoming.query("recursive").is_some_and(|said| said != "false");
    let entries = entries(&commit.files, folder, recursive);
    if entries.is_empty() && !folder.is_empty() {
        return Err(no_entry(folder).into());
    }
    let page = repository.page;
    let start = incoming.query("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let text = json_list(entries.iter().skip(start).take(page).cloned());
    let reply = Reply::json(state, incoming, subject, text);
    if start + page >= entries.len() {
        return Ok(reply);
    }
    let path = incoming.target.split('?').next().unwrap_or_default();
    let next = format!(
        "<{}{path}?recursive={recursive}&cursor={}>; rel=\"next\"",
        state.endpoint,
        start + page
    );
    Ok(reply.with("Link", next))
}

/// The files that are asked about, as far as there are such.
fn paths_info(state: &mut State, incoming: &Incoming, name: &str, revision: &str) -> Answer {
    let subject = Subject::new(name, API);
    let files = &at(find(state, incoming, name)?, revision)?.files;
    let known = incoming.paths().into_iter().filter_map(|path| {
        let file = files.get(&path)?;
        let (size, lfs) = (file.content.length(), pointer(file, "oid"));
        Some(entry("file", &path, &file.oid, size, lfs))
    });
    let text = json_list(known.collect::<Vec<_>>().into_iter());
    Ok(Reply::json(state, incoming, subject, text))
}

/// The files under a folder, and the folders, as the hub lists them.
fn entries(files: &BTreeMap<String, Arc<File>>, folder: &str, recursive: bool) -> Vec<String> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut folders = BTreeSet::new();
    let mut listed = Vec::new();
    for (path, file) in files {
        let Some(below) = path.strip_prefix(&prefix) else { continue };
        for (slash, _) in below.match_indices('/') {
            folders.insert(path[..prefix.len() + slash].to_owned());
            if !recursive {
                break;
            }
        }
        if recursive || !below.contains('/') {
            let (size, lfs) = (file.content.length(), pointer(file, "oid"));
            listed.push(entry("file", path, &file.oid, size, lfs));
        }
    }
    let folders = folders.iter().map(|path| {
        let oid = digest::sha1().with(path.as_bytes()).hex();
        entry("directory", path, &oid, 0, None)
    });
    folders.chain(listed).collect()
}

fn entry(kind: &str, path: &str, oid: &str, size: u64, lfs: Option<(&str, String)>) -> String {
    let fields = [
        ("type", json_text(kind)),
        ("oid", json_text(oid)),
        ("size", size.to_string()),
        ("path", json_text(path)),
    ];
    json_object(&fields.into_iter().chain(lfs).collect::<Vec<_>>())
}

fn no_entry(path: &str) -> Reply {
    Reply::refusal(404, "EntryNotFound", &format!("There is no {path} here."))
}

fn admitted(repository: &Repository, incoming: &Incoming) -> Result<(), Box<Reply>> {
    let Gate::Gated { token, .. } = &repository.gate else { return Ok(()) };
    let name = &repository.name;
    match incoming.token() {
        Some(given) if given == token => Ok(()),
        Some(_) => {
            let message = format!("Accept the terms of {name} on its page to fetch its files.");
            Err(Reply::refusal(403, "GatedRepo", &message).into())
        }
        None => {
            let message = format!("{name} is gated: log in, and accept its terms on its page.");
            Err(Reply::refusal(401, "GatedRepo", &message).into())
        }
    }
}

fn resolve(
    state: &mut State,
    incoming: &Incoming,
    subject: Subject,
    revision: &str,
    within: bool,
) -> Answer {
    admitted(find(state, incoming, &subject.repository)?, incoming)?;
    if let Some(reply) = Reply::of_fault(state, Socket::Endpoint, incoming, &subject) {
        return Err(reply.into());
    }
    if let Some(redirect) = odd_redirect(state, incoming, &subject, revision, within) {
        return Ok(redirect);
    }
    change(state, &subject);
    let commit = at(find(state, incoming, &subject.repository)?, revision)?;
    let sha = commit.sha.clone();
    let Some(file) = commit.files.get(&subject.path).cloned() else {
        return Err(no_entry(&subject.path).with("X-Repo-Commit", sha).into());
    };
    let etag = file.large.as_ref().map_or(&file.oid, |large| &large.sha256);
    let direct = file.large.is_none()
        || !state
            .misbehaviour
            .take(&subject, |fault| matches!(fault, Fault::NoRedirect))
            .is_empty();
    let reply = if direct {
        Reply::file(state, incoming, subject, file.content.clone(), etag)
    } else {
        redirect(state, subject, &file, etag)
    };
    Ok(reply.with("X-Repo-Commit", sha))
}

/// The redirects that lead nowhere yet.
fn odd_redirect(
    state: &mut State,
    incoming: &Incoming,
    subject: &Subject,
    revision: &str,
    within: bool,
) -> Option<Reply> {
    let taken = state.misbehaviour.take(subject, |fault| match fault {
        Fault::RedirectLoop => true,
        Fault::RedirectWithin => !within,
        _ => false,
    });
    Some(match taken.first()? {
        Fault::RedirectLoop => {
            Reply::new(302, "").with("Location", format!("{}{}", state.endpoint, incoming.target))
        }
        _ => {
            let Subject { repository, path } = subject;
            let place = format!("{repository}/{}/{}", encoded(revision), encoded(path));
            Reply::new(307, "").with("Location", format!("/api/resolve-cache/models/{place}"))
        }
    })
}

fn change(state: &mut State, subject: &Subject) {
    for fault in state.misbehaviour.take(subject, |fault| matches!(fault, Fault::Change(_))) {
        if let Fault::Change(content) = fault
            && let Some(repository) = state.repositories.get_mut(&subject.repository)
        {
            repository.change(&subject.path, content);
        }
    }
}

fn redirect(state: &mut State, subject: Subject, file: &File, sha256: &str) -> Reply {
    let (mut digest, mut size, mut etags) = (sha256.to_owned(), file.content.length(), true);
    let (mut lifetime, mut uses) = (LIFETIME, u64::MAX);
    let taken = state.misbehaviour.take(&subject, |fault| {
        matches!(
            fault,
            Fault::LinkedEtag(_)
                | Fault::LinkedSize(_)
                | Fault::NoEtag
                | Fault::ExpireAfterUse
                | Fault::ExpireAfter(_)
        )
    });
    for fault in taken {
        match fault {
            Fault::LinkedEtag(stated) => digest = stated,
            Fault::LinkedSize(stated) => size = stated,
            Fault::NoEtag => etags = false,
            Fault::ExpireAfterUse => uses = 1,
            Fault::ExpireAfter(time) => lifetime = time,
            _ => {}
        }
    }
    let grant = Grant::new(subject, file, lifetime, uses);
    let location = grant.location(state);
    let reply = Reply::new(302, "")
        .with("Location", location)
        .with("Accept-Ranges", "bytes")
        .with("X-Linked-Size", size.to_string());
    if etags {
        // Not the digest of the file: git's name for its pointer, as a client must not mistake it.
        let etag = format!("\"{}\"", file.oid);
        return reply.with("ETag", etag).with("X-Linked-Etag", format!("\"{digest}\""));
    }
    reply
}
