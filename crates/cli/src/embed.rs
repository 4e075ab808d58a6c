//! `kenning embed`.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, bail};
use kenning_domain::{Embed as _, Embedded, Overlong, Role};
use serde::Serialize;

use crate::arguments::{Embed, Format, Global, Side};
use crate::input::Texts;
use crate::{opening, output};

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    dimensions: usize,
    tokens: usize,
    vectors: &'a [Vec<f32>],
    truncated: Vec<output::Cut>,
}

pub fn run(global: &Global, command: &Embed) -> Result<()> {
    let role = match command.side {
        Side::Query => Role::Query { instruction: command.instruct.as_deref() },
        Side::Document if command.instruct.is_some() => {
            bail!("--instruct belongs to queries: add --as query, or leave it out")
        }
        Side::Document => Role::Document,
    };
    if command.format == Format::Npy && global.json {
        bail!("--json and --format npy are two ways to print: give one of them");
    }
    if command.format == Format::Npy && io::stdout().is_terminal() {
        bail!("--format npy writes bytes that a terminal cannot show: redirect it into a file");
    }
    let texts = Texts::read(&command.texts)?;
    let opened = opening::embedder(&command.choice)?;
    let overlong = if command.truncate { Overlong::Truncate } else { Overlong::Refuse };
    let answer = opened.model.embed(&texts.as_slices(), role, command.dims, overlong);
    let answer = answer.map_err(|error| texts.explain(error))?;
    let is_matryoshka = opened.folder.manifest.embed.as_ref().is_some_and(|embed| embed.matryoshka);
    if command.dims.is_some_and(|dims| dims < opened.model.dimensions()) && !is_matryoshka {
        output::notice(&format!(
            "{} was not trained for shortened vectors: expect worse results",
            opened.name()
        ));
    }
    output::notice_truncated(&answer.truncated);
    match command.format {
        Format::Json => json(opened.name(), &answer),
        Format::Npy => Ok(npy(&mut io::stdout().lock(), &answer.vectors)?),
    }
}

fn json(model: &str, answer: &Embedded) -> Result<()> {
    output::json(&Report {
        model,
        dimensions: answer.vectors.first().map_or(0, Vec::len),
        tokens: answer.tokens,
        vectors: &answer.vectors,
        truncated: answer.truncated.iter().map(Into::into).collect(),
    })
}

/// NumPy's array format, version 1.0: the header is padded so that the numbers start on a multiple
/// of 64 bytes.
fn npy(out: &mut impl Write, vectors: &[Vec<f32>]) -> io::Result<()> {
    let width = vectors.first().map_or(0, Vec::len);
    let rows = vectors.len();
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}");
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&(length as u16).to_le_bytes())?;
    writeln!(out, "{header:<0$}", length - 1)?;
    for value in vectors.iter().flatten() {
        out.write_all(&value.to_le_bytes())?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::npy;

    #[test]
    fn an_npy_file_starts_its_numbers_on_a_multiple_of_64_bytes() {
        let mut bytes = Vec::new();
        npy(&mut bytes, &[vec![1.0, -2.5], vec![0.0, 3.0]]).unwrap();
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert!(
            bytes[10..127]
                .starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }  ")
        );
        assert_eq!(bytes[127], b'\n');
        let numbers: Vec<u8> =
            [1.0f32, -2.5, 0.0, 3.0].iter().flat_map(|n| n.to_le_bytes()).collect();
        assert_eq!(bytes[128..], numbers);
    }
}
