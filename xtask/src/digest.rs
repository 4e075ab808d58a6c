//! The sha256 of a file, and whether it is the right one.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

pub fn of_file(path: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    let mut file =
        File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    io::copy(&mut file, &mut digest)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Refuses a fetched file that is another one than was meant.
pub fn check(path: &Path, expected: &str) -> Result<()> {
    let found = of_file(path)?;
    if found != expected {
        bail!(
            "{} is not the file this was written for: its sha256 is {found}, not {expected}. \
             Remove it and run this again; if that does not help, do not trust where it came from",
            path.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_of_a_known_text_is_the_published_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(
            super::of_file(&path).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
