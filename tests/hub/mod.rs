//! A model hub on loopback, for the tests of downloads: the paths and headers of Hugging Face's, and every
//! way of going wrong that a test asks for.
//!
//! Owns two sockets, which are two hosts to a client: the endpoint, which knows repositories, and the cdn,
//! which has the large files' bytes and must never see a token. Knows nothing of Kenning, and uses nothing
//! but the standard library, so that nothing is tested with what it is made of.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a hub that cannot be had is a test that failed, and the panic says where"
)]

mod cdn;
mod connection;
mod content;
pub mod digest;
mod endpoint;
mod fault;
mod log;
mod message;
mod reply;
mod repository;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use content::Content;
pub use fault::{API, Fault, Retry, Times};
use fault::{Misbehaviour, Subject};
use log::{Amount, Log};
pub use log::{Misuse, Request, Socket};
pub use message::http_date;
pub use repository::Repository;

/// A hub that runs until it is dropped, with as many clients at once as there are.
pub struct Hub {
    shared: Arc<Shared>,
    listeners: Vec<(String, JoinHandle<()>)>,
}

/// Runs a hub until `stop` says so, or nobody is left who could; `ready` is told when it answers.
pub fn serve(repositories: Vec<Repository>, ready: impl FnOnce(&Hub), stop: &Receiver<()>) {
    let hub = Hub::start();
    for repository in repositories {
        hub.add(repository);
    }
    ready(&hub);
    let _ = stop.recv();
}

impl Hub {
    /// A hub without repositories.
    #[must_use]
    pub fn start() -> Self {
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let sockets = [(Socket::Endpoint, listen()), (Socket::Cdn, listen())];
        let authorities =
            sockets.each_ref().map(|(_, listener)| listener.local_addr().unwrap().to_string());
        let origin = |at: usize| format!("http://{}", authorities[at]);
        let shared = Arc::new(Shared::new(origin(0), origin(1)));
        let threads = sockets.map(|(socket, listener)| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || connection::accept(&listener, socket, &shared))
        });
        Self { shared, listeners: authorities.into_iter().zip(threads).collect() }
    }

    /// What a client is to be given as `HF_ENDPOINT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.shared.state().endpoint.clone()
    }

    /// The origin that large files are redirected to.
    #[must_use]
    pub fn cdn(&self) -> String {
        self.shared.state().cdn.clone()
    }

    pub fn add(&self, repository: Repository) {
        self.shared.state().repositories.insert(repository.name.clone(), repository);
    }

    /// The sha of the repository's newest commit.
    #[must_use]
    pub fn commit(&self, repository: &str) -> String {
        self.shared.state().repositories[repository].commit().to_owned()
    }

    /// Another content for a file by a new commit, which `main` then is.
    pub fn change(&self, repository: &str, path: &str, content: impl Into<Content>) {
        let content = content.into();
        self.shared.state().repository(repository).change(path, content);
    }

    /// Another content for a file under the sha of the commit that it was in.
    pub fn replace(&self, repository: &str, path: &str, content: impl Into<Content>) {
        let content = content.into();
        self.shared.state().repository(repository).replace(path, content);
    }

    /// From now on this goes wrong for a file, or with `API` in the place of the path for what is said of
    /// the repository. Of one kind of fault the first is used up before the next comes about.
    pub fn misbehave(&self, repository: &str, path: &str, fault: Fault, times: Times) {
        self.shared.state().misbehaviour.add(Subject::new(repository, path), fault, times);
    }

    /// Nothing goes wrong for this file any more.
    pub fn behave(&self, repository: &str, path: &str) {
        self.shared.state().misbehaviour.clear(&Subject::new(repository, path));
    }

    /// Ends every connection, and any new one at once, as if the network had gone.
    pub fn unplug(&self) {
        let mut state = self.shared.state();
        state.unplugged = true;
        state.end_connections();
        drop(state);
        self.shared.ended.notify_all();
    }

    pub fn plug_in(&self) {
        self.shared.state().unplugged = false;
    }

    /// How many bytes of a file's bodies were given to the sockets, in all, the block that is being given
    /// included: never fewer than clients have got. What a client left unread counts too, which may be
    /// megabytes for each connection that it ends: with `Fault::Drip` hardly anything lies there.
    #[must_use]
    pub fn sent(&self, repository: &str, path: &str) -> u64 {
        self.shared.state().log.amount(&Subject::new(repository, path)).begun
    }

    /// Whether as much of a file as this was sent, before the time was over.
    #[must_use]
    pub fn wait_for_sent(&self, repository: &str, path: &str, bytes: u64, most: Duration) -> bool {
        let subject = Subject::new(repository, path);
        let state = self.shared.state();
        let waits = |state: &mut State| state.log.amount(&subject).written < bytes;
        let waited = self.shared.counted.wait_timeout_while(state, most, waits);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Every request so far, in the order in which they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().log.requests.clone()
    }

    /// What clients did that they must not.
    #[must_use]
    pub fn misuse(&self) -> Vec<Misuse> {
        self.shared.state().log.misuse.clone()
    }

    /// The greatest number of files' bodies that were on their way at once.
    #[must_use]
    pub fn most_bodies(&self) -> usize {
        self.shared.state().log.most_bodies()
    }

    /// How many connections were made, to either socket.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.state().log.connections
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.stopping = true;
        state.end_connections();
        drop(state);
        self.shared.ended.notify_all();
        for (authority, thread) in self.listeners.drain(..) {
            // Accepting ends with the next connection.
            while !thread.is_finished() {
                drop(TcpStream::connect(&authority));
                thread::sleep(Duration::from_millis(1));
            }
            let _ = thread.join();
        }
        let threads = std::mem::take(&mut self.shared.state().threads);
        for thread in threads {
            let _ = thread.join();
        }
    }
}

/// What the threads of a hub share.
struct Shared {
    state: Mutex<State>,
    /// Told of every byte that is counted.
    counted: Condvar,
    /// Told when connections are ended.
    ended: Condvar,
    started: Instant,
}

struct State {
    endpoint: String,
    cdn: String,
    repositories: BTreeMap<String, Repository>,
    misbehaviour: Misbehaviour,
    grants: cdn::Grants,
    log: Log,
    open: HashMap<u64, Arc<TcpStream>>,
    threads: Vec<JoinHandle<()>>,
    unplugged: bool,
    stopping: bool,
}

impl State {
    fn repository(&mut self, name: &str) -> &mut Repository {
        self.repositories.get_mut(name).unwrap()
    }

    fn end_connections(&self) {
        for connection in self.open.values() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn new(endpoint: String, cdn: String) -> Self {
        let state = State {
            endpoint,
            cdn,
            repositories: BTreeMap::new(),
            misbehaviour: Misbehaviour::default(),
            grants: HashMap::new(),
            log: Log::default(),
            open: HashMap::new(),
            threads: Vec::new(),
            unplugged: false,
            stopping: false,
        };
        Self {
            state: Mutex::new(state),
            counted: Condvar::new(),
            ended: Condvar::new(),
            started: Instant::now(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, subject: Option<&Subject>, counts: impl FnOnce(&mut Amount)) {
        if let Some(subject) = subject {
            counts(self.state().log.amount_mut(subject));
            self.counted.notify_all();
        }
    }

    /// Waits, unless connections are ended meanwhile.
    fn pause(&self, time: Duration) -> io::Result<()> {
        let goes_on = |state: &mut State| !state.stopping && !state.unplugged;
        let waited = self.ended.wait_timeout_while(self.state(), time, goes_on);
        if waited.unwrap_or_else(PoisonError::into_inner).1.timed_out() {
            return Ok(());
        }
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}
