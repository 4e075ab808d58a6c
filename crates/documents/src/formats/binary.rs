//! What is not text and is not read: told by its first bytes, so that the refusal can name it.

use super::{Format, Sample};
use crate::encoding;
use crate::refusal::Refusal;

/// Stands after the formats that are told by their bytes and before those that are text.
pub const FORMAT: Format = Format {
    name: "binary",
    is: |sample| kind(sample).is_some(),
    read: |sample, _| match kind(sample) {
        Some("nothing but zeros") => {
            Err(Refusal::NoText { reason: "every byte of it is zero".into() })
        }
        Some("") if sample.extension.is_empty() => Err(Refusal::unsupported("binary data")),
        Some("") => Err(Refusal::unsupported(format!("binary data, .{}", sample.extension))),
        // Many formats are ZIP archives inside; the name says which this may be.
        Some("ZIP archive") if !["", "zip"].contains(&sample.extension) => {
            Err(Refusal::unsupported(format!("ZIP archive, .{}", sample.extension)))
        }
        Some(kind) => Err(Refusal::unsupported(kind)),
        None => Err(Refusal::damaged("it is neither text nor data")),
    },
};

/// Where the bytes stand, what they are, and what they tell.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF8", "GIF image"),
    (0, b"II*\0", "TIFF image"),
    (0, b"MM\0*", "TIFF image"),
    (0, b"8BPS", "Photoshop image"),
    (0, b"\0\0\x01\0", "icon"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000 image"),
    (0, b"\xff\x0a", "JPEG XL image"),
    (0, b"AT&TFORM", "DjVu document"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript"),
    (0, b"\xd7\xcd\xc6\x9a", "Windows metafile"),
    (0, b"ID3", "MP3 audio"),
    (0, b"\xff\xfb", "MP3 audio"),
    (0, b"\xff\xf3", "MP3 audio"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"OggS", "Ogg audio or video"),
    (0, b"MThd", "MIDI music"),
    (0, b"FORM", "IFF audio or image"),
    (0, b"\x1aE\xdf\xa3", "Matroska video"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"CWS", "Flash program"),
    (0, b"FWS", "Flash program"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows audio or video"),
    (0, b"\0\0\x01\xba", "MPEG video"),
    (0, b"\0\0\x01\xb3", "MPEG video"),
    (4, b"moov", "QuickTime video"),
    (4, b"mdat", "QuickTime video"),
    (0, b"\x7fELF", "program (ELF)"),
    (0, b"MZ", "program (Windows)"),
    (0, b"\xcf\xfa\xed\xfe", "program (macOS)"),
    (0, b"\xce\xfa\xed\xfe", "program (macOS)"),
    (0, b"\xca\xfe\xba\xbe", "program (Java or macOS)"),
    (0, b"\0asm", "program (WebAssembly)"),
    (0, b"dex\n", "program (Android)"),
    (0, b"\x04\"M\x18", "LZ4 archive"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (0, b"\xfd7zXZ\0", "XZ archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"\x1f\x9d", "compress archive"),
    (0, b"MSCF", "Cabinet archive"),
    (0, b"!<arch>\n", "program library or Debian package"),
    (0, b"\xed\xab\xee\xdb", "RPM package"),
    (257, b"ustar", "tar archive"),
    (0x8001, b"CD001", "disc image"),
    (0, b"ITSF", "compiled HTML help"),
    (60, b"BOOKMOBI", "Mobipocket book"),
    (0, b"!BDN", "Outlook mail folder"),
    (0, b"SQLite format 3\0", "SQLite database"),
    (4, b"Standard Jet DB", "Access database"),
    (4, b"Standard ACE DB", "Access database"),
    (0, b"PAR1", "Parquet table"),
    (0, b"ARROW1", "Arrow table"),
    (0, b"\x89HDF", "HDF5 data"),
    (0, b"CDF\x01", "NetCDF data"),
    (0, b"\x93NUMPY", "NumPy array"),
    (0, b"GGUF", "model (GGUF)"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"OTTO", "font"),
    (0, b"ttcf", "font"),
    (0, b"\0\x01\0\0\0", "font"),
    (0, b"%!FontType", "font"),
    (0, b"WARC/", "web archive (WARC)"),
    (0, b"filedesc://", "web archive (ARC)"),
    (0, b"HWP Document File", "Hangul document (HWP)"),
    (0, b"\xffWPC", "WordPerfect document"),
    (0, b"AC10", "AutoCAD drawing"),
    (0, b"L\0\0\0\x01\x14\x02\0", "Windows shortcut"),
    (0, b"\xd4\xc3\xb2\xa1", "network capture"),
    (0, b"\x0a\x0d\x0d\x0a", "network capture"),
    (0, b"PACK\0\0\0", "git pack"),
    (0, b"\xfftOc", "git index"),
    (0, b"bplist00", "property list (binary)"),
    (0, b"PK\x03\x04", "ZIP archive"),
    (0, b"PK\x05\x06", "ZIP archive"),
    (0, b"\x1f\x8b", "gzip archive"),
];

/// The kind of data this is, empty where nothing names it; `None` for text.
fn kind(sample: &Sample<'_>) -> Option<&'static str> {
    let bytes = sample.bytes;
    let magic = MAGIC.iter().find(|(at, magic, _)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic))
            && bytes.len() > at + magic.len()
    });
    match magic {
        // These are words as well: a text may begin with them.
        Some((_, magic, kind)) if magic.is_ascii() && magic.len() < 5 && !magic.contains(&0) => {
            (encoding::beginning(bytes).is_none() || *kind == "PostScript").then_some(kind)
        }
        Some((.., kind)) => Some(kind),
        None => container(bytes).or_else(|| {
            let head = &bytes[..bytes.len().min(8 << 10)];
            let zeros = head.iter().all(|byte| *byte == 0);
            let text = || encoding::beginning(bytes).is_some();
            match zeros {
                true => Some("nothing but zeros"),
                false => (!text()).then_some(""),
            }
        }),
    }
}

/// Containers that say further in what they hold.
fn container(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"RIFF") {
        return Some(match bytes.get(8..12)? {
            b"WEBP" => "WebP image",
            b"WAVE" => "WAV audio",
            b"AVI " => "AVI video",
            _ => "RIFF data",
        });
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(match bytes.get(8..12)? {
            b"heic" | b"heix" | b"mif1" | b"avif" => "HEIF image",
            b"M4A " => "MPEG-4 audio",
            _ => "MPEG-4 video",
        });
    }
    let bitmap = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]);
    if bitmap {
        return Some("BMP image");
    }
    let transport = |at: usize| bytes.get(at) == Some(&b'G');
    (transport(0) && transport(188) && transport(376) && encoding::beginning(bytes).is_none())
        .then_some("MPEG video")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<&str>) {
        let sample = Sample { bytes, name: "", extension: "" };
        assert_eq!(kind(&sample), expected, "{:?}", &bytes[..bytes.len().min(40)]);
    }

    #[test]
    fn data_is_named_by_its_first_bytes() {
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("PNG image"));
        check(b"RIFF\x10\0\0\0WAVEfmt ", Some("WAV audio"));
        check(b"\0\0\0\x18ftypheic\0\0\0\0", Some("HEIF image"));
        check(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", Some("program (Windows)"));
        check(b"SQLite format 3\0\x10\0", Some("SQLite database"));
        check(&[&[0; 257][..], b"ustar\x0000"].concat(), Some("tar archive"));
        check(b"%!PS-Adobe-3.0\n%%Title: x\n", Some("PostScript"));
        check(&[0; 4096], Some("nothing but zeros"));
        check(&(0..=255).collect::<Vec<u8>>(), Some(""));
    }

    #[test]
    fn text_that_begins_like_data_is_text() {
        for text in
            ["MZ is a county code", "BZh, said he", "FORM 7b\nName:", "ID3 tags", "GIF89", "BM"]
        {
            check(text.as_bytes(), None);
        }
    }
}
