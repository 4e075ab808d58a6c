//! Filling prompt templates.

/// Replaces each `{name}` by its value in one pass, so that a value that happens to contain
/// `{query}` stays as the user wrote it.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled =
        String::with_capacity(template.len() + values.iter().map(|v| v.1.len()).sum::<usize>());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let slot = values.iter().find(|(name, _)| {
            rest[1..].strip_prefix(name).is_some_and(|after| after.starts_with('}'))
        });
        let consumed = match slot {
            Some((name, value)) => {
                filled.push_str(value);
                name.len() + 2
            }
            None => {
                filled.push('{');
                1
            }
        };
        rest = &rest[consumed..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn each_slot_is_filled_once_and_values_are_left_alone() {
        let check = |template: &str, expected: &str| {
            assert_eq!(
                fill(template, &[("query", "wo ist {document}?"), ("document", "dort {x")]),
                expected
            );
        };
        check("", "");
        check("no slot", "no slot");
        check("{query}", "wo ist {document}?");
        check("Q: {query}\nD: {document}", "Q: wo ist {document}?\nD: dort {x");
        check("{unknown} {query", "{unknown} {query");
        check("{{document}}", "{dort {x}");
        check("é{document}é", "édort {xé");
    }
}
