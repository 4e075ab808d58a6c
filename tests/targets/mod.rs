//! What is fuzzed, and what must hold of anything that is read: one entry for each reader of a format,
//! and for what comes before and after them.
//!
//! The programs in `tests/fuzz` feed these without end; the tests feed them the committed seeds and
//! what was once found. Knows nothing of either: bytes come in, and what is wrong panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a target that finds something says so by panicking"
)]

mod answers;
mod containers;
mod cutting;
mod reading;

/// Something that takes any bytes and must come through.
#[derive(Debug)]
pub struct Target {
    /// That of its program in `tests/fuzz/fuzz_targets`, and of its folder of seeds.
    pub name: &'static str,
    input: Input,
}

/// What a target makes of the bytes it is given.
#[derive(Clone, Copy, Debug)]
enum Input {
    /// They are a file, read by the format of this name, whatever it would say to them.
    File(&'static str),
    /// They are the parts of a container, packed and read by the format of this name.
    Parts(&'static str),
    /// They are packed by gzip, unless they are already, and read.
    Gzip,
    Other(fn(&[u8])),
}

const fn file(name: &'static str, format: &'static str) -> Target {
    Target { name, input: Input::File(format) }
}

const fn parts(name: &'static str, format: &'static str) -> Target {
    Target { name, input: Input::Parts(format) }
}

const fn other(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, input: Input::Other(run) }
}

pub const TARGETS: &[Target] = &[
    file("pdf", "PDF"),
    parts("docx", "DOCX"),
    parts("pptx", "PPTX"),
    parts("xlsx", "XLSX"),
    parts("ods", "ODS"),
    parts("odt", "ODT"),
    parts("odp", "ODP"),
    parts("epub", "EPUB"),
    file("ole", "OLE"),
    file("rtf", "RTF"),
    file("mbox", "mbox"),
    file("mhtml", "MHTML"),
    file("mail", "mail"),
    file("binary", "binary"),
    file("ipynb", "IPYNB"),
    file("json", "JSON"),
    file("subtitles", "subtitles"),
    file("html", "HTML"),
    file("markdown", "Markdown"),
    file("xml", "XML"),
    file("troff", "manual page"),
    file("info", "Info manual"),
    file("code", "source code"),
    file("settings", "settings"),
    file("csv", "CSV"),
    file("text", "text"),
    Target { name: "gzip", input: Input::Gzip },
    other("zip", containers::zip),
    other("any", reading::any),
    other("passages", cutting::passages),
    other("answers", answers::answers),
];

impl Target {
    /// The format that all it is fed is read by, whatever else that may hold.
    pub fn format(&self) -> Option<&'static str> {
        match self.input {
            Input::File(format) | Input::Parts(format) => Some(format),
            Input::Gzip => Some("gzip"),
            Input::Other(_) => None,
        }
    }
}

/// Feeds one target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    match target.unwrap_or_else(|| panic!("there is no target {name}")).input {
        Input::File(format) => reading::read_as(format, "x", bytes),
        Input::Parts(format) => reading::read_as(format, "x", &containers::packed(bytes)),
        Input::Gzip => reading::read_as("gzip", "x.gz", &containers::gzip(bytes)),
        Input::Other(run) => run(bytes),
    }
}
