//! A document's text in parts, with what the page is to point at.

use std::ops::Range;

use kenning_domain::{ContentId, FileId, PassageId, Tag};
use kenning_engine::answer::places;

use super::searching::Spans;
use super::{Desk, gone};
use crate::error::{Problem, ProblemCode};
use crate::search::{FileRef, HeadingAt, PageStart, Preview, PreviewFrom, PreviewRequest, Span};

/// Bytes of a part, about: what a web view lays out at once without a pause.
const PART: usize = 48 << 10;

impl Desk {
    pub(super) fn previewed(&self, request: &PreviewRequest) -> Result<Preview, Problem> {
        let id = ContentId(request.document);
        self.searching(|searcher| {
            let (content, files) =
                searcher.truth.read(|view| Ok((view.content(id)?, view.files_of(id)?)))?;
            let content = content.ok_or_else(|| gone("this document"))?;
            let folders = searcher.truth.read(|view| view.folders())?;
            let text = &content.text;
            let passage = match request.from {
                PreviewFrom::Passage { passage } => {
                    let at = PassageId(passage);
                    content.passages.get(at.ordinal() as usize).filter(|_| at.content() == id)
                }
                _ => None,
            };
            let parts = parts(text);
            let part = match request.from {
                PreviewFrom::Start => 0,
                PreviewFrom::Part { part } => (part as usize).min(parts.len() - 1),
                PreviewFrom::Passage { .. } => passage.map_or(0, |passage| {
                    let at = passage.span.start;
                    parts.iter().rposition(|part| part.start <= at).unwrap_or(0)
                }),
            };
            let shown = parts[part].clone();
            let own = &text[shown.clone()];
            let spans = Starts::new(own);
            let within = |range: &Range<usize>| spans.of(&clipped(range, &shown));
            let language = content.head.dominant;
            let matches = match request.query.trim() {
                "" => Vec::new(),
                query => places(query, own, language, &searcher.snapshot())?,
            };
            let date = files.iter().map(|file| file.stamp.modified.div_euclid(1_000_000_000));
            let path = |file: &kenning_engine::FileRecord| {
                let folder = folders.iter().find(|folder| folder.id == file.folder)?;
                Some(FileRef::of(file.id.0, &folder.path.join(&file.path)))
            };
            let mut languages: Vec<String> = Vec::new();
            for tag in content.passages.iter().filter_map(|passage| passage.language) {
                let tag = Tag::to_string(&tag.tag);
                if !languages.contains(&tag) {
                    languages.push(tag);
                }
            }
            Ok(Preview {
                document: request.document,
                title: content.head.metadata.title.clone(),
                author: content.head.metadata.author.clone(),
                format: content.head.format.clone(),
                date: date.max().unwrap_or_default(),
                bytes: content.head.bytes,
                files: files.iter().filter_map(path).collect(),
                languages,
                part: part as u32,
                parts: parts.len() as u32,
                matches: matches.iter().map(|range| spans.of(range)).collect(),
                passage: passage.map(|passage| within(&passage.span)),
                pages: pages(&content.passages, &shown, &spans),
                headings: headings(&content.passages, text, &shown, &spans),
                text: own.to_owned(),
            })
        })
    }

    /// Where a file of the library lies.
    pub(super) fn path_of(&self, file: i64) -> Result<std::path::PathBuf, Problem> {
        self.searching(|searcher| {
            let (found, folders) =
                searcher.truth.read(|view| Ok((view.file(FileId(file))?, view.folders()?)))?;
            let found = found.ok_or_else(|| gone("this file"))?;
            let folder = folders.into_iter().find(|folder| folder.id == found.folder);
            let folder = folder.ok_or_else(|| gone("this file's folder"))?;
            Ok(folder.path.join(found.path))
        })
    }

    pub(super) fn with_file(
        &self,
        file: i64,
        work: impl FnOnce(&std::path::Path) -> Result<(), String>,
    ) -> Result<(), Problem> {
        let path = self.path_of(file)?;
        if !path.exists() {
            let message = format!("{} is not there any more", path.display());
            return Err(Problem { code: ProblemCode::Gone, message });
        }
        work(&path).map_err(|why| Problem {
            code: ProblemCode::Open,
            message: format!("{} cannot be opened: {why}", path.display()),
        })
    }
}

/// Where a text is cut: at the end of a line where one is near, never within a letter. There is always one part.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > PART + PART / 2 {
        let most = text.floor_char_boundary(start + PART);
        let line = text[start..most].rfind('\n').map(|at| start + at + 1);
        let end = line.filter(|line| *line > start + PART / 2).unwrap_or(most);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

fn clipped(range: &Range<usize>, part: &Range<usize>) -> Range<usize> {
    let within = |at: usize| at.clamp(part.start, part.end) - part.start;
    within(range.start)..within(range.end)
}

/// UTF-16 places of a long text, counted once.
struct Starts<'a> {
    text: &'a str,
    /// Units before every so many bytes.
    every: Vec<u32>,
}

const STEP: usize = 1 << 10;

impl<'a> Starts<'a> {
    fn new(text: &'a str) -> Self {
        let mut every = Vec::with_capacity(text.len() / STEP + 1);
        let mut units = 0;
        let mut from = 0;
        for step in (0..=text.len()).step_by(STEP) {
            let at = text.floor_char_boundary(step);
            units += text[from..at].chars().map(char::len_utf16).sum::<usize>() as u32;
            every.push(units);
            from = at;
        }
        Self { text, every }
    }

    fn at(&self, byte: usize) -> u32 {
        let byte = byte.min(self.text.len());
        let step = byte / STEP;
        let from = self.text.floor_char_boundary(step * STEP);
        self.every[step] + Spans::new(&self.text[from..]).at(byte - from)
    }

    fn of(&self, range: &Range<usize>) -> Span {
        [self.at(range.start), self.at(range.end)]
    }
}

type Passages = [kenning_domain::Passage];

/// Where the page that a passage begins on is another than that of the passage before.
fn pages(passages: &Passages, part: &Range<usize>, spans: &Starts<'_>) -> Vec<PageStart> {
    let mut last = None;
    let mut pages = Vec::new();
    for passage in passages {
        let Some(page) = passage.page.filter(|page| last != Some(*page)) else { continue };
        last = Some(page);
        if part.contains(&passage.span.start) {
            pages.push(PageStart { page, at: spans.at(passage.span.start - part.start) });
        }
    }
    pages
}

/// The lines at the beginning of passages that are headings of them.
fn headings(
    passages: &Passages,
    text: &str,
    part: &Range<usize>,
    spans: &Starts<'_>,
) -> Vec<HeadingAt> {
    let mut found: Vec<HeadingAt> = Vec::new();
    for passage in passages.iter().filter(|passage| part.contains(&passage.span.start)) {
        let mut at = passage.span.start;
        for line in text[at..part.end.max(at)].split_inclusive('\n').take(12) {
            let bare = line.trim().trim_matches(['#', '=', '*', ' ']);
            let level = passage.headings.iter().position(|heading| heading.trim() == bare);
            match level {
                Some(level) if !bare.is_empty() => {
                    let start = at + (line.len() - line.trim_start().len());
                    let range = spans.of(&clipped(&(start..start + line.trim().len()), part));
                    if found.last().is_none_or(|last| last.range[0] < range[0]) {
                        found.push(HeadingAt { level: level as u32 + 1, range });
                    }
                }
                _ if bare.is_empty() => {}
                _ => break,
            }
            at += line.len();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_letters_and_lines_and_make_up_the_text() {
        let check = |text: &str, count: usize| {
            let parts = parts(text);
            assert_eq!(parts.len(), count);
            let joined: String = parts.iter().map(|part| &text[part.clone()]).collect();
            assert_eq!(joined, text);
        };
        check("", 1);
        check(&"a".repeat(PART), 1);
        check(&"漢".repeat(PART), 3);
        check(&"line of text\n".repeat(PART / 5), 3);
        let lines = "line of text\n".repeat(PART / 5);
        assert!(parts(&lines).iter().all(|part| lines[..part.end].ends_with('\n')));
    }

    #[test]
    fn places_of_a_long_text_are_those_of_a_short_one() {
        let text = "größe 漢字 😀 plain ".repeat(200);
        let (starts, spans) = (Starts::new(&text), Spans::new(&text));
        for at in (0..=text.len() + 3).step_by(7) {
            assert_eq!(starts.at(at), spans.at(at), "{at}");
        }
    }
}
