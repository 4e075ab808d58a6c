//! Files whose names answer: who types a file's name finds it first, with or without text in it.

use std::collections::HashMap;
use std::ops::Range;

use kenning_domain::{ContentId, FileId};
use kenning_store::index::WordsSnapshot;
use kenning_store::{FileRecord, Reader, Reason, State};
use kenning_words::{QueryWord, matches, terms};

use super::allowed::AllowedPassages;
use super::asked::Typed;
use super::filters::name_of;
use super::hits::AnswerError;
use crate::library::{Catalogue, Described, FileDescribed};

/// How many names are looked at.
const MOST_NAMES: usize = 100;
/// What a name gains that has all the words of the question among many others, and one that has no
/// others.
const GAIN: Range<f32> = 0.2..0.5;
/// What it gains besides where question and name are the same.
const SAME: f32 = 1.0;

/// How a name answers.
#[derive(Clone, Debug, PartialEq)]
pub struct NameMatch {
    /// What it adds to a score.
    pub gain: f32,
    /// How much of the question it covers, and of the name the question, from 0 to 1.
    pub coverage: f32,
    /// The words of the question that stand in it, by number.
    pub words: Vec<usize>,
}

/// What names answer.
#[derive(Default)]
pub struct Named {
    pub contents: HashMap<ContentId, NameMatch>,
    /// Files that the catalogue knows no content of.
    others: Vec<FileId>,
}

/// A file that nothing but its name is known of, and why.
pub struct Unread {
    pub file: FileDescribed,
    pub reason: Reason,
    pub name: NameMatch,
}

/// The contents of files whose names answer. `tells` has how much each word of the question tells.
pub fn find(
    typed: &Typed,
    tells: &[f32],
    words: &WordsSnapshot,
    catalogue: &Catalogue,
) -> Result<Named, AnswerError> {
    let mut named = Named::default();
    let found = &mut named.contents;
    for (file, _) in words.names(&typed.name_words(), MOST_NAMES)? {
        let Some(content) = catalogue.owner(file) else {
            named.others.push(file);
            continue;
        };
        let files = catalogue.content(content).map_or(&[][..], |described| &described.files);
        let Some(file) = files.iter().find(|one| one.id == file) else { continue };
        let Some(matched) = matched(typed, tells, file) else { continue };
        let best = found.get(&content).is_none_or(|best| matched.gain > best.gain);
        if best {
            found.insert(content, matched);
        }
    }
    Ok(named)
}

impl Named {
    /// Of the others those that the truth knows and the filters allow, as far as these can be asked of
    /// what has no text: a phrase and a language stand in none.
    pub fn unread(
        &self,
        typed: &Typed,
        tells: &[f32],
        allowed: &AllowedPassages<'_>,
        catalogue: &Catalogue,
        truth: &mut Reader,
    ) -> Result<Vec<Unread>, AnswerError> {
        // What has no text is no document that could have been named.
        if allowed.are_named() {
            return Ok(Vec::new());
        }
        let filters = &allowed.filters;
        if !typed.phrases.is_empty() || filters.restrict_passages() || self.others.is_empty() {
            return Ok(Vec::new());
        }
        let record = |view: &kenning_store::View<'_>| {
            self.others.iter().map(|file| view.file(*file)).collect::<Result<Vec<_>, _>>()
        };
        let records = truth.read(record)?;
        let without_content =
            records.into_iter().flatten().filter(|file| file.content.is_none() && !file.is_folder);
        let unread = without_content.filter_map(|record| {
            let file = FileDescribed::of(&record);
            let name = matched(typed, tells, &file)?;
            let reason = reason_of(record)?;
            let described = Described::without_text(file.clone());
            let is_there = catalogue.folder(file.folder).is_some();
            (is_there && filters.allow(&described, catalogue)).then_some(Unread {
                file,
                reason,
                name,
            })
        });
        Ok(unread.collect())
    }
}

/// Why a file has no content. `None` where it is to stay hidden.
fn reason_of(record: FileRecord) -> Option<Reason> {
    match record.state {
        State::LeftOut => None,
        State::Waiting => Some(Reason::new("waiting", "it has not been read yet")),
        _ => Some(record.reason),
    }
}

fn matched(typed: &Typed, tells: &[f32], file: &FileDescribed) -> Option<NameMatch> {
    let name = name_of(&file.path);
    let in_name = matches(&name, None, &typed.words, typed.last());
    // A folder's name alone is that of too many files.
    if in_name.is_empty() {
        return None;
    }
    let words = words_in(&file.path.to_string_lossy(), typed);
    let tells = |word: usize| tells.get(word).copied().unwrap_or(0.0).max(1e-3);
    let all: f32 = (0..typed.words.len()).map(tells).sum();
    let asked = words.iter().map(|word| tells(*word)).sum::<f32>() / all;
    let named = share_of_name(&name, &in_name, typed);
    let squared = asked * asked;
    let mut gain = squared * (GAIN.start + (GAIN.end - GAIN.start) * named);
    if asked > 0.999 && named > 0.999 {
        gain += SAME;
    }
    Some(NameMatch { gain, coverage: squared * (0.4 + 0.6 * named), words })
}

/// The words of the question that stand in a path, by number.
fn words_in(path: &str, typed: &Typed) -> Vec<usize> {
    let mut found = Vec::new();
    terms(path, None, &mut found);
    let is_met = |word: &QueryWord| {
        let mut ways = word.alternatives.iter().chain(&word.exact);
        let open = word.exact.first().filter(|_| typed.is_open_word(word));
        ways.any(|way| found.iter().any(|term| term.text == *way))
            || open.is_some_and(|open| found.iter().any(|term| term.text.starts_with(&**open)))
    };
    (0..typed.words.len()).filter(|word| is_met(&typed.words[*word])).collect()
}

/// How much of the letters of a name, its extension apart, is in the question.
fn share_of_name(name: &str, matches: &[(Range<usize>, usize)], typed: &Typed) -> f32 {
    let end = name.rfind('.').filter(|dot| *dot > 0).unwrap_or(name.len());
    let letters = |text: &str| text.chars().filter(|mark| mark.is_alphanumeric()).count();
    let met = matches.iter().filter(|(place, _)| place.start < end).map(|(place, word)| {
        let own = letters(&name[place.start..place.end.min(end)]);
        let typed_word = &typed.words[*word];
        // Of what is half typed only what was typed counts.
        if typed.is_open_word(typed_word) { own.min(letters(typed.word(*word))) } else { own }
    });
    met.sum::<usize>() as f32 / letters(&name[..end]).max(1) as f32
}
