//! What is put in comes out, and is told of.

use std::path::Path;

use kenning_domain::{FolderId, PassageId, embedded_text};
use kenning_store::{
    Changes, FileFilter, Logged, Moment, NewSpace, Offence, Place, Reader, Reason, Stamp, State,
    StoreError, Truth,
};

use crate::support::{
    EXTRACTOR, embed, expect_whole, ledger, made, open, put, space, stamp, temporary, vector,
};

fn begun(path: &Path) -> (Truth, Reader, FolderId) {
    let mut truth = open(path);
    let folder = truth.change(|change| change.add_folder(Path::new("/Bücher"), "")).unwrap();
    let reader = truth.reader().unwrap();
    (truth, reader, folder)
}

fn changes(reader: &mut Reader, since: i64) -> Vec<Logged> {
    match reader.read(|view| view.changes_since(since, usize::MAX)).unwrap() {
        Changes::Known(changes) => changes.into_iter().map(|(_, change)| change).collect(),
        Changes::Forgotten => panic!("forgotten"),
    }
}

#[test]
fn a_content_comes_back_as_it_was_read() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let made = made("Die See", &["Walstraße.", "鯨の道を行く。", "طريق الحوت", "पथ"]);
    let (file, id) = truth.change(|change| put(change, folder, "a/größe.txt", &made)).unwrap();
    let content = reader.read(|view| view.content(id)).unwrap().unwrap();
    assert_eq!(content.text, made.text);
    assert_eq!(content.passages, made.passages);
    assert_eq!(content.head.metadata, made.metadata);
    assert_eq!(content.head.dominant.unwrap().as_str(), "de");
    let ids: Vec<_> = [3, 1, 9].map(|n| PassageId::new(id, n).unwrap()).into();
    let texts = reader.read(|view| view.passage_texts(&ids)).unwrap();
    let texts: Vec<_> = texts.iter().map(|found| (found.id, found.text.as_str())).collect();
    assert_eq!(texts, [(ids[0], "पथ"), (ids[1], "鯨の道を行く。")]);
    let record = reader.read(|view| view.file(file)).unwrap().unwrap();
    assert_eq!((record.name.as_str(), record.state), ("größe.txt", State::Words));
    assert_eq!(reader.read(|view| view.files_of(id)).unwrap(), [record]);
}

#[test]
fn a_copy_a_new_name_and_a_touch_read_and_embed_nothing() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let place = |path| Place::new(folder, Path::new(path));
    let made = made("T", &["eins", "zwei"]);
    let space = truth.change(|change| {
        let space = space(change, "s")?;
        change.answer_from(space)?;
        put(change, folder, "one", &made)?;
        Ok(space)
    });
    let space = space.unwrap();
    assert_eq!(embed(&mut truth, &mut reader, space, 9), 2);
    let seq = reader.read(|view| view.seq()).unwrap();
    truth
        .change(|change| {
            let copy = change.see(place("two"), &stamp(5))?;
            assert!(change.file_has(copy, &stamp(5), made.hash, EXTRACTOR)?.is_some());
            change.moved(place("one"), place("three"), &stamp(1))?;
            let touched = change.see(place("three"), &stamp(8))?;
            assert!(change.file_has(touched, &stamp(8), made.hash, EXTRACTOR)?.is_some());
            Ok(())
        })
        .unwrap();
    assert_eq!(ledger(&mut reader).files(State::Meaning), 2);
    assert_eq!(reader.read(|view| view.unembedded(space, 9)).unwrap(), []);
    let added =
        |change: &Logged| matches!(change, Logged::ContentAdded(_) | Logged::VectorsAdded { .. });
    assert!(!changes(&mut reader, seq).iter().any(added));
    expect_whole(&path);
}

#[test]
fn what_was_read_before_the_file_changed_counts_for_nothing() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let made = made("T", &["alt"]);
    let reason = Reason::new("empty", "it is empty");
    truth
        .change(|change| {
            let file = change.see(Place::new(folder, Path::new("f")), &stamp(2))?;
            let old = stamp(1);
            assert_eq!(change.put_content(file, &old, &made.as_new())?, None);
            assert_eq!(change.file_has(file, &old, made.hash, EXTRACTOR)?, None);
            assert!(!change.refused(file, &old, &reason, EXTRACTOR)?);
            assert!(!change.failed(file, &old, &reason, Moment(0), EXTRACTOR)?);
            assert!(!change.quarantined(file, &old, &reason, EXTRACTOR)?);
            Ok(())
        })
        .unwrap();
    let ledger = ledger(&mut reader);
    assert_eq!((ledger.files(State::Waiting), ledger.all_files()), (1, 1));
}

#[test]
fn a_drive_that_comes_back_finds_its_vectors_for_thirty_days() {
    let day = |n: i64| Moment(n * 86_400);
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let made = made("T", &["eins", "zwei"]);
    let space = truth.change(|change| {
        put(change, folder, "f", &made)?;
        space(change, "s")
    });
    let space = space.unwrap();
    embed(&mut truth, &mut reader, space, 9);
    let gone =
        |change: &mut kenning_store::Change<'_>| change.forget(Place::new(folder, Path::new("f")));
    truth.change_at(day(100), gone).unwrap();
    assert_eq!(truth.change(|change| change.sweep(day(129))).unwrap().vectors, 0);
    let seq = reader.read(|view| view.seq()).unwrap();
    let (_, content) = truth.change(|change| put(change, folder, "f", &made)).unwrap();
    assert!(changes(&mut reader, seq).contains(&Logged::VectorsAdded { space, content }));
    assert_eq!(reader.read(|view| view.unembedded(space, 9)).unwrap(), []);
    assert_eq!(truth.change(|change| change.sweep(day(999))).unwrap().texts, 0);
    truth.change_at(day(200), gone).unwrap();
    let swept = truth.change(|change| change.sweep(day(231))).unwrap();
    assert_eq!((swept.texts, swept.vectors, swept.more), (2, 2, false));
    truth.change(|change| put(change, folder, "f", &made)).unwrap();
    assert_eq!(reader.read(|view| view.unembedded(space, 9)).unwrap().len(), 2);
    expect_whole(&path);
}

#[test]
fn vectors_come_back_by_content_and_passage() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let space = truth.change(|change| {
        put(change, folder, "a", &made("T", &["eins", "zwei", "eins"]))?;
        put(change, folder, "b", &made("T", &["drei"]))?;
        space(change, "s")
    });
    let space = space.unwrap();
    let wanted = reader.read(|view| view.unembedded(space, 99)).unwrap();
    assert_eq!(wanted.len(), 3, "the same words are embedded once");
    let headed = embedded_text(Some("T"), &["Über 海".into(), "二".into()], "zwei");
    assert_eq!(
        wanted.iter().map(|text| text.words.as_str()).collect::<Vec<_>>(),
        ["T › drei", "T › eins", &headed]
    );
    embed(&mut truth, &mut reader, space, 99);
    let mut met = Vec::new();
    reader
        .read(|view| {
            view.each_vector(space, |row| {
                assert_eq!(row.language.unwrap().as_str(), "de");
                met.push((row.passage, row.vector.to_vec()));
            })
        })
        .unwrap();
    let place = |content: u64, ordinal: u64| PassageId(content << 20 | ordinal);
    let expected = [
        (place(1, 0), vector(1)),
        (place(1, 1), vector(2)),
        (place(1, 2), vector(1)),
        (place(2, 0), vector(3)),
    ];
    assert_eq!(met, expected);
    let mut some = Vec::new();
    let ids = [place(2, 0), place(7, 0), place(1, 1)];
    reader.read(|view| view.vectors(space, &ids, |row| some.push(row.passage))).unwrap();
    assert_eq!(some, [place(2, 0), place(1, 1)]);
}

#[test]
fn small_and_new_files_are_read_first_and_failed_ones_when_their_time_comes() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let files = [("huge", 1 << 30, 9), ("old", 10, 1), ("new", 900, 8), ("middle", 1 << 18, 7)];
    let reason = Reason::new("locked", "another program has it open");
    truth
        .change(|change| {
            for (name, size, modified) in files {
                let stamp = Stamp { size, modified, id: None };
                change.see(Place::new(folder, Path::new(name)), &stamp)?;
            }
            let failed = change.see(Place::new(folder, Path::new("failed")), &stamp(1))?;
            assert!(change.failed(failed, &stamp(1), &reason, Moment(50), EXTRACTOR)?);
            Ok(())
        })
        .unwrap();
    let mut order = |now, limit| {
        let files = reader.read(|view| view.to_read(Moment(now), limit)).unwrap();
        files.into_iter().map(|file| file.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(49, 9), "new old middle huge");
    assert_eq!(order(50, 9), "new old middle huge failed");
    assert_eq!(order(50, 2), "new old");
    assert_eq!(reader.read(|view| view.next_try()).unwrap(), Some(Moment(50)));
}

#[test]
fn files_are_listed_by_state_folder_and_letters_in_any_script() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let out = Reason::new("hidden", "its name begins with a dot");
    let other = truth.change(|change| {
        let other = change.add_folder(Path::new("/other"), "rules")?;
        for (folder, name) in [(folder, "A/ГОД.txt"), (folder, "b/GRO\u{308}SSE"), (other, "год")]
        {
            change.see(Place::new(folder, Path::new(name)), &stamp(1))?;
        }
        change.leave_out(Place::new(other, Path::new(".x")), true, 0, &out)?;
        Ok(other)
    });
    let other = other.unwrap();
    let mut check = |filter: FileFilter<'_>, expected: &[&str]| {
        let filter = FileFilter { limit: 9, ..filter };
        let found = reader.read(|view| view.files(&filter)).unwrap();
        let names: Vec<_> = found.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, expected);
    };
    let all = FileFilter::default;
    check(all(), &["ГОД.txt", "GRO\u{308}SSE", ".x", "год"]);
    check(FileFilter { text: Some("Год"), ..all() }, &["ГОД.txt", "год"]);
    check(FileFilter { text: Some("b/größ"), ..all() }, &[]);
    check(FileFilter { text: Some("b/grös"), ..all() }, &["GRO\u{308}SSE"]);
    check(FileFilter { folder: Some(other), ..all() }, &[".x", "год"]);
    check(FileFilter { states: &[State::LeftOut], ..all() }, &[".x"]);
    check(FileFilter { reason_code: Some("hidden"), ..all() }, &[".x"]);
    check(FileFilter { skip: 3, ..all() }, &["год"]);
    let ledger = ledger(&mut reader);
    assert_eq!((ledger.all_files(), ledger.left_out_folders()), (3, 1));
}

#[test]
fn a_folder_that_is_left_out_takes_what_is_inside_with_it() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let reason = Reason::new("ignored", "the rules say so");
    truth
        .change(|change| {
            for name in ["a/b", "a/c/d", "a.txt", "ab"] {
                put(change, folder, name, &made(name, &["x"]))?;
            }
            change.leave_out(Place::new(folder, Path::new("a")), true, 0, &reason)?;
            Ok(())
        })
        .unwrap();
    let ledger = ledger(&mut reader);
    assert_eq!((ledger.all_files(), ledger.left_out_folders()), (2, 1));
    expect_whole(&path);
}

#[test]
fn a_newer_extractor_reads_again_and_puts_the_new_reading_in_place_of_the_old() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let document = made("T", &["eins"]);
    let better = made("T", &["eins", "und mehr"]);
    let newer = EXTRACTOR + 1;
    let (first, second) = truth
        .change(|change| {
            let (one, _) = put(change, folder, "one", &document)?;
            let (two, _) = put(change, folder, "two", &document)?;
            assert_eq!(change.read_older_again(newer)?, 2);
            assert_eq!(change.file_has(one, &stamp(1), document.hash, newer)?, None);
            let mut new = better.as_new();
            new.hash = document.hash;
            new.extractor = newer;
            Ok((
                change.put_content(one, &stamp(1), &new)?,
                change.file_has(two, &stamp(1), document.hash, newer)?,
            ))
        })
        .unwrap();
    assert_eq!(first, second);
    let content = reader.read(|view| view.content(first.unwrap())).unwrap().unwrap();
    assert_eq!((content.text, content.head.extractor), (better.text, newer));
    assert_eq!(ledger(&mut reader).files(State::Words), 2);
    expect_whole(&path);
}

#[test]
fn changes_are_told_until_they_are_forgotten() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let (file, content) =
        truth.change(|change| put(change, folder, "f", &made("T", &["x"]))).unwrap();
    truth.change(|change| change.forget(Place::new(folder, Path::new("f")))).unwrap();
    let expected = [
        Logged::NameChanged(file),
        Logged::ContentAdded(content),
        Logged::NameRemoved(file),
        Logged::ContentRemoved(content),
    ];
    assert_eq!(changes(&mut reader, 0), expected);
    assert_eq!(changes(&mut reader, 2), expected[2..]);
    truth.change(|change| change.forget_changes_until(2)).unwrap();
    let since = |reader: &mut Reader, seq| {
        reader.read(|view| view.changes_since(seq, 9)).unwrap() == Changes::Forgotten
    };
    for (seq, expected) in [(0, true), (1, true), (2, false), (4, false), (5, true)] {
        assert_eq!(since(&mut reader, seq), expected, "{seq}");
    }
    truth.change(|change| change.forget_changes_until(99)).unwrap();
    assert_eq!((since(&mut reader, 3), since(&mut reader, 4)), (true, false));
    let seq = reader.read(|view| view.seq()).unwrap();
    assert_eq!(seq, 4, "numbers go on where they were");
}

#[test]
fn settings_and_offences_are_kept() {
    let (_kept, path) = temporary();
    let (mut truth, _, _) = begun(&path);
    let offence = Offence {
        path: "/Bücher/böse.pdf".into(),
        size: 7,
        modified: Some(-1),
        extractor: 1,
        kills: 2,
        reason: "silence".into(),
    };
    truth
        .change(|change| {
            change.set("pause", "no")?;
            change.set("pause", "yes")?;
            change.set("gone", "1")?;
            change.unset("gone")?;
            change.put_offence(&offence)?;
            change.put_offence(&Offence { path: "/other".into(), ..offence.clone() })?;
            change.forget_offence(Path::new("/other"))
        })
        .unwrap();
    truth.close().unwrap();
    let mut reader = open(&path).reader().unwrap();
    let settings = reader.read(|view| view.settings()).unwrap();
    assert_eq!(settings, [("pause".to_owned(), "yes".to_owned())]);
    assert_eq!(reader.read(|view| view.offences()).unwrap(), [offence]);
}

#[test]
fn what_cannot_be_kept_is_said_and_changes_nothing() {
    let (_kept, path) = temporary();
    let (mut truth, mut reader, folder) = begun(&path);
    let mut outside = made("T", &["größe"]);
    outside.passages[0].span = 0..3;
    let space = truth.change(|change| space(change, "s")).unwrap();
    let unfit = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::Unfit(_))), "{result:?}");
    };
    unfit(truth.change(|change| put(change, folder, "f", &outside).map(|_| ())));
    unfit(truth.change(|change| {
        let (_, _) = put(change, folder, "f", &made("T", &["x"]))?;
        change.put_vectors(space, &[(kenning_domain::TextId(1), vec![0.0; 3])])
    }));
    let wider = NewSpace { model: "s", revision: "1", definition: "s", dimensions: 9 };
    unfit(truth.change(|change| change.add_space(wider).map(|_| ())));
    assert_eq!(ledger(&mut reader).all_files(), 0);
    let unknown = truth.change(|change| change.remove_folder(FolderId(99)));
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));
}
