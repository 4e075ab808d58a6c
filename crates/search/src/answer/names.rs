//! Files whose names answer: who types a file's name finds it first.

use std::collections::HashMap;
use std::ops::Range;

use kenning_domain::ContentId;
use kenning_store::index::WordsSnapshot;
use kenning_words::matches;

use super::asked::Typed;
use super::filters::name_of;
use super::hits::AnswerError;
use crate::library::{Catalogue, FileDescribed};

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

/// The contents of files whose names answer. `tells` has how much each word of the question tells.
pub fn find(
    typed: &Typed,
    tells: &[f32],
    words: &WordsSnapshot,
    catalogue: &Catalogue,
) -> Result<HashMap<ContentId, NameMatch>, AnswerError> {
    let mut found: HashMap<ContentId, NameMatch> = HashMap::new();
    for (file, _) in words.names(&typed.name_words(), MOST_NAMES)? {
        let Some(content) = catalogue.owner(file) else { continue };
        let files = catalogue.content(content).map_or(&[][..], |described| &described.files);
        let Some(file) = files.iter().find(|one| one.id == file) else { continue };
        let Some(matched) = matched(typed, tells, file) else { continue };
        let best = found.get(&content).is_none_or(|best| matched.gain > best.gain);
        if best {
            found.insert(content, matched);
        }
    }
    Ok(found)
}

fn matched(typed: &Typed, tells: &[f32], file: &FileDescribed) -> Option<NameMatch> {
    let name = name_of(&file.path);
    let folders = file.path.parent().map(|parent| parent.to_string_lossy()).unwrap_or_default();
    let in_name = matches(&name, None, &typed.words, typed.last());
    let in_folders = matches(&folders, None, &typed.words, typed.last());
    if in_name.is_empty() {
        return None;
    }
    let mut words: Vec<usize> = in_name.iter().chain(&in_folders).map(|(_, word)| *word).collect();
    words.extend(covered_by(typed, &words));
    words.sort_unstable();
    words.dedup();
    let told = |words: &mut dyn Iterator<Item = usize>| -> f32 {
        words.map(|word| tells.get(word).copied().unwrap_or(0.0).max(1e-3)).sum()
    };
    let asked = told(&mut words.iter().copied()) / told(&mut (0..typed.words.len()));
    let named = share_of_name(&name, &in_name, typed);
    let squared = asked * asked;
    let mut gain = squared * (GAIN.start + (GAIN.end - GAIN.start) * named);
    if asked > 0.999 && named > 0.999 {
        gain += SAME;
    }
    Some(NameMatch { gain, coverage: squared * (0.4 + 0.6 * named), words })
}

/// In scripts without spaces a match is of many pairs of characters and names the first: the others
/// are those that lie beside it in the question and whose characters the name must then have too.
fn covered_by(typed: &Typed, words: &[usize]) -> Vec<usize> {
    let mut more = Vec::new();
    for &word in words {
        let mut end = typed.words[word].span.end;
        for (next, other) in typed.words.iter().enumerate().skip(word + 1) {
            if !other.wide || other.span.start >= end {
                break;
            }
            more.push(next);
            end = other.span.end;
        }
    }
    more
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
