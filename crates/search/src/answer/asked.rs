//! A typed question, taken apart for those who look for answers: words, phrases, languages.

use kenning_domain::Tag;
use kenning_store::index::{NameWord, Phrase, Possible, Word, WordQuery};
use kenning_words::{LastWord, QueryWord, phrase_terms, query_terms};

use super::like::Telling;
use crate::{Query, candidates};

/// Who pastes a page is answered by its first words, and in time.
const MOST_WORDS: usize = 256;

/// What was typed, as far as it can be known without looking anything up.
#[derive(Default)]
pub struct Typed {
    pub query: Query,
    /// What a model reads, and what `words` are places in.
    pub text: String,
    pub languages: Vec<(Tag, f32)>,
    pub words: Vec<QueryWord>,
    /// Whether the last word may be half typed.
    pub is_open: bool,
    /// What must stand in an answer, each in one of its passages.
    pub phrases: Vec<Wanted>,
    /// Phrases that stand nowhere, and count as the words they have.
    pub loosened: Vec<String>,
    /// What must not stand in an answer.
    pub never: Vec<Phrase>,
}

/// A quoted phrase: as it was typed, and as the index knows it.
pub struct Wanted {
    pub typed: String,
    pub phrase: Phrase,
}

impl Typed {
    /// `library` has each language's share of the passages.
    pub fn new(raw: &str, library: &[(Tag, f32)], user: &[Tag]) -> Self {
        let query = Query::parse(raw);
        let text = query.meaning();
        let languages = candidates(&text, library, user);
        let tags: Vec<Tag> = languages.iter().map(|(tag, _)| *tag).collect();
        let mut words = query_terms(&text, &tags);
        words.truncate(MOST_WORDS);
        let is_open = is_half_typed(&query);
        let wanted =
            |typed: &String| phrase_of(typed).map(|phrase| Wanted { typed: typed.clone(), phrase });
        let phrases = query.phrases.iter().filter_map(wanted).collect();
        let never = query.not_words.iter().chain(&query.not_phrases);
        let never = never.filter_map(|phrase| phrase_of(phrase)).collect();
        let loosened = Vec::new();
        Self { query, text, languages, words, is_open, phrases, loosened, never }
    }

    /// The words of a text that say most of it, in place of words that were typed.
    pub fn telling(words: Vec<Telling>) -> Self {
        let mut this = Self::default();
        for Telling { stem, written } in words {
            let start = this.text.len();
            this.text.push_str(&written);
            let span = start..this.text.len();
            this.text.push(' ');
            let alternatives = vec![stem];
            let exact = Vec::new();
            this.words.push(QueryWord { alternatives, exact, span, wide: false, is_last: false });
        }
        this
    }

    /// The words as the index of passages is asked for them.
    pub fn index_words(&self) -> Vec<Word> {
        let word = |word: &QueryWord| Word {
            stems: word.alternatives.clone(),
            exact: word.exact.clone(),
            // A single letter begins too many words to say anything of a passage.
            prefix: self.prefix(word).filter(|prefix| prefix.chars().count() > 1),
        };
        self.words.iter().map(word).collect()
    }

    /// The question to the index, without what restricts it.
    pub fn word_query(&self) -> WordQuery<'static> {
        WordQuery { words: self.index_words(), ..WordQuery::default() }
    }

    /// Which words are worth pointing at: of a quoted phrase all are.
    pub fn worth_pointing_at(&self, possible: &Possible) -> Vec<bool> {
        let is_quoted = !self.phrases.is_empty();
        (0..self.words.len()).map(|word| is_quoted || possible.is_telling(word)).collect()
    }

    /// The words as the index of names is asked for them.
    pub fn name_words(&self) -> Vec<NameWord> {
        let word = |word: &QueryWord| {
            let mut terms = word.exact.clone();
            terms.extend(
                word.alternatives.iter().filter(|term| !word.exact.contains(term)).cloned(),
            );
            NameWord { terms, prefix: self.prefix(word) }
        };
        self.words.iter().map(word).collect()
    }

    /// A word as it was typed.
    pub fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.text[word.span.clone()])
    }

    /// How the last word is met.
    pub fn last(&self) -> LastWord {
        if self.is_open { LastWord::Beginning } else { LastWord::Whole }
    }

    /// Whether a word may go on.
    pub fn is_open_word(&self, word: &QueryWord) -> bool {
        self.is_open && word.is_last && !word.wide
    }

    fn prefix(&self, word: &QueryWord) -> Option<String> {
        self.is_open_word(word).then(|| word.exact.first().cloned()).flatten()
    }
}

/// Whether the query ends with a plain word, right after its last letter.
fn is_half_typed(query: &Query) -> bool {
    let Some(last) = query.text.split(' ').next_back().filter(|last| !last.is_empty()) else {
        return false;
    };
    let before = query.raw.strip_suffix(last);
    before.is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
}

/// `None` where there is no word in it.
fn phrase_of(text: &str) -> Option<Phrase> {
    let terms = phrase_terms(text);
    let first = terms.first()?.position;
    let from_first = |position: u32| position.saturating_sub(first);
    let terms = terms.iter().map(|term| (term.text.to_string(), from_first(term.position)));
    Some(Phrase { terms: terms.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_last_plain_word_is_half_typed() {
        let table = [
            ("tax ret", true),
            ("tax ret ", false),
            ("tax \"ret\"", false),
            ("tax -ret", false),
            ("tax title:ret", false),
            ("ret title:ret", false),
            ("type:pdf", false),
            ("", false),
            ("налог", true),
        ];
        for (raw, expected) in table {
            assert_eq!(is_half_typed(&Query::parse(raw)), expected, "{raw}");
        }
    }

    #[test]
    fn a_phrase_has_its_words_at_their_distances() {
        let check = |text: &str, expected: &[(&str, u32)]| {
            let found = phrase_of(text).map(|phrase| phrase.terms).unwrap_or_default();
            let expected: Vec<_> =
                expected.iter().map(|(word, at)| ((*word).to_owned(), *at)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Net, Income!", &[("net", 0), ("income", 1)]);
        check("?!", &[]);
        check("東京都", &[("東京", 0), ("京都", 1)]);
    }
}
