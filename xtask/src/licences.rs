//! Checks that every package we build upon has a licence that `deny.toml` accepts.
//!
//! cargo-deny would do it from the same file, and whoever has it may run it. It is not what our tests
//! run: on two cores it takes ten minutes to build, and its database of advisories comes from a
//! place that is no package registry, which the tests must not depend on.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::spdx;
use crate::workspace::{self, Workspace};

const LIST: &str = "deny.toml";

pub fn check(workspace: &Workspace) -> Result<()> {
    let accepted = accepted(workspace)?;
    // Every feature and every platform, since we ship builds for all of them.
    let metadata = ["metadata", "--locked", "--format-version", "1", "--all-features"];
    let metadata = workspace::output(&mut workspace.cargo(&metadata))?;
    let metadata: Value = serde_json::from_slice(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;

    let offences: Vec<_> =
        packages.iter().filter_map(|package| offence(package, &accepted)).collect();
    ensure!(
        offences.is_empty(),
        "{LIST} does not accept the licences of:\n  {}\nReplace the package, or add the licence to \
         {LIST} if a program under MIT OR Apache-2.0 may be shipped with it",
        offences.join("\n  ")
    );
    println!("{} packages, each under a licence that {LIST} accepts", packages.len());
    Ok(())
}

fn accepted(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(workspace.root.join(LIST))
        .with_context(|| format!("{LIST} cannot be read"))?;
    let table: toml::Table = text.parse().with_context(|| LIST.to_owned())?;
    let list = table.get("licenses").and_then(|licences| licences.get("allow"));
    let Some(list) = list.and_then(toml::Value::as_array) else {
        bail!("{LIST} has no list `allow` under [licenses]");
    };
    Ok(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// What is wrong with a package's licence, if anything is.
fn offence(package: &Value, accepted: &BTreeSet<String>) -> Option<String> {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let licence = text("license");
    let reason = match spdx::is_satisfied(licence, accepted) {
        Ok(true) => return None,
        Ok(false) => licence.to_owned(),
        Err(_) if licence.is_empty() => "names no licence".to_owned(),
        Err(error) => format!("{licence}: {error}"),
    };
    Some(format!("{} {}: {reason}", text("name"), text("version")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn offences_are_named_with_their_reason() {
        let accepted = BTreeSet::from(["MIT".to_owned()]);
        let check = |licence: Value, expected: Option<&str>| {
            let package = json!({"name": "stone", "version": "1.2.3", "license": licence});
            assert_eq!(offence(&package, &accepted).as_deref(), expected);
        };
        check(json!("MIT OR ISC"), None);
        check(json!("GPL-3.0-only"), Some("stone 1.2.3: GPL-3.0-only"));
        check(Value::Null, Some("stone 1.2.3: names no licence"));
        check(json!("MIT ISC"), Some("stone 1.2.3: MIT ISC: “ISC” stands where AND or OR should"));
    }
}
