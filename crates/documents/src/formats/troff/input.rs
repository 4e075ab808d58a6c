//! The lines of a troff source as they take effect: definitions left out, conditions decided as for a
//! terminal, requests apart from text.

use super::escapes::Strings;

/// A source line that takes effect.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'t> {
    /// Text, its escapes not yet resolved.
    Text(&'t str),
    /// A request or macro, and all that follows it.
    Request(&'t str, &'t str),
}

pub struct Input<'t> {
    lines: std::str::Lines<'t>,
    /// What a condition has let through of its own line.
    waiting: Option<&'t str>,
    /// Outcomes of the conditions that an `.el` may still answer.
    decided: Vec<bool>,
    pub strings: Strings,
}

/// Conditions nested deeper than this are no page of a manual.
const DEEPEST: usize = 100;

impl<'t> Input<'t> {
    pub fn of(text: &'t str) -> Self {
        Self {
            lines: text.lines(),
            waiting: None,
            decided: Vec::new(),
            strings: Strings::default(),
        }
    }

    pub fn next(&mut self) -> Option<Line<'t>> {
        loop {
            let line = match self.waiting.take() {
                Some(line) => line,
                None => self.lines.next()?,
            };
            let Some((name, rest)) = request(line) else {
                return Some(Line::Text(line.strip_suffix("\\}").unwrap_or(line)));
            };
            let rest = rest.strip_suffix("\\}").unwrap_or(rest);
            match name {
                "de" | "de1" | "dei" | "am" | "am1" | "ami" => self.skip_to(second_word(rest)),
                "ig" => self.skip_to(rest.trim()),
                "if" | "ie" | "el" | "while" => self.decide(name, rest),
                "ds" | "as" => {
                    let (name, value) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                    self.strings.define(name, value.trim_start());
                }
                "" => {}
                _ => return Some(Line::Request(name, without_comment(rest))),
            }
        }
    }

    /// The lines up to the request of this name, as they stand.
    pub fn lines_until(&mut self, end: &str) -> Vec<&'t str> {
        let ends = |line: &&str| request(line).is_some_and(|(name, _)| name == end);
        self.lines.by_ref().take_while(|line| !ends(line)).collect()
    }

    fn skip_to(&mut self, end: &str) {
        let end = if end.is_empty() { "." } else { end };
        for line in self.lines.by_ref() {
            let ends = line.strip_prefix(['.', '\'']).is_some_and(|rest| rest.trim() == end);
            if ends {
                return;
            }
        }
    }

    fn decide(&mut self, name: &str, rest: &'t str) {
        let (holds, then) = match name {
            "el" => (!self.decided.pop().unwrap_or(true), rest),
            _ => condition(rest),
        };
        if name == "ie" && self.decided.len() < DEEPEST {
            self.decided.push(holds);
        }
        let then = then.trim_start();
        match (holds && name != "while", then.strip_prefix("\\{")) {
            (true, inside) => {
                let inside = inside.unwrap_or(then);
                let inside = inside.strip_prefix('\\').unwrap_or(inside).trim_start();
                self.waiting = Some(inside).filter(|inside| !inside.is_empty());
            }
            (false, Some(inside)) => self.skip_block(inside),
            (false, None) => {}
        }
    }

    /// Leaves out what stands up to the brace that closes.
    fn skip_block(&mut self, first: &str) {
        let opened = |line: &str| line.matches("\\{").count();
        let closed = |line: &str| line.matches("\\}").count();
        let mut depth = (1 + opened(first)).saturating_sub(closed(first));
        while depth > 0 {
            let Some(line) = self.lines.next() else { return };
            depth = (depth + opened(line)).saturating_sub(closed(line));
        }
    }
}

/// The name of a line's request and what follows it; `None` where the line is text.
pub fn request(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(['.', '\''])?.trim_start_matches([' ', '\t']);
    if rest.starts_with("\\\"") || rest.starts_with("\\}") {
        return Some(("", ""));
    }
    let end = rest.find([' ', '\t', '\\']).unwrap_or(rest.len());
    // The rest keeps a name in quotes whole, and an escape that stands right behind the name.
    Some((&rest[..end], rest[end..].trim_start_matches([' ', '\t'])))
}

fn second_word(rest: &str) -> &str {
    rest.split_whitespace().nth(1).unwrap_or_default()
}

fn without_comment(rest: &str) -> &str {
    match rest.find("\\\"") {
        // `\\"` is a backslash and a quote.
        Some(at) if !rest[..at].ends_with('\\') => rest[..at].trim_end(),
        _ => rest,
    }
}

/// Decides a condition as a terminal does, and gives what hangs on it. What depends on registers is
/// taken not to hold, but for the one that says that this is groff.
fn condition(rest: &str) -> (bool, &str) {
    let (wanted, rest) = match rest.trim_start().strip_prefix('!') {
        Some(rest) => (false, rest),
        None => (true, rest.trim_start()),
    };
    let first = rest.chars().next().unwrap_or(' ');
    let after = |at: usize| rest.get(at..).unwrap_or_default();
    let (holds, then) = match first {
        'n' | 'o' if !after(1).starts_with(|c: char| c.is_alphanumeric()) => (true, after(1)),
        't' | 'e' | 'v' => (false, after(1)),
        'd' | 'r' | 'c' | 'm' | 'F' | 'S' => {
            let name = after(1).trim_start();
            let end = name.find([' ', '\t']).unwrap_or(name.len());
            (first == 'c', &name[end..])
        }
        '\'' | '"' => {
            let mut parts = after(1).splitn(3, first);
            let (one, other) = (parts.next(), parts.next());
            (one == other, parts.next().unwrap_or_default())
        }
        _ => {
            let end = end_of_expression(rest);
            (rest.starts_with("\\n(.g") || rest.starts_with("\\n[.g]"), after(end))
        }
    };
    (holds == wanted, then)
}

/// Where an expression ends: at the first space outside its parentheses.
fn end_of_expression(rest: &str) -> usize {
    // `\n(.H` opens none.
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, character) in rest.char_indices() {
        match character {
            '(' if before != 'n' && before != '*' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' | '\t' if depth == 0 => return at,
            '{' if before == '\\' => return at - 1,
            _ => {}
        }
        before = character;
    }
    rest.len()
}

/// A request's arguments: apart by spaces, in double quotes where they hold any. Escapes stay.
pub fn arguments(rest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut characters = rest.chars().peekable();
    while let Some(first) = characters.next() {
        if matches!(first, ' ' | '\t') {
            continue;
        }
        let is_quoted = first == '"';
        let mut argument = String::new();
        let mut next = if is_quoted { characters.next() } else { Some(first) };
        while let Some(character) = next {
            match character {
                '\\' => {
                    argument.push('\\');
                    argument.extend(characters.next());
                }
                '"' if is_quoted && characters.peek() == Some(&'"') => {
                    argument.extend(characters.next());
                }
                '"' if is_quoted => break,
                ' ' | '\t' if !is_quoted => break,
                _ => argument.push(character),
            }
            next = characters.next();
        }
        found.push(argument);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_words_or_stand_in_quotes() {
        let table: [(&str, &[&str]); 4] = [
            (r#"LS 1 "September 2022" "" x"#, &["LS", "1", "September 2022", "", "x"]),
            (r#"a\ b "say ""no""" "open"#, &[r"a\ b", r#"say "no""#, "open"]),
            ("  ", &[]),
            ("größe\t大きさ", &["größe", "大きさ"]),
        ];
        for (rest, expected) in table {
            assert_eq!(arguments(rest), expected, "{rest}");
        }
    }

    #[test]
    fn only_what_a_terminal_shows_takes_effect() {
        let table: [(&str, &[Line<'_>]); 7] = [
            (
                ".if n one\n.if t two\n.if !t .B three",
                &[Line::Text("one"), Line::Request("B", "three")],
            ),
            (
                ".ie t \\{\\\n.br\n.if n \\{\\\nx\n.\\}\n.\\}\n.el \\{\\\ny\n.\\}\nz",
                &[Line::Text("y"), Line::Text("z")],
            ),
            (".de Vb\n.ft CW\n..\nafter", &[Line::Text("after")]),
            (".ig end\nhidden\n.end\nafter", &[Line::Text("after")]),
            (".\\\" a remark\n'\\\" t\n.\n.SH A \\\" b", &[Line::Request("SH", "A")]),
            (
                ".if (\\n(rF:(\\n(.g==0)) \\{\n.tm x\n.\\}\n.if \\n(.g .B yes",
                &[Line::Request("B", "yes")],
            ),
            (".if 'a'b' x\n.if 'a'a' y\n.ds Q \\(lq\n\\*Q", &[Line::Text("y"), Line::Text("\\*Q")]),
        ];
        for (text, expected) in table {
            let mut input = Input::of(text);
            let found: Vec<_> = std::iter::from_fn(|| input.next()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
