//! HTML files.

use super::{Format, Sample};
use crate::encoding::decoded;
use crate::html::{Dialect, Page};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "HTML", is, read };

/// How much is looked at to tell whether this is HTML, and where a declared encoding is looked for.
const BEGINNING: usize = 4096;

fn is(sample: &Sample<'_>) -> bool {
    let beginning = sample.beginning();
    let start = without_prolog(&beginning).to_ascii_lowercase();
    let whole_page = ["<!doctype html", "<html", "<head>", "<body"];
    if whole_page.iter().any(|tag| start.starts_with(tag)) {
        return true;
    }
    let named = matches!(sample.extension, "html" | "htm" | "xhtml" | "xht" | "shtml");
    let is_part = || {
        let tags = [
            "<div", "<p>", "<p ", "<h1", "<h2", "<table", "<title", "<meta", "<center", "<font",
            "<ul", "<ol",
        ];
        tags.iter().any(|tag| start.starts_with(tag)) && start.contains("</")
    };
    (named && start.contains('<')) || (sample.is_unnamed() && is_part())
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let html = decoded(sample.bytes, declared_encoding(sample.bytes).as_deref());
    let dialect = match html.trim_start().starts_with("<?xml") {
        true => Dialect::Xml,
        false => Dialect::Html,
    };
    let page = Page::parse(&html, dialect, &mut || writer.alive());
    let mut metadata = page.metadata.clone();
    metadata.title = metadata.title.or_else(|| page.first_heading().map(str::to_owned));
    let title = metadata.title.clone();
    *writer.metadata() = metadata;
    page.write(writer)?;
    match title {
        // A page whose body is drawn by a script, or is empty, is found by what its window is called.
        Some(title) if !writer.has_text() => writer.paragraph(&title),
        _ => Ok(()),
    }
}

/// The encoding that a page declares in a `meta` element or in its XML declaration.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    let text: String = beginning.iter().map(|byte| byte.to_ascii_lowercase() as char).collect();
    // Programs and comments may speak of character sets too: only what stands in these tags counts.
    let tags = text.split('<').filter(|tag| tag.starts_with("meta") || tag.starts_with("?xml"));
    tags.filter_map(|tag| tag.split('>').next()).find_map(|tag| {
        let (_, value) = tag.split_once("charset=").or_else(|| tag.split_once("encoding="))?;
        let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let value: String =
            value.trim_start_matches(['"', '\'', ' ']).chars().take_while(|c| label(*c)).collect();
        (!value.is_empty()).then_some(value)
    })
}

/// The text from the first tag that is neither declaration nor comment nor instruction.
fn without_prolog(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ => return rest,
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, Kind};
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn read(html: &[u8]) -> Document {
        Formats::all().extract("page.bin", html, Limits::default(), &mut || ()).unwrap()
    }

    /// Each block in a line: a sign for its kind, and its text.
    fn shown(document: &Document) -> String {
        let lines = document.blocks.iter().map(|block| {
            let sign = match block.kind {
                Kind::Heading(level) => "#".repeat(level.into()),
                Kind::Paragraph => "p".into(),
                Kind::Item => "-".into(),
                Kind::Row => "|".into(),
                Kind::Code => "code".into(),
            };
            format!("{sign} {}", &document.text[block.span.clone()])
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn check(body: &str, expected: &str) {
        let html = format!("<!DOCTYPE html><html><body>{body}</body></html>");
        assert_eq!(shown(&read(html.as_bytes())), expected, "{body}");
    }

    #[test]
    fn pages_become_blocks() {
        check(
            "<h1>Ein\n Titel</h1>Text <b>im</b> Kör<i>per</i><p>zwei<p>drei",
            "# Ein Titel\np Text im Körper\np zwei\np drei",
        );
        check("<ul><li>один<li><p>два</p><ol><li>три</ol></ul>", "- один\n- два\n- три");
        check("<dl><dt>Wort<dd>Sinn</dl>", "- Wort\n- Sinn");
        check("a<br>b<br><br>c", "p a b\np c");
        check("<pre>if x:\n    y &lt; 1\n</pre>", "code if x:\n    y < 1");
        check("<p>人人生而\n自由</p>", "p 人人生而自由");
        check("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</ruby>を読む", "p 漢字を読む");
        check("<p dir=rtl>שלום <bdo dir=ltr>abc</bdo> עולם</p>", "p שלום abc עולם");
        check(
            "<p>Dog: <img src=a.png alt='A brown dog'><img alt='IMG_1.jpg'> end",
            "p Dog: A brown dog end",
        );
        check("<div role=heading aria-level=3>Drei</div>x", "### Drei\np x");
        check("<h2>Offen<p>Absatz</h2>Rest", "## Offen\np Absatz\np Rest");
        check(
            "<h3><button>Frage?</button></h3><button>Kaufen</button>Antwort",
            "### Frage?\np Antwort",
        );
    }

    #[test]
    fn tables_are_read_row_by_row_with_their_headers() {
        check(
            "<table><tr><th>Ort<th>Land<tr><td>Köln<td>DE<tr><td>Wien<td>AT</table>",
            "| Ort: Köln | Land: DE\n| Ort: Wien | Land: AT",
        );
        check(
            "<table><tr><th>L<th>S<tr><td rowspan=2>DE<td>Ulm<tr><td>Bonn</table>",
            "| L: DE | S: Ulm\n| L: DE | S: Bonn",
        );
        check("<table><tr><th>Größe</th><td>3 m</td></tr></table>", "| Größe: 3 m");
        check("<table><tr><td><h2>A</h2><p>b<td>c</table>", "## A\np b\np c");
        check("<table><tr><td><table><tr><td>x<td>y</table></table>", "| x | y");
        check("<table><tr><th>nur<th>Köpfe</table>", "| nur | Köpfe");
        check("<table><tr><td>1<td colspan=99999999>2</table>", "| 1 | 2");
    }

    #[test]
    fn only_what_is_for_readers_is_kept() {
        let long = "Der Text, um den es geht, ist länger als alles andere.";
        let nav = "<nav><a href=/>Start</a></nav><footer>Impressum</footer><aside>Werbung</aside>";
        check(&format!("{nav}<p>{long}</p>"), &format!("p {long}"));
        check(
            &format!(
                "<script>if(a<b)</script><style>p{{}}</style><noscript>JS!</noscript><template>t</template><p hidden>h</p><p aria-hidden=true>h</p><p style='display: none'>h</p>{long}"
            ),
            &format!("p {long}"),
        );
        check(
            &format!("<header><h1>Name</h1><p>Slogan</header><main>{long}</main><div>mehr</div>"),
            &format!("# Name\np {long}"),
        );
        check(&format!("<main>kurz</main><div>{long}</div>"), &format!("p kurz\np {long}"));
        check(
            &format!("<aside><p>{long} {long}</p></aside>Rand"),
            &format!("p {long} {long}\np Rand"),
        );
        check(
            &format!(
                "<div class=navheader><a href=x>Weiter</a></div><h2>Teil<a class='x headerlink' href=#y>¶</a></h2>{long}"
            ),
            &format!("## Teil\np {long}"),
        );
        check(&format!("<nav>{long}</nav>"), &format!("p {long}"));
        check(&format!("<div hidden>{long}</div>"), &format!("p {long}"));
        check(&format!("<svg><title>Bild</title><text>x</text><p>{long}"), &format!("p {long}"));
    }

    #[test]
    fn encodings_and_what_pages_say_of_themselves() {
        let head = "<html lang=\"ja\"><head><meta charset=Shift_JIS><title>表題</title><meta name=author content='山田'><meta property='article:published_time' content='2024-06-30T12:00:00+09:00'></head>本文";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(head);
        let document = read(&bytes);
        let metadata = &document.metadata;
        assert_eq!((document.format.as_str(), document.text.as_str()), ("HTML", "本文"));
        assert_eq!(metadata.title.as_deref(), Some("表題"));
        assert_eq!(metadata.author.as_deref(), Some("山田"));
        assert_eq!(metadata.language.as_deref(), Some("ja"));
        assert_eq!(metadata.created.as_deref(), Some("2024-06-30T12:00:00+09:00"));
        let wide: Vec<u8> =
            "\u{feff}<html>Größe".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&wide).text, "Größe");
        let closed = read(
            b"<?xml version='1.0'?><html><head><title/></head><body><p/>x<a id='1'/></body></html>",
        );
        assert_eq!(closed.text, "x");
        let empty = read("<html><head><title>Żółta łódź</title></head><body> </body>".as_bytes());
        assert_eq!(empty.text, "Żółta łódź");
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let hostile = [
            "<div>".repeat(200_000),
            "<table><tr><td>".repeat(50_000),
            format!("<b>{}", "<i></b>".repeat(100_000)),
            format!("<p {}>x", (0..100_000).map(|n| format!("a{n} ")).collect::<String>()),
            "<td rowspan=65534 colspan=1000>x".repeat(20_000),
            "<svg><title>".repeat(50_000),
        ];
        let started = std::time::Instant::now();
        for html in hostile {
            let html = format!("<html>{html}");
            let _ = Formats::all().extract("x", html.as_bytes(), Limits::default(), &mut || ());
        }
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}
