//! Notebooks of Jupyter: text in Markdown, code, and the beginning of what the code wrote.

use serde::Deserialize;

use super::{Format, Sample};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "IPYNB", is, read };

/// So much of an output is kept.
const LONGEST_OUTPUT: usize = 500;

fn is(sample: &Sample<'_>) -> bool {
    let beginning = sample.beginning();
    beginning.trim_start().starts_with('{')
        && (sample.extension == "ipynb" || beginning.contains("\"cell_type\""))
        && (beginning.contains("\"cells\"")
            || beginning.contains("\"worksheets\"")
            || sample.extension == "ipynb")
}

#[derive(Deserialize)]
struct Notebook {
    #[serde(default)]
    cells: Vec<Cell>,
    /// Before version 4 cells lay in sheets.
    #[serde(default)]
    worksheets: Vec<Worksheet>,
    #[serde(default)]
    metadata: About,
}

#[derive(Deserialize)]
struct Worksheet {
    #[serde(default)]
    cells: Vec<Cell>,
}

#[derive(Default, Deserialize)]
struct About {
    title: Option<String>,
    #[serde(default)]
    authors: Vec<Author>,
}

#[derive(Deserialize)]
struct Author {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    #[serde(default, alias = "input")]
    source: Lines,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Default, Deserialize)]
struct Output {
    #[serde(default)]
    text: Lines,
    #[serde(default)]
    data: Data,
    evalue: Option<String>,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default, rename = "text/plain")]
    plain: Lines,
}

/// Text as one string or as one string for each line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    One(String),
    Many(Vec<String>),
}

impl Default for Lines {
    fn default() -> Self {
        Self::One(String::new())
    }
}

impl Lines {
    fn joined(self) -> String {
        match self {
            Self::One(text) => text,
            Self::Many(lines) => lines.concat(),
        }
    }
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let notebook: Notebook = serde_json::from_str(&sample.text()?).map_err(Refusal::damaged)?;
    writer.metadata().title = notebook.metadata.title;
    let authors: Vec<String> =
        notebook.metadata.authors.into_iter().filter_map(|author| author.name).collect();
    writer.metadata().author = Some(authors.join(", ")).filter(|names| !names.is_empty());
    let sheets = notebook.worksheets.into_iter().flat_map(|sheet| sheet.cells);
    for cell in notebook.cells.into_iter().chain(sheets) {
        let source = cell.source.joined();
        match cell.cell_type.as_str() {
            "markdown" | "heading" => markdown(&source, writer)?,
            "raw" => writer.code(&source)?,
            _ => {
                writer.code(&source)?;
                for output in cell.outputs {
                    writer.code(&shown(output))?;
                }
            }
        }
    }
    Ok(())
}

/// A cell is read as a file of its own, which costs only itself.
fn markdown(source: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let metadata = writer.metadata().clone();
    let outcome = writer.unwrapped("cell.md", source.as_bytes());
    *writer.metadata() = metadata;
    writer.set_format(FORMAT.name);
    match outcome {
        Err(refusal @ (Refusal::TooLarge { .. } | Refusal::TooDeep { .. })) => Err(refusal),
        _ => Ok(()),
    }
}

fn shown(output: Output) -> String {
    let text = output.text.joined();
    let text = if text.is_empty() { output.data.plain.joined() } else { text };
    let mut text = if text.is_empty() { output.evalue.unwrap_or_default() } else { text };
    if let Some((end, _)) = text.char_indices().nth(LONGEST_OUTPUT) {
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    #[test]
    fn cells_are_read_in_their_order() {
        let long = "9".repeat(5000);
        let text = format!(
            r#"{{"cells": [
            {{"cell_type": "markdown", "source": ["Die Größe\n", "der Stadt"]}},
            {{"cell_type": "code", "source": "x = 1\nprint(x)", "outputs": [
                {{"output_type": "stream", "text": ["1\n"]}},
                {{"output_type": "display_data", "data": {{"image/png": "iVBOR", "text/plain": "<図>"}}}},
                {{"output_type": "stream", "text": "{long}"}}]}}],
            "metadata": {{"title": "Städte", "authors": [{{"name": "Ana"}}]}}, "nbformat": 4}}"#
        );
        let read = Formats::all().extract("x", text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!(
            (read.format.as_str(), read.metadata.title.as_deref()),
            ("IPYNB", Some("Städte"))
        );
        let found: Vec<_> =
            read.blocks.iter().map(|block| (block.kind, &read.text[block.span.clone()])).collect();
        let expected = [
            (Kind::Code, "x = 1\nprint(x)"),
            (Kind::Code, "1"),
            (Kind::Code, "<図>"),
            (Kind::Code, &long[..super::LONGEST_OUTPUT]),
        ];
        assert_eq!(found[found.len() - 4..], expected);
        assert!(read.text.starts_with("Die Größe"));
    }

    #[test]
    fn damage_is_refused() {
        let check = |text: &str| {
            let read =
                Formats::all().extract("x.ipynb", text.as_bytes(), Limits::default(), &mut || ());
            assert!(matches!(read, Err(Refusal::Damaged { .. })), "{text}");
        };
        check("{\"cells\": [{\"cell_type\": \"code\"");
        check(&format!("{{\"cells\": {}", "[".repeat(100_000)));
    }
}
