//! From bytes in the code page of their font, and from numbers of UTF-16, to characters.

use std::collections::HashMap;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// How a font's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As the document's bytes are.
    Default,
    Page(&'static Encoding),
    /// Pictures in the place of letters.
    Symbols,
}

/// The encodings of a document.
#[derive(Debug)]
pub struct Codings {
    pub page: &'static Encoding,
    pub fonts: HashMap<i32, Coding>,
}

impl Default for Codings {
    fn default() -> Self {
        Self { page: WINDOWS_1252, fonts: HashMap::new() }
    }
}

impl Codings {
    pub fn of_font(&self, font: i32) -> Coding {
        self.fonts.get(&font).copied().unwrap_or(Coding::Default)
    }
}

pub fn code_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        932 => SHIFT_JIS,
        936 => GBK,
        949 | 1361 => EUC_KR,
        950 => BIG5,
        874 => WINDOWS_874,
        866 => encoding_rs::IBM866,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1252 => WINDOWS_1252,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        10007 => X_MAC_CYRILLIC,
        65001 => UTF_8,
        _ => return None,
    })
}

/// The meaning of a font's `\fcharset`.
pub fn character_set(number: i32) -> Coding {
    let page = match number {
        2 => return Coding::Symbols,
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return Coding::Default,
    };
    code_page(page).map_or(Coding::Default, Coding::Page)
}

/// Characters that are being put together.
#[derive(Debug, Default)]
pub struct Characters {
    bytes: Vec<u8>,
    coding: Option<Coding>,
    /// The first half of a character beyond the basic plane.
    high: Option<u16>,
}

impl Characters {
    /// Takes a byte; what had been collected in another coding goes to `text`.
    pub fn byte(&mut self, byte: u8, coding: Coding, codings: &Codings, text: &mut String) {
        if self.coding != Some(coding) || self.high.is_some() {
            self.settle(codings, text);
            self.coding = Some(coding);
        }
        self.bytes.push(byte);
    }

    pub fn unit(&mut self, unit: u16, codings: &Codings, text: &mut String) {
        if !self.bytes.is_empty() {
            self.settle(codings, text);
        }
        let both = self.high.take().map(|high| char::decode_utf16([high, unit]).next());
        match both {
            Some(Some(Ok(character))) => return text.push(character),
            Some(_) => text.push(char::REPLACEMENT_CHARACTER),
            None => {}
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            // Symbol fonts are mapped here, to no characters that mean anything.
            0xf000..=0xf0ff => text.push(' '),
            unit => text.push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    /// Puts all that was collected into `text`.
    pub fn settle(&mut self, codings: &Codings, text: &mut String) {
        if self.high.take().is_some() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        if self.bytes.is_empty() {
            return;
        }
        let encoding = match self.coding.take().unwrap_or(Coding::Default) {
            Coding::Default => codings.page,
            Coding::Page(encoding) => encoding,
            Coding::Symbols => {
                // Spaces and bullets mean the same in them.
                text.extend(self.bytes.drain(..).map(|byte| if byte == 0xb7 { '•' } else { ' ' }));
                return;
            }
        };
        text.push_str(&encoding.decode_without_bom_handling(&self.bytes).0);
        self.bytes.clear();
    }
}

/// The characters that have words of their own.
pub fn named(word: &str) -> Option<char> {
    Some(match word {
        "tab" | "emspace" | "enspace" | "qmspace" => ' ',
        "emdash" => '—',
        "endash" => '–',
        "lquote" => '‘',
        "rquote" => '’',
        "ldblquote" => '“',
        "rdblquote" => '”',
        "bullet" => '•',
        "zwj" => '\u{200d}',
        "zwnj" => '\u{200c}',
        "zwbo" => '\u{200b}',
        "ltrmark" => '\u{200e}',
        "rtlmark" => '\u{200f}',
        _ => return None,
    })
}
