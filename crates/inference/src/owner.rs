//! Threads that a network computes on; everyone else sends it batches and waits for an answer.
//!
//! Queries overtake documents. Where the network computes beside itself, they have a thread of their own and wait for
//! nothing; else whoever is typing is served between two batches of a long indexing run. An answer nobody waits for any
//! more is not computed.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;

use kenning_domain::ModelError;

use crate::batch::{Batch, Urgency};
use crate::error::LoadError;
use crate::family::Network;
use crate::ops::Fault;

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

impl Queue {
    fn of(&mut self, urgency: Urgency) -> &mut VecDeque<Job> {
        match urgency {
            Urgency::Query => &mut self.queries,
            Urgency::Document => &mut self.documents,
        }
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

/// The threads. Dropping this ends them after the batches at hand.
pub struct Owner {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
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
        let network: Arc<dyn Network> = Arc::from(network);
        let served: &'static [&'static [Urgency]] = match network.computes_beside_itself() {
            true => &[&[Urgency::Query], &[Urgency::Document]],
            false => &[&[Urgency::Query, Urgency::Document]],
        };
        // Whichever were started end when this is dropped.
        let mut owner = Self { shared, threads: Vec::new(), device, tokens_per_batch, learns };
        for served in served {
            let (shared, network) = (Arc::clone(&owner.shared), Arc::clone(&network));
            let thread = std::thread::Builder::new().name("model".into());
            let thread = thread.spawn(move || shared.serve(&*network, served));
            owner.threads.push(thread.map_err(|error| LoadError::Device {
                device: owner.device.clone(),
                reason: format!("no thread could be started for it ({error})"),
            })?);
        }
        Ok(owner)
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    pub fn submit(&self, batch: Batch, urgency: Urgency) -> Pending {
        let (sender, reply) = sync_channel(1);
        let wanted = Arc::new(());
        let job = Job { batch, reply: sender, wanted: Arc::downgrade(&wanted) };
        self.shared.lock().of(urgency).push_back(job);
        self.shared.arrived.notify_all();
        Pending { reply, device: self.device.clone(), _wanted: wanted }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_all();
        for thread in self.threads.drain(..) {
            // A thread catches what a network throws, so there is nothing to hear from it.
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

    fn serve(&self, network: &dyn Network, served: &[Urgency]) {
        while let Some((job, urgency)) = self.next(served) {
            if job.wanted.strong_count() == 0 {
                continue;
            }
            let answer = catch_unwind(AssertUnwindSafe(|| network.compute(&job.batch, urgency)));
            let answer =
                answer.unwrap_or_else(|_| Err(Fault("the computation ended unexpectedly".into())));
            // Whoever asked may have gone while it was computed.
            let _ = job.reply.send(answer);
        }
    }

    /// Waits for work of these kinds, the first of them first. `None` when the owner is gone.
    fn next(&self, served: &[Urgency]) -> Option<(Job, Urgency)> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            for urgency in served {
                if let Some(job) = queue.of(*urgency).pop_front() {
                    return Some((job, *urgency));
                }
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
        gate: Mutex<Receiver<()>>,
        computes_beside_itself: bool,
    }

    impl Network for Recorder {
        fn compute(&self, batch: &Batch, _: Urgency) -> Answer {
            let first = batch.ids[0];
            if first == 0 {
                self.started.send(()).unwrap();
                self.gate.lock().unwrap().recv().unwrap();
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

        fn computes_beside_itself(&self) -> bool {
            self.computes_beside_itself
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

    fn recorder(computes_beside_itself: bool) -> Recording {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (started, has_started) = sync_channel(1);
        let (open, gate) = sync_channel(1);
        let gate = Mutex::new(gate);
        let network = Recorder { seen: Arc::clone(&seen), started, gate, computes_beside_itself };
        Recording { owner: Owner::start(Box::new(network)).unwrap(), seen, has_started, open }
    }

    #[test]
    fn queries_overtake_documents_and_withdrawn_requests_are_not_computed() {
        let Recording { owner, seen, has_started, open } = recorder(false);
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
    fn queries_wait_for_no_documents_where_both_are_computed_at_once() {
        let Recording { owner, seen, has_started, open } = recorder(true);
        let document = owner.submit(batch(0), Urgency::Document);
        has_started.recv().unwrap();
        let query = owner.submit(batch(3), Urgency::Query);
        assert_eq!(query.wait().unwrap(), [[3.0]]);
        open.send(()).unwrap();
        assert_eq!(document.wait().unwrap(), [[0.0]]);
        assert_eq!(*seen.lock().unwrap(), [3, 0]);
    }

    #[test]
    fn a_network_that_panics_costs_one_answer() {
        let Recording { owner, .. } = recorder(false);
        let error = owner.submit(batch(99), Urgency::Query).wait().unwrap_err();
        assert!(matches!(error, ModelError::Device { .. }), "{error}");
        assert_eq!(owner.submit(batch(5), Urgency::Query).wait().unwrap(), [[5.0]]);
    }
}
