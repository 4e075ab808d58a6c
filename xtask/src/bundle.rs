//! `cargo xtask bundle`: the installer that people get on this system, with the program for the window, the one
//! for the terminal, and the built-in model; and whether it installs, starts and goes away without a trace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::workspace::{self, Workspace};
use crate::{interface, model, set_up};

/// What each system's installer is called by the tool that makes it.
const KIND: &str = match () {
    () if cfg!(target_os = "macos") => "dmg",
    () if cfg!(windows) => "nsis",
    () => "deb",
};

/// The release of Debian that the installer is tried on.
const DEBIAN: &str = "bookworm";

/// Makes it, and says where it is.
pub fn make(workspace: &Workspace) -> Result<PathBuf> {
    set_up::tools(workspace)?;
    set_up::window_tools(workspace)?;
    model::make(workspace)?;
    interface::build(workspace)?;
    let [_, terminal] = workspace.programs()?;
    model::calibrate(workspace, &terminal)?;
    let parts = workspace.target.join("bundle-parts");
    fs::create_dir_all(&parts)?;
    let added = parts.join("added.json");
    fs::write(&added, serde_json::to_vec_pretty(&what_is_added(workspace, &terminal, &parts)?)?)?;
    let tool = tool(workspace)?;
    let mut bundle = workspace.command("node");
    bundle.current_dir(workspace.root.join("src-tauri")).arg(tool);
    bundle.args(["bundle", "--ci", "--bundles", KIND, "--config"]).arg(&added);
    bundle.env("CARGO_TARGET_DIR", &workspace.target);
    workspace::run(&mut bundle)?;
    let made = newest(&workspace.target.join("release/bundle").join(KIND))?;
    let size = fs::metadata(&made)?.len();
    println!("{} ({:.1} MB)", workspace.shown(&made), size as f64 / 1e6);
    Ok(made)
}

/// What packs installers for all three systems. Nobody but who makes one needs it, so it is fetched for that.
fn tool(workspace: &Workspace) -> Result<PathBuf> {
    const TOOL: &str = "@tauri-apps/cli@2.12.5";
    let folder = workspace.target.join("bundle-tool");
    let tool = folder.join("node_modules/@tauri-apps/cli/tauri.js");
    if !tool.is_file() {
        fs::create_dir_all(&folder)?;
        let mut npm = workspace.command(interface::NPM);
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(TOOL);
        workspace::run(&mut npm)
            .context("the packing tool could not be fetched from the npm registry")?;
    }
    Ok(tool)
}

/// What the installer holds beside the window's program.
fn what_is_added(
    workspace: &Workspace,
    terminal: &Path,
    parts: &Path,
) -> Result<serde_json::Value> {
    // Beside it lies what it was made of.
    let model = workspace.models().join(model::NAME);
    let place = |folder: &str| format!("{folder}/{}", model::NAME);
    if cfg!(target_os = "macos") {
        let files = json!({ "MacOS/kenning": terminal, place("Resources/models"): model });
        return Ok(json!({ "bundle": { "macOS": { "files": files } } }));
    }
    if cfg!(windows) {
        let files = json!({ terminal.to_string_lossy(): "kenning.exe", model.to_string_lossy(): place("models") });
        return Ok(json!({ "bundle": { "resources": files } }));
    }
    let told = |arguments: &[&str], name: &str| -> Result<PathBuf> {
        let output = workspace.command(terminal).args(arguments).output()?;
        ensure!(output.status.success(), "`kenning {}` failed", arguments.join(" "));
        let file = parts.join(name);
        fs::write(&file, output.stdout)?;
        Ok(file)
    };
    let files = json!({
        "/usr/bin/kenning": terminal,
        place("/usr/lib/kenning/models"): model,
        "/usr/share/man/man1/kenning.1": told(&["man"], "kenning.1")?,
        "/usr/share/bash-completion/completions/kenning": told(&["completions", "bash"], "kenning.bash")?,
        "/usr/share/zsh/vendor-completions/_kenning": told(&["completions", "zsh"], "_kenning")?,
        "/usr/share/fish/vendor_completions.d/kenning.fish": told(&["completions", "fish"], "kenning.fish")?,
        "/usr/share/doc/kenning/LICENSE-MIT": workspace.root.join("LICENSE-MIT"),
        "/usr/share/doc/kenning/LICENSE-APACHE": workspace.root.join("LICENSE-APACHE"),
    });
    Ok(
        json!({ "bundle": { "linux": { "deb": { "files": files, "depends": ["libayatana-appindicator3-1"] } } } }),
    )
}

fn newest(folder: &Path) -> Result<PathBuf> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))?;
    let files = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    let age = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    files.max_by_key(age).with_context(|| format!("nothing was made in {}", folder.display()))
}

/// In a Debian of its own, made of its packages for this: install, search in the terminal, open the window,
/// remove, and look whether anything is left.
pub fn try_out(workspace: &Workspace) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the installer is tried on Debian only; on this system, install it by hand");
    }
    set_up::debian_tools(workspace)?;
    let installer = make(workspace)?;
    let root = workspace.target.join("clean-debian");
    // One that was broken off, or that an installer was tried in, is not clean.
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let mut debootstrap = workspace.command("debootstrap");
    workspace::run(debootstrap.args(["--variant=minbase", DEBIAN]).arg(&root))?;
    fs::copy(&installer, root.join("tmp/kenning.deb"))?;
    fs::write(root.join("tmp/try.sh"), TRIAL)?;
    if let Ok(resolver) = fs::read("/etc/resolv.conf") {
        fs::write(root.join("etc/resolv.conf"), resolver)?;
    }
    let mut trial = workspace.command("unshare");
    trial.args(["--mount", "--pid", "--fork", "--kill-child"]);
    trial.arg("chroot").arg(&root).args(["/bin/sh", "/tmp/try.sh"]);
    workspace::run(&mut trial)?;
    Ok(fs::remove_dir_all(&root)?)
}

/// Fails at the first thing that does.
const TRIAL: &str = r#"set -eu
mount -t proc proc /proc
mount -t devtmpfs dev /dev 2>/dev/null || true
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root
apt-get update --quiet
# What looks at the window is not the installer's to bring.
apt-get install --quiet --yes --no-install-recommends xvfb xauth dbus xdotool
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \) -prune -o -print | sort > /tmp/before
apt-get install --quiet --yes --no-install-recommends /tmp/kenning.deb
test -f /usr/share/applications/Kenning.desktop
mkdir -p /root/notes
printf '# Einen Platten am Fahrrad flicken\n\nDen Schlauch aus dem Reifen nehmen, das Loch suchen und einen Flicken darauf kleben.\n' > /root/notes/rad.md
printf '# Sourdough\n\nFeed the starter in the evening.\n' > /root/notes/bread.md
kenning add /root/notes
kenning index
kenning search 'how to patch a flat bicycle tyre' | tee /tmp/found
head -4 /tmp/found | grep -q rad.md
timeout 60 xvfb-run -a dbus-run-session -- sh -eu -c '
    kenning-desktop & app=$!
    for second in $(seq 40); do
        if xdotool search --onlyvisible --name "^Kenning$" >/dev/null 2>&1; then
            echo "the window is there after about $second halves of a second"
            sleep 2
            kill -0 $app
            kill $app
            exit 0
        fi
        sleep 0.5
    done
    echo "no window came"; exit 1'
apt-get purge --quiet --yes kenning
apt-get autoremove --purge --quiet --yes
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \) -prune -o -print | sort > /tmp/after
# What the user made stays: his notes, and what is known of them until he erases it.
comm -13 /tmp/before /tmp/after | grep -v -e ^/root -e ^/var -e ^/etc/ssl -e ^/usr/share/fonts -e ^/etc/fonts > /tmp/left || true
if grep -i kenning /tmp/left; then echo "something of it is left"; exit 1; fi
echo "installed, searched, shown and removed; nothing of it is left"
"#;
