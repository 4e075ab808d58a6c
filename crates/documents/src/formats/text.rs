//! Plain text in any encoding.

use super::{Format, Sample};
use crate::paragraphs;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "text", is: |_| true, read };

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    paragraphs::write(&sample.text()?, writer)
}

#[cfg(test)]
mod tests {
    use crate::formats::{Formats, Sample};
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    fn check(bytes: &[u8], expected: Result<&str, Refusal>) {
        let read = Formats::all().extract("notes.txt", bytes, Limits::default(), &mut || ());
        assert_eq!(read.map(|document| document.text), expected.map(str::to_owned));
    }

    #[test]
    fn any_encoding_is_read_and_data_is_refused() {
        let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("こんにちは、世界。お元気ですか。");
        check(&japanese, Ok("こんにちは、世界。お元気ですか。"));
        let wide: Vec<u8> = "Grüße aus Köln".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&wide, Ok("Grüße aus Köln"));
        check(&[1, 2, 3, 0, 200, 255], Err(Refusal::unsupported("binary data, .txt")));
        check(b"\x89PNG\r\n\x1a\n\0\0", Err(Refusal::unsupported("PNG image")));
        check(
            b" \n\t ",
            Err(Refusal::NoText { reason: "nothing in it can be read as text".into() }),
        );
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        let texts = [
            "x".repeat(1 << 20),
            "- \n".repeat(1 << 18),
            "a-\nb".repeat(1 << 18),
            ">".repeat(1 << 20),
        ];
        let started = std::time::Instant::now();
        for text in texts {
            let sample = Sample { bytes: text.as_bytes(), name: "x", extension: "" };
            let _ = Formats::all().extract("x", sample.bytes, Limits::default(), &mut || ());
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
