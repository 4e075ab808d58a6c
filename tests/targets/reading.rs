//! Files of any kind: what a reader makes of them must be a document, or a refusal.

use kenning_documents::{Document, Format, Formats, Limits, Refusal, Sample, Writer};

/// Low enough that an input of a few kilobytes can run into each, but for the depth of nesting: what
/// that costs is the stack, and it must hold at the depth that is allowed.
pub fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        text_bytes: 1 << 20,
        blocks: 20_000,
        depth: 3,
        entries: 100,
        unpacked_bytes: 8 << 20,
        ..Limits::default()
    }
}

/// Reads a file by the format of this name, whether or not it would take it for its own.
pub fn read_as(format: &str, name: &str, bytes: &[u8]) {
    let sample = Sample { bytes, name, extension: "" };
    let mut alive = || ();
    let mut writer = Writer::new(Formats::all(), limits(), &mut alive);
    let read = (named(format).read)(&sample, &mut writer);
    check(read.and_then(|()| writer.finish()));
}

fn named(name: &str) -> &'static Format {
    let format = Formats::all().0.iter().find(|format| format.name == name);
    format.unwrap_or_else(|| panic!("there is no format {name}"))
}

/// The first line is the file's name, the rest its content: told, then read as what it is.
pub fn any(bytes: &[u8]) {
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (name, content) = bytes.split_at(line);
    let name = String::from_utf8_lossy(name);
    let content = content.get(1..).unwrap_or_default();
    check(Formats::all().extract(&name, content, limits(), &mut || ()));
}

/// What must hold of whatever was read.
pub fn check(read: Result<Document, Refusal>) {
    let document = match read {
        Ok(document) => document,
        Err(refusal) => return assert!(!refusal.to_string().is_empty()),
    };
    assert!(document.text.len() <= limits().text_bytes && document.blocks.len() <= limits().blocks);
    assert!(!document.blocks.is_empty(), "neither text nor a refusal");
    let mut end = 0;
    for block in &document.blocks {
        let between = document.text.get(end..block.span.start).expect("blocks stand in order");
        assert!(between.trim().is_empty(), "text outside blocks: {between:?}");
        let text = document.text.get(block.span.clone()).expect("a block is a slice");
        assert!(!text.is_empty(), "a block of nothing");
        let is_hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!text.contains(is_hidden), "control characters: {text:?}");
        assert_ne!(block.page, Some(0), "pages count from 1");
        end = block.span.end;
    }
    assert_eq!(end, document.text.len(), "text after the last block");
}
