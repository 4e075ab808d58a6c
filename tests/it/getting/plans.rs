//! What is found out of a repository before anything of it is fetched.

use kenning_manifest::{Manifest, Pooling};
use kenning_models::{Digest, Wanted, unfinished};
use kenning_tests::hub::{Misuse, Repository};

use super::*;

#[test]
fn a_model_of_any_repository_is_fetched_whole_and_says_where_it_is_from() {
    let place = Place::new();
    let plan = place.plan().unwrap();
    let names: Vec<&str> = plan.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["config.json", "tokenizer.json", WEIGHTS]);
    assert_eq!(plan.files[2].bytes, LENGTH);
    assert_eq!(plan.files[2].digest, Some(Digest::Sha256(weights().sha256())));
    assert!(matches!(plan.files[0].digest, Some(Digest::Git(_))));
    let mut told = Vec::new();
    let folder =
        place.getter().get(&plan, &Stop::default(), &mut |progress| told.push(progress)).unwrap();
    assert_eq!(folder, place.models().join(OWN));
    check_installed(&folder);
    let text = std::fs::read_to_string(folder.join("kenning.toml")).unwrap();
    let manifest = Manifest::parse(&text).unwrap();
    let (embed, source) = (manifest.embed.unwrap(), manifest.source.unwrap());
    assert_eq!((embed.pooling, embed.query.as_str()), (Pooling::Mean, "вопрос: {text}"));
    assert_eq!((source.repository.as_str(), source.revision), (NAME, place.hub.commit(NAME)));
    assert_eq!(manifest.licence, "apache-2.0");
    assert_eq!(manifest.digests[WEIGHTS], weights().sha256());
    assert_eq!(manifest.digests.len(), 3);
    let last = told.last().unwrap();
    assert_eq!((last.done(), last.is_verifying), (plan.bytes(), true));
    assert!(place.times_sent() < 1.01, "{}", place.times_sent());
    assert_eq!(place.hub.misuse(), [] as [Misuse; 0]);
    // It is there: nothing is fetched over it.
    assert!(matches!(place.get(), Err(GetError::Installed(_))));
    assert!(unfinished(&place.models()).is_empty());
}

#[test]
fn what_cannot_be_had_is_refused_with_the_reason() {
    let place = Place::new();
    place.hub.add(repository("someone/locked").gated("key"));
    place.hub.add(repository("someone/hidden").private("key"));
    place
        .hub
        .add(Repository::new("someone/picture").file("config.json", "{\"model_type\":\"vit\"}"));
    place.hub.add(Repository::new("someone/nothing").file("README.md", "empty"));
    let check = |name: &str, expected: &str| {
        let wanted = Wanted::parse(name).unwrap();
        let refused = place.getter().plan(&wanted, &Stop::default()).unwrap_err().to_string();
        assert!(refused.contains(expected), "{name}: {refused}");
    };
    check("someone/missing", "no repository someone/missing");
    check("someone/hidden", "models hub --token");
    check("someone/picture", "vit");
    check("someone/nothing", "no config.json");
    check("someone/locked", &format!("{}/someone/locked", place.hub.endpoint()));
    assert!(matches!(Wanted::parse("no-such-model"), Err(GetError::NotInCatalogue(_))));
    assert!(matches!(Wanted::parse("a/b/c"), Err(GetError::NotAName(_))));
    let wanted = Wanted::Repository {
        name: kenning_models::RepositoryName::parse(NAME).unwrap(),
        revision: "v9".to_owned(),
        weights: None,
        called: None,
    };
    let refused = place.getter().plan(&wanted, &Stop::default());
    assert!(matches!(refused, Err(GetError::NoRevision { .. })), "{refused:?}");
}

#[test]
fn a_token_opens_what_is_gated_and_is_told_to_nobody_else() {
    let mut place = Place::new();
    place.hub.add(repository(NAME).gated("key"));
    assert!(matches!(place.get(), Err(GetError::Gated { .. })));
    place.settings.token = Some("key".to_owned());
    check_installed(&place.get().unwrap());
    assert_eq!(place.hub.misuse(), [] as [Misuse; 0]);
    let requests = place.hub.requests();
    assert!(requests.iter().all(|request| {
        request.agent.as_deref().is_some_and(|agent| agent.starts_with("kenning/"))
    }));
}

#[test]
fn nothing_is_begun_where_the_disk_has_no_room() {
    let place = Place::new();
    let with = |length: u64| {
        let huge = Content::Zeros { length };
        place.hub.add(repository(NAME).lfs_of_digest(WEIGHTS, huge, &"0".repeat(64)));
        place.get()
    };
    // Nobody who runs this has a disk for the one, and nobody at all for the other.
    let refused = with(1 << 40);
    assert!(matches!(refused, Err(GetError::NoSpace { .. })), "{refused:?}");
    let refused = with(1 << 60);
    assert!(matches!(refused, Err(GetError::NotAHub { .. })), "{refused:?}");
    assert_eq!(place.hub.sent(NAME, WEIGHTS), 0);
}
