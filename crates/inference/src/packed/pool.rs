//! The threads that compute. There is one set of them for all models: two that compute at once share the machine.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::kernels::prepare_thread;
use crate::error::LoadError;

static POOL: Mutex<Option<Arc<ThreadPool>>> = Mutex::new(None);

pub fn pool() -> Result<Arc<ThreadPool>, LoadError> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pool.as_ref() {
        return Ok(Arc::clone(pool));
    }
    let made = ThreadPoolBuilder::new()
        .num_threads(available_parallelism().map_or(1, usize::from))
        .thread_name(|number| format!("model-{number}"))
        .start_handler(|_| prepare_thread())
        .build();
    let made = made.map_err(|error| LoadError::Device {
        device: "CPU".to_owned(),
        reason: format!("its threads could not be started: {error}"),
    })?;
    Ok(Arc::clone(pool.insert(Arc::new(made))))
}
