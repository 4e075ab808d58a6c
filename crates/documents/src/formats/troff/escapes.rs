//! What a backslash begins in troff: characters that have names, and instructions about the look of
//! what follows, which go.

use std::collections::HashMap;

/// A value longer than this is a macro in disguise and no name for a character.
const LONGEST_STRING: usize = 200;
const MOST_STRINGS: usize = 1000;

/// The strings that a page defines for itself (`.ds`), by their names, in plain text.
#[derive(Debug, Default)]
pub struct Strings(HashMap<String, String>);

impl Strings {
    pub fn define(&mut self, name: &str, value: &str) {
        let value = self.plain(value.strip_prefix('"').unwrap_or(value));
        if value.len() <= LONGEST_STRING && self.0.len() < MOST_STRINGS {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// The text as it is read. One that ends in `\c` goes on, without a space, in the next line.
    pub fn plain(&self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            plain.push_str(&rest[..at]);
            rest = self.escape(&rest[at + 1..], &mut plain);
        }
        plain.push_str(rest);
        plain
    }

    /// Takes what follows a backslash, and gives what is left after it.
    fn escape<'t>(&self, rest: &'t str, plain: &mut String) -> &'t str {
        let mut characters = rest.chars();
        let Some(sign) = characters.next() else { return rest };
        let after = characters.as_str();
        match sign {
            '(' | '[' | 'C' => {
                let (name, after) = if sign == 'C' { quoted(after) } else { named(rest) };
                plain.push_str(&character(name));
                after
            }
            '*' => {
                let (name, after) = named(after);
                let own = self.0.get(name).map(String::as_str);
                plain.push_str(own.or_else(|| macro_string(name)).unwrap_or_default());
                after
            }
            'N' => {
                let (code, after) = quoted(after);
                plain.extend(code.parse().ok().and_then(char::from_u32));
                after
            }
            'f' | 'F' | 'm' | 'M' | 'n' | 'g' | 'k' | 'Y' | 'V' | 'O' => {
                named(after.trim_start_matches(['+', '-'])).1
            }
            's' => size(after),
            'h' | 'v' | 'w' | 'l' | 'L' | 'D' | 'X' | 'x' | 'H' | 'S' | 'b' | 'A' | 'B' | 'R'
            | 'Z' => quoted(after).1,
            // Letters printed over each other.
            'o' => {
                let (letters, after) = quoted(after);
                plain.extend(letters.chars().next());
                after
            }
            'z' => after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
            '"' | '#' => "",
            _ => {
                plain.push_str(sign_of(sign));
                match sign {
                    // What is escaped for no reason means itself.
                    _ if is_meant(sign) => plain.push(sign),
                    _ => {}
                }
                after
            }
        }
    }
}

/// What an escape of a single character stands for.
fn sign_of(sign: char) -> &'static str {
    match sign {
        ' ' | '~' | '0' | 't' => " ",
        '-' => "-",
        'e' | 'E' | '\\' => "\\",
        '\'' => "'",
        '`' => "`",
        _ => "",
    }
}

/// Whether an escaped character is nothing but that character.
fn is_meant(sign: char) -> bool {
    let known = " ~0t-eE\\'`&|^/,)%:{}acdpru!?\n";
    !known.contains(sign)
}

/// A name as most escapes take it: one character, two after `(`, or any number in brackets.
fn named(rest: &str) -> (&str, &str) {
    let end_of = |count: usize| rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
    match rest.as_bytes().first() {
        Some(b'(') => (&rest[1..end_of(3)], &rest[end_of(3)..]),
        Some(b'[') => rest[1..].split_once(']').unwrap_or((&rest[1..], "")),
        _ => rest.split_at(end_of(1)),
    }
}

/// An argument between two of the same sign, most often `'`.
fn quoted(rest: &str) -> (&str, &str) {
    let mut characters = rest.chars();
    let Some(sign) = characters.next() else { return ("", "") };
    let inside = characters.as_str();
    inside.split_once(sign).unwrap_or((inside, ""))
}

/// What is left after a size: `\s0`, `\s-1`, `\s(12`, `\s[12]`, `\s'12'`, `\s12`.
fn size(rest: &str) -> &str {
    let rest = rest.trim_start_matches(['+', '-']);
    match rest.as_bytes().first() {
        Some(b'\'') => quoted(rest).1,
        Some(b'(' | b'[') => named(rest).1,
        Some(b'1'..=b'3') if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => &rest[2..],
        Some(byte) if byte.is_ascii_digit() => &rest[1..],
        _ => rest,
    }
}

/// Strings that the macro packages define.
fn macro_string(name: &str) -> Option<&'static str> {
    Some(match name {
        "lq" | "Lq" | "L\"" => "“",
        "rq" | "Rq" | "R\"" => "”",
        "R" => "®",
        "Tm" | "(Tm" => "™",
        "--" => "—",
        "q" => "\"",
        "C`" | "C'" | "Aq" => "'",
        "Ba" => "|",
        "Le" => "≤",
        "Ge" => "≥",
        "Ne" => "≠",
        "Pi" => "π",
        "If" => "∞",
        "Am" => "&",
        "Lt" => "<",
        "Gt" => ">",
        "Px" => "POSIX",
        _ => return None,
    })
}

/// A character by its name in troff.
fn character(name: &str) -> String {
    if let Some(known) = NAMES.iter().find(|(known, _)| *known == name) {
        return known.1.to_owned();
    }
    if let Some(codes) = name.strip_prefix('u').filter(|codes| codes.len() >= 4) {
        let codes = codes.split('_').map(|code| u32::from_str_radix(code, 16).ok());
        let text: Option<String> = codes.map(|code| char::from_u32(code?)).collect();
        return text.unwrap_or_default();
    }
    if let Some(code) = name.strip_prefix("char").and_then(|code| code.parse().ok()) {
        return char::from_u32(code).map(String::from).unwrap_or_default();
    }
    accented(name).unwrap_or_default()
}

/// A letter with its accent before it (`'e`, `:a`), in one character where there is one.
fn accented(name: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    let mut characters = name.chars();
    let (sign, letter) = (characters.next()?, characters.next()?);
    let mark = match sign {
        '\'' => '\u{301}',
        '`' => '\u{300}',
        '^' => '\u{302}',
        '~' => '\u{303}',
        ':' => '\u{308}',
        ',' => '\u{327}',
        'o' => '\u{30a}',
        'v' => '\u{30c}',
        _ => return None,
    };
    letter.is_alphabetic().then(|| [letter, mark].into_iter().nfc().collect())
}

const NAMES: &[(&str, &str)] = &[
    ("aq", "'"),
    ("dq", "\""),
    ("ha", "^"),
    ("ti", "~"),
    ("ga", "`"),
    ("rs", "\\"),
    ("at", "@"),
    ("sh", "#"),
    ("Do", "$"),
    ("sl", "/"),
    ("ba", "|"),
    ("bv", "|"),
    ("br", "|"),
    ("or", "|"),
    ("bb", "¦"),
    ("lB", "["),
    ("rB", "]"),
    ("lC", "{"),
    ("rC", "}"),
    ("ul", "_"),
    ("ru", "_"),
    ("hy", "-"),
    ("mi", "−"),
    ("en", "–"),
    ("em", "—"),
    ("bu", "•"),
    ("ci", "○"),
    ("sq", "□"),
    ("lq", "“"),
    ("rq", "”"),
    ("oq", "‘"),
    ("cq", "’"),
    ("Bq", "„"),
    ("bq", "‚"),
    ("Fo", "«"),
    ("Fc", "»"),
    ("fo", "‹"),
    ("fc", "›"),
    ("co", "©"),
    ("rg", "®"),
    ("tm", "™"),
    ("de", "°"),
    ("mc", "µ"),
    ("sc", "§"),
    ("ps", "¶"),
    ("dg", "†"),
    ("dd", "‡"),
    ("ct", "¢"),
    ("Po", "£"),
    ("Eu", "€"),
    ("eu", "€"),
    ("Ye", "¥"),
    ("r!", "¡"),
    ("r?", "¿"),
    ("ss", "ß"),
    ("AE", "Æ"),
    ("ae", "æ"),
    ("OE", "Œ"),
    ("oe", "œ"),
    ("/O", "Ø"),
    ("/o", "ø"),
    ("/L", "Ł"),
    ("/l", "ł"),
    ("TP", "Þ"),
    ("Tp", "þ"),
    ("-D", "Ð"),
    ("Sd", "ð"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ff", "ff"),
    ("Fi", "ffi"),
    ("Fl", "ffl"),
    ("<-", "←"),
    ("->", "→"),
    ("<>", "↔"),
    ("ua", "↑"),
    ("da", "↓"),
    ("<=", "≤"),
    (">=", "≥"),
    ("!=", "≠"),
    ("==", "≡"),
    ("~~", "≈"),
    ("+-", "±"),
    ("mu", "×"),
    ("tmu", "×"),
    ("di", "÷"),
    ("pl", "+"),
    ("eq", "="),
    ("**", "*"),
    ("no", "¬"),
    ("if", "∞"),
    ("sr", "√"),
    ("is", "∫"),
    ("pd", "∂"),
    ("mo", "∈"),
    ("es", "∅"),
    ("la", "⟨"),
    ("ra", "⟩"),
    ("12", "½"),
    ("14", "¼"),
    ("34", "¾"),
    ("S1", "¹"),
    ("S2", "²"),
    ("S3", "³"),
    ("OK", "✓"),
    ("*a", "α"),
    ("*b", "β"),
    ("*g", "γ"),
    ("*d", "δ"),
    ("*e", "ε"),
    ("*l", "λ"),
    ("*m", "μ"),
    ("*p", "π"),
    ("*s", "σ"),
    ("*h", "θ"),
    ("*w", "ω"),
    ("*D", "Δ"),
    ("*S", "Σ"),
    ("*W", "Ω"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_is_read() {
        let mut strings = Strings::default();
        strings.define("Mine", "Kenning\\(tm");
        let table = [
            (r"\fB\-\-all\fR \f[B]x\f[] \f(CWy\fP", "--all x y"),
            (r"\&.profile \e \\ a\ b\~c", r".profile \ \ a b c"),
            (r"\(bu \[em] \(:a \[u20AC] \[u0061_0308]", "• — ä € a\u{308}"),
            (r"\*(lqnote\*(rq \*[Mine] \*X.", "“note” Kenning™ ."),
            (r"\s-1POSIX\s0 \s[+2]b \s'+1'c", "POSIX b c"),
            (r#"a\h'2n'b\l'\n(.lu'c \" gone"#, "abc "),
            (r"[\fI\,FILE\/\fR] Kurz\- und", "[FILE] Kurz- und"),
            (r"größe \", "größe "),
            (r"\[unknown] \(", " "),
            (r"\o'a^' \zab \N'65'", "a b A"),
        ];
        for (text, expected) in table {
            assert_eq!(strings.plain(text), expected, "{text}");
        }
    }
}
