//! What was found damaged and is made anew, in words for whoever uses the library.

use std::fmt;
use std::path::PathBuf;

use kenning_search::library::Repaired;
use kenning_store::Repair;

/// Something that could not be used any more. Everything in it comes back, from the watched folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repairs {
    Database {
        /// Where the damaged one lies now.
        set_aside: PathBuf,
        why: String,
        /// How many watched folders are known again, and whether these are all.
        folders: u64,
        are_all: bool,
    },
    Words {
        why: String,
    },
    Meaning {
        why: String,
    },
}

impl Repairs {
    /// What was found at the start. Where the database is new, what was derived from another is no
    /// damage of its own.
    pub(super) fn at_start(database: &[Repair], derived: Vec<Repaired>) -> Vec<Self> {
        if database.is_empty() {
            return derived.into_iter().map(Self::from).collect();
        }
        database.iter().map(Self::from).collect()
    }
}

impl From<&Repair> for Repairs {
    fn from(repair: &Repair) -> Self {
        Self::Database {
            set_aside: repair.set_aside.clone(),
            why: repair.damage.clone(),
            folders: repair.saved.folders,
            are_all: repair.saved.all_folders_and_settings,
        }
    }
}

impl From<Repaired> for Repairs {
    fn from(repaired: Repaired) -> Self {
        match repaired {
            Repaired::Words { why } => Self::Words { why },
            Repaired::Codes { why } => Self::Meaning { why },
        }
    }
}

impl fmt::Display for Repairs {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database { set_aside, why, folders, are_all } => {
                let folders = match folders {
                    1 => "1 watched folder is".to_owned(),
                    count => format!("{count} watched folders are"),
                };
                let rest = match are_all {
                    true => "",
                    false => "; there may have been more: add those that `kenning list` lacks",
                };
                write!(
                    to,
                    "the database was damaged ({why}). It is kept as {}, and a new one is made: \
                     {folders} known again, and all files are read anew{rest}",
                    set_aside.display()
                )
            }
            Self::Words { why } => write!(
                to,
                "the word index is made anew ({why}); until that is done not everything is found"
            ),
            Self::Meaning { why } => write!(
                to,
                "what is searched by meaning is put together anew from the vectors that are kept \
                 ({why})"
            ),
        }
    }
}
