//! Info manuals, the pages that Texinfo makes: nodes as sections, without menus and pointers.

use super::{Format, Sample};
use crate::paragraphs;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "Info manual", is, read };

/// Stands before every node.
const SEPARATOR: char = '\u{1f}';

fn is(sample: &Sample<'_>) -> bool {
    let beginning = sample.beginning();
    // What stands before the first node may be long, and be told by its first words.
    beginning.starts_with("This is ") && beginning.contains(".info, produced by ")
        || beginning.split(SEPARATOR).skip(1).any(|node| is_pointer(node.trim_start()))
}

/// The first line of a node says where it is and what comes before and after it.
fn is_pointer(line: &str) -> bool {
    line.starts_with("File: ") && line.lines().next().is_some_and(|line| line.contains("Node: "))
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = sample.text()?;
    for node in text.split(SEPARATOR) {
        let Some((pointer, body)) = node.trim_start().split_once('\n') else { continue };
        if is_pointer(pointer) {
            read_node(body, writer)?;
        }
    }
    Ok(())
}

fn read_node(body: &str, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut text = String::with_capacity(body.len());
    let mut is_menu = false;
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(level) = lines.peek().and_then(|rule| heading_level(line, rule)) {
            lines.next();
            paragraphs::write(&text, writer)?;
            text.clear();
            writer.metadata().title.get_or_insert_with(|| line.trim().to_owned());
            writer.heading(level, line)?;
            is_menu = false;
        } else if line.starts_with("* Menu:") {
            is_menu = true;
        } else if !(is_menu && is_menu_line(line)) {
            is_menu &= line.trim().is_empty();
            text.push_str(&without_pointers(line));
            text.push('\n');
        }
    }
    paragraphs::write(&text, writer)
}

/// A title has a rule of its own length under it, and the rule's sign says how deep it stands.
fn heading_level(title: &str, rule: &str) -> Option<u8> {
    let sign = rule.chars().next()?;
    let level = "*=-.".find(sign)? + 1;
    let width = crate::lines::width(title.trim_end());
    let is_rule = rule.chars().all(|c| c == sign) && width > 0 && rule.len().abs_diff(width) <= 2;
    (is_rule && !title.starts_with(' ')).then_some(level as u8)
}

/// Entries, and the lines indented far that go on with what they say.
fn is_menu_line(line: &str) -> bool {
    line.starts_with("* ") || line.starts_with("        ") || line.trim().is_empty()
}

/// `*note Name::` and `*Note Name: (file)Node.` point elsewhere: the name stays.
fn without_pointers(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("*note ").or_else(|| rest.find("*Note ")) {
        plain.push_str(&rest[..at]);
        rest = &rest[at + "*note ".len()..];
        let Some((name, after)) = rest.split_once(':') else { break };
        plain.push_str(name);
        rest = after
            .strip_prefix(':')
            .unwrap_or_else(|| after.find(['.', ',']).map_or("", |end| &after[end..]));
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use crate::shown::{read, shown};

    #[test]
    fn nodes_become_sections_without_their_pointers() {
        let manual = "This is hof.info, produced by makeinfo.\n\nRechte vorbehalten.\n\n\u{1f}\nFile: hof.info,  Node: Top,  Next: Fegen,  Up: (dir)\n\nDer Hof\n*******\n\nWie man ihn sauber hält.\n\n* Menu:\n\n* Fegen::            Mit dem Besen,\n                       oder ohne.\n* Index::\n\n\u{1f}\nFile: hof.info,  Node: Fegen,  Prev: Top,  Up: Top\n\n1 Fegen\n=======\n\nMan nimmt (*note Besen::) und fegt, siehe *Note Eimer: (haus)Eimer.\n\n     $ fegen -n\n     $ warten\n\u{1f}\nTag Table:\nNode: Top\u{7f}99\n\u{1f}\nEnd Tag Table\n";
        let document = read("hof.info", manual.as_bytes()).unwrap();
        let expected = [
            "H1 Der Hof",
            "P Wie man ihn sauber hält.",
            "H2 1 Fegen",
            "P Man nimmt (Besen) und fegt, siehe Eimer.",
            "C      $ fegen -n\n     $ warten",
        ];
        assert_eq!(
            (document.format.as_str(), shown(&document)),
            ("Info manual", expected.map(String::from).to_vec())
        );
        assert_eq!(document.metadata.title.as_deref(), Some("Der Hof"));
    }

    #[test]
    fn a_text_about_info_is_text() {
        assert_eq!(read("x", b"This is a .info file.\n\nFile: x").unwrap().format, "text");
    }
}
