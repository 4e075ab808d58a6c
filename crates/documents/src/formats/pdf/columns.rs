//! The order in which the parts of a page are read: columns one after the other, what spans them
//! between, heads and feet outside.

use super::fragments::Fragment;

/// Narrower columns, in ems, are columns of a table: those are read row by row.
const NARROWEST: f32 = 9.0;
const FEWEST_LINES: usize = 3;
const MOST_EDGES: usize = 24;
const MOST_FRAGMENTS: usize = 20_000;
const DEEPEST: usize = 12;

/// Parts of a page, each to be read from top to bottom. `fragments` come from top to bottom.
pub fn parts(mut fragments: Vec<Fragment>, rightward: bool) -> Vec<Vec<Fragment>> {
    let foot = fragments.split_off(apart_from_below(&fragments));
    let body = fragments.split_off(apart_from_above(&fragments));
    let mut parts = vec![fragments];
    order(body, rightward, 0, &mut parts);
    parts.push(foot);
    parts.retain(|part| !part.is_empty());
    parts
}

/// How many of the first fragments are a line that stands apart above all others.
fn apart_from_above(fragments: &[Fragment]) -> usize {
    let Some(first) = fragments.first() else { return 0 };
    let near = |fragment: &&Fragment| fragment.base - first.base < 0.5 * first.size;
    let row = fragments.iter().take_while(near).count();
    match fragments.get(row) {
        Some(next) if next.base - first.base > 1.8 * first.size.max(next.size) => row,
        _ => 0,
    }
}

/// Where the fragments begin that are a line apart below all others.
fn apart_from_below(fragments: &[Fragment]) -> usize {
    let Some(last) = fragments.last() else { return 0 };
    let near = |fragment: &&Fragment| last.base - fragment.base < 0.5 * last.size;
    let rest = fragments.len() - fragments.iter().rev().take_while(near).count();
    match rest.checked_sub(1).map(|above| &fragments[above]) {
        Some(above) if last.base - above.base > 1.8 * last.size.max(above.size) => rest,
        _ => fragments.len(),
    }
}

/// Fragments `from..to` with nothing in them that crosses the gutter at `at`.
struct Gutter {
    at: f32,
    from: usize,
    to: usize,
    height: f32,
}

fn order(part: Vec<Fragment>, rightward: bool, depth: usize, parts: &mut Vec<Vec<Fragment>>) {
    let small = part.len() < 2 * FEWEST_LINES || part.len() > MOST_FRAGMENTS || depth > DEEPEST;
    let gutter = if small { None } else { widest_reaching(&part) };
    let Some(Gutter { at, from, to, .. }) = gutter else {
        parts.push(part);
        return;
    };
    let (mut above, mut between) = (part, Vec::new());
    let below = above.split_off(to);
    between.append(&mut above.split_off(from));
    let (left, right) = between.into_iter().partition(|fragment| is_left_of(fragment, at));
    let (first, second) = if rightward { (right, left) } else { (left, right) };
    for part in [above, first, second, below] {
        order(part, rightward, depth + 1, parts);
    }
}

fn is_left_of(fragment: &Fragment, at: f32) -> bool {
    (fragment.left + fragment.right) / 2.0 < at
}

fn crosses(fragment: &Fragment, at: f32) -> bool {
    let slack = 0.1 * fragment.size;
    fragment.left < at - slack && fragment.right > at + slack
}

/// The gutter with columns along most of the part's height.
fn widest_reaching(part: &[Fragment]) -> Option<Gutter> {
    let gutters = edges(part).into_iter().flat_map(|at| runs_along(part, at));
    gutters.max_by(|a, b| a.height.total_cmp(&b.height))
}

/// Where many fragments begin, or end: a gutter lies beside such an edge.
fn edges(part: &[Fragment]) -> Vec<f32> {
    let leftmost = part.iter().map(|f| f.left).fold(f32::MAX, f32::min);
    let rightmost = part.iter().map(|f| f.right).fold(f32::MIN, f32::max);
    let begins = part.iter().map(|f| f.left - 0.2 * f.size);
    let ends = part.iter().map(|f| f.right + 0.2 * f.size);
    let mut places: Vec<f32> =
        begins.chain(ends).filter(|at| *at > leftmost && *at < rightmost).collect();
    places.sort_by(f32::total_cmp);
    let mut counted: Vec<(usize, f32)> = Vec::new();
    let mut last = f32::MIN;
    for at in places {
        match counted.last_mut() {
            Some(group) if at - last < 1.0 => group.0 += 1,
            _ => counted.push((1, at)),
        }
        last = at;
    }
    counted.retain(|(count, _)| *count >= FEWEST_LINES);
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counted.into_iter().take(MOST_EDGES).map(|(_, at)| at).collect()
}

/// The stretches of a part along which nothing crosses `at` and text stands on both sides.
fn runs_along(part: &[Fragment], at: f32) -> Vec<Gutter> {
    let mut runs = Vec::new();
    let mut from = 0;
    for to in 0..=part.len() {
        if part.get(to).is_none_or(|fragment| crosses(fragment, at)) {
            runs.extend(columns_in(&part[from..to], at).map(|height| Gutter {
                at,
                from,
                to,
                height,
            }));
            from = to + 1;
        }
    }
    runs
}

/// How tall the two columns of text beside a gutter are, if that is what stands there.
fn columns_in(run: &[Fragment], at: f32) -> Option<f32> {
    let (left, right): (Vec<&Fragment>, Vec<&Fragment>) =
        run.iter().partition(|fragment| is_left_of(fragment, at));
    let (first, second) = (Column::of(&left)?, Column::of(&right)?);
    let gap = second.left - first.right;
    let shared = first.bottom.min(second.bottom) - first.top.max(second.top);
    let shorter = (first.bottom - first.top).min(second.bottom - second.top);
    let apart = gap > 0.4 * first.size.min(second.size);
    (apart && shared >= 0.5 * shorter).then_some(shared)
}

struct Column {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    size: f32,
}

impl Column {
    /// Lines that fill a width: cells of a table do not.
    fn of(fragments: &[&Fragment]) -> Option<Self> {
        let (first, last) = (fragments.first()?, fragments.last()?);
        if fragments.len() < FEWEST_LINES {
            return None;
        }
        let count = fragments.len() as f32;
        let left = fragments.iter().map(|f| f.left).fold(f32::MAX, f32::min);
        let right = fragments.iter().map(|f| f.right).fold(f32::MIN, f32::max);
        let size = fragments.iter().map(|f| f.size).sum::<f32>() / count;
        let filled = fragments.iter().map(|f| f.width()).sum::<f32>() / count;
        let text = filled >= NARROWEST * size && filled >= 0.5 * (right - left);
        text.then_some(Self { left, right, top: first.base, bottom: last.base, size })
    }
}
