//! The formats that are read: one file for each, and a line in the table below.
//!
//! A format is told by its content; a file's name only helps where content cannot tell, as between
//! Markdown and plain text.

mod binary;
mod code;
mod csv;
mod docx;
mod epub;
mod gzip;
mod html;
mod info;
mod ipynb;
mod json;
mod mail;
mod markdown;
mod mbox;
mod mhtml;
mod odp;
mod ods;
mod odt;
mod ole;
mod pdf;
mod pptx;
mod rtf;
mod settings;
mod subtitles;
#[cfg(test)]
mod telling_tests;
mod text;
mod troff;
mod xlsx;
mod xml;

use std::borrow::Cow;

use crate::document::Document;
use crate::encoding;
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// What a format may look at to know its own.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// The file's name, without its folder.
    pub name: &'a str,
    /// The name's extension in lower case, without the dot; empty where it has none.
    pub extension: &'a str,
}

/// One kind of file.
#[derive(Debug)]
pub struct Format {
    /// As shown to people and kept in [`Document::format`].
    pub name: &'static str,
    /// Whether these bytes are of this kind. Cheap: it looks at the beginning, or at a directory.
    pub is: fn(&Sample<'_>) -> bool,
    pub read: fn(&Sample<'_>, &mut Writer<'_>) -> Result<(), Refusal>,
}

/// A table of formats, tried in order.
#[derive(Clone, Copy, Debug)]
pub struct Formats(pub &'static [Format]);

/// Those that content tells without doubt come first, plain text last.
const ALL: &[Format] = &[
    gzip::FORMAT,
    pdf::FORMAT,
    docx::FORMAT,
    pptx::FORMAT,
    xlsx::FORMAT,
    ods::FORMAT,
    odt::FORMAT,
    odp::FORMAT,
    epub::FORMAT,
    ole::FORMAT,
    rtf::FORMAT,
    mbox::FORMAT,
    mhtml::FORMAT,
    mail::FORMAT,
    binary::FORMAT,
    ipynb::FORMAT,
    json::FORMAT,
    troff::FORMAT,
    info::FORMAT,
    subtitles::FORMAT,
    html::FORMAT,
    markdown::FORMAT,
    xml::FORMAT,
    code::FORMAT,
    settings::FORMAT,
    csv::FORMAT,
    text::FORMAT,
];

impl Formats {
    pub fn all() -> Self {
        Self(ALL)
    }

    /// Reads a file into a document. Where a limit or damage ends the reading of a file, what had been
    /// read by then is kept and says that it is not all.
    pub fn extract(
        self,
        name: &str,
        bytes: &[u8],
        limits: Limits,
        alive: &mut dyn FnMut(),
    ) -> Result<Document, Refusal> {
        if bytes.len() as u64 > limits.file_bytes {
            return Err(Refusal::too_large("the file", format!("{} MB", limits.file_bytes >> 20)));
        }
        let mut writer = Writer::new(self, limits, alive);
        match self.read(name, bytes, &mut writer) {
            Err(refusal) if !writer.is_empty() && refusal.is_of_the_rest() => {
                writer.partial(refusal);
            }
            read => read?,
        }
        writer.finish()
    }

    /// Reads a file, or a file inside one, into a writer.
    pub(crate) fn read(
        self,
        name: &str,
        bytes: &[u8],
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        let extension = name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_lowercase())
            .unwrap_or_default();
        let sample = Sample { bytes, name, extension: &extension };
        let Some(format) = self.0.iter().find(|format| (format.is)(&sample)) else {
            let kind = if extension.is_empty() {
                "without a known content".into()
            } else {
                format!(".{extension}")
            };
            return Err(Refusal::Unsupported { kind });
        };
        writer.set_format(format.name);
        (format.read)(&sample, writer)
    }
}

impl<'a> Sample<'a> {
    /// All of it as text, whatever encoding it is in.
    pub fn text(&self) -> Result<Cow<'a, str>, Refusal> {
        encoding::decode(self.bytes).ok_or_else(|| Refusal::unsupported("binary data"))
    }

    /// Its beginning as text, empty where it is none: enough to tell formats apart.
    pub fn beginning(&self) -> Cow<'a, str> {
        encoding::beginning(self.bytes).unwrap_or_default()
    }

    /// Whether the name leaves open what kind of text this is: it has no extension, one of any text,
    /// or that of a kind of data which this is not.
    pub fn is_unnamed(&self) -> bool {
        const OPEN: &[&str] = &[
            "", "txt", "text", "dat", "data", "bin", "tmp", "bak", "old", "pdf", "doc", "docx",
            "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub", "rtf", "gz", "zip", "png",
            "jpg", "jpeg", "gif",
        ];
        OPEN.contains(&self.extension)
    }

    pub fn starts_with(&self, magic: &[u8]) -> bool {
        self.bytes.starts_with(magic)
    }
}
