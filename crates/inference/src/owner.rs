//! One thread owns a network; everyone else sends it batches and waits for an answer.
//!
//! Queries overtake documents: between two batches of a long indexing run, whoever is typing is
//! served first. An answer nobody waits for any more is not computed.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;

use kenning_domain::ModelError;

use crate::batch::Batch;
use crate::error::LoadError;
use crate::family::Network;
use crate::ops::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody is waiting at the keyboard.
    Query,
    /// Work in the background.
    Document,
}

type Answer = Result<Vec<Vec<f32>>, Fault>;

struct Job {
    batch: Batch,
    reply: SyncSender<Answer>,
    wanted: Weak<()>,
}

#[derive(Default)]
struct Queue {
    queries: VecDeque<Job>,
    documents: VecDeque<Job>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

/// The owning thread. Dropping this ends it after the batch at hand.
pub struct Owner {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    device: String,
    pub tokens_per_batch: usize,
    /// Whether what is computed depends on the first batch.
    pub learns: bool,
}

/// An answer on its way. Dropping it withdraws the request.
pub struct Pending {
    reply: Receiver<Answer>,
    device: String,
    _wanted: Arc<()>,
}

impl Owner {
    pub fn start(network: Box<dyn Network>) -> Result<Self, LoadError> {
        let shared = Arc::new(Shared::default());
        let device = network.device();
        let tokens_per_batch = network.tokens_per_batch();
        let learns = network.learns();
        let theirs = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("model".into()).spawn(move || theirs.serve(&*network));
        let thread = thread.map_err(|error| LoadError::Device {
            device: device.clone(),
            reason: format!("no thread could be started for it ({error})"),
        })?;
        Ok(Self { shared, thread: Some(thread), device, tokens_per_batch, learns })
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    pub fn submit(&self, batch: Batch, urgency: Urgency) -> Pending {
        let (sender, reply) = sync_channel(1);
        let wanted = Arc::new(());
        let job = Job { batch, reply: sender, wanted: Arc::downgrade(&wanted) };
        let mut queue = self.shared.lock();
        match urgency {
            Urgency::Query => queue.queries.push_back(job),
            Urgency::Document => queue.documents.push_back(job),
        }
        self.shared.arrived.notify_one();
        Pending { reply, device: self.device.clone(), _wanted: wanted }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_one();
        if let Some(thread) = self.thread.take() {
            // The thread catches what a network throws, so there is nothing to hear from it.
            let _ = thread.join();
        }
    }
}

impl Pending {
    pub fn wait(self) -> Result<Vec<Vec<f32>>, ModelError> {
        let answer = self.reply.recv().map_err(|_| ModelError::Gone)?;
        answer
            .map_err(|fault| ModelError::Device { device: self.device, reason: fault.to_string() })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A queue is whole after every statement that changes it, so a poisoned lock guards good data.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, network: &dyn Network) {
        while let Some(job) = self.next() {
            if job.wanted.strong_count() == 0 {
                continue;
            }
            let answer = catch_unwind(AssertUnwindSafe(|| network.compute(&job.batch)));
            let answer =
                answer.unwrap_or_else(|_| Err(Fault("the computation ended unexpectedly".into())));
            // Whoever asked may have gone while it was computed.
            let _ = job.reply.send(answer);
        }
    }

    /// Waits for work. `None` when the owner is gone.
    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            let job = queue.queries.pop_front();
            if let Some(job) = job.or_else(|| queue.documents.pop_front()) {
                return Some(job);
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records what it computes. A batch that begins with token 0 waits for the gate first.
    struct Recorder {
        seen: Arc<Mutex<Vec<u32>>>,
        started: SyncSender<()>,
        gate: Receiver<()>,
    }

    impl Network for Recorder {
        fn compute(&self, batch: &Batch) -> Answer {
            let first = batch.ids[0];
            if first == 0 {
                self.started.send(()).unwrap();
                self.gate.recv().unwrap();
            }
            assert_ne!(first, 99, "token 99 stands for a network that panics");
            self.seen.lock().unwrap().push(first);
            Ok(vec![vec![first as f32]])
        }

        fn device(&self) -> String {
            "recorder".into()
        }

        fn learns(&self) -> bool {
            false
        }

        fn tokens_per_batch(&self) -> usize {
            1
        }
    }

    fn batch(id: u32) -> Batch {
        let mut batch = Batch::default();
        batch.push(&[id]);
        batch
    }

    struct Recording {
        owner: Owner,
        seen: Arc<Mutex<Vec<u32>>>,
        has_started: Receiver<()>,
        open: SyncSender<()>,
    }

    fn recorder() -> Recording {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (started, has_started) = sync_channel(1);
        let (open, gate) = sync_channel(1);
        let network = Recorder { seen: Arc::clone(&seen), started, gate };
        Recording { owner: Owner::start(Box::new(network)).unwrap(), seen, has_started, open }
    }

    #[test]
    fn queries_overtake_documents_and_withdrawn_requests_are_not_computed() {
        let Recording { owner, seen, has_started, open } = recorder();
        let first = owner.submit(batch(0), Urgency::Document);
        has_started.recv().unwrap();
        let second = owner.submit(batch(1), Urgency::Document);
        drop(owner.submit(batch(2), Urgency::Document));
        let query = owner.submit(batch(3), Urgency::Query);
        open.send(()).unwrap();
        for (pending, expected) in [(first, 0.0), (second, 1.0), (query, 3.0)] {
            assert_eq!(pending.wait().unwrap(), [[expected]]);
        }
        assert_eq!(*seen.lock().unwrap(), [0, 3, 1]);
    }

    #[test]
    fn a_network_that_panics_costs_one_answer() {
        let Recording { owner, .. } = recorder();
        let error = owner.submit(batch(99), Urgency::Query).wait().unwrap_err();
        assert!(matches!(error, ModelError::Device { .. }), "{error}");
        assert_eq!(owner.submit(batch(5), Urgency::Query).wait().unwrap(), [[5.0]]);
    }
}
