//! How much work a page would be: forms that call forms many times over would never end.

use std::collections::HashMap;

use hayro_interpret::hayro_syntax::content::UntypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier, Stream};
use hayro_interpret::hayro_syntax::page::{Page, Resources};

use crate::refusal::Refusal;

/// Operations of one page, forms counted as often as they are called.
const MOST_OPERATIONS: u64 = 20_000_000;
/// What calling a form costs beside what is in it: it is looked up and parsed each time.
const CALL: u64 = 200;
const DEEPEST: usize = 50;
/// How often one stream may be named in the content of a page.
const MOST_REPEATED: usize = 16;

/// Refuses a page that would take for ever, or whose content cannot be unpacked.
pub fn check(page: &Page<'_>) -> Result<(), Refusal> {
    if repeats_its_content(page) {
        return Err(Refusal::too_large("how often a page repeats its content", MOST_REPEATED));
    }
    if page.page_stream().is_none() && page.raw().contains_key(b"Contents") {
        return Err(Refusal::damaged("its content cannot be unpacked"));
    }
    // Where no form calls another, a page costs what it is long.
    if !has_forms(page.resources(), true) {
        return Ok(());
    }
    let mut known = HashMap::new();
    let stream = page.page_stream().unwrap_or_default();
    if operations(stream, page.resources(), &mut known, 0) > MOST_OPERATIONS {
        return Err(Refusal::too_large("how often a page repeats its parts", MOST_OPERATIONS));
    }
    Ok(())
}

/// Whether a page names the same content so often that putting it together would be the harm.
fn repeats_its_content(page: &Page<'_>) -> bool {
    let Some(contents) = page.raw().get::<Array<'_>>(b"Contents") else { return false };
    let mut times: HashMap<_, usize> = HashMap::new();
    contents.raw_iter().filter_map(|one| one.as_obj_ref()).any(|one| {
        let times = times.entry(ObjectIdentifier::from(one)).or_default();
        *times += 1;
        *times > MOST_REPEATED
    })
}

fn has_forms(resources: &Resources<'_>, nested: bool) -> bool {
    resources.x_objects.keys().any(|name| {
        let form = resources.get_x_object(&name).filter(|stream| is_form(stream.dict()));
        form.is_some_and(|form| {
            !nested
                || form
                    .dict()
                    .get(b"Resources")
                    .map(Resources::new)
                    .is_none_or(|own| has_forms(&own, false))
        })
    })
}

fn is_form(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>(b"Subtype").is_some_and(|kind| &*kind == b"Form")
}

fn operations(
    content: &[u8],
    resources: &Resources<'_>,
    known: &mut HashMap<ObjectIdentifier, u64>,
    depth: usize,
) -> u64 {
    let mut calls: HashMap<Vec<u8>, u64> = HashMap::new();
    let mut total: u64 = 0;
    let mut iterator = UntypedIter::new(content);
    while let Some(operation) = iterator.next() {
        total += 1;
        if **operation.operator == *b"Do"
            && let Some(name) = operation.operands().next().and_then(|o| o.clone().into_name())
        {
            *calls.entry(name.to_vec()).or_default() += 1;
        }
    }
    for (name, times) in calls {
        let Some(form) = resources.x_objects.get::<Stream<'_>>(&name) else { continue };
        let each = CALL.saturating_add(of_form(&form, resources, known, depth));
        total = total.saturating_add(times.saturating_mul(each));
    }
    total
}

fn of_form(
    form: &Stream<'_>,
    outer: &Resources<'_>,
    known: &mut HashMap<ObjectIdentifier, u64>,
    depth: usize,
) -> u64 {
    if !is_form(form.dict()) {
        return 1;
    }
    if let Some(cost) = known.get(&form.obj_id()) {
        return *cost;
    }
    // A form that calls itself is cut short by the interpreter at this depth, but may branch on the
    // way there: it counts as endless.
    known.insert(form.obj_id(), MOST_OPERATIONS / 4);
    if depth >= DEEPEST {
        return MOST_OPERATIONS;
    }
    let own = form.dict().get::<Dict<'_>>(b"Resources").map(Resources::new);
    let cost = form
        .decoded()
        .map_or(1, |content| operations(&content, own.as_ref().unwrap_or(outer), known, depth + 1));
    known.insert(form.obj_id(), cost);
    cost
}
