//! The macros of `man`, and the requests of troff itself that pages use.

use super::input::arguments;
use super::{Reader, tables};
use crate::refusal::Refusal;

impl Reader<'_, '_, '_> {
    /// Takes a request or a macro of `man`; `false` where it is none of them.
    pub(super) fn man(&mut self, name: &str, rest: &str) -> Result<bool, Refusal> {
        match name {
            "TH" => self.title_line(rest),
            "SH" | "SS" => {
                let text = self.words(rest);
                self.page.heading(if name == "SH" { 1 } else { 2 }, &text)?;
            }
            "TP" => self.page.tagged()?,
            "TQ" => self.page.tagged_too()?,
            "IP" => match arguments(rest).first() {
                Some(tag) if !tag.is_empty() => {
                    let tag = self.plain(tag);
                    self.page.item(&tag)?;
                }
                _ => self.page.pause()?,
            },
            "bP" => self.page.item("•")?,
            "RS" | "INDENT" | "QS" => self.page.indent()?,
            "RE" | "UNINDENT" | "QE" => self.page.pause()?,
            "PP" | "P" | "LP" | "HP" | "sp" | "Sp" | "bp" => self.page.pause()?,
            "nf" | "EX" | "Vb" | "CS" => self.page.begin_code()?,
            "fi" | "EE" | "Ve" | "CE" => self.page.end_code()?,
            "TS" => {
                let lines = self.input.lines_until("TE");
                tables::write(&lines, &self.input.strings, &mut self.page)?;
            }
            // Formulas and drawings are programs of their own.
            "EQ" => drop(self.input.lines_until("EN")),
            "PS" => drop(self.input.lines_until("PE")),
            _ => return self.in_line(name, rest),
        }
        Ok(true)
    }

    /// What becomes part of a line of text.
    fn in_line(&mut self, name: &str, rest: &str) -> Result<bool, Refusal> {
        let text = match name {
            "B" | "I" | "SM" | "SB" | "R" | "CW" | "ZN" | "UR" | "MT" | "URL" | "MTO" => {
                self.words(rest)
            }
            "BR" | "RB" | "BI" | "IB" | "IR" | "RI" => self.words_without_spaces(rest),
            // What follows an address comes right behind it.
            "UE" | "ME" => return self.right_behind(rest).map(|()| true),
            "OP" => format!("[{}]", self.words(rest)),
            "SY" => {
                self.page.pause()?;
                self.words(rest)
            }
            "YS" => return self.page.pause().map(|()| true),
            _ => return Ok(is_about_looks(name)),
        };
        self.page.line(&text, rest.ends_with("\\c"))?;
        Ok(true)
    }

    fn right_behind(&mut self, rest: &str) -> Result<(), Refusal> {
        let text = self.words_without_spaces(rest);
        if text.is_empty() { Ok(()) } else { self.page.line(&text, false) }
    }

    fn title_line(&mut self, rest: &str) {
        let arguments: Vec<String> =
            arguments(rest).iter().map(|argument| self.plain(argument)).collect();
        let [name, section, ..] = arguments.as_slice() else { return };
        self.set_title(name, section, arguments.get(2).map(String::as_str));
    }

    fn words_without_spaces(&self, rest: &str) -> String {
        arguments(rest).iter().map(|argument| self.plain(argument)).collect()
    }
}

/// Requests and macros that say how something looks, or that only mean something on paper.
fn is_about_looks(name: &str) -> bool {
    const UPPER: &[&str] = &[
        "IX",
        "PD",
        "DT",
        "UC",
        "AT",
        "AS",
        "BS",
        "BE",
        "VS",
        "VE",
        "TA",
        "FT",
        "DS",
        "DE",
        "LINKSTYLE",
        "REQ",
        "TE",
        "EN",
        "PE",
        "T&",
        "CD",
        "ES",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase()) || UPPER.contains(&name)
}
