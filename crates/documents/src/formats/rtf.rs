//! Rich Text Format.

mod characters;
mod destinations;
mod paragraphs;
mod reader;
mod tokens;

use super::{Format, Sample};

pub const FORMAT: Format = Format { name: "RTF", is, read: reader::read };

fn is(sample: &Sample<'_>) -> bool {
    let bytes = sample.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample.bytes);
    bytes.trim_ascii_start().starts_with(b"{\\rtf")
}

#[cfg(test)]
mod tests {
    use crate::document::Kind;
    use crate::formats::Formats;
    use crate::limits::Limits;
    use crate::refusal::Refusal;

    fn check(body: &str, expected: &[(Kind, &str)]) {
        let rtf = format!(
            "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 A;}}{{\\f1\\fcharset204 B;}}{{\\f2\\fcharset128 C;}}}}{{\\stylesheet{{\\s0 Normal;}}{{\\s3\\fs20 \\'dcberschrift 2;}}}}{body}}}"
        );
        let read = Formats::all().extract("a", rtf.as_bytes(), Limits::default(), &mut || ());
        let document = read.unwrap();
        let found: Vec<_> =
            document.blocks.iter().map(|b| (b.kind, &document.text[b.span.clone()])).collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn text_is_read_in_any_code_page() {
        use Kind::{Heading, Item, Paragraph, Row};
        check(r"Gr\'f6\'dfe\par zwei", &[(Paragraph, "Größe"), (Paragraph, "zwei")]);
        check(r"{\f1 \'cc\'e8\'f0} {\f2 \'93\'fa\'96{}}", &[(Paragraph, "Мир 日\u{fffd}")]);
        check(r"{\f2 \'93\'fa\'96\'7b}", &[(Paragraph, "日本")]);
        check(r"\u1052\'3f\u1080?\uc2\u1088??!\uc0\u-10179\u-8704", &[(Paragraph, "Мир!😀")]);
        check(r"a\emdash b\~c\-d{\v hidden}{\*\unknown x}\{\}", &[(Paragraph, "a—b cd{}")]);
        check(
            r"\pard\s3 Kopf\par\pard\outlinelevel0 Erste\par",
            &[(Heading(2), "Kopf"), (Heading(1), "Erste")],
        );
        check(
            r"{\pntext 1.\tab}eins\par{\listtext\'b7}zwei\par\pard drei",
            &[(Item, "eins"), (Item, "zwei"), (Paragraph, "drei")],
        );
        check(
            r"\trowd\trhdr\pard\intbl Ort\cell Land\cell\row\trowd K\'f6ln\cell DE\par x\cell\row\pard Ende",
            &[(Row, "Ort: Köln | Land: DE x"), (Paragraph, "Ende")],
        );
        check(r"Text{\footnote Note}mehr\par", &[(Paragraph, "Textmehr"), (Paragraph, "Note")]);
        check(
            r#"{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt hier}}{\pict 00ff}{\bin4 }}}x"#,
            &[(Paragraph, "hier")],
        );
    }

    #[test]
    fn the_document_speaks_of_itself() {
        let rtf = br"{\rtf1{\info{\title T\'eftel}{\author Ana}{\creatim\yr2020\mo1\dy2\hr3\min4}{\nofpages7}}x";
        let document = Formats::all().extract("a", rtf, Limits::default(), &mut || ()).unwrap();
        assert_eq!(document.text, "x");
        assert_eq!(document.metadata.title.as_deref(), Some("Tïtel"));
        assert_eq!(document.metadata.author.as_deref(), Some("Ana"));
        assert_eq!(document.metadata.created.as_deref(), Some("2020-01-02T03:04:00"));
        assert_eq!(document.metadata.pages, Some(7));
        let deep = format!("{{\\rtf1{}", "{".repeat(100_000));
        let refused = Formats::all().extract("a", deep.as_bytes(), Limits::default(), &mut || ());
        assert!(matches!(refused, Err(Refusal::TooDeep { .. })));
    }
}
