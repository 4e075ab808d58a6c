//! What filters make of paths and names.

use super::*;

#[test]
fn a_piece_of_a_path_is_whole_folders_but_the_last() {
    let check = |piece: &str, path: &str, expected: bool| {
        let folder = Path::new("/Users/ana/Arbeit");
        assert_eq!(
            Piece::new(piece).is_in(Some(folder), Path::new(path)),
            expected,
            "{piece} {path}"
        );
    };
    check("2024", "rechnungen/2024/a.pdf", true);
    check("rechnungen/2024", "rechnungen/2024/a.pdf", true);
    check("rechnungen\\20", "rechnungen/2024/a.pdf", true);
    check("nungen", "rechnungen/2024/a.pdf", false);
    check("rech/2024", "rechnungen/2024/a.pdf", false);
    check("rech/", "rechnungen/2024/a.pdf", false);
    check("rechnungen/", "rechnungen/2024/a.pdf", true);
    check("arbeit/rechnungen", "rechnungen/2024/a.pdf", true);
    check("/users/ana", "a.pdf", true);
    check("~/arbeit", "a.pdf", true);
    check("a.pdf", "a.pdf", false);
    check("büro", "bu\u{308}ro/a.pdf", true);
    check("資料", "資料/a.pdf", true);
    check("/", "a.pdf", true);
}

#[test]
fn words_of_a_name_may_be_half_typed_and_quoted_ones_are_whole() {
    let check = |text: &str, exact: bool, name: &str, expected: bool| {
        let wanted = Wanted { text: text.to_owned(), exact };
        assert_eq!(Sought::new(&wanted).is_in(name), expected, "{text} {name}");
    };
    check("rep", false, "Annual_Report-2024.pdf", true);
    check("2024 rep", false, "Annual_Report-2024.pdf", true);
    check("port", false, "Annual_Report-2024.pdf", false);
    check("report", false, "annualReport.pdf", true);
    check("annual report", true, "Annual_Report-2024.pdf", true);
    check("annual rep", true, "Annual_Report-2024.pdf", false);
    check("report annual", true, "Annual_Report-2024.pdf", false);
    check("報告", false, "年次報告書.pdf", true);
    check("報書", false, "年次報告書.pdf", false);
    check("отчет", false, "Отчёт.pdf", true);
    check("🙂", false, "ok 🙂.txt", true);
    check("🙂", false, "ok.txt", false);
}
