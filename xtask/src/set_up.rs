//! What this computer must have besides Rust, and how to get it.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::{self, Workspace};

struct Tool {
    purpose: &'static str,
    /// Succeeds where the tool is there.
    probe: &'static [&'static str],
    /// The Debian package that brings it.
    package: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { purpose: "a C compiler", probe: &["cc", "--version"], package: "build-essential" },
    Tool {
        purpose: "Python 3 with pip",
        probe: &["python3", "-m", "pip", "--version"],
        package: "python3-pip",
    },
    Tool { purpose: "Node", probe: &["node", "--version"], package: "nodejs" },
    // Debian keeps it apart from Node itself.
    Tool { purpose: "npm", probe: &["npm", "--version"], package: "npm" },
];

/// What the window is built with and driven by, on Linux. Elsewhere the system brings its web view.
const WINDOW_TOOLS: &[Tool] = &[
    Tool {
        purpose: "WebKitGTK 4.1 to build with",
        probe: &["pkg-config", "--exists", "webkit2gtk-4.1"],
        package: "libwebkit2gtk-4.1-dev",
    },
    Tool {
        purpose: "the library of tray icons",
        probe: &["pkg-config", "--exists", "ayatana-appindicator3-0.1"],
        package: "libayatana-appindicator3-dev",
    },
    Tool {
        purpose: "the driver of its web view",
        probe: &["which", "WebKitWebDriver"],
        package: "webkit2gtk-driver",
    },
    Tool { purpose: "a screen in memory", probe: &["which", "Xvfb"], package: "xvfb" },
    Tool { purpose: "xauth", probe: &["which", "xauth"], package: "xauth" },
    Tool { purpose: "what presses keys", probe: &["which", "xdotool"], package: "xdotool" },
    Tool { purpose: "a manager of windows", probe: &["which", "openbox"], package: "openbox" },
    Tool { purpose: "D-Bus", probe: &["which", "dbus-run-session"], package: "dbus" },
    Tool {
        purpose: "the bus of screen readers",
        probe: &["test", "-e", "/usr/libexec/at-spi-bus-launcher"],
        package: "at-spi2-core",
    },
    Tool {
        purpose: "a keyring",
        probe: &["gnome-keyring-daemon", "--version"],
        package: "gnome-keyring",
    },
];

/// What pictures are taken with, and letters of every script.
const PICTURE_TOOLS: &[Tool] = &[
    Tool { purpose: "Chromium", probe: &["which", "chromium"], package: "chromium" },
    Tool {
        purpose: "Chinese and Japanese letters",
        probe: &["sh", "-c", "fc-list | grep -q NotoSansCJK"],
        package: "fonts-noto-cjk",
    },
    Tool {
        purpose: "Arabic letters",
        probe: &["sh", "-c", "fc-list | grep -q NotoSansArabic"],
        package: "fonts-noto-core",
    },
];

/// Makes sure that every tool is there: installs it where we may, says how to where we may not.
pub fn tools(workspace: &Workspace) -> Result<()> {
    // Windows has its C compiler under another name, and Rust does not work there without it.
    if cfg!(windows) { Ok(()) } else { have(workspace, TOOLS) }
}

/// The same for what only the window needs.
pub fn window_tools(workspace: &Workspace) -> Result<()> {
    if cfg!(target_os = "linux") { have(workspace, WINDOW_TOOLS) } else { Ok(()) }
}

/// What a Debian is made with to try the installer in.
pub fn debian_tools(workspace: &Workspace) -> Result<()> {
    have(
        workspace,
        &[Tool {
            purpose: "what makes a Debian in a folder",
            probe: &["which", "debootstrap"],
            package: "debootstrap",
        }],
    )
}

/// What only pictures need.
pub fn picture_tools(workspace: &Workspace) -> Result<()> {
    have(workspace, PICTURE_TOOLS)
}

fn have(workspace: &Workspace, tools: &'static [Tool]) -> Result<()> {
    let missing = || tools.iter().filter(|tool| !succeeds(tool.probe)).collect::<Vec<_>>();
    let missing_now = missing();
    if missing_now.is_empty() {
        return Ok(());
    }
    if succeeds(&["apt-get", "--version"]) && is_root() {
        install(workspace, &missing_now)?;
    } else {
        bail!("{}", instructions(&missing_now));
    }
    match missing() {
        still if still.is_empty() => Ok(()),
        still => bail!("apt-get ran without complaint, and yet: {}", instructions(&still)),
    }
}

fn install(workspace: &Workspace, tools: &[&Tool]) -> Result<()> {
    println!("installing {}", packages(tools));
    let apt = || {
        let mut command = workspace.command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    workspace::run(apt().args(["update", "--quiet"]))?;
    let install = ["install", "--quiet", "--yes", "--no-install-recommends"];
    workspace::run(apt().args(install).args(tools.iter().map(|tool| tool.package)))
}

fn instructions(tools: &[&Tool]) -> String {
    let purposes: Vec<_> = tools.iter().map(|tool| tool.purpose).collect();
    let purposes = purposes.join(", ");
    if succeeds(&["apt-get", "--version"]) {
        let packages = packages(tools);
        format!(
            "{purposes} cannot be found: run `sudo apt-get install {packages}`, then this again"
        )
    } else {
        let commands: Vec<_> = tools.iter().map(|tool| tool.probe[0]).collect();
        let commands = commands.join(", ");
        format!("{purposes} cannot be found: install it so that {commands} can be started by name")
    }
}

fn packages(tools: &[&Tool]) -> String {
    tools.iter().map(|tool| tool.package).collect::<Vec<_>>().join(" ")
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

pub fn succeeds(words: &[&str]) -> bool {
    let [program, arguments @ ..] = words else { return false };
    let quiet = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()
    };
    quiet(Command::new(program).args(arguments)).is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_does_not_succeed() {
        assert!(succeeds(&["cargo", "--version"]));
        assert!(!succeeds(&["cargo", "no-such-command"]));
        assert!(!succeeds(&["no-such-program"]));
    }
}
