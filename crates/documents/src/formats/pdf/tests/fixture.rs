//! The smallest PDFs there can be, written by hand.

use std::fmt::Write;

/// What a page shows.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// A line of Helvetica at a place counted from the lower left.
    pub fn line(&mut self, x: f32, y: f32, size: f32, text: &str) -> &mut Self {
        let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        writeln!(self.0, "BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET").unwrap();
        self
    }
}

#[derive(Default)]
pub struct Fixture {
    /// Bodies of objects from number 10 on.
    objects: Vec<String>,
    pages: Vec<usize>,
    info: String,
    catalog: String,
    trailer: String,
    kids_of_root: String,
}

const FIRST: usize = 10;

impl Fixture {
    fn object(&mut self, body: impl Into<String>) -> usize {
        self.objects.push(body.into());
        FIRST + self.objects.len() - 1
    }

    fn stream(&mut self, dictionary: &str, data: &str) -> usize {
        self.object(format!("<< {dictionary} /Length {} >>\nstream\n{data}\nendstream", data.len()))
    }

    fn with_page(mut self, resources: &str, content: &str) -> Self {
        let content = self.stream("", content);
        let page = self.object(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
             /Resources << {resources} >> >>"
        ));
        self.pages.push(page);
        self
    }

    pub fn page(self, text: &Text) -> Self {
        let font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica \
                    /Encoding /WinAnsiEncoding >> >>";
        self.with_page(font, &text.0)
    }

    /// A page with a font of its own that numbers the letters as they come; with or without the
    /// map that says which they are. Lines are set as they are seen: letters of the right reversed.
    pub fn mapped_page(mut self, text: &str, mapped: bool) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let code = |letter: char| letters.iter().position(|other| *other == letter).unwrap() + 1;
        let mut map = String::from("/CIDInit /ProcSet findresource begin begincmap\n");
        map += "1 begincodespacerange <0000> <FFFF> endcodespacerange\n";
        for letter in &letters {
            let mut units = [0; 2];
            let units = letter.encode_utf16(&mut units).iter();
            let hex: String = units.map(|unit| format!("{unit:04X}")).collect();
            writeln!(map, "1 beginbfchar <{:04X}> <{hex}> endbfchar", code(*letter)).unwrap();
        }
        map += "endcmap end";
        let map = self.stream("", &map);
        let to_unicode = if mapped { format!("/ToUnicode {map} 0 R") } else { String::new() };
        let descendant = self.object(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /DW 1000 /CIDSystemInfo \
             << /Registry (Own) /Ordering (Own) /Supplement 0 >> /FontDescriptor << /Type \
             /FontDescriptor /FontName /Own /Flags 4 >> >>",
        );
        let font = self.object(format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H \
             /DescendantFonts [{descendant} 0 R] {to_unicode} >>"
        ));
        let mut content = String::new();
        for (row, line) in text.lines().enumerate() {
            let mut seen: Vec<char> = line.chars().collect();
            if seen.iter().any(|letter| super::super::lines::is_rightward(*letter)) {
                seen.reverse();
            }
            let hex: String = seen.iter().map(|letter| format!("{:04X}", code(*letter))).collect();
            let y = 700 - 14 * row;
            writeln!(content, "BT /F2 12 Tf 60 {y} Td <{hex}> Tj ET").unwrap();
        }
        self.with_page(&format!("/Font << /F2 {font} 0 R >>"), &content)
    }

    pub fn picture_page(mut self) -> Self {
        let picture = self.stream(
            "/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray \
             /BitsPerComponent 8",
            "abcd",
        );
        let content = "q 595 0 0 842 0 0 cm /I Do Q";
        self.with_page(&format!("/XObject << /I {picture} 0 R >>"), content)
    }

    /// A page whose forms each call the next `times` times, `depth` of them; with a depth of nothing,
    /// one that calls itself.
    pub fn exploding_page(mut self, times: usize, depth: usize) -> Self {
        let first = FIRST + self.objects.len();
        let calls = "/F Do ".repeat(times);
        for number in 0..=depth {
            let next = first + if number == depth { 0 } else { number + 1 };
            let resources = format!("/Resources << /XObject << /F {next} 0 R >> >>");
            let last = depth > 0 && number == depth;
            let content = if last { "0 0 m" } else { calls.as_str() };
            self.stream(
                &format!("/Type /XObject /Subtype /Form /BBox [0 0 595 842] {resources}"),
                content,
            );
        }
        self.with_page(&format!("/XObject << /F {first} 0 R >>"), &calls)
    }

    pub fn info(mut self, entries: &str) -> Self {
        self.info = entries.into();
        self
    }

    pub fn catalog(mut self, entries: &str) -> Self {
        self.catalog = entries.into();
        self
    }

    /// Says that a password that nobody has is needed.
    pub fn locked(mut self) -> Self {
        let zeros = "00".repeat(32);
        self.trailer = format!(
            "/Encrypt << /Filter /Standard /V 1 /R 2 /O <{zeros}> /U <{zeros}> /P -4 >> \
             /ID [<00> <00>]"
        );
        self
    }

    /// The tree of pages has itself for a branch.
    pub fn looped(mut self) -> Self {
        self.kids_of_root = "2 0 R".into();
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let kids: String = self.pages.iter().map(|page| format!("{page} 0 R ")).collect();
        let mut objects = vec![
            (1, format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog)),
            (
                2,
                format!(
                    "<< /Type /Pages /Kids [{} {kids}] /Count {} >>",
                    self.kids_of_root,
                    self.pages.len()
                ),
            ),
            (3, format!("<< {} >>", self.info)),
        ];
        objects.extend((FIRST..).zip(self.objects.iter().cloned()));
        let mut file = String::from("%PDF-1.7\n");
        let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, body) in objects {
            write!(table, "{number} 1\n{:010} 00000 n \n", file.len()).unwrap();
            write!(file, "{number} 0 obj\n{body}\nendobj\n").unwrap();
        }
        let start = file.len();
        let size = FIRST + self.objects.len();
        let trailer = format!("/Size {size} /Root 1 0 R /Info 3 0 R {}", self.trailer);
        write!(file, "{table}trailer\n<< {trailer} >>\nstartxref\n{start}\n%%EOF\n").unwrap();
        file.into_bytes()
    }
}
