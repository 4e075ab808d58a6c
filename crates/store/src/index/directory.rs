//! The folder of the index, with a checksum on the files that have none of their own.
//!
//! Segments carry one; the list of segments does not, and a flipped bit in it could bring deleted
//! passages back without anybody noticing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

#[derive(Clone, Debug)]
pub(super) struct Folder {
    inner: MmapDirectory,
    path: PathBuf,
    /// Then it is no fault that locks cannot be made.
    only_read: bool,
}

/// Stands between what was written and its sum.
const SEAL: &[u8] = b"\n#crc32 ";

impl Folder {
    pub fn open(path: &Path, only_read: bool) -> Result<Self, OpenDirectoryError> {
        Ok(Self { inner: MmapDirectory::open(path)?, path: path.into(), only_read })
    }

    /// Lets those read a file who may read the folder: what is put in place of another is made for its
    /// owner alone, and then nobody else could open the index.
    #[cfg(unix)]
    fn open_to_readers(&self, file: &Path) -> io::Result<()> {
        use std::fs::{self, Permissions};
        use std::os::unix::fs::PermissionsExt;

        let of_folder = fs::metadata(&self.path)?.permissions().mode();
        fs::set_permissions(self.path.join(file), Permissions::from_mode(of_folder & 0o644))
    }

    #[cfg(not(unix))]
    fn open_to_readers(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

fn seal(data: &[u8]) -> Vec<u8> {
    let mut sealed = data.to_vec();
    sealed.extend_from_slice(SEAL);
    sealed.extend_from_slice(format!("{:08x}\n", crc32fast::hash(data)).as_bytes());
    sealed
}

fn unseal(mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let length = sealed.len().checked_sub(SEAL.len() + 9)?;
    if seal(&sealed[..length]) != sealed {
        return None;
    }
    sealed.truncate(length);
    Some(sealed)
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        unseal(self.inner.atomic_read(path)?).ok_or_else(|| {
            let damage = io::Error::new(io::ErrorKind::InvalidData, "the checksum is wrong");
            OpenReadError::wrap_io_error(damage, path.to_path_buf())
        })
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, &seal(data))?;
        self.open_to_readers(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.inner.acquire_lock(lock) {
            Err(LockError::IoError(error))
                if self.only_read
                    && matches!(
                        error.kind(),
                        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                    ) =>
            {
                Ok(DirectoryLock::from(Box::new(())))
            }
            other => other,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn whoever_may_read_the_folder_may_read_what_is_put_in_place() {
        use std::fs::{self, Permissions};
        use std::os::unix::fs::PermissionsExt;

        let check = |of_folder: u32, expected: u32| {
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(folder.path(), Permissions::from_mode(of_folder)).unwrap();
            let directory = Folder::open(folder.path(), false).unwrap();
            directory.atomic_write(Path::new("meta.json"), b"{}").unwrap();
            let made = fs::metadata(folder.path().join("meta.json")).unwrap();
            assert_eq!(made.permissions().mode() & 0o777, expected, "{of_folder:o}");
        };
        check(0o755, 0o644);
        check(0o750, 0o640);
        check(0o700, 0o600);
        check(0o777, 0o644);
    }

    #[test]
    fn what_was_changed_is_noticed() {
        for data in [&b""[..], b"{}", b"\n#crc32 12345678\n"] {
            let sealed = seal(data);
            assert_eq!(unseal(sealed.clone()).as_deref(), Some(data));
            for at in 0..sealed.len() {
                for bit in 0..8 {
                    let mut changed = sealed.clone();
                    changed[at] ^= 1 << bit;
                    assert_eq!(unseal(changed), None, "bit {bit} of byte {at}");
                }
                assert_eq!(unseal(sealed[..at].to_vec()), None, "the first {at} bytes");
            }
        }
    }
}
