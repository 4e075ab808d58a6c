//! Where things are in this repository, and how a command is run in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

#[derive(Debug)]
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo, and this tool, put what they make.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks the environment that cargo gives to what it runs, so that no path is compiled in.
    pub fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .context("start this through cargo: `cargo xtask …` inside the repository")?;
        let root = package
            .parent()
            .with_context(|| format!("{} is not inside a workspace", package.display()))?
            .to_path_buf();
        Ok(Self { target: target()?, root })
    }

    /// Where the models live that this repository makes.
    pub fn models(&self) -> PathBuf {
        self.target.join("models")
    }

    /// Cargo itself, the same one that started this tool.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(arguments);
        // `cargo run` describes this package to its child. Build scripts that watch those variables
        // would see them change between a nested cargo and a plain one, and rebuild every time.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Builds Kenning as people run it, and says where the program is.
    pub fn kenning(&self) -> Result<PathBuf> {
        run(&mut self.cargo(&["build", "--release", "--locked", "-p", "kenning-cli"]))?;
        Ok(self.target.join("release").join(format!("kenning{}", env::consts::EXE_SUFFIX)))
    }

    /// Builds the programs for the window and for the terminal as people get them, in one command: most of what they
    /// are made of is the same.
    pub fn programs(&self) -> Result<[PathBuf; 2]> {
        let both = ["build", "--release", "--locked", "-p", "kenning-cli", "-p", "kenning-desktop"];
        run(&mut self.cargo(&both))?;
        let place = |name: &str| {
            self.target.join("release").join(format!("{name}{}", env::consts::EXE_SUFFIX))
        };
        Ok([place("kenning-desktop"), place("kenning")])
    }

    /// Any other program, started at the root of the repository.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// A path as a reader of this repository would write it.
    pub fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Where cargo builds. Nobody but cargo knows all the places where that can be set; it put this tool
/// there too, and marks the folder.
fn target() -> Result<PathBuf> {
    let tool = env::current_exe().context("this tool cannot find itself")?;
    let marked = tool.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let folder = marked.with_context(|| format!("{} is not where cargo builds", tool.display()))?;
    Ok(folder.to_path_buf())
}

/// Runs a command to its end with its output on ours.
pub fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let status = command.status().with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status}); what it printed above says why");
    }
    Ok(())
}

/// Runs a command to its end and hands back what it printed; its complaints stay on ours.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let line = command_line(command);
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({}); what it printed above says why", output.status);
    }
    Ok(output.stdout)
}

/// The command as one would type it: programs are found by name, so their folders are left out.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name();
    let words = program.into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
