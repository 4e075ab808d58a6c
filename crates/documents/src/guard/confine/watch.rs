//! Where the system does not hold a process to an amount of memory, it watches itself.

use std::time::Duration;
use std::{process, thread};

use memory_stats::memory_stats;

use crate::guard::worker::OUT_OF_MEMORY;

/// Short enough that a loop of allocations does not get far between two looks.
const EVERY: Duration = Duration::from_millis(20);

/// Ends the process when it holds more memory than this. Returns whether it can be watched.
pub fn start(most: u64) -> bool {
    let watch = move || {
        while held().is_none_or(|held| held <= most) {
            thread::sleep(EVERY);
        }
        process::exit(OUT_OF_MEMORY)
    };
    held().is_some() && thread::Builder::new().name("memory".into()).spawn(watch).is_ok()
}

fn held() -> Option<u64> {
    memory_stats().map(|now| now.physical_mem as u64)
}

/// Whatever this process starts ends with it, and all stands back behind what the user is doing.
#[cfg(windows)]
pub fn join_a_job() {
    use win32job::{ExtendedLimitInfo, Job, PriorityClass};
    let mut info = ExtendedLimitInfo::new();
    info.limit_kill_on_job_close().limit_priority_class(PriorityClass::BelowNormal);
    if let Ok(job) = Job::create_with_limit_info(&info)
        && job.assign_current_process().is_ok()
    {
        // The job ends with its last handle: this one is the system's to close.
        job.into_handle();
    }
}
