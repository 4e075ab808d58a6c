//! Source code, told by its name or its first line. Comments stay where they are.

use super::{Format, Sample};
use crate::blocks;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "source code", is, read };

const EXTENSIONS: &[&str] = &[
    "ada", "adb", "ads", "asm", "awk", "bas", "bash", "bat", "c", "cc", "cjs", "clj", "cljs",
    "cmake", "cmd", "coffee", "cpp", "cs", "css", "cu", "cxx", "d", "dart", "el", "elm", "erl",
    "ex", "exs", "f", "f90", "fish", "fs", "fsx", "glsl", "go", "gradle", "graphql", "groovy", "h",
    "hh", "hpp", "hrl", "hs", "hxx", "java", "jl", "js", "jsx", "kt", "kts", "less", "lisp", "lua",
    "m", "mjs", "ml", "mli", "mm", "nim", "nix", "pas", "php", "pl", "pm", "proto", "ps1", "psm1",
    "py", "pyi", "pyw", "r", "rb", "rkt", "rs", "s", "sass", "scala", "scm", "scss", "sh", "sol",
    "sql", "svelte", "swift", "tcl", "tf", "ts", "tsx", "v", "vala", "vb", "vbs", "vhd", "vhdl",
    "vim", "vue", "wgsl", "zig", "zsh",
];

const NAMES: &[&str] = &[
    "makefile",
    "gnumakefile",
    "dockerfile",
    "containerfile",
    "cmakelists.txt",
    "rakefile",
    "gemfile",
    "jenkinsfile",
    "vagrantfile",
    "justfile",
    "build.bazel",
];

fn is(sample: &Sample<'_>) -> bool {
    EXTENSIONS.contains(&sample.extension)
        || NAMES.contains(&sample.name.to_lowercase().as_str())
        || sample.starts_with(b"#!")
        || sample.starts_with(b"<?php")
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    blocks::write(&sample.text()?, writer)
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(name: &str, text: &str, expected: &str) {
        let read = Formats::all().extract(name, text.as_bytes(), Limits::default(), &mut || ());
        let read = read.unwrap();
        assert_eq!(read.format, expected, "{name}");
        if expected == "source code" {
            assert!(read.blocks.iter().all(|block| block.kind == Kind::Code));
            assert_eq!(read.text, text.trim_end());
        }
    }

    #[test]
    fn code_is_told_by_name_or_first_line_and_kept_as_it_is() {
        check("a.rs", "// Größe\nfn a() {\n\tb();\n}\n", "source code");
        check("run", "#!/bin/sh\necho 'привет'\n", "source code");
        check("Makefile", "all:\n\tcc -o a a.c\n", "source code");
        check("notes", "Nothing to compile here.", "text");
    }

    #[test]
    fn minified_code_costs_what_it_is_long() {
        let text = format!("var a=[{}];", "{x:1,y:\"z\"},".repeat(300_000));
        check("a.min.js", &text, "source code");
    }
}
