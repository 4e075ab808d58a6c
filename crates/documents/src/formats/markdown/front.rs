//! What stands before a Markdown document about it: `---` with lines as in YAML, or `+++` with lines
//! as in TOML. Only the plain values that say something to a reader are understood.

use crate::dates;

#[derive(Debug, Default)]
pub struct Front {
    pub title: Option<String>,
    pub author: Option<String>,
    pub language: Option<String>,
    pub created: Option<String>,
    pub modified: Option<String>,
    /// What is worth finding but has no place of its own: a description, tags.
    pub said: Vec<String>,
}

impl Front {
    /// Whether a text begins so, with at least one name that documents give.
    pub fn begins(text: &str) -> bool {
        let (front, body) = Self::cut(text);
        let says = front.title.is_some() || front.created.is_some() || front.author.is_some();
        body.len() < text.len() && says
    }

    /// What a text says of itself, and the rest of it.
    pub fn cut(text: &str) -> (Self, &str) {
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().unwrap_or_default().trim_end();
        let (fence, sign) = match first {
            "---" => ("---", ':'),
            "+++" => ("+++", '='),
            _ => return (Self::default(), text),
        };
        let mut inside = Vec::new();
        let mut length = text.split_inclusive('\n').next().map_or(0, str::len);
        for line in lines {
            length += line.len();
            let bare = line.trim_end();
            if bare == fence || (sign == ':' && bare == "...") {
                let mut front = Self::default();
                for (name, values) in entries(&inside, sign) {
                    front.take(&name, values);
                }
                // Where nothing follows, what stands between the fences is the document.
                return match text[length..].trim().is_empty() {
                    true => (front, inner(text, fence)),
                    false => (front, &text[length..]),
                };
            }
            inside.push(bare);
        }
        // Never closed: it was a line across the page.
        (Self::default(), text)
    }

    fn take(&mut self, name: &str, values: Vec<String>) {
        let all = values.join(", ");
        if all.is_empty() {
            return;
        }
        match name {
            "title" => self.title = Some(all),
            "author" | "authors" | "creator" | "by" => self.author = Some(all),
            "lang" | "language" | "locale" => self.language = Some(all),
            "date" | "created" | "published" | "pubdate" | "publishdate" => {
                self.created = self.created.take().or_else(|| dates::iso(&all));
            }
            "updated" | "modified" | "lastmod" | "last_modified_at" => {
                self.modified = dates::iso(&all);
            }
            "description" | "subtitle" | "summary" | "abstract" | "excerpt" | "tags"
            | "keywords" | "categories" | "category" => self.said.push(all),
            _ => {}
        }
    }
}

/// The text without the fence it begins with, and that it ends with.
fn inner<'a>(text: &'a str, fence: &str) -> &'a str {
    let text = text.trim();
    let text = text.strip_prefix(fence).unwrap_or(text);
    text.strip_suffix(fence).unwrap_or(text)
}

/// The names at the margin in lower case, and the values of each.
fn entries(lines: &[&str], sign: char) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    // In lists of things that have names of their own, such as authors, the name is what counts.
    for line in lines {
        let inner = line.trim();
        if inner.is_empty() || inner.starts_with('#') || inner.starts_with('[') && sign == '=' {
            continue;
        }
        let at_margin = !line.starts_with([' ', '\t', '-', ']']);
        match (at_margin, inner.split_once(sign)) {
            (true, Some((name, value))) => {
                let name = name.trim().trim_matches('"').to_lowercase();
                found.push((name, values(value)));
            }
            _ => {
                let Some((_, continued)) = found.last_mut() else { continue };
                let is_entry = inner.starts_with("- ");
                let inner = inner.trim_start_matches("- ").trim_end_matches(']');
                let value = match inner.split_once(": ") {
                    Some(("name", name)) => name,
                    Some((other, _)) if !other.contains(' ') => continue,
                    _ => inner,
                };
                match continued.last_mut() {
                    Some(last) if !is_entry && sign == ':' => {
                        last.push(' ');
                        last.push_str(&bare(value));
                    }
                    _ => continued.extend(values(value)),
                }
            }
        }
    }
    found
}

/// A value, or those of a list in brackets.
fn values(text: &str) -> Vec<String> {
    let text = text.trim();
    if matches!(text, "|" | ">" | "|-" | ">-" | "|+" | ">+" | "" | "[") {
        return Vec::new();
    }
    let quoted = text.starts_with(['"', '\'']);
    let listed = text.strip_prefix('[').map(|list| list.trim_end_matches(']'));
    let parts: Vec<&str> = match listed {
        Some(list) => list.split(',').collect(),
        None if !quoted => vec![text.split(" #").next().unwrap_or_default()],
        None => vec![text.trim_end_matches(',')],
    };
    parts.into_iter().map(bare).filter(|value| !value.is_empty()).collect()
}

/// A value without its quotes.
fn bare(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        let inner = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        if let Some(inner) = inner {
            return match quote {
                '"' => inner.replace("\\\"", "\""),
                _ => inner.replace("''", "'"),
            };
        }
    }
    text.to_owned()
}
