//! Whether a document's text is text: fonts may show letters without saying which they are.

use super::paragraphs::Page;
use crate::refusal::Refusal;

const FEWEST_GLYPHS: usize = 20;
const FEWEST_LETTERS: usize = 200;
/// A page, or a document, with more unknown glyphs than this share is not read.
const MOST_UNKNOWN: f32 = 0.4;
/// Every language written in Latin letters has more vowels among its letters than this. English has
/// 40 %, Czech and Polish 38 %; a text shifted by a few letters falls far below.
const FEWEST_VOWELS: f32 = 0.20;

/// Empties garbled pages, and refuses a document of nothing else.
pub fn judge(pages: &mut [Page]) -> Result<(), Refusal> {
    let (mut all, mut unknown) = (0, 0);
    for page in pages.iter_mut() {
        let lines = || page.parts.iter().flatten();
        let count: usize = lines().map(|line| line.glyphs).sum();
        let lost: usize = lines().map(|line| line.unknown).sum();
        (all, unknown) = (all + count, unknown + lost);
        if count >= FEWEST_GLYPHS && lost as f32 > MOST_UNKNOWN * count as f32 {
            page.parts.clear();
        }
    }
    if all >= FEWEST_GLYPHS && unknown as f32 > MOST_UNKNOWN * all as f32 {
        let percent = 100 * unknown / all;
        let reason = format!("its fonts do not say what {percent} % of the signs stand for");
        return Err(Refusal::Garbled { reason });
    }
    let (letters, vowels) = latin(pages);
    if letters >= FEWEST_LETTERS && (vowels as f32) < FEWEST_VOWELS * letters as f32 {
        let percent = 100 * vowels / letters;
        let reason = format!("only {percent} % of its letters are vowels, as in no language");
        return Err(Refusal::Garbled { reason });
    }
    Ok(())
}

/// How many letters the text has, and how many of them are vowels; none unless it is Latin.
fn latin(pages: &[Page]) -> (usize, usize) {
    let (mut letters, mut vowels, mut others) = (0, 0, 0);
    let cells = pages.iter().flat_map(|page| page.parts.iter().flatten()).flat_map(|l| &l.cells);
    for letter in cells.flat_map(|cell| cell.chars()).filter(|letter| letter.is_alphabetic()) {
        match letter.to_ascii_lowercase() {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => (letters, vowels) = (letters + 1, vowels + 1),
            'b'..='z' => letters += 1,
            // Letters with accents are vowels more often than not.
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                (letters, vowels) = (letters + 1, vowels + 1);
            }
            _ => others += 1,
        }
    }
    if others > letters { (0, 0) } else { (letters, vowels) }
}
