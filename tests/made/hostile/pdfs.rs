//! PDFs whose objects lead back to themselves, swell, or claim what is not there.

use super::{Hostile, Maker};
use crate::made::pdf::{Pdf, book, deflated, line};

pub const ALL: &[Maker] = &[
    || Hostile::new("branch of itself.pdf", "text", tree("/Kids [2 0 R 20 0 R 2 0 R] /Count 1")),
    || Hostile::new("only itself.pdf", "refused: ", tree("/Kids [2 0 R 2 0 R] /Count 2")),
    || {
        Hostile::new(
            "a million pages.pdf",
            "partial: it says it has 1000000 pages, and 1 can be found",
            tree("/Kids [20 0 R] /Count 1000000"),
        )
    },
    || Hostile::new("a billion pages.pdf", "refused: ", billion()),
    || {
        Hostile::new(
            "two thousand pages.pdf",
            "refused: it is too large: the number of its pages",
            crowd(),
        )
    },
    || {
        Hostile::new(
            "same page.pdf",
            "partial: it is too large: what its pages are made of",
            shared(),
        )
    },
    || {
        Hostile::new(
            "swells.pdf",
            "refused: it is too large: ",
            page(&deflated(&vec![b' '; 160 << 20]), "/Filter /FlateDecode"),
        )
    },
    || {
        Hostile::new(
            "swells twice.pdf",
            "refused: it is too large: ",
            page(
                &deflated(&deflated(&vec![b' '; 160 << 20])),
                "/Filter [/FlateDecode /FlateDecode]",
            ),
        )
    },
    || Hostile::new("same content.pdf", "refused: it is too large: ", contents()),
    || Hostile::new("objects in themselves.pdf", "refused: ", self_held()),
    || Hostile::new("swelling objects.pdf", "refused: ", swelling_objects()),
    || Hostile::new("table before itself.pdf", "text", previous()),
    || Hostile::new("size.pdf", "text", replaced("/Size 22", "/Size 2147483647")),
    || Hostile::new("length.pdf", "", replaced("/Length ", "/Length 99999999999")),
    || {
        Hostile::new(
            "forms.pdf",
            "refused: it is too large: how often a page repeats its parts",
            forms(),
        )
    },
    || Hostile::new("arrays.pdf", "text", nested("[")),
    || Hostile::new("dictionaries.pdf", "text", nested("<< /A ")),
    || Hostile::new("map.pdf", "", map()),
    || Hostile::new("operators.pdf", "text", operators("q ", 3_000_000)),
    || Hostile::new("operands.pdf", "text", operators("1 ", 3_000_000)),
    || Hostile::new("glyphs.pdf", "", glyphs()),
];

fn words() -> String {
    line(700, "Words that can be read.")
}

/// One page, with this for the root of the tree.
fn tree(entries: &str) -> Vec<u8> {
    book(&[&words()]).object(2, &format!("<< /Type /Pages {entries} >>")).classic()
}

/// Ten branches that are one and the same, nine times over.
fn billion() -> Vec<u8> {
    let mut pdf = Pdf::default().object(1, "<< /Type /Catalog /Pages 2 0 R >>");
    for number in 2..11 {
        let kids = format!("{} 0 R ", number + 1).repeat(10);
        pdf = pdf.object(number, &format!("<< /Type /Pages /Kids [{kids}] /Count 10 >>"));
    }
    pdf.object(11, "<< /Type /Page /MediaBox [0 0 9 9] >>").classic()
}

fn crowd() -> Vec<u8> {
    let pages = vec![""; 2000];
    book(&pages).classic()
}

fn page(content: &[u8], filter: &str) -> Vec<u8> {
    book(&[""]).stream(21, filter, content).classic()
}

/// A page that is the same megabyte a thousand times.
fn contents() -> Vec<u8> {
    let kids = "21 0 R ".repeat(1000);
    let page =
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [{kids}] >>");
    book(&[""])
        .object(20, &page)
        .packed(21, "", "0 0 m 1 1 l S ".repeat(80_000).as_bytes())
        .classic()
}

/// The stream of objects is one of the objects in it.
fn self_held() -> Vec<u8> {
    let data =
        b"1 0 2 34 9 80 << /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [] /Count 0 >> ";
    let holder = "/Type /ObjStm /N 3 /First 15 /Extends 9 0 R";
    let mut file = b"%PDF-1.5\n9 0 obj\n".to_vec();
    let head = format!("<< {holder} /Length {} >>\nstream\n", data.len());
    file.extend_from_slice(head.as_bytes());
    file.extend_from_slice(data);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    let start = file.len();
    let mut rows = Vec::new();
    for number in 0..10_u8 {
        // All objects lie in number 9, and so does number 9.
        rows.extend_from_slice(&[2, 0, 9, number]);
    }
    let table = format!(
        "8 0 obj\n<< /Type /XRef /Size 10 /W [1 2 1] /Root 1 0 R /Length {} >>\nstream\n",
        rows.len()
    );
    file.extend_from_slice(table.as_bytes());
    file.extend_from_slice(&rows);
    file.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    file
}

/// The stream that holds the objects is a hundred and sixty megabytes.
fn swelling_objects() -> Vec<u8> {
    let mut bytes = b"1 0 << /Type /Catalog /Pages 2 0 R >>".to_vec();
    bytes.resize(160 << 20, b' ');
    let holder = "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode";
    Pdf::default().stream(9, holder, &deflated(&bytes)).classic()
}

/// The table says that the one before it is itself.
fn previous() -> Vec<u8> {
    let file = book(&[&words()]).classic();
    let text = String::from_utf8_lossy(&file).into_owned();
    let start = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().to_owned();
    replaced("/Root 1 0 R", &format!("/Root 1 0 R /Prev {start}"))
}

/// A thousand pages of the same megabyte, which each would keep for itself.
fn shared() -> Vec<u8> {
    let kids = "20 0 R ".to_owned() + &(30..530).map(|n| format!("{n} 0 R ")).collect::<String>();
    let content = words() + &"0 0 m 1 1 l S ".repeat(80_000);
    let mut pdf =
        book(&[&content]).object(2, &format!("<< /Type /Pages /Kids [{kids}] /Count 501 >>"));
    for number in 30..530 {
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 21 0 R /Resources << /Font 3 0 R >> >>";
        pdf = pdf.object(number, page);
    }
    pdf.classic()
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let file = book(&[&words()]).classic();
    let places: Vec<usize> =
        (0..file.len()).filter(|at| file[*at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} is not there");
    let mut changed = Vec::new();
    let mut last = 0;
    for place in places {
        changed.extend_from_slice(&file[last..place]);
        changed.extend_from_slice(to.as_bytes());
        last = place + from.len();
    }
    changed.extend_from_slice(&file[last..]);
    changed
}

/// Each form draws the next one ten times over, twenty deep.
fn forms() -> Vec<u8> {
    let form = |next: usize| {
        format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F {next} 0 R >> >>"
        )
    };
    let mut pdf = book(&[&"/F Do ".repeat(10)]).object(
        20,
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 21 0 R /Resources << /XObject << /F 30 0 R >> >> >>",
    );
    for number in 30..50 {
        pdf = pdf.stream(number, &form(number + 1), "/F Do ".repeat(10).as_bytes());
    }
    pdf.stream(50, &form(30), b"0 0 m").classic()
}

fn nested(opened: &str) -> Vec<u8> {
    book(&[&words()]).object(60, &opened.repeat(300_000)).classic()
}

/// A map of letters in which one range holds every number there is.
fn map() -> Vec<u8> {
    let map = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
               2 beginbfrange <00000000> <FFFFFFFF> <0041> <0000> <FFFF> <0041> endbfrange\n\
               1 begincidrange <0000> <FFFFFFFF> 0 endcidrange endcmap";
    book(&[&line(700, crate::made::SENTENCES[3])]).stream(7, "", map.as_bytes()).classic()
}

fn operators(one: &str, times: usize) -> Vec<u8> {
    book(&[&(words() + &one.repeat(times))]).classic()
}

/// Half a million letters on one page, all in the same place.
fn glyphs() -> Vec<u8> {
    book(&[&format!("BT /F1 12 Tf {} ET", "1 0 0 1 60 700 Tm (abcde) Tj ".repeat(100_000))])
        .classic()
}
