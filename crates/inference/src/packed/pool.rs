//! The threads that compute: some for whoever waits, and some for documents, which give way to everything else on the
//! machine. All models share them.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

use super::kernels::prepare_thread;
use crate::batch::Urgency;
use crate::error::LoadError;

struct Pools {
    queries: Option<Arc<ThreadPool>>,
    documents: Option<Arc<ThreadPool>>,
    /// How many threads documents are given; all cores where nobody said.
    limit: Option<NonZeroUsize>,
}

static POOLS: Mutex<Pools> = Mutex::new(Pools { queries: None, documents: None, limit: None });

fn pools() -> MutexGuard<'static, Pools> {
    POOLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From the next batch on, documents are computed on so many threads at most.
pub fn limit_documents(threads: Option<NonZeroUsize>) {
    let mut pools = pools();
    if pools.limit != threads {
        pools.limit = threads;
        pools.documents = None;
    }
}

impl Pools {
    fn threads(&self, urgency: Urgency) -> usize {
        let cores = available_parallelism().map_or(1, usize::from);
        match (urgency, self.limit) {
            (Urgency::Document, Some(limit)) => limit.get().min(cores),
            _ => cores,
        }
    }
}

/// How many threads there are.
pub fn threads(urgency: Urgency) -> usize {
    pools().threads(urgency)
}

pub fn pool(urgency: Urgency) -> Result<Arc<ThreadPool>, LoadError> {
    let mut pools = pools();
    let threads = pools.threads(urgency);
    let (pool, name) = match urgency {
        Urgency::Query => (&mut pools.queries, "model"),
        Urgency::Document => (&mut pools.documents, "documents"),
    };
    if let Some(pool) = pool {
        return Ok(Arc::clone(pool));
    }
    let made = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |number| format!("{name}-{number}"))
        .start_handler(move |_| {
            prepare_thread();
            if urgency == Urgency::Document {
                // Where a system refuses, they work beside all others as before.
                let _ = set_current_thread_priority(ThreadPriority::Min);
            }
        })
        .build();
    let made = made.map_err(|error| LoadError::Device {
        device: "CPU".to_owned(),
        reason: format!("its threads could not be started: {error}"),
    })?;
    Ok(Arc::clone(pool.insert(Arc::new(made))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much the thread gives way, of nineteen steps.
    #[cfg(target_os = "linux")]
    fn gives_way() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, after_the_name) = stat.rsplit_once(')').unwrap();
        after_the_name.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn documents_have_as_many_threads_as_they_may_and_give_way() {
        let cores = available_parallelism().unwrap().get();
        #[cfg(target_os = "linux")]
        {
            let of = |urgency| pool(urgency).unwrap().broadcast(|_| gives_way());
            assert_eq!(of(Urgency::Document), vec![19; cores]);
            assert_eq!(of(Urgency::Query), vec![gives_way(); cores]);
        }
        for (limit, expected) in [(Some(1), 1), (Some(9999), cores), (None, cores)] {
            limit_documents(limit.and_then(NonZeroUsize::new));
            for urgency in [Urgency::Document, Urgency::Query] {
                let expected = if urgency == Urgency::Query { cores } else { expected };
                assert_eq!(threads(urgency), expected);
                assert_eq!(pool(urgency).unwrap().current_num_threads(), expected);
            }
        }
    }
}
