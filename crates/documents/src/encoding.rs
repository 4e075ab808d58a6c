//! Bytes to characters: which encoding a text is in, and whether the bytes are text at all.
//!
//! A byte order mark is believed, then UTF-8, then the pattern of zero bytes that UTF-16 and UTF-32
//! leave, then the statistics of `chardetng` for the encodings from before Unicode. Where a file
//! declares its encoding, that comes before the statistics.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file is looked at where the beginning tells enough.
const BEGINNING: usize = 8 << 10;

/// The text in these bytes, without its byte order mark; `None` where they are not text.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(text) = marked(bytes) {
        return Some(text);
    }
    let bytes = without_dos_end(bytes);
    if let Some(text) = japanese_escapes(bytes) {
        return Some(text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => few_controls(bytes).then_some(Cow::Borrowed(text)).or_else(|| wide(bytes)),
        Err(_) if bytes.contains(&0) => wide(bytes),
        Err(_) if !few_controls(bytes) => None,
        Err(_) if nearly_utf8(bytes) => Some(String::from_utf8_lossy(bytes)),
        Err(_) => legacy(bytes),
    }
}

/// The text in these bytes, which are taken to be text; `declared` is the name of an encoding that the
/// file itself gives. Valid UTF-8 is believed over any declaration but that of an encoding that plain
/// ASCII can hide, since tools that convert files leave old declarations behind.
pub fn decoded<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    let named = declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    // What is read as single bytes to find the declaration is not in UTF-16, whatever it says.
    let wide = |encoding| encoding == UTF_16LE || encoding == UTF_16BE;
    let possible = named.filter(|encoding| !wide(*encoding) || bytes.contains(&0));
    let plain = std::str::from_utf8(bytes).is_ok();
    match possible {
        _ if Encoding::for_bom(bytes).is_some() => {}
        Some(encoding) if !encoding.is_ascii_compatible() && bytes.is_ascii() => {
            return encoding.decode(bytes).0;
        }
        Some(encoding) if !plain && encoding != UTF_8 => return encoding.decode(bytes).0,
        _ => {}
    }
    decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes))
}

/// The beginning of these bytes as text, for telling formats apart. Cheap however long they are.
pub fn beginning(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes.len() <= BEGINNING {
        return decode(bytes);
    }
    let mut head = &bytes[..BEGINNING];
    // A character cut in two would make UTF-8 look broken.
    if let Err(error) = std::str::from_utf8(head)
        && error.error_len().is_none()
    {
        head = &head[..error.valid_up_to()];
    }
    decode(head)
}

fn marked(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe, 0, 0]) {
        return Some(utf32(rest, u32::from_le_bytes).into());
    }
    if let Some(rest) = bytes.strip_prefix(&[0, 0, 0xfe, 0xff]) {
        return Some(utf32(rest, u32::from_be_bytes).into());
    }
    let (encoding, mark) = Encoding::for_bom(bytes)?;
    let rest = &bytes[mark..];
    // Other kinds of file begin with these bytes by chance.
    if encoding != UTF_8 && !plausible(&encoding.decode_without_bom_handling(rest).0) {
        return None;
    }
    Some(encoding.decode_without_bom_handling(rest).0)
}

fn utf32(bytes: &[u8], value: fn([u8; 4]) -> u32) -> String {
    let units = bytes.chunks_exact(4).map(|unit| value([unit[0], unit[1], unit[2], unit[3]]));
    units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// DOS programs ended text with this byte and filled the last sector with it.
fn without_dos_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| byte != 0x1a).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// ISO-2022-JP is ASCII throughout, so that it would pass for UTF-8.
fn japanese_escapes(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let escape = memchr::memchr(0x1b, bytes)?;
    let switches =
        [b"\x1b$B", b"\x1b$@", b"\x1b(J"].iter().any(|s| bytes[escape..].starts_with(*s));
    if !switches || !bytes.is_ascii() {
        return None;
    }
    let (text, faults) = ISO_2022_JP.decode_without_bom_handling(bytes);
    (!faults).then_some(text)
}

/// Text has next to no control characters; data has one byte in ten or more.
fn few_controls(bytes: &[u8]) -> bool {
    let is_control =
        |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x08);
    let (mut controls, mut zeros) = (0, 0);
    for byte in bytes.iter().filter(is_control) {
        controls += 1;
        zeros += usize::from(*byte == 0);
    }
    controls * 50 <= bytes.len() && zeros * 500 <= bytes.len()
}

/// Text in UTF-8 with a few broken places, such as a log that was cut or a name from elsewhere.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut broken, mut sound) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        sound += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
    }
    sound > broken * 4
}

/// UTF-16 or UTF-32 without a mark: which of their bytes are zero tells the order.
fn wide(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let head = &bytes[..bytes.len().min(BEGINNING)];
    let mut zeros = [0_usize; 4];
    for (place, _) in head.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        zeros[place % 4] += 1;
    }
    let quarter = head.len() / 4;
    let mostly = |count: usize| quarter > 0 && count * 10 >= quarter * 9;
    if mostly(zeros[2]) && mostly(zeros[3]) && zeros[0] == 0 {
        return Some(utf32(bytes, u32::from_le_bytes))
            .filter(|text| plausible(text))
            .map(Cow::from);
    }
    if mostly(zeros[0]) && mostly(zeros[1]) && zeros[3] == 0 {
        return Some(utf32(bytes, u32::from_be_bytes))
            .filter(|text| plausible(text))
            .map(Cow::from);
    }
    let (even, odd) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
    let encoding = match (even, odd) {
        (0, 0) => return None,
        (even, odd) if odd >= even * 8 => UTF_16LE,
        (even, odd) if even >= odd * 8 => UTF_16BE,
        _ => return None,
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    plausible(&text).then_some(text)
}

/// Whether decoded characters are such as texts are made of.
fn plausible(text: &str) -> bool {
    let (mut all, mut odd) = (0, 0);
    for character in text.chars().take(BEGINNING) {
        all += 1;
        let private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        let control = character.is_control() && !character.is_whitespace();
        odd += usize::from(private || control || character == char::REPLACEMENT_CHARACTER);
    }
    all > 0 && odd * 50 <= all
}

fn legacy(bytes: &[u8]) -> Option<Cow<'_, str>> {
    const ENOUGH: usize = 256 << 10;
    let first = Encoding::ascii_valid_up_to(bytes);
    let start = first.saturating_sub(64);
    let end = bytes.len().min(start.saturating_add(ENOUGH));
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[start..end], end == bytes.len());
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let strange = |c: &char| {
        *c == char::REPLACEMENT_CHARACTER
            || c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' | '\u{8}')
    };
    let (all, odd) = text
        .chars()
        .take(ENOUGH)
        .fold((0, 0), |(all, odd), character| (all + 1, odd + usize::from(strange(&character))));
    (odd * 30 <= all).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<&str>) {
        assert_eq!(decode(bytes).as_deref(), expected, "{bytes:?}");
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn unicode_is_read_with_and_without_a_mark() {
        let text = "Öl, масло, 油と水。\nשמן";
        let wide: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        check(text.as_bytes(), Some(text));
        check(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), Some(text));
        check(&[b"\xff\xfe".to_vec(), utf16(text, u16::to_le_bytes)].concat(), Some(text));
        check(&[b"\xfe\xff".to_vec(), utf16(text, u16::to_be_bytes)].concat(), Some(text));
        check(&[b"\xff\xfe\0\0".to_vec(), wide.clone()].concat(), Some(text));
        check(&utf16(text, u16::to_le_bytes), Some(text));
        check(&utf16(text, u16::to_be_bytes), Some(text));
        check(&utf16("plain words", u16::to_be_bytes), Some("plain words"));
        let plain: Vec<u8> = "plain words".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        check(&plain, Some("plain words"));
    }

    #[test]
    fn encodings_from_before_unicode_are_told_by_their_letters() {
        for (text, encoding) in [
            ("Die Straße überquert den Fluß; schöne Grüße aus München.", encoding_rs::WINDOWS_1252),
            ("Съешь ещё этих мягких французских булок, да выпей чаю", encoding_rs::WINDOWS_1251),
            ("Съешь ещё этих мягких французских булок, да выпей чаю", encoding_rs::KOI8_R),
            ("Съешь ещё этих мягких французских булок, да выпей чаю", encoding_rs::IBM866),
            (
                "吾輩は猫である。名前はまだ無い。どこで生れたか見当がつかぬ。",
                encoding_rs::SHIFT_JIS,
            ),
            ("吾輩は猫である。名前はまだ無い。どこで生れたか見当がつかぬ。", encoding_rs::EUC_JP),
            ("吾輩は猫である。名前はまだ無い。", ISO_2022_JP),
            ("天地玄黄,宇宙洪荒。日月盈昃,辰宿列张。寒来暑往,秋收冬藏。", encoding_rs::GBK),
            ("天地玄黃,宇宙洪荒。日月盈昃,辰宿列張。寒來暑往,秋收冬藏。", encoding_rs::BIG5),
            ("나라의 말이 중국과 달라 한자와는 서로 통하지 아니하므로", encoding_rs::EUC_KR),
            ("Zażółć gęślą jaźń, a potem idź do domu", encoding_rs::ISO_8859_2),
            ("Η γλώσσα μου έδωσαν ελληνική· το σπίτι φτωχικό", encoding_rs::WINDOWS_1253),
            ("الكلمة الطيبة صدقة وهذا نص عربي قصير", encoding_rs::WINDOWS_1256),
        ] {
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{}", encoding.name());
            check(&bytes, Some(text));
        }
    }

    #[test]
    fn a_few_faults_leave_text_text_and_data_is_not_text() {
        check("größer und schöner \u{1a}\u{1a}".as_bytes(), Some("größer und schöner "));
        let mut broken = "größer, schöner, älter, öfter, übler ".as_bytes().to_vec();
        broken.push(0xff);
        check(&broken, Some("größer, schöner, älter, öfter, übler \u{fffd}"));
        check(&[0, 1, 2, 3, 4, 5, 6, 7], None);
        check(&[0x13, 0x8f, 0x02, 0xee, 0x01, 0x91, 0x05, 0xd0, 0x1f, 0x11], None);
        let noise = |seed: u32| (0..4000_u32).map(move |i| (i.wrapping_mul(seed) >> 13) as u8);
        check(&noise(2_654_435_761).collect::<Vec<_>>(), None);
    }

    #[test]
    fn the_beginning_is_cut_between_characters() {
        let text = "é".repeat(BEGINNING);
        let beginning = beginning(&text.as_bytes()[1..]);
        assert!(beginning.is_some_and(|text| text.len() >= BEGINNING - 2));
        let odd = format!("x{text}");
        assert_eq!(super::beginning(odd.as_bytes()).unwrap().len(), BEGINNING - 1);
    }

    #[test]
    fn a_declaration_is_believed_where_it_can_be_so() {
        let russian = "Съешь же ещё этих мягких французских булок, да выпей чаю.";
        let japanese = "いろはにほへと ちりぬるを";
        let marked: Vec<u8> = "\u{feff}Größe".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Encoding::for_bom(&marked).map(|(encoding, _)| encoding), Some(UTF_16LE));
        let table: &[(&[u8], Option<&str>, &str)] = &[
            (&marked, Some("utf-8"), "Größe"),
            (russian.as_bytes(), Some("iso-8859-1"), russian),
            (&encoding_rs::WINDOWS_1251.encode(russian).0, None, russian),
            (&encoding_rs::WINDOWS_1251.encode(russian).0, Some("utf-8"), russian),
            (&encoding_rs::SHIFT_JIS.encode(japanese).0, Some(" Shift_JIS "), japanese),
            (b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp"), "こん"),
            (b"gr\xf6\xdfer", Some("no-such-thing"), "größer"),
            (b"plain", Some("utf-16"), "plain"),
            (b"p\0l\0a\0i\0n\0", Some("utf-16le"), "plain"),
            (b"plain", Some("hz-gb-2312"), "plain"),
        ];
        for (bytes, declared, expected) in table {
            assert_eq!(decoded(bytes, *declared), *expected, "{declared:?}");
        }
    }
}
