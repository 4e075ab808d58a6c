//! Lines of text out of fragments: in logical order, with spaces where words end.

use hayro_interpret::hayro_cmap::BfString;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fragments::{Fragment, is_wide, space_gap};
use super::glyphs::Glyph;

/// A gap that may part the cells of a table, in ems.
const CELL_GAP: f32 = 1.5;

/// One line, as it is read.
#[derive(Clone, Debug)]
pub struct Line {
    /// Cells in reading order; most lines have one.
    pub cells: Vec<String>,
    pub left: f32,
    pub right: f32,
    pub base: f32,
    pub size: f32,
    pub rightward: bool,
    /// How many of its glyphs stand for letters nobody knows.
    pub unknown: usize,
    pub glyphs: usize,
}

impl Line {
    pub fn text(&self) -> String {
        self.cells.join(" ")
    }

    fn of(mut fragments: Vec<Fragment>) -> Self {
        let left = fragments.iter().map(|f| f.left).fold(f32::MAX, f32::min);
        let right = fragments.iter().map(|f| f.right).fold(f32::MIN, f32::max);
        let size = prevailing_size(&fragments);
        let base = fragments.iter().max_by(|a, b| a.width().total_cmp(&b.width())).map(|f| f.base);
        let mut glyphs: Vec<Glyph> = fragments.drain(..).flat_map(|f| f.glyphs).collect();
        glyphs.sort_by(|a, b| a.left.total_cmp(&b.left));
        let unknown = glyphs.iter().filter(|glyph| is_unknown(glyph)).count();
        let count = glyphs.len();
        let mut pieces = seen(glyphs);
        let rightward = to_logical_order(&mut pieces);
        let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let cells = text.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
        Self {
            cells: cells.map(str::to_owned).collect(),
            left,
            right,
            base: base.unwrap_or_default(),
            size,
            rightward,
            unknown,
            glyphs: count,
        }
    }
}

fn prevailing_size(fragments: &[Fragment]) -> f32 {
    let widest = fragments.iter().max_by(|a, b| a.width().total_cmp(&b.width()));
    let Some(widest) = widest else { return 1.0 };
    let mut sizes: Vec<f32> = widest.glyphs.iter().map(|glyph| glyph.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
}

/// The lines of a part, from top to bottom. Fragments come sorted by their base.
pub fn lines(part: Vec<Fragment>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut row: Vec<Fragment> = Vec::new();
    for fragment in part {
        if !belongs(&row, &fragment) {
            lines.push(Line::of(std::mem::take(&mut row)));
        }
        row.push(fragment);
    }
    if !row.is_empty() {
        lines.push(Line::of(row));
    }
    lines.retain(|line| !line.cells.is_empty() || line.unknown > 0);
    lines
}

/// What is raised or lowered a little, such as a footnote's number, belongs to the line; what stands
/// under something of the line does not.
fn belongs(row: &[Fragment], fragment: &Fragment) -> bool {
    const LOOKED_AT: usize = 64;
    let near = row.iter().rev().take(LOOKED_AT);
    let tallest = near.clone().map(|f| f.size).fold(fragment.size, f32::max);
    let within = row.first().is_none_or(|first| fragment.base - first.base <= 0.5 * tallest);
    let is_under = |above: &Fragment| {
        let shared = above.right.min(fragment.right) - above.left.max(fragment.left);
        shared > 0.3 * above.width().min(fragment.width())
            && fragment.base - above.base > 0.45 * above.size.max(fragment.size)
    };
    within && !near.clone().any(is_under)
}

/// A piece of a line that keeps its own order whatever the direction: a glyph's letters, or a gap.
struct Piece {
    text: String,
    class: Class,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Left,
    Right,
    Number,
    Neutral,
    Cell,
}

/// Glyphs, from left to right, with the gaps between words and cells.
fn seen(glyphs: Vec<Glyph>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(glyphs.len() + glyphs.len() / 4);
    let (marks, glyphs) = marks_apart(glyphs);
    let mut letters: Vec<String> = glyphs.iter().map(|glyph| letters_of(&glyph.letters)).collect();
    for mark in &marks {
        if let Some(base) = nearest(&glyphs, mark).and_then(|index| letters.get_mut(index)) {
            set_mark(base, mark);
        }
    }
    let mut before: Option<(&Glyph, f32)> = None;
    for (glyph, text) in glyphs.iter().zip(letters) {
        if let Some((last, reach)) = before {
            // Bold type is made by drawing twice, a little aside.
            let aside = (glyph.left - last.left).abs() < 0.15 * glyph.size;
            if aside && last.letters == glyph.letters && glyph.right - glyph.left > 0.2 * glyph.size
            {
                continue;
            }
            let gap = glyph.left - reach;
            if gap > CELL_GAP * glyph.size.max(last.size) {
                pieces.push(Piece { text: "\t".into(), class: Class::Cell });
            } else if gap > space_gap(last, glyph) {
                pieces.push(Piece { text: " ".into(), class: Class::Neutral });
            }
        }
        let reach = before.map_or(glyph.right, |(_, reach)| glyph.right.max(reach));
        before = Some((glyph, reach));
        let class = text.chars().next().map_or(Class::Neutral, class_of);
        pieces.push(Piece { text, class });
    }
    pieces
}

/// Marks that stand over a letter, and all else.
fn marks_apart(glyphs: Vec<Glyph>) -> (Vec<Glyph>, Vec<Glyph>) {
    let over = |mark: &Glyph, base: &Glyph| {
        let apart = (mark.left + mark.right - base.left - base.right).abs() / 2.0;
        apart < 0.25 * base.size && single(base).is_some_and(char::is_alphabetic)
    };
    let is_mark = |index: usize, glyph: &Glyph| match single(glyph) {
        Some(letter) if is_combining_mark(letter) => true,
        Some(letter) if combining(letter).is_some() => {
            let around = index.saturating_sub(1)..(index + 2).min(glyphs.len());
            around.filter(|other| *other != index).any(|other| over(glyph, &glyphs[other]))
        }
        _ => false,
    };
    let are: Vec<bool> = glyphs.iter().enumerate().map(|(i, glyph)| is_mark(i, glyph)).collect();
    let (marks, others): (Vec<_>, Vec<_>) = glyphs.into_iter().zip(are).partition(|(_, is)| *is);
    let glyphs = |pairs: Vec<(Glyph, bool)>| pairs.into_iter().map(|(glyph, _)| glyph).collect();
    (glyphs(marks), glyphs(others))
}

fn single(glyph: &Glyph) -> Option<char> {
    match glyph.letters {
        Some(BfString::Char(letter)) => Some(letter),
        _ => None,
    }
}

/// The mark that an accent is when it is set over a letter, as TeX does.
fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '`' => '\u{300}',
        '´' => '\u{301}',
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¯' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ => return None,
    })
}

fn set_mark(base: &mut String, mark: &Glyph) {
    match single(mark).and_then(combining) {
        Some(mark) => {
            let marked = base.replace('ı', "i") + mark.encode_utf8(&mut [0; 4]);
            *base = marked.nfc().collect();
        }
        None => base.push_str(&letters_of(&mark.letters)),
    }
}

/// The glyph that a mark stands over.
fn nearest(glyphs: &[Glyph], mark: &Glyph) -> Option<usize> {
    let middle = |glyph: &Glyph| (glyph.left + glyph.right) / 2.0;
    let at = middle(mark);
    let after = glyphs.partition_point(|glyph| glyph.left <= at);
    let around = after.saturating_sub(2)..(after + 1).min(glyphs.len());
    around.min_by(|a, b| {
        let far = |index: usize| (middle(&glyphs[index]) - at).abs();
        far(*a).total_cmp(&far(*b))
    })
}

fn is_unknown(glyph: &Glyph) -> bool {
    match &glyph.letters {
        Some(BfString::Char(letter)) => is_meaningless(*letter),
        Some(BfString::String(letters)) => letters.chars().all(is_meaningless),
        None => true,
    }
}

/// Characters that say nothing about what is read: a private code, a control, a mark of loss.
fn is_meaningless(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Letters as they are typed: the shapes that fonts have for ligatures and for the ends of words
/// become the letters they show.
fn letters_of(letters: &Option<BfString>) -> String {
    let plain = |letter: char, text: &mut String| match letter {
        letter if is_meaningless(letter) => (),
        '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => text.extend(letter.nfkc()),
        letter if letter.is_whitespace() => text.push(' '),
        letter => text.push(letter),
    };
    let mut text = String::new();
    match letters {
        Some(BfString::Char(letter)) => plain(*letter, &mut text),
        Some(BfString::String(letters)) => letters.chars().for_each(|c| plain(c, &mut text)),
        None => (),
    }
    text
}

fn class_of(letter: char) -> Class {
    match letter {
        '\t' => Class::Cell,
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => Class::Number,
        letter if is_rightward(letter) => Class::Right,
        letter if letter.is_alphabetic() => Class::Left,
        _ => Class::Neutral,
    }
}

/// Whether a letter is written from right to left: Hebrew, Arabic and those near them.
pub fn is_rightward(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Turns what is seen from left to right into what is read; says whether the line is read from the
/// right.
fn to_logical_order(pieces: &mut [Piece]) -> bool {
    let count = |class| pieces.iter().filter(|piece| piece.class == class).count();
    let (right, left) = (count(Class::Right), count(Class::Left));
    if right == 0 {
        return false;
    }
    let rightward = right >= left;
    if rightward {
        pieces.reverse();
        turn_runs(pieces, |class| matches!(class, Class::Left | Class::Number));
    } else {
        turn_runs(pieces, |class| class == Class::Right);
    }
    rightward
}

/// Reverses each longest stretch that begins and ends with such a class and has no other strong
/// class or cell's end in it.
fn turn_runs(pieces: &mut [Piece], belongs: impl Fn(Class) -> bool) {
    let mut start = 0;
    while start < pieces.len() {
        if !belongs(pieces[start].class) {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        for (index, piece) in pieces.iter().enumerate().skip(start + 1) {
            match piece.class {
                class if belongs(class) => end = index + 1,
                Class::Neutral => (),
                _ => break,
            }
        }
        pieces[start..end].reverse();
        start = end;
    }
}

/// Whether two lines are joined without a space, as in scripts that have none.
pub fn joins_closely(before: &str, after: &str) -> bool {
    let (last, first) = (before.chars().next_back(), after.chars().next());
    last.zip(first).is_some_and(|(last, first)| is_wide(last) && is_wide(first))
}
