//! The walls around a worker on Linux.
//!
//! Landlock denies every access to files and TCP that the running kernel's version of it knows.
//! Seccomp denies by number the calls that landlock does not cover, or not in older kernels: sockets
//! of every kind, the attributes of files, other processes and programs, and `io_uring`, through
//! which all of these could be asked for anew.

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

/// Returns whether files and whether the network are closed.
pub fn close() -> [bool; 2] {
    // Limits on core dumps do not hold where dumps are piped to a program.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let landlocked = landlock().unwrap_or(false);
    let filtered = filter().is_some_and(|filter| apply_filter(&filter).is_ok());
    [landlocked || filtered, filtered]
}

/// Takes as much as this kernel can take, which may be nothing.
fn landlock() -> Result<bool, RulesetError> {
    let newest = ABI::V9;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// `None` on an architecture that the filter is not made for.
fn filter() -> Option<BpfProgram> {
    let denied = DENIED.iter().copied().chain(other_numbers());
    let filter = SeccompFilter::new(
        denied.map(|number| (number, Vec::new())).collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        std::env::consts::ARCH.try_into().ok()?,
    );
    filter.ok()?.try_into().ok()
}

/// On x86-64 the same calls can be made by a second set of numbers, that of the x32 binary interface,
/// which has some calls of its own.
#[cfg(target_arch = "x86_64")]
fn other_numbers() -> impl Iterator<Item = i64> {
    const X32: i64 = 0x4000_0000;
    let legacy = LEGACY.iter().copied();
    let again = DENIED.iter().chain(LEGACY).map(|number| number | X32);
    legacy.chain(again).chain((512..=547).map(|number| number | X32))
}

#[cfg(not(target_arch = "x86_64"))]
fn other_numbers() -> impl Iterator<Item = i64> {
    std::iter::empty()
}

// Newer calls have one number on all architectures; libc does not name these on each.
const FCHMODAT2: i64 = 452;
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;
const OPEN_TREE_ATTR: i64 = 467;
const FILE_SETATTR: i64 = 469;

const DENIED: &[i64] = &[
    // Talking to others.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    libc::SYS_shmget,
    libc::SYS_semget,
    // Files, opened or by name.
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_memfd_create,
    libc::SYS_mknodat,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    FCHMODAT2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    SETXATTRAT,
    REMOVEXATTRAT,
    OPEN_TREE_ATTR,
    FILE_SETATTR,
    libc::SYS_inotify_init1,
    libc::SYS_fanotify_init,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_quotactl,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    // Other programs and processes, and the kernel itself.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_prlimit64,
    libc::SYS_setpriority,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
];

/// Older forms of the above that newer architectures do not have.
#[cfg(target_arch = "x86_64")]
const LEGACY: &[i64] = &[
    libc::SYS_open,
    libc::SYS_creat,
    libc::SYS_mknod,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_inotify_init,
    libc::SYS_fork,
    libc::SYS_vfork,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_filter_that_the_kernel_takes() {
        assert!(filter().is_some());
        let held = std::thread::spawn(|| {
            let before = std::fs::File::open("/proc/self/stat").is_ok();
            let closed = close();
            let after = std::fs::File::open("/proc/self/stat").is_ok();
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
            (before, closed, after, socket)
        });
        // On kernels without landlock the filter alone must hold.
        assert_eq!(held.join().unwrap(), (true, [true, true], false, false));
    }
}
