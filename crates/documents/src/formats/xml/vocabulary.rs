//! What is known of the two vocabularies in which manuals are written, DocBook and Mallard: which
//! elements are chapters, and which speak about the text instead of being part of it.

/// Elements with a title of their own, each a level below the one around it.
const SECTIONS: &[&str] = &[
    "set",
    "book",
    "part",
    "article",
    "chapter",
    "appendix",
    "preface",
    "glossary",
    "reference",
    "refentry",
    "refsection",
    "refsect1",
    "refsect2",
    "refsect3",
    "section",
    "sect1",
    "sect2",
    "sect3",
    "sect4",
    "sect5",
    "simplesect",
    "page",
];

pub fn is_section(name: &str) -> bool {
    SECTIONS.contains(&name)
}

/// Whether an element, by the names of the document's root, of what it stands in and its own, tells
/// of authors, licences and revisions, or is there for an index.
pub fn is_about_the_text(root: &str, parent: &str, name: &str) -> bool {
    if !is_section(root) || !parent.ends_with("info") {
        return is_section(root) && matches!(name, "indexterm" | "keywordset");
    }
    match root {
        // The titles in there are for links from other pages.
        "page" => name != "desc",
        _ => !matches!(name, "title" | "subtitle" | "abstract"),
    }
}
