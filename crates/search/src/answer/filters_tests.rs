//! What filters make of paths and names.

use kenning_domain::FileId;

use super::*;

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let folders = [(FolderId(1), "/Users/ana/Arbeit"), (FolderId(2), "/Users/ana/Haus")];
    catalogue.set_folders(folders.map(|(id, path)| (id, PathBuf::from(path))));
    catalogue
}

fn file(folder: i64, path: &str) -> FileDescribed {
    FileDescribed {
        id: FileId(1),
        folder: FolderId(folder),
        path: Path::new(path).into(),
        modified: 0,
    }
}

#[test]
fn a_piece_of_a_path_is_whole_folders_but_the_last() {
    let catalogue = catalogue();
    let check = |piece: &str, path: &str, expected: bool| {
        let is_in = Piece::new(piece).is_in(&file(1, path), &catalogue);
        assert_eq!(is_in, expected, "{piece} {path}");
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
fn what_was_found_of_one_folder_is_not_said_of_another() {
    let catalogue = catalogue();
    let piece = Piece::new("arbeit/2024");
    let check = |folder: i64, path: &str, expected: bool| {
        for _ in 0..2 {
            assert_eq!(piece.is_in(&file(folder, path), &catalogue), expected, "{folder} {path}");
        }
    };
    check(1, "2024/a.pdf", true);
    check(2, "2024/a.pdf", false);
    check(1, "2023/a.pdf", false);
    check(1, "2024/b.pdf", true);
    check(1, "b.pdf", false);
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
