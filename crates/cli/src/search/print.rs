//! An answer as a person reads it in a terminal, and as plain text in a pipe.

use std::io::Write;

use anyhow::Result;
use kenning_domain::Tag;
use kenning_engine::answer::{Coverage, Hit, PassageHit, Why};

use super::found::{self, Found};
use crate::arguments::How;
use crate::here;
use crate::terminal::{self, QUIET, STRONG, counted, number};

/// Lines longer than this are hard to read, however wide a terminal is.
const WIDEST: usize = 100;
const INDENT: &str = "   ";

pub fn found(found: &Found, how: &How, by_topic: bool) -> Result<()> {
    let mut page = Page {
        out: anstream::stdout().lock(),
        width: terminal::width().map_or(usize::MAX, |width| width.clamp(30, WIDEST)) - INDENT.len(),
        found,
        explain: how.explain,
    };
    page.write(by_topic)
}

struct Page<'a, W> {
    out: W,
    width: usize,
    found: &'a Found,
    explain: bool,
}

impl<W: Write> Page<'_, W> {
    fn write(&mut self, by_topic: bool) -> Result<()> {
        let found = self.found;
        let answer = &found.answer;
        if self.explain {
            self.languages()?;
        }
        if let Some(told) = loosened(&answer.loosened) {
            writeln!(self.out, "{}", terminal::clean(&told))?;
        }
        if found.is_nothing() {
            writeln!(self.out, "Nothing here is close to that.")?;
            self.fold()?;
        }
        let is_shown = !found.is_nothing() || self.explain;
        if is_shown && by_topic && !found.topics.is_empty() {
            self.by_topic()?;
        } else if is_shown {
            for (place, hit) in answer.hits.iter().enumerate() {
                self.hit(place + 1, hit)?;
            }
        }
        writeln!(self.out, "{QUIET}{}{QUIET:#}", coverage(&answer.coverage))?;
        Ok(())
    }

    fn languages(&mut self) -> Result<()> {
        let language = |(tag, probability): &(Tag, f32)| format!("{tag} {probability:.2}");
        let read_as: Vec<String> = self.found.answer.languages.iter().map(language).collect();
        if !read_as.is_empty() {
            writeln!(self.out, "read as: {}", read_as.join(", "))?;
        }
        Ok(())
    }

    /// The nearest things, of a question that they do not answer.
    fn fold(&mut self) -> Result<()> {
        const SHOWN: usize = 3;
        let hits = &self.found.answer.hits;
        if self.explain || hits.is_empty() {
            return Ok(());
        }
        let nearest: Vec<String> = hits.iter().take(SHOWN).map(title).collect();
        writeln!(self.out, "Nearest: {}. --explain shows them.", nearest.join("; "))?;
        Ok(())
    }

    fn by_topic(&mut self) -> Result<()> {
        let found = self.found;
        let mut left: Vec<usize> = (1..=found.answer.hits.len()).collect();
        for topic in &found.topics {
            let ranks = found.ranks(topic);
            let name = terminal::clean(&topic.name.join(", "));
            let documents = counted(topic.members.len() as u64, "document");
            let shown = match ranks.len() {
                some if some == topic.members.len() => documents,
                some => format!("{documents}, {some} shown"),
            };
            writeln!(self.out, "{STRONG}# {name}{STRONG:#} ({shown})\n")?;
            left.retain(|rank| !ranks.contains(rank));
            self.hits(&ranks)?;
        }
        if !left.is_empty() {
            writeln!(self.out, "{STRONG}# in no topic{STRONG:#}\n")?;
            self.hits(&left)?;
        }
        Ok(())
    }

    fn hits(&mut self, ranks: &[usize]) -> Result<()> {
        for rank in ranks {
            if let Some(hit) = self.found.answer.hits.get(rank - 1) {
                self.hit(*rank, hit)?;
            }
        }
        Ok(())
    }

    fn hit(&mut self, rank: usize, hit: &Hit) -> Result<()> {
        let file = hit.files.first().map(|file| file.path.as_path());
        let band = hit.why.band.map(|band| format!(" {QUIET}({}){QUIET:#}", found::band(band)));
        let band = band.unwrap_or_default();
        writeln!(self.out, "{rank}. {STRONG}{}{STRONG:#}{band}", title(hit))?;
        let best = hit.passages.first();
        let path = file.map(terminal::path).unwrap_or_default();
        let places: Vec<String> = [path]
            .into_iter()
            .chain(best.map(|best| place(best, hit)).unwrap_or_default())
            .collect();
        writeln!(self.out, "{INDENT}{QUIET}{}{QUIET:#}", places.join(" · "))?;
        if let Some(best) = best {
            self.excerpt(best)?;
        }
        if let Some(why) = &hit.unread {
            let why = terminal::clean(&why.text);
            writeln!(self.out, "{INDENT}found by its name alone: {why}")?;
        }
        self.others(hit)?;
        if self.explain {
            self.why(hit)?;
        }
        writeln!(self.out)?;
        Ok(())
    }

    fn excerpt(&mut self, passage: &PassageHit) -> Result<()> {
        let before = if passage.more_before { "…" } else { "" };
        let after = if passage.more_after { "…" } else { "" };
        let moved =
            |range: &std::ops::Range<usize>| range.start + before.len()..range.end + before.len();
        let standing_out: Vec<_> = passage.highlights.iter().map(moved).collect();
        let text = format!("{before}{}{after}", passage.excerpt);
        for line in terminal::lines(&text, &standing_out, self.width) {
            writeln!(self.out, "{INDENT}{line}")?;
        }
        Ok(())
    }

    /// Where else the same stands.
    fn others(&mut self, hit: &Hit) -> Result<()> {
        for file in hit.files.iter().skip(1) {
            writeln!(self.out, "{INDENT}{QUIET}also {}{QUIET:#}", terminal::path(&file.path))?;
        }
        for (content, similar) in &hit.others {
            let similar = found::similar(*similar);
            for path in self.found.files(*content) {
                let path = terminal::path(&path);
                writeln!(self.out, "{INDENT}{QUIET}{similar}: {path}{QUIET:#}")?;
            }
        }
        Ok(())
    }

    fn why(&mut self, hit: &Hit) -> Result<()> {
        for line in reasons(&hit.why) {
            writeln!(self.out, "{INDENT}{}", terminal::clean(&line))?;
        }
        let day = here::day(hit.date).unwrap_or_default();
        let format = if hit.format.is_empty() { "file" } else { &hit.format };
        writeln!(self.out, "{INDENT}{format} of {day}, score {:.3}", hit.score)?;
        for passage in hit.passages.iter().skip(1) {
            writeln!(self.out, "{INDENT}{QUIET}also {}{QUIET:#}", place(passage, hit).join(" · "))?;
            self.excerpt(passage)?;
        }
        Ok(())
    }
}

/// What a document calls itself, else its file's name.
fn title(hit: &Hit) -> String {
    let title = hit.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let name = || hit.files.first()?.path.file_name().map(|name| name.to_string_lossy());
    let title = title.map(Into::into).or_else(name);
    terminal::clean(&title.unwrap_or_default())
}

/// Where in its document a passage stands. A title says no more for being the heading too.
fn place(passage: &PassageHit, hit: &Hit) -> Vec<String> {
    let page = passage.page.map(|page| format!("page {page}"));
    let headings = passage.headings.iter().map(String::as_str);
    let headings: Vec<&str> =
        headings.filter(|heading| hit.title.as_deref() != Some(heading)).collect();
    let headings = (!headings.is_empty()).then(|| terminal::clean(&headings.join(" › ")));
    page.into_iter().chain(headings).collect()
}

fn reasons(why: &Why) -> Vec<String> {
    let shares =
        [("words", why.shares.words), ("name", why.shares.name), ("meaning", why.shares.meaning)];
    let share = |(what, share): &(&str, f32)| format!("{what} {share:.2}");
    let shares: Vec<String> = shares.iter().filter(|(_, share)| *share > 0.0).map(share).collect();
    let listed = |what: &str, all: &[String]| {
        (!all.is_empty()).then(|| format!("{what} {}", all.join(", ")))
    };
    [
        listed("found by:", &shares),
        listed("holds:", &why.words),
        listed("its name holds:", &why.name),
        why.language.map(|language| format!("in: {language}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is said of phrases that stand nowhere.
fn loosened(phrases: &[String]) -> Option<String> {
    let quoted: Vec<String> = phrases.iter().map(|phrase| format!("“{phrase}”")).collect();
    let (last, before) = quoted.split_last()?;
    let (phrases, one) = match before {
        [] => (last.clone(), true),
        _ => (format!("{} or {last}", before.join(", ")), false),
    };
    let these = if one { "its" } else { "their" };
    Some(format!("No document holds {phrases} word for word; these are about {these} words."))
}

/// `Searched 5,310 files; 212 of them by words only so far.`
fn coverage(coverage: &Coverage) -> String {
    let mut told = format!("Searched {}", counted(coverage.files, "file"));
    if coverage.words_only > 0 && coverage.words_only == coverage.files {
        told.push_str(" by words only so far");
    } else if coverage.words_only > 0 {
        told.push_str(&format!("; {} of them by words only so far", number(coverage.words_only)));
    }
    let rest = [(coverage.waiting, "to be read"), (coverage.failed, "could not be read")];
    for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
        told.push_str(&format!("; {} {what}", number(count)));
    }
    told + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_phrases_that_stand_nowhere_it_is_said() {
        let check = |phrases: &[&str], expected: Option<&str>| {
            let phrases: Vec<String> = phrases.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(loosened(&phrases).as_deref(), expected);
        };
        check(&[], None);
        check(
            &["東京 都"],
            Some("No document holds “東京 都” word for word; these are about its words."),
        );
        check(
            &["a", "b", "c"],
            Some("No document holds “a”, “b” or “c” word for word; these are about their words."),
        );
    }

    #[test]
    fn what_was_searched_is_said_in_a_sentence() {
        let check =
            |coverage: Coverage, expected: &str| assert_eq!(super::coverage(&coverage), expected);
        let all = Coverage { files: 5310, ..Coverage::default() };
        check(all, "Searched 5,310 files.");
        check(
            Coverage { words_only: 212, ..all },
            "Searched 5,310 files; 212 of them by words only so far.",
        );
        check(
            Coverage { files: 1, words_only: 1, waiting: 1200, failed: 2, ..all },
            "Searched 1 file by words only so far; 1,200 to be read; 2 could not be read.",
        );
    }
}
