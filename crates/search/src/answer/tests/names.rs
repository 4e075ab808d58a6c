//! Files that are found by their names, with and without text.

use super::*;

#[test]
fn who_types_a_files_name_finds_it_first() {
    let mut library = Library::of(&shelf());
    let mut check = |raw: &str, expected: usize| {
        for pipeline in [Pipeline::Words, Pipeline::Hybrid] {
            let answer = last(&mut library, &typed(raw, pipeline));
            let found = found(&library, &answer);
            assert_eq!(found.first(), Some(&expected), "{raw} {pipeline:?}");
            assert_eq!(answer.verdict, Verdict::Found, "{raw}");
            assert!(!answer.hits[0].why.name.is_empty());
        }
    };
    check("quarterly report", REPORT_EN);
    check("Quarterly report.pdf", REPORT_EN);
    check("quarterly rep", REPORT_EN);
    check("tax 2024", TAX_EN);
    check("договор", CONTRACT_RU);
    check("自転車", BICYCLE_JA);
    check("خبز", BREAD_AR);
    check("scan of passport", PASSPORT);
    let answer = last(&mut library, &typed("passport scan", Pipeline::Hybrid));
    assert!(answer.hits[0].passages.is_empty());
}

#[test]
fn a_file_without_text_is_found_by_its_name_and_says_why_it_has_none() {
    let unread = [
        ("home/scans/Mietvertrag 1998.pdf", "no-text"),
        ("work/パスワード.kdbx", "unsupported"),
        ("work/отчёт за март.docx", "encrypted"),
        ("home/notes/just saved.md", ""),
    ];
    let mut library = Library::with_unread(&shelf(), &unread);
    let mut check = |raw: &str, expected: Option<(&str, &str)>| {
        for pipeline in [Pipeline::Words, Pipeline::Hybrid] {
            let answer = last(&mut library, &typed(raw, pipeline));
            let first = answer.hits.first().filter(|hit| hit.content.is_none());
            let found = first.map(|hit| {
                assert!(hit.passages.is_empty() && hit.why.shares.name == 1.0, "{hit:?}");
                assert_eq!(answer.verdict, Verdict::Found, "{raw}");
                let path = hit.files[0].path.to_str().unwrap().trim_start_matches('/');
                (path.to_owned(), hit.unread.clone().unwrap().code)
            });
            let expected = expected.map(|(path, code)| (path.to_owned(), code.to_owned()));
            assert_eq!(found, expected, "{raw} {pipeline:?}");
        }
    };
    check("mietvertrag 1998", Some(unread[0]));
    check("Mietvertrag 1998.pdf", Some(unread[0]));
    check("mietver", Some(unread[0]));
    check("パスワード", Some(unread[1]));
    check("отчет за март", Some(unread[2]));
    check("just saved", Some(("home/notes/just saved.md", "waiting")));
    // Filters are asked of it as far as they can be.
    check("mietvertrag type:pdf in:scans date:2023-05-23", Some(unread[0]));
    check("mietvertrag type:docx", None);
    check("mietvertrag in:work", None);
    check("mietvertrag after:2024", None);
    check("mietvertrag lang:de", None);
    check("mietvertrag title:mietvertrag", None);
    check("mietvertrag -name:1998", None);
    // A folder's name alone is that of too many files, and what others hold stays what it is.
    check("scans", None);
    check("Das Brot braucht eine lange Ruhe", None);
    check("\"lange Ruhe\" mietvertrag", None);
    let answer = last(&mut library, &typed("type:pdf", Pipeline::Hybrid));
    assert!(answer.hits.iter().all(|hit| hit.content.is_some()));
}
