//! PDFs written by hand: one with a table of its objects as they all were, one with its objects and
//! their table in packed streams as they are today.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::made::{SENTENCES, Sound};

/// The objects of a file, each with its number.
#[derive(Clone, Debug, Default)]
pub struct Pdf {
    objects: Vec<(usize, Vec<u8>)>,
}

impl Pdf {
    pub fn object(self, number: usize, body: &str) -> Self {
        self.put(number, body.as_bytes().to_vec())
    }

    pub fn stream(self, number: usize, dictionary: &str, data: &[u8]) -> Self {
        self.put(number, stream(dictionary, data))
    }

    /// In the place of the one that had the number.
    fn put(mut self, number: usize, body: Vec<u8>) -> Self {
        self.objects.retain(|(known, _)| *known != number);
        self.objects.push((number, body));
        self
    }

    /// A stream of `data` packed once.
    pub fn packed(self, number: usize, dictionary: &str, data: &[u8]) -> Self {
        self.stream(number, &format!("/Filter /FlateDecode {dictionary}"), &deflated(data))
    }

    fn size(&self) -> usize {
        self.objects.iter().map(|(number, _)| number + 1).max().unwrap_or(1)
    }

    /// With a table of where each object begins.
    pub fn classic(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.4\n".to_vec();
        let mut table = format!("xref\n0 1\n{:010} 65535 f \n", 0);
        for (number, body) in &self.objects {
            table += &format!("{number} 1\n{:010} 00000 n \n", file.len());
            write_object(*number, body, &mut file);
        }
        let (start, size) = (file.len(), self.size());
        let end = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(table.as_bytes());
        file.extend_from_slice(end.as_bytes());
        file
    }

    /// With what is no stream in one stream of objects, and the table in another.
    pub fn modern(&self) -> Vec<u8> {
        let (holder, table) = (self.size(), self.size() + 1);
        let mut file = b"%PDF-1.5\n".to_vec();
        // Of each number: its kind, and two values as the kind has them.
        let mut entries = vec![[0_u32; 3]; table + 1];
        let (mut index, mut held, mut count) = (String::new(), Vec::new(), 0);
        for (number, body) in &self.objects {
            if body.ends_with(b"endstream") {
                entries[*number] = [1, file.len() as u32, 0];
                write_object(*number, body, &mut file);
            } else {
                index += &format!("{number} {} ", held.len());
                held.extend_from_slice(body);
                held.push(b'\n');
                entries[*number] = [2, holder as u32, count];
                count += 1;
            }
        }
        let first = index.len();
        let data = [index.into_bytes(), held].concat();
        entries[holder] = [1, file.len() as u32, 0];
        let dictionary = format!("/Type /ObjStm /N {count} /First {first} /Filter /FlateDecode");
        write_object(holder, &stream(&dictionary, &deflated(&data)), &mut file);
        let start = file.len();
        entries[table] = [1, start as u32, 0];
        let packed = |[kind, one, two]: &[u32; 3]| {
            [&[*kind as u8][..], &one.to_be_bytes(), &(*two as u16).to_be_bytes()].concat()
        };
        let rows: Vec<u8> = entries.iter().flat_map(packed).collect();
        let dictionary = format!(
            "/Type /XRef /Size {} /W [1 4 2] /Root 1 0 R /Filter /FlateDecode",
            entries.len()
        );
        write_object(table, &stream(&dictionary, &deflated(&rows)), &mut file);
        file.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        file
    }
}

fn write_object(number: usize, body: &[u8], file: &mut Vec<u8>) {
    file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    file.extend_from_slice(body);
    file.extend_from_slice(b"\nendobj\n");
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< {dictionary} /Length {} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A catalogue, a tree of these pages and the fonts they use: `F1` of Latin letters, and `F2` that
/// numbers letters as they come, with the map that says which they are.
pub fn book(pages: &[&str]) -> Pdf {
    const FIRST: usize = 20;
    let letters = letters();
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", FIRST + 2 * n)).collect();
    let mut pdf = Pdf::default()
        .object(1, "<< /Type /Catalog /Pages 2 0 R /Lang (de) >>")
        .object(2, &format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()))
        .object(
            3,
            "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> /F2 4 0 R >>",
        )
        .object(
            4,
            "<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 7 0 R >>",
        )
        .object(
            5,
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /DW 1000 /CIDSystemInfo << /Registry (Own) /Ordering (Own) \
             /Supplement 0 >> /FontDescriptor 6 0 R >>",
        )
        .object(6, "<< /Type /FontDescriptor /FontName /Own /Flags 4 >>")
        .packed(7, "", map(&letters).as_bytes());
    for (page, content) in pages.iter().enumerate() {
        let number = FIRST + 2 * page;
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font 3 0 R >> >>",
            number + 1
        );
        pdf = pdf.object(number, &page).packed(number + 1, "", content.as_bytes());
    }
    pdf
}

/// Every letter of the sentences that are written from the left, once.
fn letters() -> Vec<char> {
    let mut letters: Vec<char> = SENTENCES.iter().flat_map(|sentence| sentence.chars()).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

fn map(letters: &[char]) -> String {
    let mut map = String::from("/CIDInit /ProcSet findresource begin begincmap\n");
    map += "1 begincodespacerange <0000> <FFFF> endcodespacerange\n";
    for (letter, code) in letters.iter().zip(1..) {
        let hex: String =
            letter.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
        map += &format!("1 beginbfchar <{code:04X}> <{hex}> endbfchar\n");
    }
    map + "endcmap end"
}

/// A line at this height: Latin letters in `F1`, others in `F2`.
pub fn line(y: usize, text: &str) -> String {
    if text.is_ascii() {
        return format!("BT /F1 12 Tf 60 {y} Td ({text}) Tj ET\n");
    }
    let letters = letters();
    let code = |letter: char| letters.binary_search(&letter).unwrap() + 1;
    let hex: String = text.chars().map(|letter| format!("{:04X}", code(letter))).collect();
    format!("BT /F2 12 Tf 60 {y} Td <{hex}> Tj ET\n")
}

pub fn files() -> Vec<Sound> {
    // Those that are written from the right would have to be set as they are seen.
    let shown = [0, 1, 2, 3, 4, 5, 9].map(|place| SENTENCES[place]);
    let page: String = shown.iter().zip(1..).map(|(text, n)| line(760 - 40 * n, text)).collect();
    let book = book(&[&page, &line(700, SENTENCES[13])]);
    vec![
        Sound::plain("hafen.pdf", "PDF", SENTENCES[0], book.classic()),
        Sound::plain("河.pdf", "PDF", SENTENCES[3], book.modern()),
    ]
}
