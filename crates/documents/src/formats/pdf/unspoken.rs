//! Letters of glyphs that a PDF gives without saying what they stand for: its fonts may tell.

use std::collections::HashMap;

use hayro_interpret::font::{GlyphIdentifier, OutlineGlyph};
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, load_embedded};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro_interpret::hayro_syntax::page::Resources;
use skrifa::{FontRef, MetadataProvider};

/// What was found, kept for the whole document.
#[derive(Default)]
pub struct Unspoken {
    found: HashMap<GlyphIdentifier, Option<BfString>>,
    /// For each font program, which letter each of its glyphs was made for.
    fonts: HashMap<u128, HashMap<u32, char>>,
    /// For each font by name, the collection that numbers its glyphs.
    collections: HashMap<String, Option<CMap>>,
}

impl Unspoken {
    /// Notes which of a page's fonts number their glyphs by one of Adobe's collections of Chinese,
    /// Japanese or Korean letters.
    pub fn note_fonts(&mut self, resources: &Resources<'_>) {
        let names: Vec<Name<'_>> = resources.fonts.keys().collect();
        let fonts = names.iter().filter_map(|name| resources.get_font(name));
        for font in fonts.filter(|font| !font.contains_key(b"ToUnicode")) {
            let identity = font
                .get::<Name<'_>>(b"Encoding")
                .is_some_and(|encoding| matches!(&*encoding, b"Identity-H" | b"Identity-V"));
            let (Some(name), true) = (font.get::<Name<'_>>(b"BaseFont"), identity) else {
                continue;
            };
            let name = without_tag(name.as_str()).to_owned();
            self.collections.entry(name).or_insert_with(|| collection(&font));
        }
    }

    pub fn letters(&mut self, glyph: &OutlineGlyph) -> Option<BfString> {
        let key = glyph.identifier();
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let letters = self.find(glyph);
        self.found.insert(key, letters.clone());
        letters
    }

    fn find(&mut self, glyph: &OutlineGlyph) -> Option<BfString> {
        let font = glyph.font_data()?;
        let name = font.postscript_name.as_deref().unwrap_or_default();
        if let Some(Some(collection)) = self.collections.get(name)
            && let Some(letters) = collection.lookup_bf_string(glyph.char_code())
        {
            return Some(letters);
        }
        let made_for = self.fonts.entry(font.cache_key).or_insert_with(|| {
            let program = FontRef::new((*font.data).as_ref()).ok();
            let pairs = program.map(|program| program.charmap().mappings().collect::<Vec<_>>());
            let pairs = pairs.into_iter().flatten();
            // Of several letters the first stands: the others are looks of it.
            let mut letters = HashMap::new();
            for (code, glyph) in pairs {
                if let Some(letter) = char::from_u32(code) {
                    letters.entry(glyph.to_u32()).or_insert(letter);
                }
            }
            letters
        });
        made_for.get(&glyph.glyph_id().to_u32()).copied().map(BfString::Char)
    }
}

/// The name without the six letters that tell cut-down fonts apart.
fn without_tag(name: &str) -> &str {
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 => rest,
        _ => name,
    }
}

fn collection(font: &Dict<'_>) -> Option<CMap> {
    let descendants = font.get::<Array<'_>>(b"DescendantFonts")?;
    let descendant = descendants.iter::<Dict<'_>>().next()?;
    let system = descendant.get::<Dict<'_>>(b"CIDSystemInfo")?;
    let ordering = system.get::<PdfString<'_>>(b"Ordering")?;
    let name = match ordering.as_bytes() {
        b"Japan1" => CMapName::AdobeJapan1Ucs2,
        b"GB1" => CMapName::AdobeGb1Ucs2,
        b"CNS1" => CMapName::AdobeCns1Ucs2,
        b"Korea1" => CMapName::AdobeKorea1Ucs2,
        _ => return None,
    };
    CMap::parse(load_embedded(name)?, load_embedded)
}
