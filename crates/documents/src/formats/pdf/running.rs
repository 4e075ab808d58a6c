//! Lines that repeat at the head or the foot of most pages: read once, they say it all.

use std::collections::{HashMap, HashSet};

use super::lines::Line;
use super::paragraphs::Page;

const FEWEST_PAGES: usize = 4;
/// A running line stands on at least this share of the pages: left and right pages may differ.
const SHARE: f32 = 0.4;
/// How many lines at either end of a page may be running ones.
const LINES: usize = 2;

/// A text and its place. The same text has several looks: as it is, and with one of its numbers counted
/// from the page's, so that page numbers look the same on all pages.
type Look = (String, i32);

/// Takes running lines away, but for the first of each that has words.
pub fn drop_running_lines(pages: &mut [Page]) {
    if pages.len() < FEWEST_PAGES {
        return;
    }
    let mut counts: HashMap<Look, usize> = HashMap::new();
    for page in pages.iter() {
        let looks: HashSet<Look> = edges(page).into_iter().flat_map(|edge| edge.looks).collect();
        for look in looks {
            *counts.entry(look).or_default() += 1;
        }
    }
    let enough = (SHARE * pages.len() as f32).max(3.0) as usize;
    counts.retain(|_, count| *count >= enough);
    let mut kept: HashSet<Look> = HashSet::new();
    for page in pages.iter_mut() {
        for Edge { part, line, looks } in edges(page) {
            let Some(look) = looks.into_iter().find(|look| counts.contains_key(look)) else {
                continue;
            };
            let wordless = !look.0.chars().any(char::is_alphabetic);
            if wordless || !kept.insert(look) {
                page.parts[part][line].cells.clear();
            }
        }
        page.parts.iter_mut().for_each(|part| part.retain(|line| !line.cells.is_empty()));
    }
}

/// One of the first or the last lines of a page.
struct Edge {
    part: usize,
    line: usize,
    looks: Vec<Look>,
}

fn edges(page: &Page) -> Vec<Edge> {
    let mut places: Vec<(usize, usize, &Line)> = page
        .parts
        .iter()
        .enumerate()
        .flat_map(|(part, lines)| lines.iter().enumerate().map(move |(i, line)| (part, i, line)))
        .collect();
    places.sort_by(|a, b| a.2.base.total_cmp(&b.2.base));
    let count = places.len();
    let mut edges = Vec::new();
    for (index, (part, line, is)) in places.into_iter().enumerate() {
        let from_edge = index.min(count - 1 - index);
        if from_edge < LINES {
            // Further in, a number that grows with the pages may count chapters.
            edges.push(Edge { part, line, looks: looks(is, page.number, from_edge == 0) });
        }
    }
    edges
}

fn looks(line: &Line, page: u32, numbered: bool) -> Vec<Look> {
    const MOST_NUMBERS: usize = 8;
    let place = (line.base / 4.0).round() as i32;
    let text: String = line.text().split_whitespace().collect();
    let mut looks = Vec::new();
    let digits = |letter: char| letter.is_ascii_digit();
    let mut from = 0;
    while let Some(start) = text[from..].find(digits).map(|at| from + at) {
        let end = text[start..].find(|c| !digits(c)).map_or(text.len(), |at| start + at);
        if let Ok(number) = text[start..end].parse::<i64>()
            && numbered
            && looks.len() < MOST_NUMBERS
        {
            let ahead = number - i64::from(page);
            looks.push((format!("{}#{ahead}#{}", &text[..start], &text[end..]), place));
        }
        from = end;
    }
    looks.push((text, place));
    looks
}
