//! What a worker takes from itself before it touches the first file. It can never get it back.
//!
//! | | Linux | macOS | Windows |
//! |---|---|---|---|
//! | memory | `RLIMIT_AS`: an allocation fails | it watches itself and ends | it watches itself and ends |
//! | files | none can be opened, made or changed | none can grow; few can be open | – |
//! | network | no socket | – | – |
//! | other programs | none can be started | – | all end with it |
//! | core dumps | none | none | – |
//!
//! On Linux, landlock is the wall and seccomp stands behind it; a kernel that has only one of them
//! leaves the other. On macOS and Windows a worker that goes wrong is contained, but one that an
//! attacker has taken over is not.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod watch;

use serde::{Deserialize, Serialize};

/// What holds in a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// It cannot have more memory than it was granted.
    pub memory: bool,
    /// It cannot open, make or change a file.
    pub files: bool,
    /// It cannot reach another machine, nor another program on this one.
    pub network: bool,
}

/// Confines this process as far as the platform lets it. Threads that run already are not reached,
/// so this comes before any is started.
#[cfg(target_os = "linux")]
pub fn confine(address_space: u64) -> Confinement {
    let memory = limits::set(address_space);
    let [files, network] = linux::close();
    Confinement { memory, files, network }
}

#[cfg(all(unix, not(target_os = "linux")))]
pub fn confine(address_space: u64) -> Confinement {
    limits::set(address_space);
    Confinement { memory: watch::start(address_space), ..Confinement::default() }
}

#[cfg(windows)]
pub fn confine(address_space: u64) -> Confinement {
    watch::join_a_job();
    Confinement { memory: watch::start(address_space), ..Confinement::default() }
}

/// Closes what this process was started with beside its three standard streams: whoever started the
/// parent may have left files or sockets open, and what is open no wall keeps from being used.
/// Nothing of our own may be open yet.
#[cfg(unix)]
pub fn close_inherited() {
    let listed = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let open: Vec<i32> = std::fs::read_dir(listed)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > 2) {
        // One of them was the listing's own, which is closed by now.
        let _ = nix::unistd::close(descriptor);
    }
}

/// Only handles that are passed on by name are inherited.
#[cfg(not(unix))]
pub fn close_inherited() {}

#[cfg(unix)]
mod limits {
    use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

    /// Open files: what a process starts with, and a few for what confines it further.
    const FILES: u64 = 16;
    /// How far a worker stands back behind what the user is doing.
    const NICE: i32 = 10;

    /// Returns whether the address space is limited.
    pub fn set(address_space: u64) -> bool {
        let _ = nice(NICE);
        for (resource, most) in
            [(Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, FILES)]
        {
            lower(resource, most);
        }
        lower(Resource::As, address_space)
    }

    fn lower(resource: Resource, most: u64) -> bool {
        let most = getrlimit(resource).maximum.map_or(most, |before| before.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    }
}
