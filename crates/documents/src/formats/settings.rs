//! Settings and data in lines: YAML, TOML, INI and their like, kept as they stand.

use super::{Format, Sample};
use crate::blocks;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "settings", is, read };

const EXTENSIONS: &[&str] = &[
    "yaml",
    "yml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "properties",
    "env",
    "editorconfig",
    "desktop",
    "service",
    "reg",
    "hcl",
    "lock",
];

fn is(sample: &Sample<'_>) -> bool {
    EXTENSIONS.contains(&sample.extension)
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    blocks::write(&sample.text()?, writer)
}

#[cfg(test)]
mod tests {
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(name: &str, text: &str) {
        let read = Formats::all().extract(name, text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!((read.format.as_str(), read.text.as_str()), ("settings", text));
    }

    #[test]
    fn settings_keep_their_lines() {
        check("a.yaml", "título: Años\nlista:\n  - uno\n  - dos");
        check("a.toml", "[paquete]\nname = \"größe\"");
        check("a.ini", "; 設定\n[一般]\n言語=日本語");
    }
}
