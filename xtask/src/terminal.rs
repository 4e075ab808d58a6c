//! `cargo xtask run`: set up, build, and try Kenning on a folder, in the terminal.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::ranking::{self, Kenning};
use crate::workspace::Workspace;
use crate::{model, sample, set_up};

const SHOWN: usize = 5;

pub fn run(workspace: &Workspace, folder: Option<PathBuf>, query: Option<String>) -> Result<()> {
    let query = query.or_else(|| sample_query(folder.is_some()));
    ensure!(
        query.is_some() || io::stdin().is_terminal(),
        "nobody is here to ask what to look for: give it with --query"
    );
    let folder = match folder {
        Some(folder) => folder,
        None => sample::write(workspace)?,
    };
    let files = text_files(&folder)?;
    ensure!(
        !files.is_empty(),
        "{} holds no text that can be read: give a folder with .txt or .md files in it",
        folder.display()
    );
    set_up::tools(workspace)?;
    model::make(workspace)?;
    let program = workspace.kenning()?;
    model::calibrate(workspace, &program)?;
    println!("\nThis does its job in the terminal; `cargo xtask window` opens the window.");
    answer(&Kenning::at(program), &folder, &files, query)
}

/// The sample's own question, where nobody is there to ask one.
fn sample_query(has_folder: bool) -> Option<String> {
    (!has_folder && !io::stdin().is_terminal()).then(|| sample::QUERY.to_owned())
}

fn answer(
    kenning: &Kenning,
    folder: &Path,
    files: &[TextFile],
    query: Option<String>,
) -> Result<()> {
    println!("It reads the meaning of {} files in {} …", files.len(), folder.display());
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let documents = kenning.embed("document", &texts)?;
    let query = query.map_or_else(ask, Ok)?;
    let query_vector = kenning.embed("query", &[&query])?.remove(0);

    println!("\nNearest to “{query}”:\n");
    for (place, index) in ranking::best(&query_vector, &documents, SHOWN).into_iter().enumerate() {
        let file = &files[index];
        let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
        println!("{}. {}\n   {}", place + 1, path.display(), file.first_line());
    }
    Ok(())
}

fn ask() -> Result<String> {
    print!("What are you looking for? ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let query = line.trim();
    ensure!(!query.is_empty(), "there is nothing to look for: give it with --query");
    Ok(query.to_owned())
}

struct TextFile {
    path: PathBuf,
    text: String,
}

impl TextFile {
    fn first_line(&self) -> &str {
        let line = self.text.lines().map(str::trim).find(|line| !line.is_empty());
        line.unwrap_or_default().trim_start_matches(['#', ' '])
    }
}

/// Every `.txt` and `.md` file below a folder, by path; hidden and linked ones are left alone.
fn text_files(folder: &Path) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            } else if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && is_text(&path) {
                files.extend(read_text(path)?);
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt" || extension == "md")
}

fn read_text(path: PathBuf) -> Result<Option<TextFile>> {
    match fs::read_to_string(&path) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(TextFile { path, text })),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            println!("{} is not UTF-8 and is left out", path.display());
            Ok(None)
        }
        Err(error) => bail!("{} cannot be read: {error}", path.display()),
    }
}
