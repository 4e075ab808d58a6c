//! The package of Office Open XML, as Word, Excel and PowerPoint write it: parts, the relations
//! between them, and what a document says of itself.

use std::collections::HashMap;

use crate::package::{self, Package};
use crate::refusal::Refusal;
use crate::writer::Writer;
use crate::xml::{Element, Xml, decoded};

const CONTENT_TYPES: &str = "[Content_Types].xml";

/// Whether this is a package whose main part is of one of these kinds: a type of content that has
/// any of `marks` in it, such as `wordprocessingml`.
pub fn is_main(bytes: &[u8], marks: &[&str]) -> bool {
    let Some(types) = package::peek(bytes, CONTENT_TYPES) else { return false };
    decoded(&types)
        .split(['"', '\''])
        .any(|value| value.ends_with("main+xml") && marks.iter().any(|mark| value.contains(mark)))
}

/// An open package.
pub struct Parts<'a> {
    package: Package<'a>,
    /// Names of parts are the same in any case.
    names: HashMap<String, String>,
    /// The part that everything starts from.
    pub main: String,
}

impl<'a> Parts<'a> {
    /// `usual_main` is where the main part lies where nothing says so.
    pub fn open(
        bytes: &'a [u8],
        usual_main: &str,
        writer: &mut Writer<'_>,
    ) -> Result<Self, Refusal> {
        let package = Package::open(bytes, writer.limits().entries)?;
        let names = package.names().into_iter().map(|name| {
            let plain = name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase();
            (plain, name)
        });
        let mut parts = Self { names: names.collect(), package, main: usual_main.into() };
        let relations = parts.relations("", writer)?;
        if let Some(main) = relations.of_kind("officeDocument").find(|part| parts.has(part)) {
            main.clone_into(&mut parts.main);
        }
        parts.read_metadata(&relations, writer)?;
        Ok(parts)
    }

    fn has(&self, part: &str) -> bool {
        self.names.contains_key(&part.to_ascii_lowercase())
    }

    /// A part's bytes; `None` where there is no such part.
    pub fn read(
        &mut self,
        part: &str,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        match self.names.get(&part.to_ascii_lowercase()) {
            Some(name) => self.package.read(name, writer),
            None => Ok(None),
        }
    }

    /// The same for a part that the document can do without: damage there counts as absence.
    pub fn read_optional(
        &mut self,
        part: &str,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        unless_damaged(self.read(part, writer))
    }

    /// What a part refers to; that of the package itself for an empty name.
    pub fn relations(&mut self, part: &str, writer: &mut Writer<'_>) -> Result<Relations, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = match folder {
            "" => format!("_rels/{file}.rels"),
            folder => format!("{folder}/_rels/{file}.rels"),
        };
        let Some(bytes) = self.read_optional(&name, writer)? else {
            return Ok(Relations::default());
        };
        let text = decoded(&bytes);
        let mut xml = Xml::new(&text, writer.limits().nesting);
        Ok(unless_damaged(Relations::read(&mut xml, folder).map(Some))?.unwrap_or_default())
    }

    fn read_metadata(
        &mut self,
        relations: &Relations,
        writer: &mut Writer<'_>,
    ) -> Result<(), Refusal> {
        for kind in ["core-properties", "extended-properties"] {
            let Some(part) = relations.of_kind(kind).next() else { continue };
            let Some(bytes) = self.read_optional(part, writer)? else { continue };
            let text = decoded(&bytes);
            let xml = Xml::new(&text, writer.limits().nesting);
            unless_damaged(read_properties(xml, writer).map(Some))?;
        }
        Ok(())
    }
}

/// Damage to something that can be done without is its absence; limits stay limits.
pub fn unless_damaged<T>(result: Result<Option<T>, Refusal>) -> Result<Option<T>, Refusal> {
    match result {
        Err(Refusal::Damaged { .. }) => Ok(None),
        result => result,
    }
}

fn read_properties(mut xml: Xml<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    while let Some(element) = xml.next_element(0)? {
        let metadata = writer.metadata();
        let field = match element.name() {
            "title" => &mut metadata.title,
            "creator" => &mut metadata.author,
            "language" => &mut metadata.language,
            "created" => &mut metadata.created,
            "modified" => &mut metadata.modified,
            "Pages" | "Slides" => {
                // Programs that do not count pages write none.
                metadata.pages = xml.text()?.trim().parse().ok().filter(|pages| *pages > 0);
                continue;
            }
            // The names of what is in the file, and whatever a program keeps for itself.
            "TitlesOfParts" | "HeadingPairs" | "HLinks" => {
                xml.skip()?;
                continue;
            }
            _ => continue,
        };
        *field = Some(xml.text()?.trim().to_owned()).filter(|text| !text.is_empty());
    }
    Ok(())
}

/// What a part refers to inside its package.
#[derive(Debug, Default)]
pub struct Relations {
    list: Vec<Relation>,
    by_id: HashMap<String, usize>,
}

#[derive(Debug)]
struct Relation {
    /// The last word of its type, which is the same in every edition of the standard.
    kind: String,
    /// The full name of a part.
    target: String,
}

impl Relations {
    fn read(xml: &mut Xml<'_>, folder: &str) -> Result<Self, Refusal> {
        let mut relations = Self::default();
        while let Some(element) = xml.next_element(0)? {
            relations.add(&element, folder);
        }
        Ok(relations)
    }

    fn add(&mut self, element: &Element<'_>, folder: &str) {
        let external = element.attribute("TargetMode").is_some_and(|mode| mode == "External");
        if element.name() != "Relationship" || external {
            return;
        }
        if let (Some(id), Some(kind), Some(target)) =
            (element.attribute("Id"), element.attribute("Type"), element.attribute("Target"))
        {
            let target = target.replace('\\', "/");
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            self.by_id.insert(id, self.list.len());
            self.list.push(Relation { kind, target: package::resolved(folder, &target) });
        }
    }

    /// The part that an id stands for.
    pub fn target(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(|at| self.list[*at].target.as_str())
    }

    /// The parts of one kind, such as `styles` or `notesSlide`.
    pub fn of_kind<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = &'r str> {
        self.list.iter().filter(move |one| one.kind == kind).map(|one| one.target.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_found_by_id_and_by_kind() {
        let text = r#"<Relationships><Relationship Id="r1" Type="http://x/2006/slide" Target="m\a"/>
            <Relationship Id="r2" Type="http://y/strict/slide" Target="/b/c"/>
            <Relationship Id="r3" Type="http://x/hyperlink" TargetMode="External" Target="http://z"/>
            <Relationship Id="r4"/></Relationships>"#;
        let relations = Relations::read(&mut Xml::new(text, 9), "ppt").unwrap();
        assert_eq!(relations.of_kind("slide").collect::<Vec<_>>(), ["ppt/m/a", "b/c"]);
        assert_eq!(relations.target("r2"), Some("b/c"));
        assert_eq!((relations.target("r3"), relations.target("r4")), (None, None));
    }
}
