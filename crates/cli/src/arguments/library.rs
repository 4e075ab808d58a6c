//! The grammar of the commands that keep a library: folders, indexing, what became of each file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kenning_engine::{Rules, State};

use super::DeviceName;

#[derive(Args)]
pub struct RuleFlags {
    /// Leave out what these patterns name, as in a .gitignore; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Take only what these patterns name; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Take hidden files and folders too
    #[arg(long)]
    pub hidden: bool,
}

impl RuleFlags {
    pub fn rules(&self) -> Rules {
        Rules {
            hidden: self.hidden,
            exclude: self.exclude.clone(),
            include: self.include.clone(),
            ..Rules::default()
        }
    }
}

#[derive(Args)]
pub struct Add {
    /// A folder that is watched already gets these rules in place of its own
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RuleFlags,
}

#[derive(Args)]
pub struct Remove {
    pub folder: PathBuf,
}

#[derive(Args)]
pub struct Index {
    /// Said outright what is so anyway: end when everything is done
    #[arg(long)]
    pub once: bool,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Args)]
pub struct Watch {
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Args)]
pub struct Status {
    /// List the files in this state instead, with the reason of each
    #[arg(long, value_enum, value_name = "STATE")]
    pub files: Option<StateName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StateName {
    /// To be read; what it held before is still searched
    Waiting,
    /// Searchable by its words so far
    Words,
    /// Searchable by its words and its meaning
    Meaning,
    /// Gives no text
    Skipped,
    /// Could not be read, and is tried again
    Failed,
    /// Cost too many workers; left alone until it changes
    Quarantined,
    /// The rules leave it out
    LeftOut,
}

impl StateName {
    pub fn state(self) -> State {
        match self {
            Self::Waiting => State::Waiting,
            Self::Words => State::Words,
            Self::Meaning => State::Meaning,
            Self::Skipped => State::Skipped,
            Self::Failed => State::Failed,
            Self::Quarantined => State::Quarantined,
            Self::LeftOut => State::LeftOut,
        }
    }
}
