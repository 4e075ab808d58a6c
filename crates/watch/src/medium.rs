//! On what kind of file system a folder lies: one that tells of changes, one that may not, or one
//! that has no documents at all.

use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// The kernel sees every change.
    Local,
    /// The kernel sees every change, but numbers the files as it comes across them.
    Unnumbered,
    /// Others may change files without our kernel noticing.
    Remote,
    /// Files that the kernel makes up, such as `/proc`: reading them may block, or act.
    Unreal,
}

impl Medium {
    /// Whether the number of a file stays the same as long as the file is there.
    pub(crate) fn keeps_ids(self) -> bool {
        self == Self::Local
    }
}

#[cfg(target_os = "linux")]
pub(crate) fn medium_of(folder: &Path) -> Medium {
    // A path that cannot be asked is found out to be unreadable by whoever reads it.
    rustix::fs::statfs(folder).map_or(Medium::Local, |about| of_magic(about.f_type as u64))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn medium_of(folder: &Path) -> Medium {
    use std::path::{Component, Prefix};
    match folder.components().next() {
        Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) =>
        {
            Medium::Remote
        }
        _ => Medium::Local,
    }
}

/// The numbers are those of `statfs(2)` and of the kernel's `magic.h`.
#[cfg(target_os = "linux")]
fn of_magic(magic: u64) -> Medium {
    // Some architectures sign-extend the 32-bit number.
    match magic & 0xffff_ffff {
        0x6969 // nfs
        | 0x517b // smb
        | 0xff53_4d42 // cifs
        | 0xfe53_4d42 // smb2
        | 0x0102_1997 // 9p, which is also how WSL shows the Windows drives
        | 0x564c // ncp
        | 0x5346_414f // afs
        | 0x6b41_4653 // kafs
        | 0x7375_7245 // coda
        | 0x00c3_6400 // ceph
        | 0x0bd0_0bd0 // lustre
        | 0x4750_4653 // gpfs
        | 0x786f_4256 // the shared folders of VirtualBox
        | 0x6573_5546 // fuse: sshfs, rclone and the like, but also local ones
        => Medium::Remote,
        0x4d44 // fat
        | 0x2011_bab0 // exfat
        => Medium::Unnumbered,
        0x9fa0 // proc
        | 0x6265_6572 // sysfs
        | 0x1cd1 // devpts
        | 0x0027_e0eb // cgroup
        | 0x6367_7270 // cgroup2
        | 0x6462_6720 // debugfs
        | 0x7472_6163 // tracefs
        | 0x7363_6673 // securityfs
        | 0xcafe_4a11 // bpf
        | 0x6165_676c // pstore
        | 0x1980_0202 // mqueue
        | 0x4249_4e4d // binfmt_misc
        | 0x6265_6570 // configfs
        | 0x0187 // autofs: looking into it mounts something
        => Medium::Unreal,
        _ => Medium::Local,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn file_systems_are_told_apart_by_their_magic() {
        let check = |magic: u64, expected: Medium| assert_eq!(of_magic(magic), expected);
        check(0xef53, Medium::Local);
        check(0x0102_1994, Medium::Local);
        check(0x6969, Medium::Remote);
        check(0xff53_4d42, Medium::Remote);
        check(0xffff_ffff_ff53_4d42, Medium::Remote);
        check(0x6573_5546, Medium::Remote);
        check(0x9fa0, Medium::Unreal);
        check(0x4d44, Medium::Unnumbered);
    }

    #[test]
    fn the_kernels_own_files_are_not_taken_for_documents() {
        assert_eq!(medium_of(Path::new("/proc")), Medium::Unreal);
        assert_eq!(medium_of(&std::env::temp_dir()), Medium::Local);
    }
}
