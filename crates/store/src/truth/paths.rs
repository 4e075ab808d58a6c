//! Paths as bytes and back, without loss: as the system has them, where a name need not be text.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

#[cfg(unix)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
pub(super) fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(windows)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

#[cfg(windows)]
pub(super) fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::windows::ffi::OsStringExt;
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    std::ffi::OsString::from_wide(&units).into()
}

/// The bytes between which the paths of everything inside a folder lie: from the first, up to and
/// without the second.
pub(super) fn inside(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    // Joined with nothing a path ends with its separator.
    let first = to_bytes(&folder.join(""));
    let mut after = first.clone();
    if let Some(last) = after.last_mut() {
        *last += 1;
    }
    (first, after)
}

/// The last part of a path, as text.
pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What a path is looked for by: composed, in small letters, with `/` between its parts.
pub(super) fn sought(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    sought_text(&parts.join("/"))
}

pub(super) fn sought_text(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_were() {
        for path in ["", "a", "größe/ファイル.txt", "مجلد/ملف", "a b/🐋"] {
            assert_eq!(from_bytes(&to_bytes(Path::new(path))), Path::new(path));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_comes_back_too() {
        let path = from_bytes(b"caf\xe9/\xff.txt");
        assert_eq!(to_bytes(&path), b"caf\xe9/\xff.txt");
        assert_eq!(name(&path), "\u{fffd}.txt");
    }

    #[test]
    fn inside_a_folder_is_neither_itself_nor_what_is_called_alike() {
        let (first, after) = inside(Path::new("a"));
        let check = |path: &str, expected: bool| {
            let bytes = to_bytes(Path::new(path));
            assert_eq!(first <= bytes && bytes < after, expected, "{path}");
        };
        for path in ["a/b", "a/b/c", "a/\u{10ffff}"] {
            check(path, true);
        }
        for path in ["a", "a.txt", "a-b/c", "ab", "b", "A/b"] {
            check(path, false);
        }
    }

    #[test]
    fn a_path_is_sought_without_regard_to_case_or_composition() {
        assert_eq!(sought(Path::new("Ordner/GRO\u{308}ßE.txt")), "ordner/größe.txt");
        assert_eq!(sought_text("ГОД"), "год");
    }
}
