//! Markdown, with what may stand before it about the document.

mod front;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use self::front::Front;
use super::{Format, Sample};
use crate::document::Metadata;
use crate::encoding::decoded;
use crate::html::{Dialect, Page};
use crate::lines::is_unspaced;
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "Markdown", is, read };

fn is(sample: &Sample<'_>) -> bool {
    match sample.extension {
        "md" | "markdown" | "mdown" | "mkd" | "mkdn" | "mdx" | "qmd" | "rmd" => {
            !sample.beginning().is_empty()
        }
        // In files of other names the same signs mean other things.
        _ if sample.is_unnamed() => {
            let text = sample.beginning();
            Front::begins(&text) || looks_like_markdown(&text)
        }
        _ => false,
    }
}

/// Headings alone could be comments, and lists are common in plain text: two kinds of signs are asked
/// for.
fn looks_like_markdown(text: &str) -> bool {
    let heading = |line: &&str| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level) && line[level..].starts_with(' ')
    };
    let has_headings = text.lines().filter(heading).take(2).count() == 2;
    let has_links = text.contains("](http") || text.contains("](/") || text.contains("](#");
    let has_code = text.lines().filter(|line| line.starts_with("```")).take(2).count() == 2;
    let has_table = text.lines().any(|line| line.starts_with("|--") || line.starts_with("| --"));
    let has_emphasis = text.matches("**").take(4).count() == 4;
    let signs = [has_headings, has_links, has_code, has_table, has_emphasis];
    signs.into_iter().filter(|sign| *sign).count() >= 2
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let text = decoded(sample.bytes, None);
    let text = text.trim_start_matches('\u{feff}');
    let (front, body) = Front::cut(text);
    let title = front.title.clone();
    *writer.metadata() = Metadata {
        title: front.title,
        author: front.author,
        language: front.language,
        created: front.created,
        modified: front.modified,
        pages: None,
    };
    if let Some(title) = title
        && !body.trim_start().starts_with("# ")
    {
        writer.heading(1, &title)?;
    }
    for said in &front.said {
        writer.paragraph(said)?;
    }
    Blocks::new(writer).read(body)
}

/// The text of the block that is being read, and what it is.
struct Blocks<'w, 'a> {
    writer: &'w mut Writer<'a>,
    text: String,
    html: String,
    headers: Vec<String>,
    cells: Vec<String>,
    item: bool,
    in_html: bool,
    in_code: bool,
}

impl<'w, 'a> Blocks<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>) -> Self {
        Self {
            writer,
            text: String::new(),
            html: String::new(),
            headers: Vec::new(),
            cells: Vec::new(),
            item: false,
            in_html: false,
            in_code: false,
        }
    }

    fn read(mut self, text: &str) -> Result<(), Refusal> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_DEFINITION_LIST
            | Options::ENABLE_GFM;
        for event in Parser::new_ext(text, options) {
            self.writer.alive();
            match event {
                Event::Start(tag) => self.begin(&tag)?,
                Event::End(tag) => self.end(tag)?,
                Event::Text(text) | Event::Code(text) => self.push(&text),
                Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text),
                Event::Html(html) | Event::InlineHtml(html) if self.in_html => {
                    self.html.push_str(&html);
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    if html.to_ascii_lowercase().starts_with("<br") {
                        self.text.push(' ');
                    }
                }
                Event::SoftBreak => self.soft_break(),
                Event::HardBreak => self.text.push(' '),
                Event::Rule => self.flush()?,
                Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            }
        }
        self.flush()
    }

    fn push(&mut self, text: &str) {
        if !self.in_code && self.text.ends_with('\n') {
            self.text.pop();
            let before = self.text.chars().next_back().is_some_and(is_unspaced);
            let after = text.chars().next().is_some_and(is_unspaced);
            if !(before && after) {
                self.text.push(' ');
            }
        }
        self.text.push_str(text);
    }

    /// What follows decides whether a space belongs here.
    fn soft_break(&mut self) {
        self.text.push('\n');
    }

    fn begin(&mut self, tag: &Tag<'_>) -> Result<(), Refusal> {
        match tag {
            Tag::Item | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                self.flush()?;
                self.item = true;
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::List(_) => {
                self.flush()?;
            }
            Tag::CodeBlock(_) => {
                self.flush()?;
                self.in_code = true;
            }
            Tag::HtmlBlock => {
                self.flush()?;
                self.in_html = true;
            }
            Tag::Table(_) | Tag::FootnoteDefinition(_) => {
                self.flush()?;
                self.headers.clear();
            }
            Tag::TableCell => self.text.clear(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Refusal> {
        match tag {
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                let is_title = level == HeadingLevel::H1 && !text.trim().is_empty();
                if is_title && self.writer.metadata().title.is_none() {
                    self.writer.metadata().title = Some(text.trim().to_owned());
                }
                self.writer.heading(level as u8, &text)
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                let text = std::mem::take(&mut self.text);
                self.writer.code(&text)
            }
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::TableCell => {
                self.cells.push(std::mem::take(&mut self.text));
                Ok(())
            }
            TagEnd::TableHead => {
                self.headers = std::mem::take(&mut self.cells);
                Ok(())
            }
            TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                self.writer.row(&self.headers, &cells)
            }
            TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::FootnoteDefinition
            | TagEnd::BlockQuote(_) => {
                self.flush()?;
                self.item &= tag == TagEnd::Paragraph;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end_html(&mut self) -> Result<(), Refusal> {
        self.in_html = false;
        let html = std::mem::take(&mut self.html);
        let page = Page::parse(&html, Dialect::Html, &mut || self.writer.alive());
        page.write(self.writer)
    }

    fn flush(&mut self) -> Result<(), Refusal> {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut self.item) {
            self.writer.item(&text)
        } else {
            self.writer.paragraph(&text)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn check(text: &str, expected: &[(Kind, &str)]) {
        let read = Formats::all().extract("a.md", text.as_bytes(), Limits::default(), &mut || ());
        let document = read.unwrap();
        let found: Vec<_> =
            document.blocks.iter().map(|b| (b.kind, &document.text[b.span.clone()])).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(document.format, "Markdown");
    }

    #[test]
    fn blocks_are_read() {
        use Kind::{Code, Heading, Item, Paragraph, Row};
        check(
            "# Größe {#id}\n\nein *Wort*\nund [Link](http://x)\n",
            &[(Heading(1), "Größe"), (Paragraph, "ein Wort und Link")],
        );
        check("人人\n自由", &[(Paragraph, "人人自由")]);
        check(
            "- a\n  - b\n- [ ] c\n\n  d",
            &[(Item, "a"), (Item, "b"), (Item, "c"), (Paragraph, "d")],
        );
        check("|Ort|Land|\n|-|-|\n|Köln|DE|", &[(Row, "Ort: Köln | Land: DE")]);
        check("```rust\nfn x() {\n    1\n}\n```", &[(Code, "fn x() {\n    1\n}")]);
        check("Text[^1]\n\n[^1]: Note", &[(Paragraph, "Text"), (Paragraph, "Note")]);
        check(
            "<div align=center>\n<h2>Titel</h2>\n</div>\n\n<script>x</script>\n\nа<br>б",
            &[(Heading(2), "Titel"), (Paragraph, "а б")],
        );
    }

    #[test]
    fn front_matter_is_understood() {
        let yaml = "---\ntitle: \"Ein: Titel\"\nauthor:\n  - name: Ana\n  - Bo\ndate: 2024-06-30\nlang: de\ntags: [eins, 'zwei']\n---\n\nText\n";
        let toml = "+++\ntitle = \"Ein: Titel\"\nauthors = [\"Ana\", \"Bo\"]\ndate = 2024-06-30\nlang = 'de'\ntags = ['eins', 'zwei']\n+++\nText\n";
        for text in [yaml, toml] {
            // The sign of front matter is enough where the name says nothing.
            let read = Formats::all().extract("a", text.as_bytes(), Limits::default(), &mut || ());
            let document = read.unwrap();
            assert_eq!(document.text, "Ein: Titel\n\neins, zwei\n\nText");
            let metadata = document.metadata;
            assert_eq!(metadata.title.as_deref(), Some("Ein: Titel"));
            assert_eq!(metadata.author.as_deref(), Some("Ana, Bo"));
            assert_eq!(metadata.created.as_deref(), Some("2024-06-30"));
            assert_eq!(metadata.language.as_deref(), Some("de"));
        }
        check("---\nformat: x\n---\n", &[(Kind::Paragraph, "format: x")]);
        check("---\n\nnur eine Linie", &[(Kind::Paragraph, "nur eine Linie")]);
    }
}
