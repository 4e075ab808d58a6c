//! A folder's rules as the text that the store keeps: one `name=value` to a line.

use kenning_watch::Rules;

pub(super) fn to_text(rules: &Rules) -> String {
    let mut lines = vec![
        format!("git-ignore={}", rules.git_ignore),
        format!("hidden={}", rules.hidden),
        format!("largest={}", rules.largest),
    ];
    // A glob with a line break in it can match no name that a person would have chosen.
    let globs = |name: &str, globs: &[String]| -> Vec<String> {
        let plain = globs.iter().filter(|glob| !glob.contains('\n'));
        plain.map(|glob| format!("{name}={glob}")).collect()
    };
    lines.extend(globs("exclude", &rules.exclude));
    lines.extend(globs("include", &rules.include));
    lines.join("\n")
}

/// What is not understood, being of a newer version or damaged, leaves the default in its place.
pub(super) fn of_text(text: &str) -> Rules {
    let mut rules = Rules::default();
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        match name {
            "git-ignore" => rules.git_ignore = value.parse().unwrap_or(rules.git_ignore),
            "hidden" => rules.hidden = value.parse().unwrap_or(rules.hidden),
            "largest" => rules.largest = value.parse().unwrap_or(rules.largest),
            "exclude" => rules.exclude.push(value.to_owned()),
            "include" => rules.include.push(value.to_owned()),
            _ => {}
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_as_they_were() {
        let check = |rules: Rules| assert_eq!(of_text(&to_text(&rules)), rules);
        check(Rules::default());
        check(Rules {
            git_ignore: false,
            hidden: true,
            largest: 7,
            exclude: vec!["*.tmp".into(), "größe=*/図".into()],
            include: vec!["  *.md ".into()],
        });
        assert_eq!(of_text("largest=much\nlater=1\nnothing"), Rules::default());
    }
}
