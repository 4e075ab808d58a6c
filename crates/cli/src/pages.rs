//! What is made from the grammar: completions for shells, and the manual.

use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::arguments::Arguments;

pub fn completions(shell: Shell) -> Result<()> {
    // Made whole before it is written, since the generator panics where a pipe is closed.
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "kenning", &mut script);
    io::stdout().write_all(&script)?;
    Ok(())
}

const EXIT_CODES: &[(&str, &str)] = &[
    ("0", "Done; of a search: something was found."),
    ("1", "Failed. Standard error says why, and what to do about it."),
    ("2", "Wrong arguments."),
    ("3", "Nothing was found that is close to what was asked."),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("KENNING_HOME", "The data folder, in place of the platform's."),
    ("NO_COLOR", "Set to anything: nothing is printed in bold or colour."),
    ("LANGUAGE, LC_ALL, LC_MESSAGES, LANG", "The languages the user reads."),
];

pub fn manual(command: Option<&str>) -> Result<()> {
    let mut program = Arguments::command();
    program.build();
    let Some(name) = command else {
        let page = Man::new(program.after_help(""));
        let mut written = Vec::new();
        page.render(&mut written)?;
        section("EXIT STATUS", EXIT_CODES).to_writer(&mut written)?;
        section("ENVIRONMENT", ENVIRONMENT).to_writer(&mut written)?;
        io::stdout().write_all(&written)?;
        return Ok(());
    };
    let Some(found) = program.find_subcommand(name) else {
        bail!("there is no command \"{name}\": `kenning help` names all of them");
    };
    let mut written = Vec::new();
    Man::new(found.clone()).render(&mut written)?;
    io::stdout().write_all(&written)?;
    Ok(())
}

fn section(title: &str, entries: &[(&str, &str)]) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [title]);
    for (name, text) in entries {
        section.control("TP", []);
        section.text([bold(*name)]);
        section.text([roman(*text)]);
    }
    section
}
