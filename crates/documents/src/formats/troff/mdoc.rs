//! The macros of `mdoc`, in which the BSDs write their pages.

use super::Reader;
use super::input::arguments;
use crate::refusal::Refusal;

/// What encloses what, by the macro for a line, and those that open and close over lines.
const ENCLOSING: &[(&str, &str, &str, &str, &str)] = &[
    ("Op", "Oo", "Oc", "[", "]"),
    ("Pq", "Po", "Pc", "(", ")"),
    ("Dq", "Do", "Dc", "“", "”"),
    ("Qq", "Qo", "Qc", "\"", "\""),
    ("Sq", "So", "Sc", "‘", "’"),
    ("Ql", "Ql", "Ql", "‘", "’"),
    ("Bq", "Bo", "Bc", "[", "]"),
    ("Brq", "Bro", "Brc", "{", "}"),
    ("Aq", "Ao", "Ac", "<", ">"),
];

/// Macros whose arguments are their text.
const PLAIN: &[&str] = &[
    "Ad", "An", "Cd", "Cm", "Dv", "Em", "Er", "Ev", "Fa", "Fd", "Fr", "Ft", "Ic", "Li", "Ms", "Mt",
    "No", "Pa", "Sx", "Sy", "Tn", "Va", "Vt", "Lb", "Ta", "Xo", "Xc",
];

const SYSTEMS: &[(&str, &str)] = &[
    ("Ux", "UNIX"),
    ("At", "AT&T UNIX"),
    ("Bx", "BSD"),
    ("Nx", "NetBSD"),
    ("Fx", "FreeBSD"),
    ("Ox", "OpenBSD"),
    ("Dx", "DragonFly"),
];

#[derive(Debug, Default)]
pub struct Mdoc {
    /// What `.Nm` means without an argument.
    name: String,
    /// The kinds of the lists that are open.
    lists: Vec<String>,
}

impl Reader<'_, '_, '_> {
    /// Takes a macro of `mdoc`; `false` where it is none.
    pub(super) fn mdoc(&mut self, name: &str, rest: &str) -> Result<bool, Refusal> {
        match name {
            "Dd" | "Os" | "Bk" | "Ek" | "Sm" | "Tg" | "Bf" | "Ef" | "Rs" | "Ex" | "Rv" => {}
            "Dt" => {
                let arguments = arguments(rest);
                if let [name, section, ..] = arguments.as_slice() {
                    self.set_title(name, section, None);
                }
            }
            "Sh" | "Ss" => {
                let text = self.inline(&arguments(rest));
                self.page.heading(if name == "Sh" { 1 } else { 2 }, &text)?;
            }
            "Pp" | "Lp" | "Re" => self.page.pause()?,
            "Bl" => {
                let kind = arguments(rest).into_iter().next().unwrap_or_default();
                self.mdoc.lists.push(kind);
                self.page.pause()?;
            }
            "El" => {
                self.mdoc.lists.pop();
                self.page.flush()?;
            }
            "It" => self.mdoc_item(rest)?,
            "Bd" if rest.contains("-literal") || rest.contains("-unfilled") => {
                self.page.begin_code()?;
            }
            "Bd" => self.page.pause()?,
            "Ed" => {
                self.page.end_code()?;
                self.page.pause()?;
            }
            "D1" | "Dl" => {
                let text = self.inline(&arguments(rest));
                self.page.pause()?;
                self.page.line(&text, false)?;
                self.page.pause()?;
            }
            "Nd" => {
                let text = format!("- {}", self.inline(&arguments(rest)));
                self.page.line(&text, false)?;
            }
            name if is_inline(name) => {
                let mut words = vec![name.to_owned()];
                words.extend(arguments(rest));
                let text = self.inline(&words);
                self.page.line(&text, false)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn mdoc_item(&mut self, rest: &str) -> Result<(), Refusal> {
        let kind = self.mdoc.lists.last().map(String::as_str).unwrap_or_default();
        let arguments = arguments(rest);
        match kind {
            "-column" => {
                let cells: Vec<String> = arguments
                    .split(|argument| argument == "Ta")
                    .map(|cell| self.inline(cell))
                    .collect();
                self.page.row(&[], &cells)
            }
            "-bullet" | "-dash" | "-hyphen" | "-enum" | "-item" => self.page.item("•"),
            _ => {
                let tag = self.inline(&arguments);
                self.page.item(&tag)
            }
        }
    }

    /// A line of words among which macros stand.
    fn inline(&mut self, words: &[String]) -> String {
        let trailing = words.iter().rev().take_while(|word| closes(word)).count();
        let (words, after) = words.split_at(words.len() - trailing);
        let mut line = Inline::default();
        let mut rest = words;
        while let Some((word, more)) = rest.split_first() {
            let length = more.iter().position(|word| is_inline(word)).unwrap_or(more.len());
            let (own, later) = more.split_at(length);
            rest = if is_inline(word) {
                let own: Vec<String> = own.iter().map(|word| self.plain(word)).collect();
                self.inline_macro(word, own, &mut line);
                later
            } else {
                line.add(&self.plain(word));
                more
            };
        }
        line.close();
        after.iter().for_each(|word| line.add(word));
        line.text
    }

    fn inline_macro(&mut self, name: &str, own: Vec<String>, line: &mut Inline) {
        if let Some((.., open, close)) = ENCLOSING.iter().find(|(one, ..)| *one == name) {
            line.open(open);
            line.closing.push(close);
            return line.add_all(&own);
        }
        if let Some((.., open, _)) = ENCLOSING.iter().find(|(_, begins, ..)| *begins == name) {
            line.open(open);
            return line.add_all(&own);
        }
        if let Some((.., close)) = ENCLOSING.iter().find(|(_, _, ends, ..)| *ends == name) {
            line.add_right_behind(close);
            return line.add_all(&own);
        }
        if let Some((_, system)) = SYSTEMS.iter().find(|(known, _)| *known == name) {
            line.add(system);
            return line.add_all(&own);
        }
        match name {
            "Fl" if own.is_empty() => line.open("-"),
            "Fl" => own.iter().for_each(|word| match closes(word) {
                true => line.add(word),
                false => line.add(&format!("-{word}")),
            }),
            "Ar" if own.is_empty() => line.add("file ..."),
            "Nm" if own.first().is_none_or(|word| closes(word)) => {
                line.add(&self.mdoc.name);
                line.add_all(&own);
            }
            "Nm" => {
                if self.mdoc.name.is_empty() {
                    self.mdoc.name.clone_from(&own[0]);
                }
                line.add_all(&own);
            }
            "Xr" => reference(&own, line),
            "Fn" | "Fo" => {
                let (function, parameters) = own.split_first().unzip();
                let function = function.map(String::as_str).unwrap_or_default();
                let parameters = parameters.unwrap_or_default();
                let count = parameters.iter().rev().take_while(|word| closes(word)).count();
                let (parameters, after) = parameters.split_at(parameters.len() - count);
                line.add(&format!("{function}({})", parameters.join(", ")));
                line.add_all(after);
            }
            "In" => line.add(&format!("<{}>", own.join(" "))),
            "Ns" | "Pf" => {
                line.is_glued |= name == "Ns";
                line.add_all(&own);
                line.is_glued |= name == "Pf";
            }
            "Ap" => {
                line.add_right_behind("'");
                line.is_glued = true;
                line.add_all(&own);
            }
            "An" if own.first().is_some_and(|word| word.starts_with('-')) => {}
            _ => line.add_all(&own),
        }
    }
}

fn reference(own: &[String], line: &mut Inline) {
    match own {
        [name, section, after @ ..] if !closes(section) => {
            line.add(&format!("{name}({section})"));
            line.add_all(after);
        }
        _ => line.add_all(own),
    }
}

/// A line that grows word by word.
#[derive(Default)]
struct Inline {
    text: String,
    is_glued: bool,
    /// What is still to be closed at the line's end.
    closing: Vec<&'static str>,
}

impl Inline {
    fn add(&mut self, word: &str) {
        if !(self.text.is_empty() || self.is_glued || closes(word)) {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.is_glued = matches!(word, "(" | "[");
    }

    fn add_all(&mut self, words: &[String]) {
        words.iter().for_each(|word| self.add(word));
    }

    fn add_right_behind(&mut self, sign: &str) {
        self.text.push_str(sign);
        self.is_glued = false;
    }

    fn open(&mut self, sign: &str) {
        self.add(sign);
        self.is_glued = true;
    }

    fn close(&mut self) {
        while let Some(sign) = self.closing.pop() {
            self.add_right_behind(sign);
        }
    }
}

/// Punctuation that stands right behind a word.
fn closes(word: &str) -> bool {
    matches!(word, "." | "," | ":" | ";" | ")" | "]" | "?" | "!")
}

fn is_inline(word: &str) -> bool {
    let special = ["Fl", "Ar", "Nm", "Xr", "Fn", "Fo", "Fc", "In", "Ns", "Pf", "Ap", "Lk", "St"];
    word.starts_with('%')
        || special.contains(&word)
        || PLAIN.contains(&word)
        || SYSTEMS.iter().any(|(system, _)| *system == word)
        || ENCLOSING.iter().any(|(one, open, close, ..)| [*one, *open, *close].contains(&word))
}
