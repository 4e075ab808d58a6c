//! Manuals as Debian packages bring them, in many languages and formats: what reading is tested and
//! measured on. Fetched once with apt and unpacked without being installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::workspace::{self, Workspace};
use crate::{files, set_up};

/// About 65 MB to fetch.
const PACKAGES: &[&str] = &[
    "bash-doc",
    "debian-faq",
    "debian-policy",
    "debian-reference-de",
    "debian-reference-es",
    "debian-reference-ja",
    "debian-reference-zh-cn",
    "developers-reference",
    "engrampa-common",
    "gnome-user-docs",
    "info",
    "installation-guide-amd64",
    "libreoffice-help-de",
    "manpages",
    "manpages-de",
    "manpages-el",
    "manpages-fr",
    "manpages-ja",
    "manpages-ru",
    "manpages-tr",
    "manpages-zh",
    "python-odf-doc",
];

/// The folder with a folder for each package; `None` where there is no apt to fetch them with.
pub fn fetch(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let folder = workspace.target.join("fetched").join("documentation");
    let list = PACKAGES.join("\n");
    if fs::read_to_string(folder.join("packages")).is_ok_and(|there| there == list) {
        return Ok(Some(folder));
    }
    if !(set_up::succeeds(&["apt-get", "--version"])
        && set_up::succeeds(&["dpkg-deb", "--version"]))
    {
        println!("there is no apt here, so the tests over Debian's manuals are left out");
        return Ok(None);
    }
    println!("fetching Debian's manuals with apt (65 MB) …");
    let unfinished = folder.with_file_name(".documentation.unfinished");
    files::empty(&unfinished)?;
    download(workspace, &unfinished)?;
    for package in packages_in(&unfinished)? {
        unpack(workspace, &unfinished, &package)?;
    }
    files::write(&unfinished.join("packages"), list.as_bytes())?;
    files::replace(&unfinished, &folder)?;
    Ok(Some(folder))
}

/// Downloads every package there is. An archive may lack some: those are named and left out.
fn download(workspace: &Workspace, into: &Path) -> Result<()> {
    let missing = |packages: &[&'static str]| -> Vec<&'static str> {
        packages.iter().copied().filter(|package| !downloaded(workspace, into, package)).collect()
    };
    let mut lacking = missing(PACKAGES);
    if !lacking.is_empty() && set_up::is_root() {
        let mut apt = workspace.command("apt-get");
        workspace::run(apt.args(["update", "-qq"]))?;
        lacking = missing(&lacking);
    }
    ensure!(
        lacking.len() < PACKAGES.len(),
        "apt-get could download none of Debian's manuals: connect this computer to an archive of \
         Debian once, and run `sudo apt-get update`"
    );
    if !lacking.is_empty() {
        println!("the archive does not have {}: left out", lacking.join(", "));
    }
    Ok(())
}

fn downloaded(workspace: &Workspace, into: &Path, package: &str) -> bool {
    let mut apt = workspace.command("apt-get");
    apt.current_dir(into).args(["download", "-qq"]);
    // The user that apt would fetch as may not write where we build.
    if set_up::is_root() {
        apt.args(["-o", "APT::Sandbox::User=root"]);
    }
    let quiet = apt.arg(package).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn packages_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "deb")).collect())
}

fn unpack(workspace: &Workspace, into: &Path, package: &Path) -> Result<()> {
    let file = package.file_name().unwrap_or_default().to_string_lossy();
    let name = file.split('_').next().unwrap_or_default();
    let mut unpack = workspace.command("dpkg-deb");
    workspace::run(unpack.arg("--extract").arg(package).arg(into.join(name)))?;
    fs::remove_file(package).with_context(|| format!("{} cannot be removed", package.display()))
}
