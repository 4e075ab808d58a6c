//! Models carried by hand: out, in, and what is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use kenning_manifest::Manifest;
use kenning_models::{Condition, Import, export, import, verify};

use super::*;

fn taken(place: &Place, from: &Path, how: &Import) -> Result<String, GetError> {
    let taken = import(&place.models(), from, how, &Stop::default(), &mut |_| {});
    // Whatever came of it, nothing half-done stays.
    let left = fs::read_dir(place.models()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name == ".importing").collect();
    assert!(left.is_empty(), "{left:?}");
    taken
}

fn carried(folder: &Path, to: &Path) -> Result<(), GetError> {
    export(folder, to, &Stop::default(), &mut |_| {})
}

fn check_whole(folder: &Path) {
    let manifest = Manifest::parse(&fs::read_to_string(folder.join("kenning.toml")).unwrap());
    let digests = manifest.unwrap().digests;
    let found = verify(folder, &digests, &mut |_| {}).unwrap();
    assert!(found.len() >= 3 && found.iter().all(|file| file.condition == Condition::Whole));
}

#[test]
fn a_model_comes_whole_to_another_machine_as_a_folder_and_as_an_archive() {
    let (here, there) = (Place::new(), Place::new());
    let model = here.get().unwrap();
    let carrier = tempfile::tempdir().unwrap();
    let (folder, archive) = (carrier.path().join("stick"), carrier.path().join("stick.tar"));
    for to in [&folder, &archive] {
        carried(&model, to).unwrap();
        assert!(matches!(carried(&model, to), Err(GetError::Exists(_))));
        assert_eq!(taken(&there, to, &Import::default()).unwrap(), OWN);
        let home = there.models().join(OWN);
        check_installed(&home);
        check_whole(&home);
        let again = taken(&there, to, &Import::default());
        assert!(matches!(again, Err(GetError::Installed(_))), "{again:?}");
        let called = Import { called: Some("zweites".to_owned()), ..Import::default() };
        assert_eq!(taken(&there, to, &called).unwrap(), "zweites");
        check_whole(&there.models().join("zweites"));
        for name in [OWN, "zweites"] {
            kenning_models::remove(&there.models(), name).unwrap();
        }
    }
    let left = fs::read_dir(carrier.path()).unwrap().count();
    assert_eq!(left, 2, "something half-made was left beside them");
    // Another program reads the archive too.
    let listed = Command::new("tar").arg("-tf").arg(&archive).output().unwrap();
    assert!(listed.status.success());
    let listed = String::from_utf8(listed.stdout).unwrap();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let inside = |name: &str| format!("{OWN}/{name}");
    let expected = ["config.json", "kenning.toml", WEIGHTS, "tokenizer.json"].map(inside);
    assert_eq!(listed, expected.iter().map(String::as_str).collect());
}

#[test]
fn what_another_program_packed_is_taken_in_with_its_makers_papers() {
    let place = Place::new();
    let made = tempfile::tempdir().unwrap();
    // As the hub's own tools keep a model: files are links to where their bytes are.
    let (blobs, snapshot) = (made.path().join("blobs"), made.path().join("Wetter-Modell"));
    fs::create_dir_all(&blobs).unwrap();
    fs::create_dir_all(snapshot.join("1_Pooling")).unwrap();
    let files = [
        ("config.json", r#"{"model_type":"bert","max_position_embeddings":512}"#),
        ("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens":true}"#),
        ("tokenizer.json", "{}"),
        ("model.safetensors", "weights"),
        ("README.md", "# Wetter"),
    ];
    for (number, (name, text)) in files.into_iter().enumerate() {
        let blob = blobs.join(number.to_string());
        fs::write(&blob, text).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&blob, snapshot.join(name)).unwrap();
        #[cfg(not(unix))]
        fs::copy(&blob, snapshot.join(name)).unwrap();
    }
    let archive = made.path().join("Regen.tar");
    let mut packing = Command::new("tar");
    packing.arg("-chf").arg(&archive).arg("-C").arg(&snapshot).arg(".");
    assert!(packing.status().unwrap().success());
    for (from, name) in [(&snapshot, "wetter-modell"), (&archive, "regen")] {
        assert_eq!(taken(&place, from, &Import::default()).unwrap(), name);
        let home = place.models().join(name);
        check_whole(&home);
        let text = fs::read_to_string(home.join("kenning.toml")).unwrap();
        let manifest = Manifest::parse(&text).unwrap();
        assert_eq!((manifest.name.as_str(), manifest.digests.len()), (name, 3));
        assert_eq!(manifest.embed.unwrap().pooling, kenning_manifest::Pooling::Mean);
        assert!(fs::symlink_metadata(home.join("model.safetensors")).unwrap().is_file());
    }
    // The names of several files of weights are asked for.
    fs::remove_file(snapshot.join("model.safetensors")).unwrap();
    for name in ["a.gguf", "b.gguf"] {
        fs::write(snapshot.join(name), name).unwrap();
    }
    let error = taken(&place, &snapshot, &Import::default());
    assert!(matches!(error, Err(GetError::Installed(_) | GetError::Unfit { .. })), "{error:?}");
    let called = |weights: Option<&str>| Import {
        called: Some("drittes".to_owned()),
        weights: weights.map(str::to_owned),
    };
    let error = taken(&place, &snapshot, &called(None)).unwrap_err().to_string();
    assert!(error.contains("--file") && error.contains("a.gguf"), "{error}");
    assert_eq!(taken(&place, &snapshot, &called(Some("b.gguf"))).unwrap(), "drittes");
    assert_eq!(fs::read(place.models().join("drittes/b.gguf")).unwrap(), b"b.gguf");
}

#[test]
fn what_is_broken_on_the_way_is_refused_and_told_of_by_name() {
    let (here, there) = (Place::new(), Place::new());
    let model = here.get().unwrap();
    let carrier = tempfile::tempdir().unwrap();
    let folder = carrier.path().join("stick");
    carried(&model, &folder).unwrap();
    let mut bytes = fs::read(folder.join(WEIGHTS)).unwrap();
    bytes[9_000_000] ^= 1;
    fs::write(folder.join(WEIGHTS), bytes).unwrap();
    let damaged = |error: Result<String, GetError>| match error {
        Err(GetError::Damaged { file }) => assert!(file.ends_with(WEIGHTS), "{file:?}"),
        other => panic!("{other:?}"),
    };
    damaged(taken(&there, &folder, &Import::default()));
    // Nor does it leave this machine.
    let away = carrier.path().join("away");
    damaged(carried(&folder, &away).map(|()| String::new()));
    assert!(!away.exists());
    fs::remove_file(folder.join(WEIGHTS)).unwrap();
    let error = taken(&there, &folder, &Import::default()).unwrap_err();
    assert!(matches!(&error, GetError::NotWhole { missing, .. } if missing == WEIGHTS), "{error}");
    assert!(fs::read_dir(there.models()).unwrap().next().is_none());
    let stop = Stop::default();
    stop.stop();
    let stopped = export(&model, &away, &stop, &mut |_| {});
    assert!(matches!(stopped, Err(GetError::Stopped)), "{stopped:?}");
    assert!(!away.exists());
}

/// Archives that whoever made them meant ill with, or cut short.
#[test]
fn an_archive_writes_nothing_but_plain_files_of_one_model() {
    let place = Place::new();
    let made = tempfile::tempdir().unwrap();
    let archive = made.path().join("geschenk.tar");
    type Make<'a> = &'a dyn Fn(&mut tar::Builder<fs::File>);
    let refused = |make: Make<'_>, expected: &str| {
        let mut builder = tar::Builder::new(fs::File::create(&archive).unwrap());
        make(&mut builder);
        builder.finish().unwrap();
        drop(builder);
        let error = taken(&place, &archive, &Import::default()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("geschenk.tar"), "{error}");
        assert!(fs::read_dir(place.models()).unwrap().next().is_none());
    };
    let header = |name: &str, length: u64, kind: tar::EntryType| {
        let mut header = tar::Header::new_gnu();
        // Set by hand: what makes archives refuses such names itself.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(length);
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_cksum();
        header
    };
    let file = |builder: &mut tar::Builder<fs::File>, name: &str| {
        builder.append(&header(name, 2, tar::EntryType::Regular), &b"{}"[..]).unwrap();
    };
    refused(&|builder| file(builder, "../config.json"), "leads out of it");
    refused(&|builder| file(builder, "/tmp/config.json"), "leads out of it");
    refused(&|builder| file(builder, "README.md"), "no config.json");
    refused(&|_| {}, "no config.json");
    refused(
        &|builder| {
            let mut link = header("config.json", 0, tar::EntryType::Symlink);
            link.set_link_name("/etc/passwd").unwrap();
            link.set_cksum();
            builder.append(&link, &b""[..]).unwrap();
        },
        "no plain file",
    );
    refused(
        &|builder| (0..2000).for_each(|number| file(builder, &number.to_string())),
        "more than",
    );
    // Cut short within a file.
    let mut builder = tar::Builder::new(fs::File::create(&archive).unwrap());
    builder.append(&header("config.json", 1 << 20, tar::EntryType::Regular), &b"{}"[..]).unwrap();
    drop(builder.into_inner().unwrap());
    let whole = fs::read(&archive).unwrap();
    fs::write(&archive, &whole[..700]).unwrap();
    let error = taken(&place, &archive, &Import::default()).unwrap_err().to_string();
    assert!(error.contains("too early") || error.contains("no config.json"), "{error}");
    fs::write(&archive, [7; 5000]).unwrap();
    assert!(matches!(
        taken(&place, &archive, &Import::default()),
        Err(GetError::BadArchive { .. })
    ));
}
