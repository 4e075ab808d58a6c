//! The dots that lead from a title to its page in a table of contents: nobody reads them, and each
//! would be a token.

/// Fewer dots than this are an ellipsis.
const FEWEST: usize = 5;

/// A line without its leading dots; `None` where it has none.
pub fn without_leaders(text: &str) -> Option<String> {
    let is_dot = |c: char| matches!(c, '.' | '…' | '·' | '．' | '‥');
    let mut plain = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(start) = rest.find(is_dot) {
        let run = &rest[start..];
        let end = run.find(|c: char| !is_dot(c) && c != ' ').unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        let dots = run.chars().filter(|c| is_dot(*c)).count();
        plain.push_str(&rest[..start]);
        if dots >= FEWEST {
            found = true;
            plain.truncate(plain.trim_end().len());
            plain.push(' ');
        } else {
            plain.push_str(run);
        }
        rest = after;
    }
    plain.push_str(rest);
    found.then(|| plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_that_lead_to_a_page_go_and_others_stay() {
        let table = [
            ("1.2 Der Hof . . . . . . . . 7", Some("1.2 Der Hof 7")),
            ("第一章............12", Some("第一章 12")),
            ("ובכן . . . . . . 3", Some("ובכן 3")),
            ("Well... he said. And so on ...", None),
            ("10.0.0.1", None),
        ];
        for (text, expected) in table {
            assert_eq!(without_leaders(text).as_deref(), expected, "{text}");
        }
    }
}
