//! Whatever happens in whatever order, what is derived step by step is what is derived from nothing.

use proptest::prelude::*;

use super::super::{Derived, Flush};
use super::made::{Document, WORDS, World, always, never};

#[derive(Clone, Debug)]
enum Event {
    /// A path holds a document: of so many passages, beginning with this word.
    Put {
        path: usize,
        word: usize,
        passages: usize,
    },
    Forget {
        path: usize,
    },
    Move {
        from: usize,
        to: usize,
    },
    Embed {
        limit: usize,
    },
    CatchUp {
        all: bool,
        now: bool,
    },
    Close,
    Kill,
    /// The truth forgets what is durable elsewhere, or all.
    ForgetChanges {
        all: bool,
    },
    AnotherSpace,
}

fn event() -> impl Strategy<Value = Event> {
    let path = || 0..6_usize;
    prop_oneof![
        6 => (path(), 0..WORDS.len(), 0..4_usize)
            .prop_map(|(path, word, passages)| Event::Put { path, word, passages }),
        2 => path().prop_map(|path| Event::Forget { path }),
        2 => (path(), path()).prop_map(|(from, to)| Event::Move { from, to }),
        4 => (1..5_usize).prop_map(|limit| Event::Embed { limit }),
        4 => (any::<bool>(), any::<bool>()).prop_map(|(all, now)| Event::CatchUp { all, now }),
        1 => Just(Event::Close),
        1 => Just(Event::Kill),
        1 => any::<bool>().prop_map(|all| Event::ForgetChanges { all }),
        1 => Just(Event::AnotherSpace),
    ]
}

fn path(number: usize) -> String {
    format!("{}/{}.txt", WORDS[number / 2], WORDS[number])
}

fn put(world: &mut World, at: usize, word: usize, count: usize) {
    let texts: Vec<String> = (0..count)
        .map(|number| format!("{} {}", WORDS[(word + number) % WORDS.len()], number / 2))
        .collect();
    let tag = |number: usize| ["de", "ja", "ru", ""][(word + number) % 4];
    let heading: &[&str] = if word.is_multiple_of(2) { &[] } else { &["alle"] };
    let passages =
        texts.iter().enumerate().map(|(number, text)| (tag(number), heading, text.as_str()));
    let title = word.is_multiple_of(3).then_some(WORDS[word]);
    world.put(&path(at), &Document { title, passages: passages.collect() });
}

fn reopen(world: &mut World, derived: Derived, well: bool) -> Derived {
    if well {
        derived.close().unwrap();
    } else {
        drop(derived);
    }
    world.open().0
}

fn happen(world: &mut World, mut derived: Derived, event: Event) -> Derived {
    match event {
        Event::Put { path, word, passages } => put(world, path, word, passages),
        Event::Forget { path: at } => world.forget(&path(at)),
        Event::Move { from, to } => world.move_to(&path(from), &path(to)),
        Event::Embed { limit } => drop(world.embed_some(limit)),
        Event::CatchUp { all, now } => {
            let more_time = if all { always() } else { never() };
            let flush = if now { Flush::Now } else { Flush::WhenDue };
            derived.catch_up(&mut world.reader, more_time, flush).unwrap();
        }
        Event::Close => derived = reopen(world, derived, true),
        Event::Kill => derived = reopen(world, derived, false),
        Event::ForgetChanges { all } => {
            let until = if all { i64::MAX } else { derived.durable() };
            world.truth.change(|change| change.forget_changes_until(until)).unwrap();
        }
        Event::AnotherSpace => {
            let name = if world.space.0 == 1 { "second" } else { "first" };
            let space = world.add_space(name);
            world.truth.change(|change| change.answer_from(space)).unwrap();
        }
    }
    derived
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() })]

    #[test]
    fn step_by_step_is_the_same_as_from_nothing(
        events in proptest::collection::vec(event(), 1..40)
    ) {
        let mut world = World::new();
        let mut derived = world.derived();
        for event in events {
            derived = happen(&mut world, derived, event);
        }
        world.catch_up(&mut derived);
        world.expect_same(&derived);
    }
}
