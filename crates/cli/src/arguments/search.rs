//! The grammar of the commands that search.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kenning_engine::answer::Pipeline;
use kenning_engine::{Condition, Filter, Query};

#[derive(Args)]
#[command(after_help = "\
What is asked may hold an \"exact phrase\", -not, type:pdf, in:folder, lang:de, after:2023, before:2024-06, \
title:word and name:word. A shell takes quotation marks for itself, so put the whole in single ones:

    kenning search 'bicycle \"inner tube\" -tubeless type:pdf'

How near a hit is stands beside it: strong, fair or faint. Exit codes: 0 something was found, 3 nothing is \
close to what was asked.")]
pub struct Search {
    /// What is looked for, in any language
    #[arg(
        required_unless_present_any = ["kinds", "folders", "languages", "after", "before"],
        value_name = "QUERY"
    )]
    pub query: Vec<String>,
    /// Only files of this kind: pdf, docx, mail, code… Several: pdf,docx
    #[arg(long = "type", value_name = "KIND", value_parser = of_kind)]
    kinds: Option<Filter>,
    /// Only files in a folder of this name, or with this piece of a path
    #[arg(long = "in", value_name = "FOLDER", value_parser = of_folder)]
    folders: Option<Filter>,
    /// Only text in this language: de, ja… Several: de,ja
    #[arg(long = "lang", value_name = "LANG", value_parser = of_language)]
    languages: Option<Filter>,
    /// Only what is later than this year, month or day
    #[arg(long, value_name = "DATE", value_parser = of_after)]
    after: Option<Filter>,
    /// Only what is earlier than this year, month or day
    #[arg(long, value_name = "DATE", value_parser = of_before)]
    before: Option<Filter>,
    /// Show the hits by topic
    #[arg(long)]
    pub group: bool,
    #[command(flatten)]
    pub how: How,
    /// What to search by
    #[arg(long, value_enum, default_value = "hybrid")]
    pub pipeline: PipelineName,
}

#[derive(Args)]
pub struct Similar {
    /// A file of the library
    pub file: PathBuf,
    #[command(flatten)]
    pub how: How,
}

/// What is shown of the answer.
#[derive(Args)]
pub struct How {
    /// How many hits are shown
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least_one)]
    pub limit: usize,
    /// Say why each is a hit, and show the nearest things where none is close
    #[arg(long)]
    pub explain: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PipelineName {
    Words,
    /// Without words
    Meaning,
    /// Words and meaning
    Hybrid,
    /// The best of these read again by a reranker
    Reranked,
}

impl PipelineName {
    pub fn pipeline(self) -> Pipeline {
        match self {
            Self::Words => Pipeline::Words,
            Self::Meaning => Pipeline::Meaning,
            Self::Hybrid => Pipeline::Hybrid,
            Self::Reranked => Pipeline::Reranked,
        }
    }
}

impl Search {
    /// What was typed, with the filters given as flags.
    pub fn typed(&self) -> String {
        let typed = Query::parse(&self.query.join(" "));
        let flags = [&self.kinds, &self.folders, &self.languages, &self.after, &self.before];
        let given = flags.into_iter().flatten().cloned();
        // A blank at the end says that the last word is whole.
        format!("{} ", given.fold(typed, |query, filter| query.with_filter(filter)).raw)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "it is a number from 1".to_owned())
}

fn of_kind(value: &str) -> Result<Filter, String> {
    filter("type", value, "name a kind, such as pdf, or several: pdf,docx")
}

fn of_language(value: &str) -> Result<Filter, String> {
    filter(
        "lang",
        value,
        "name a language by its two or three letters, such as de, or several: de,ja",
    )
}

fn of_after(value: &str) -> Result<Filter, String> {
    filter("after", value, DATE)
}

fn of_before(value: &str) -> Result<Filter, String> {
    filter("before", value, DATE)
}

const DATE: &str = "a date is 2024, 2024-06 or 2024-06-30";

fn of_folder(value: &str) -> Result<Filter, String> {
    let folder = value.trim().to_owned();
    if folder.is_empty() {
        return Err("name a folder".to_owned());
    }
    Ok(Filter::new(Condition::In(folder)))
}

/// What the query language makes of a filter; where it makes nothing of it, it would be plain text.
fn filter(name: &str, value: &str, otherwise: &str) -> Result<Filter, String> {
    let value: String = value.split_whitespace().collect();
    let mut query = Query::parse(&format!("{name}:{value}"));
    let filter = query.filters.pop().filter(|_| query.is_wordless() && query.filters.is_empty());
    filter.ok_or_else(|| otherwise.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::arguments::{Arguments, Command};

    fn typed(line: &[&str]) -> Result<String, String> {
        let line = ["kenning", "search"].iter().chain(line);
        match Arguments::try_parse_from(line).map_err(|error| error.to_string())?.command {
            Command::Search(search) => Ok(search.typed()),
            _ => panic!("it is a search"),
        }
    }

    #[test]
    fn flags_are_filters_of_the_query_language() {
        let check = |line: &[&str], expected: &str| {
            assert_eq!(typed(line).as_deref(), Ok(expected), "{line:?}");
        };
        check(&["Rad", "flicken"], "Rad flicken ");
        check(&["茶", "--type", "pdf, docx", "--lang", "ja"], "茶 type:pdf,docx lang:ja ");
        check(&["--after", "2023", "--before", "2024-06"], "after:2023 before:2024-06 ");
        check(&["чай", "--in", "my notes"], "чай in:\"my notes\" ");
        check(&["lang:de tea", "--lang", "de"], "lang:de tea ");
    }

    #[test]
    fn what_no_filter_understands_is_refused_with_what_it_would() {
        let check = |line: &[&str], part: &str| {
            let refusal = typed(line).expect_err("it must be refused");
            assert!(refusal.contains(part), "{refusal}");
        };
        check(&[], "QUERY");
        check(&["tea", "--after", "yesterday"], "2024-06-30");
        check(&["tea", "--lang", "12"], "such as de");
        check(&["tea", "--in", " "], "name a folder");
        check(&["tea", "--limit", "0"], "from 1");
    }
}
