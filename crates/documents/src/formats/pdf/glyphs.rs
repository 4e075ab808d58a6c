//! What a page shows: every glyph with its letters, its place and its size, and whether there are
//! pictures. Nothing is drawn.

use hayro_interpret::font::{Glyph as Shape, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};

use super::unspoken::Unspoken;

/// Glyphs of one page past this many are not text that anyone reads.
const MOST_GLYPHS: usize = 1_000_000;

/// How far apart two directions are that are told from each other, in degrees.
const DIRECTION_STEP: f64 = 15.0;

/// A glyph in the frame of its own direction: `left` to `right` along the line of text, `base`
/// growing from line to line.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// `None` where the file does not say which letters the glyph stands for.
    pub letters: Option<BfString>,
    pub left: f32,
    pub right: f32,
    pub base: f32,
    pub size: f32,
    /// Whether a space was drawn to either side of it.
    pub space_left: bool,
    pub space_right: bool,
}

/// The text of one direction: upright, turned, or top to bottom.
#[derive(Debug)]
pub struct Direction {
    /// In degrees, clockwise.
    angle: i32,
    pub vertical: bool,
    pub glyphs: Vec<Glyph>,
}

/// All that is on a page, the direction with most glyphs first.
#[derive(Debug, Default)]
pub struct Shown {
    pub directions: Vec<Direction>,
    pub pictures: bool,
    count: usize,
}

impl Shown {
    pub fn of<'a>(
        page: &Page<'a>,
        cache: &InterpreterCache<'a>,
        settings: &InterpreterSettings,
        unspoken: &mut Unspoken,
        alive: &mut dyn FnMut(),
    ) -> Self {
        unspoken.note_fonts(page.resources());
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let frame = Affine::new(page.initial_transform(true).as_coeffs());
        let mut context = Context::new(frame, bounds, cache, page.xref(), settings.clone());
        let mut eye = Eye { shown: Self::default(), unspoken, alive };
        interpret_page(page, &mut context, &mut eye);
        let mut shown = eye.shown;
        shown.directions.sort_by_key(|direction| std::cmp::Reverse(direction.glyphs.len()));
        shown
    }

    fn add(&mut self, shape: &Shape<'_>, letters: Option<BfString>, place: Affine, vertical: bool) {
        const EM: f64 = 1000.0;
        let up = place * Point::new(0.0, EM) - place * Point::ORIGIN;
        let along = place * Point::new(EM, 0.0) - place * Point::ORIGIN;
        let (advance, drawn) = match shape {
            Shape::Outline(outline) => (outline.advance_width(), false),
            Shape::Type3(drawn) => (drawn.advance_width(), true),
        };
        let advance = advance.map_or(EM / 2.0, f64::from);
        let (start, end, baseline) = if vertical {
            (Point::new(EM / 2.0, 0.88 * EM), Point::new(EM / 2.0, -0.12 * EM), -up)
        } else {
            (Point::ORIGIN, Point::new(advance, 0.0), along)
        };
        // Drawn fonts count in units of their own: their widths tell more than their size.
        let size = if drawn && advance > 1.5 * EM { up.hypot() * advance / EM } else { up.hypot() };
        let (start, end) = (place * start, place * end);
        let sound = |value: f64| value.is_finite() && value.abs() < 1e6;
        if ![start.x, start.y, end.x, end.y, size].into_iter().all(sound) || size < 0.01 {
            return;
        }
        let angle = quantised(baseline);
        let unit = Vec2::from_angle(f64::from(angle).to_radians());
        let down = Vec2::new(-unit.y, unit.x);
        let (from, to) = (start.to_vec2().dot(unit) as f32, end.to_vec2().dot(unit) as f32);
        let centred = if vertical { 0.35 * size } else { 0.0 };
        let glyph = Glyph {
            letters,
            left: from.min(to),
            right: from.max(to),
            base: (start.to_vec2().dot(down) + centred) as f32,
            size: size as f32,
            space_left: false,
            space_right: false,
        };
        self.count += 1;
        self.of_direction(angle, vertical).push(glyph);
    }

    fn of_direction(&mut self, angle: i32, vertical: bool) -> &mut Vec<Glyph> {
        let same = |d: &Direction| d.angle == angle && d.vertical == vertical;
        let index = self.directions.iter().position(same).unwrap_or_else(|| {
            self.directions.push(Direction { angle, vertical, glyphs: Vec::new() });
            self.directions.len() - 1
        });
        &mut self.directions[index].glyphs
    }
}

/// Scans lie a little askew: what is nearly upright counts as upright.
fn quantised(direction: Vec2) -> i32 {
    let degrees = direction.atan2().to_degrees().rem_euclid(360.0);
    let quarter = (degrees / 90.0).round() * 90.0;
    let near = (degrees - quarter).abs() < 10.0;
    let angle = if near { quarter } else { (degrees / DIRECTION_STEP).round() * DIRECTION_STEP };
    angle as i32 % 360
}

/// Looks on while a page is drawn.
struct Eye<'e> {
    shown: Shown,
    unspoken: &'e mut Unspoken,
    alive: &'e mut dyn FnMut(),
}

impl<'a> Device<'a> for Eye<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        // Past the bound nobody is told that work goes on, so a page without end is ended.
        if self.shown.count > MOST_GLYPHS {
            return;
        }
        (self.alive)();
        // Outlined letters are shown twice: filled, then stroked.
        let again = matches!(mode, DrawMode::Stroke(_)) && self.repeats(run, &props);
        if again {
            return;
        }
        let vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            let spoken = glyph.as_unicode();
            let letters = match &**glyph {
                Shape::Outline(outline) => spoken.or_else(|| self.unspoken.letters(outline)),
                Shape::Type3(_) => spoken,
            };
            self.shown.add(glyph, letters, props.transform * glyph.transform(), vertical);
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.shown.pictures = true;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

impl Eye<'_> {
    /// Whether the run ends where the last one ended.
    fn repeats(&self, run: &GlyphRun<'_, '_>, props: &DrawProps<'_>) -> bool {
        let mut alone = Shown::default();
        if let Some(last) = run.glyphs().last() {
            let vertical = run.writing_mode() == WritingMode::Vertical;
            alone.add(last, None, props.transform * last.transform(), vertical);
        }
        let same = |new: &Direction| {
            let old = self.shown.directions.iter().find(|old| old.angle == new.angle);
            old.and_then(|old| old.glyphs.last())
                .zip(new.glyphs.last())
                .is_some_and(|(old, new)| old.left == new.left && old.base == new.base)
        };
        alone.directions.iter().any(same)
    }
}
