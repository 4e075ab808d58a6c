//! What is left out by ignore files, hidden names, sizes and the user's globs.

use std::fs;
use std::path::Path;

use kenning_watch::{Found, Reason, Rules, walk};

/// Makes files with the text that stands beside them, walks `root` and answers what was found: a
/// path, or a path and why it was left out.
fn walked(root: &str, files: &[(&str, &str)], rules: &Rules) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let inside =
        |path: &Path| path.strip_prefix(folder.path()).unwrap_or(path).to_str().unwrap().to_owned();
    let reason = |reason: Reason| match reason {
        Reason::Ignored { by } => format!("by {}", inside(&by)),
        other => format!("{other:?}"),
    };
    let line = |found: Found| match found {
        Found::Folder(_) => None,
        Found::File(entry) => Some(inside(&entry.path)),
        Found::LeftOut(left_out) => {
            Some(format!("{}: {}", inside(&left_out.path), reason(left_out.reason)))
        }
    };
    let mut lines: Vec<String> =
        walk(&folder.path().join(root), rules).unwrap().filter_map(line).collect();
    // The ignore files themselves are hidden, which says nothing here.
    lines.retain(|line| !line.contains("ignore: Hidden") && !line.contains(".git: System"));
    lines.sort();
    lines
}

#[track_caller]
fn check(root: &str, files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(walked(root, files, &Rules::default()), expected);
}

#[test]
fn gitignore_counts_in_repositories_alone() {
    let files = [(".gitignore", "*.log\n"), ("a.log", ""), ("a.txt", "")];
    check("", &files, &["a.log", "a.txt"]);
    let mut repository = files.to_vec();
    repository.push((".git/HEAD", ""));
    check("", &repository, &["a.log: by .gitignore", "a.txt"]);
    let off = Rules { git_ignore: false, ..Rules::default() };
    assert_eq!(walked("", &repository, &off), ["a.log", "a.txt"]);
}

#[test]
fn the_deeper_gitignore_wins_and_an_ignored_folder_is_not_entered() {
    let files = [
        (".git/HEAD", ""),
        (".gitignore", "*.log\n/target/\n"),
        ("target/keep.txt", ""),
        ("deep/.gitignore", "!wanted.log\n"),
        ("deep/wanted.log", ""),
        ("deep/other.log", ""),
        ("deep/target/kept.txt", ""),
    ];
    let expected = [
        "deep/other.log: by .gitignore",
        "deep/target/kept.txt",
        "deep/wanted.log",
        "target: by .gitignore",
    ];
    check("", &files, &expected);
}

#[test]
fn rules_of_the_repository_above_the_folder_count() {
    let files = [
        (".git/HEAD", ""),
        (".git/info/exclude", "*.private\n"),
        (".gitignore", "*.log\n"),
        (".kenningignore", "*.old\n"),
        ("w/a.log", ""),
        ("w/a.old", ""),
        ("w/a.private", ""),
        ("w/a.txt", ""),
    ];
    let expected = [
        "w/a.log: by .gitignore",
        "w/a.old: by .kenningignore",
        "w/a.private: by .git/info/exclude",
        "w/a.txt",
    ];
    check("w", &files, &expected);
}

#[test]
fn a_repository_in_another_has_its_own_rules() {
    let files = [
        (".git/HEAD", ""),
        (".gitignore", "*.log\n"),
        ("inner/.git", "gitdir: elsewhere\n"),
        ("inner/.gitignore", "*.tmp\n"),
        ("inner/a.log", ""),
        ("inner/a.tmp", ""),
    ];
    check("", &files, &["inner/a.log", "inner/a.tmp: by inner/.gitignore"]);
}

#[test]
fn kenningignore_counts_everywhere_and_above_all_others() {
    let files = [
        (".git/HEAD", ""),
        (".gitignore", "*.log\n"),
        (".kenningignore", "\u{feff}*.txt\r\n!.notes\n!wanted.log\n[\n"),
        (".notes/diary.md", ""),
        (".other/diary.md", ""),
        ("a.log", ""),
        ("a.txt", ""),
        ("wanted.log", ""),
    ];
    let expected = [
        ".notes/diary.md",
        ".other: Hidden",
        "a.log: by .gitignore",
        "a.txt: by .kenningignore",
        "wanted.log",
    ];
    check("", &files, &expected);
}

#[test]
fn hidden_files_are_read_if_wanted_and_a_version_control_never_is() {
    let files = [(".a", ""), (".b/c", ""), (".git/HEAD", ""), (".svn/x", ""), ("d", "")];
    check("", &files, &[".a: Hidden", ".b: Hidden", ".svn: System", "d"]);
    let rules = Rules { hidden: true, ..Rules::default() };
    assert_eq!(walked("", &files, &rules), [".a", ".b/c", ".svn: System", "d"]);
}

#[test]
fn a_size_limit_is_the_largest_size_that_is_read() {
    let rules = Rules { largest: 3, ..Rules::default() };
    let found = walked("", &[("a", "123"), ("b", "1234")], &rules);
    assert_eq!(found, ["a", "b: TooLarge"]);
}

#[test]
fn the_users_globs_narrow_what_is_read() {
    let files = [
        ("a.PDF", ""),
        ("a.txt", ""),
        ("drafts/b.pdf", ""),
        ("letters/c.doc", ""),
        ("d/e.pdf", ""),
    ];
    let check = |exclude: &[&str], include: &[&str], expected: &[&str]| {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        let (exclude, include) = (owned(exclude), owned(include));
        let rules = Rules { exclude, include, ..Rules::default() };
        assert_eq!(walked("", &files, &rules), expected);
    };
    check(
        &["drafts/", "*.TXT"],
        &[],
        &["a.PDF", "a.txt: Excluded", "d/e.pdf", "drafts: Excluded", "letters/c.doc"],
    );
    check(
        &["d"],
        &["*.pdf", "letters/"],
        &["a.PDF", "a.txt: NotIncluded", "d: Excluded", "drafts/b.pdf", "letters/c.doc"],
    );
}

#[test]
fn a_glob_that_is_none_is_refused_with_its_text() {
    let rules = Rules { exclude: vec!["{a".to_owned()], ..Rules::default() };
    let error = walk(Path::new("/"), &rules).unwrap_err();
    assert_eq!(error.glob, "{a");
}
