//! Glyphs joined to fragments: stretches of one line without a gap that a column or a cell could
//! lie in.

use hayro_interpret::hayro_cmap::BfString;

use super::glyphs::Glyph;

/// Gaps, in ems. A fragment ends at a gap that may be a gutter; within a fragment a wide gap is a space.
const FRAGMENT_GAP: f32 = 0.7;
const SPACE_GAP: f32 = 0.17;
const DRAWN_SPACE_GAP: f32 = 0.03;
/// Wide scripts are set apart for looks without a space being meant.
const WIDE_SPACE_GAP: f32 = 0.6;

/// Some glyphs of a line, from left to right as they are seen.
#[derive(Clone, Debug)]
pub struct Fragment {
    pub glyphs: Vec<Glyph>,
    pub left: f32,
    pub right: f32,
    pub base: f32,
    pub size: f32,
}

impl Fragment {
    fn new(glyph: Glyph) -> Self {
        let Glyph { left, right, base, size, .. } = glyph;
        Self { glyphs: vec![glyph], left, right, base, size }
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    fn goes_on_with(&self, glyph: &Glyph) -> bool {
        let size = self.size.max(glyph.size);
        let near = FRAGMENT_GAP * size;
        (glyph.base - self.base).abs() < 0.1 * size
            && (glyph.left - self.right).abs() < near
            && self.size / glyph.size < 1.5
            && glyph.size / self.size < 1.5
    }

    fn push(&mut self, glyph: Glyph) {
        self.left = self.left.min(glyph.left);
        self.right = self.right.max(glyph.right);
        self.size = self.size.max(glyph.size);
        self.glyphs.push(glyph);
    }

    fn absorb(&mut self, other: Self) {
        if other.width() > self.width() {
            self.base = other.base;
        }
        self.left = self.left.min(other.left);
        self.right = self.right.max(other.right);
        self.size = self.size.max(other.size);
        self.glyphs.extend(other.glyphs);
    }
}

/// The fragments of a page, from top to bottom.
pub fn fragments(glyphs: Vec<Glyph>) -> Vec<Fragment> {
    let mut runs: Vec<Fragment> = Vec::new();
    let mut space: Option<Glyph> = None;
    for glyph in glyphs {
        if is_space(&glyph) {
            space = Some(glyph);
            continue;
        }
        let mut glyph = glyph;
        if let Some(space) = space.take() {
            if let Some(last) = runs.last_mut().and_then(|run| run.glyphs.last_mut()) {
                mark(last, &space);
            }
            mark(&mut glyph, &space);
        }
        match runs.last_mut() {
            Some(run) if run.goes_on_with(&glyph) => run.push(glyph),
            _ => runs.push(Fragment::new(glyph)),
        }
    }
    joined(runs)
}

/// Notes on which side of a glyph a space was drawn, if on its line.
fn mark(glyph: &mut Glyph, space: &Glyph) {
    if (space.base - glyph.base).abs() > 0.1 * glyph.size {
        return;
    }
    if space.left + space.right > glyph.left + glyph.right {
        glyph.space_right = true;
    } else {
        glyph.space_left = true;
    }
}

fn is_space(glyph: &Glyph) -> bool {
    match &glyph.letters {
        Some(BfString::Char(letter)) => letter.is_whitespace(),
        Some(BfString::String(letters)) => letters.chars().all(char::is_whitespace),
        None => false,
    }
}

/// Runs of one line that stand close are one fragment, in whatever order they were drawn.
fn joined(mut runs: Vec<Fragment>) -> Vec<Fragment> {
    runs.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut fragments: Vec<Fragment> = Vec::with_capacity(runs.len());
    let mut row: Vec<Fragment> = Vec::new();
    for run in runs {
        let same = row.first().is_none_or(|first| run.base - first.base < 0.2 * first.size);
        if !same {
            join_row(&mut row, &mut fragments);
        }
        row.push(run);
    }
    join_row(&mut row, &mut fragments);
    fragments.sort_by(|a, b| a.base.total_cmp(&b.base));
    fragments
}

fn join_row(row: &mut Vec<Fragment>, fragments: &mut Vec<Fragment>) {
    row.sort_by(|a, b| a.left.total_cmp(&b.left));
    let start = fragments.len();
    for run in row.drain(..) {
        match fragments.get_mut(start..).and_then(<[_]>::last_mut) {
            Some(last) if run.left - last.right < FRAGMENT_GAP * run.size.max(last.size) => {
                last.absorb(run);
            }
            _ => fragments.push(run),
        }
    }
}

/// How wide a gap must be between two glyphs to be a space between words. Where a space was drawn
/// nearly any will do: some files strew spaces where there is no gap at all.
pub fn space_gap(before: &Glyph, after: &Glyph) -> f32 {
    let size = before.size.min(after.size);
    if before.space_right || after.space_left {
        return DRAWN_SPACE_GAP * size;
    }
    let wide = |glyph: &Glyph| first_letter(glyph).is_some_and(is_wide);
    if wide(before) && wide(after) { WIDE_SPACE_GAP * size } else { SPACE_GAP * size }
}

fn first_letter(glyph: &Glyph) -> Option<char> {
    match glyph.letters.as_ref()? {
        BfString::Char(letter) => Some(*letter),
        BfString::String(letters) => letters.chars().next(),
    }
}

/// Letters of scripts that put no space between words and fill a square each: Chinese and Japanese.
pub fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{30ff}' | '\u{31c0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}
