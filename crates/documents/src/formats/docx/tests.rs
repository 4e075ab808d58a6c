//! Word documents as people write them, and as they come out.

use crate::package::packed;
use crate::refusal::Refusal;
use crate::shown::{read, shown};

const TYPES: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// A document whose body is this, with other parts by their kinds; the main part has an odd name.
fn document(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let types =
        format!(r#"<Types><Override PartName="/word/a.xml" ContentType="{TYPES}"/></Types>"#);
    let main = format!("<w:document><w:body>{body}</w:body></w:document>");
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationship Id="{kind}" Type="http://x/{kind}" Target="{target}"/>"#)
    };
    let near: String =
        others.iter().map(|(kind, _)| relation(kind, &format!("{kind}.xml"))).collect();
    let near = format!("<Relationships>{near}</Relationships>");
    let package = ["core-properties", "extended-properties"]
        .map(|kind| relation(kind, &format!("word/{kind}.xml")))
        .concat();
    let package = format!(
        "<Relationships>{}{package}</Relationships>",
        relation("officeDocument", "word/A.xml")
    );
    let mut entries = vec![
        ("[Content_Types].xml".to_owned(), types),
        ("_rels/.rels".to_owned(), package),
        ("word/a.xml".to_owned(), main),
        ("word/_rels/A.xml.rels".to_owned(), near),
    ];
    entries.extend(others.iter().map(|(kind, text)| (format!("word/{kind}.xml"), (*text).into())));
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    packed(&entries)
}

fn check_with(body: &str, others: &[(&str, &str)], expected: &[&str]) {
    let document = read("x", &document(body, others)).unwrap();
    assert_eq!(document.format, "DOCX");
    assert_eq!(shown(&document), expected, "{body}");
}

fn check(body: &str, expected: &[&str]) {
    check_with(body, &[], expected);
}

/// A paragraph of one run, with properties.
fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn paragraphs_are_headings_items_or_text() {
    let style = |id: &str| format!(r#"<w:pStyle w:val="{id}"/>"#);
    check(&paragraph("", "Ein Satz."), &["P Ein Satz."]);
    check(&paragraph(&style("berschrift2"), "Größe"), &["H2 Größe"]);
    check(&paragraph(r#"<w:outlineLvl w:val="2"/>"#, "概要"), &["H3 概要"]);
    check(&paragraph(r#"<w:outlineLvl w:val="9"/>"#, "текст"), &["P текст"]);
    check(&paragraph(r#"<w:numPr><w:numId w:val="3"/></w:numPr>"#, "एक"), &["I एक"]);
    check(&paragraph(r#"<w:numPr><w:numId w:val="0"/></w:numPr>"#, "none"), &["P none"]);
    let heading_and_list = style("Heading1") + r#"<w:numPr><w:numId w:val="3"/></w:numPr>"#;
    check(&paragraph(&heading_and_list, "§ 1"), &["H1 § 1"]);
    check(
        &paragraph(&style("Heading1"), &"lang ".repeat(100)),
        &[&format!("P {}", "lang ".repeat(100).trim())],
    );
    let code =
        paragraph(&style("SourceCode"), "if x {") + &paragraph(&style("SourceCode"), "    y");
    check(&code, &["C if x {\n    y"]);
    let initial =
        paragraph(r#"<w:framePr w:dropCap="drop"/>"#, "E") + &paragraph("", "s war einmal");
    check(&initial, &["P Es war einmal"]);
    check(&paragraph(r#"<w:framePr w:dropCap="drop"/>"#, "Allein"), &["P Allein"]);
}

#[test]
fn styles_come_from_their_table() {
    let styles = r#"<w:styles><w:style w:styleId="K"><w:name w:val="Kapitel"/>
        <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>"#;
    let body = paragraph(r#"<w:pStyle w:val="K"/>"#, "Anfang");
    check_with(&body, &[("styles", styles)], &["H1 Anfang"]);
    check_with(&body, &[("styles", "<w:styles><broken")], &["P Anfang"]);
}

#[test]
fn runs_are_what_people_see() {
    let run = |inner: &str| format!("<w:p>{inner}</w:p>");
    let check = |inner: &str, expected: &str| check(&run(inner), &[expected]);
    check("<w:r><w:t>Donau</w:t></w:r><w:r><w:softHyphen/><w:t>dampf</w:t></w:r>", "P Donaudampf");
    check("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "P a b c");
    check("<w:r><w:t>E</w:t><w:noBreakHyphen/><w:t>Mail</w:t></w:r>", "P E-Mail");
    check(
        "<w:r><w:t>neu </w:t></w:r><w:del><w:r><w:delText>alt</w:delText></w:r></w:del><w:ins><w:r><w:t>jetzt</w:t></w:r></w:ins>",
        "P neu jetzt",
    );
    check(
        "<w:moveFrom><w:r><w:t>dort</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>hier</w:t></w:r></w:moveTo>",
        "P hier",
    );
    check("<w:hyperlink r:id='x'><w:r><w:t>ссылка</w:t></w:r></w:hyperlink>", "P ссылка");
    check("<w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:t>yes</w:t></w:r>", "P yes");
    check("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>yes</w:t></w:r>", "P yes");
    check("<w:r><w:sym w:font='Symbol' w:char='03B1'/><w:sym w:char='F0B7'/></w:r>", "P α");
    check(
        "<w:r><w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r>",
        "P 漢",
    );
    check("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", "P x=1");
    check(
        "<w:sdt><w:sdtPr><w:alias w:val='no'/></w:sdtPr><w:sdtContent><w:r><w:t>שלום</w:t></w:r></w:sdtContent></w:sdt>",
        "P שלום",
    );
}

#[test]
fn fields_show_their_result_without_their_instruction() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let (begin, separate, end) = (mark("begin"), mark("separate"), mark("end"));
    let instruction = "<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>";
    let text = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let simple =
        format!("<w:p>{begin}{instruction}{separate}{}{end}{}</w:p>", text("A"), text("B"));
    check(&simple, &["P AB"]);
    let nested = format!(
        "<w:p>{begin}{begin}{separate}{}{end}{separate}{}{end}</w:p>",
        text("no"),
        text("yes")
    );
    check(&nested, &["P yes"]);
    let endless = format!("<w:p>{begin}{}</w:p><w:p>{}</w:p>", text("no"), text("yes"));
    check(&endless, &["P yes"]);
    check(
        "<w:p><w:fldSimple w:instr='DATE'><w:r><w:t>heute</w:t></w:r></w:fldSimple></w:p>",
        &["P heute"],
    );
}

#[test]
fn tables_come_row_by_row() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", paragraph("", text))
    };
    let header = format!(
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>{}{}</w:tr>",
        cell("", "Stadt"),
        cell(r#"<w:gridSpan w:val="2"/>"#, "Jahre")
    );
    let first = format!(
        "<w:tr>{}{}{}</w:tr>",
        cell(r#"<w:vMerge w:val="restart"/>"#, "北京"),
        cell("", "1"),
        cell("", "2")
    );
    let second = format!("<w:tr>{}{}</w:tr>", cell("<w:vMerge/>", ""), cell("", "3"));
    let deleted = format!("<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr>", cell("", "no"));
    let rows = [header, first, deleted, second].concat();
    let expected =
        ["R Stadt | Jahre", "R Stadt: 北京 | Jahre: 1 | Jahre: 2", "R Stadt: 北京 | Jahre: 3"];
    check(&format!("<w:tbl>{rows}</w:tbl>"), &expected);
    let nested = format!(
        "<w:tbl><w:tr>{}<w:tc><w:tbl><w:tr>{}{}</w:tr></w:tbl></w:tc></w:tr></w:tbl>",
        cell("", "a"),
        cell("", "b"),
        cell("", "c")
    );
    check(&nested, &["R a | b c"]);
}

#[test]
fn text_boxes_are_read_once_after_their_paragraph() {
    let inner = paragraph("", "aside");
    let shape = format!(
        "<w:drawing><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></w:drawing>"
    );
    let older =
        format!("<w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict>");
    let body = format!(
        "<w:p><w:r><w:t>be</w:t><mc:AlternateContent><mc:Choice>{shape}</mc:Choice>\
         <mc:Fallback>{older}</mc:Fallback></mc:AlternateContent><w:t>fore</w:t></w:r></w:p>"
    );
    check(&body, &["P before", "P aside"]);
    check(&format!("<w:p><w:r>{older}</w:r></w:p>"), &["P aside"]);
}

#[test]
fn notes_follow_their_paragraph_and_comments_come_last() {
    let notes = format!(
        "<w:footnotes><w:footnote w:type='separator' w:id='0'>{}</w:footnote>\
         <w:footnote w:id='2'>{}</w:footnote><w:footnote w:id='3'>{}</w:footnote></w:footnotes>",
        paragraph("", "line"),
        paragraph("", "Fußnote"),
        paragraph("", "never referred to")
    );
    let comments = format!(
        "<w:comments><w:comment w:id='1' w:author='X'>{}</w:comment></w:comments>",
        paragraph("", "Stimmt das?")
    );
    let body =
        "<w:p><w:r><w:t>Satz</w:t><w:footnoteReference w:id='2'/><w:footnoteReference w:id='2'/>\
                </w:r></w:p>"
            .to_owned()
            + &paragraph("", "Ende");
    let others = [("footnotes", notes.as_str()), ("comments", &comments)];
    check_with(&body, &others, &["P Satz", "P Fußnote", "P Ende", "P Stimmt das?"]);
}

#[test]
fn metadata_is_what_the_document_says_of_itself() {
    let core = "<cp:coreProperties><dc:title> Bericht </dc:title><dc:creator>Ayşe Öz</dc:creator>\
        <dc:language>de-DE</dc:language><dcterms:created>2024-01-02T03:04:05Z</dcterms:created>\
        <dcterms:modified></dcterms:modified></cp:coreProperties>";
    let app = "<Properties><TitlesOfParts><title>no</title></TitlesOfParts><Pages>12</Pages></Properties>";
    let others = [("core-properties", core), ("extended-properties", app)];
    let document = read("x", &document(&paragraph("", "x"), &others)).unwrap();
    let metadata = document.metadata;
    assert_eq!(metadata.title.as_deref(), Some("Bericht"));
    assert_eq!(metadata.author.as_deref(), Some("Ayşe Öz"));
    assert_eq!(metadata.language.as_deref(), Some("de-DE"));
    assert_eq!(metadata.created.as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!((metadata.modified, metadata.pages), (None, Some(12)));
}

#[test]
fn charts_and_diagrams_are_read_where_they_stand() {
    let body = "<w:p><w:r><w:drawing><c:chart r:id='chart'/></w:drawing></w:r></w:p>\
                <w:p><w:r><w:drawing><dgm:relIds r:dm='diagramData'/></w:drawing></w:r></w:p>";
    let chart = "<c:chart><c:title><a:p><a:r><a:t>Umsatz</a:t></a:r></a:p></c:title></c:chart>";
    let diagram = "<dgm:pt><dgm:t><a:p><a:r><a:t>Schritt</a:t></a:r></a:p></dgm:t></dgm:pt>";
    let body = format!("{body}{body}");
    check_with(&body, &[("chart", chart), ("diagramData", diagram)], &["P Umsatz", "I Schritt"]);
}

#[test]
fn damage_costs_what_comes_after_it() {
    let attempt = |body: &str| read("x.docx", &document(body, &[]));
    let started = attempt(&(paragraph("", "so far") + "<w:p><w:r></w:p>")).unwrap();
    assert_eq!(shown(&started), ["P so far"]);
    assert!(matches!(attempt("<w:p><w:r></w:p>"), Err(Refusal::Damaged { .. })));
    assert!(matches!(attempt("<w:p/>"), Err(Refusal::NoText { .. })));
    assert!(matches!(attempt(&"<w:p>".repeat(9999)), Err(Refusal::TooDeep { .. })));
    let whole = document(&paragraph("", "x"), &[]);
    let half = read("x.docx", &whole[..whole.len() / 2]);
    assert!(matches!(half, Err(Refusal::Damaged { .. })));
    let types = format!("<Types><Override ContentType='{TYPES}'/></Types>");
    let empty = packed(&[("[Content_Types].xml", types.as_bytes())]);
    assert!(matches!(read("x", &empty), Err(Refusal::Damaged { .. })));
}

#[test]
fn the_deepest_nesting_that_is_allowed_is_read() {
    let nested = |open: &str, close: &str, levels: usize| {
        open.repeat(levels) + &paragraph("", "innermost") + &close.repeat(levels)
    };
    check(&nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 80), &["P innermost"]);
    let boxed = nested("<w:p><w:txbxContent>", "</w:txbxContent></w:p>", 120);
    check(&boxed, &["P innermost"]);
}
