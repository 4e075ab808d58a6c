//! SPDX licence expressions: can one be satisfied with the licences we accept?

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

/// Whether a choice among what `expression` offers needs accepted licences only.
///
/// Knows `AND`, `OR`, `WITH` and parentheses, and the slash that older packages write for `OR`. A
/// licence with an exception is accepted where the list names both, as in `Apache-2.0 WITH
/// LLVM-exception`.
pub fn is_satisfied(expression: &str, accepted: &BTreeSet<String>) -> Result<bool> {
    let words = words(expression);
    let mut parser = Parser { words: &words, accepted };
    let satisfied = parser.any()?;
    ensure!(parser.words.is_empty(), "“{}” stands where AND or OR should", parser.words.join(" "));
    Ok(satisfied)
}

fn words(expression: &str) -> Vec<String> {
    let mut spaced = expression.replace('/', " OR ");
    for bracket in ["(", ")"] {
        spaced = spaced.replace(bracket, &format!(" {bracket} "));
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Takes words off the front, one rule a method. `AND` binds more tightly than `OR`.
struct Parser<'a> {
    words: &'a [String],
    accepted: &'a BTreeSet<String>,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<bool> {
        let mut satisfied = self.all()?;
        while self.takes("OR") {
            satisfied |= self.all()?;
        }
        Ok(satisfied)
    }

    fn all(&mut self) -> Result<bool> {
        let mut satisfied = self.one()?;
        while self.takes("AND") {
            satisfied &= self.one()?;
        }
        Ok(satisfied)
    }

    fn one(&mut self) -> Result<bool> {
        if self.takes("(") {
            let satisfied = self.any()?;
            ensure!(self.takes(")"), "a parenthesis is not closed");
            return Ok(satisfied);
        }
        let mut licence = self.name()?;
        if self.takes("WITH") {
            licence = format!("{licence} WITH {}", self.name()?);
        }
        Ok(self.accepted.contains(&licence))
    }

    fn name(&mut self) -> Result<String> {
        match self.words {
            [name, rest @ ..] if !["AND", "OR", "WITH", "(", ")"].contains(&name.as_str()) => {
                self.words = rest;
                Ok(name.clone())
            }
            [other, ..] => bail!("“{other}” stands where a licence should"),
            [] => bail!("it ends where a licence should stand"),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        match self.words {
            [first, rest @ ..] if first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn satisfied(expression: &str) -> Result<bool> {
        let accepted = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        is_satisfied(expression, &accepted.map(str::to_owned).into())
    }

    #[test]
    fn an_expression_is_satisfied_by_accepted_licences_alone() {
        let check = |expression: &str, expected: bool| {
            assert_eq!(satisfied(expression).unwrap(), expected, "{expression}");
        };
        check("MIT", true);
        check("GPL-3.0-only", false);
        check("MIT OR GPL-3.0-only", true);
        check("MIT AND GPL-3.0-only", false);
        check("MIT/Apache-2.0", true);
        check("GPL-2.0 / MIT", true);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        check("(MIT OR Apache-2.0) AND NCSA", false);
        check("GPL-2.0 OR MIT AND Unicode-3.0", true);
        check("GPL-2.0 AND MIT OR Unicode-3.0", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("MIT WITH LLVM-exception", false);
        check("Apache-2.0 WITH LLVM-exception OR GPL-2.0", true);
        check("((MIT))", true);
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for expression in ["", "MIT OR", "MIT Apache-2.0", "(MIT", "MIT)", "AND MIT", "MIT WITH"] {
            assert!(satisfied(expression).is_err(), "{expression}");
        }
    }
}
