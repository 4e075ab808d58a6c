//! What the name of a paragraph style says, in the languages office programs name them in.

/// How deep a heading a style of this name is for; `None` where it is for something else.
pub fn heading_level(name: &str) -> Option<u8> {
    // OpenDocument writes a space of a name as `_20_`.
    let name = name.replace("_20_", " ").to_lowercase();
    let name = name.trim();
    let words = name.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let number = name[words.len()..].trim();
    match number {
        "" if TITLES.contains(&words) => Some(1),
        "" if SUBTITLES.contains(&words) => Some(2),
        "" => None,
        _ if HEADINGS.contains(&words) => number.parse().ok().filter(|n| (1..=9).contains(n)),
        _ => None,
    }
}

/// Whether a style of this name is for text whose line breaks and indents mean something.
pub fn is_code(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "preformatted text",
        "html preformatted",
        "htmlpreformatted",
        "source code",
        "sourcecode",
        "code",
        "code block",
        "macro",
        "macro text",
    ];
    let name = name.replace("_20_", " ").to_lowercase();
    NAMES.contains(&name.trim())
}

/// Without a number. Identifiers lose letters outside ASCII: `berschrift` is `Überschrift`.
const HEADINGS: &[&str] = &[
    "heading",
    "überschrift",
    "berschrift",
    "titre",
    "título",
    "titolo",
    "titlu",
    "kop",
    "rubrik",
    "overskrift",
    "otsikko",
    "nagłówek",
    "nagwek",
    "nadpis",
    "címsor",
    "cmsor",
    "başlık",
    "balk",
    "заголовок",
    "επικεφαλίδα",
    "encabezado",
    "ttulo",
    "títol",
    "naslov",
    "virsraksts",
    "pealkiri",
    "antraštė",
    "标题",
    "標題",
    "見出し",
    "제목",
    "عنوان",
    "العنوان",
    "כותרת",
    "शीर्षक",
    "หัวเรื่อง",
    "tiêu đề",
    "judul",
];

const TITLES: &[&str] = &[
    "title",
    "titel",
    "titre",
    "título",
    "titolo",
    "titlu",
    "tytuł",
    "otsikko",
    "название",
    "tittel",
    "název",
    "cím",
    "konu başlığı",
    "τίτλος",
    "标题",
    "標題",
    "表題",
    "제목",
    "العنوان",
    "כותרת טקסט",
    "ชื่อเรื่อง",
];

const SUBTITLES: &[&str] = &[
    "subtitle",
    "untertitel",
    "sous-titre",
    "subtítulo",
    "sottotitolo",
    "ondertitel",
    "podtytuł",
    "подзаголовок",
    "副标题",
    "副標題",
    "副題",
    "부제",
    "underrubrik",
    "undertittel",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_heading_styles_are_known_in_many_languages() {
        let check = |name, expected| assert_eq!(heading_level(name), expected, "{name}");
        check("heading 1", Some(1));
        check("Heading_20_3", Some(3));
        check("Überschrift 2", Some(2));
        check("berschrift2", Some(2));
        check("Titre 4", Some(4));
        check("标题 1", Some(1));
        check("標題", Some(1));
        check("見出し 2", Some(2));
        check("Заголовок 9", Some(9));
        check("عنوان 1", Some(1));
        check("Title", Some(1));
        check("Subtitle", Some(2));
        check("Überschrift", None);
        check("heading 10", None);
        check("heading 99999999999", None);
        check("toc 1", None);
        check("Normal", None);
        check("", None);
        check("7", None);
        assert!(is_code("Preformatted_20_Text") && is_code("HTML Preformatted"));
        assert!(!is_code("Codex") && !is_code(""));
    }
}
