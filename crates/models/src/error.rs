//! Why a model could not be had. Every message says what to do.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum GetError {
    #[error(
        "\"{0}\" is no repository: it is written owner/name, as in intfloat/multilingual-e5-small"
    )]
    NotAName(String),

    #[error(
        "a model cannot be called \"{0}\": its folder is, so it may hold no slashes and not begin with a dot"
    )]
    BadName(String),

    #[error(
        "there is no model \"{0}\" in the catalogue: `kenning models catalogue` lists them; any repository is taken as owner/name"
    )]
    NotInCatalogue(String),

    #[error(
        "there is no repository {repository} at {endpoint}, or it is private: look at its name, or give a token that may see it (`kenning models hub --token`)"
    )]
    NoRepository { repository: String, endpoint: String },

    #[error("{repository} has no revision \"{revision}\"")]
    NoRevision { repository: String, revision: String },

    #[error(
        "{repository} is given only to who has accepted its terms: accept them at {link}, then try again with your token (`kenning models hub --token`)"
    )]
    Gated { repository: String, link: String },

    #[error("{host} refused the token: give another one, or try without it (`kenning models hub`)")]
    Refused { host: String },

    #[error("{repository}: {reason}: Kenning cannot run it; choose another model")]
    Unfit { repository: String, reason: String },

    #[error("{file} is not in the repository any more, or was never: ask for the model again")]
    NoFile { file: String },

    #[error(
        "{file} has changed on the server while it was fetched ({reason}): ask for the model again"
    )]
    Changed { file: String, reason: String },

    #[error(
        "{file}: what the server sends, fetched twice, is not what it says it is (its digest differs): try again later, or another mirror"
    )]
    Digest { file: String },

    #[error(
        "{host} sends on from one address to another without end: try again later, or another mirror"
    )]
    Redirects { host: String },

    #[error(
        "{host} cannot be reached ({reason}); what was fetched is kept: try again when there is a line"
    )]
    Offline { host: String, reason: String },

    #[error(
        "{host} answered what a hub does not answer ({reason}): look at its address (`kenning models hub`)"
    )]
    NotAHub { host: String, reason: String },

    #[error("{} has {free} MB free and {needed} MB are needed: make room or choose a smaller model", .folder.display())]
    NoSpace { folder: PathBuf, needed: u64, free: u64 },

    #[error("{} cannot be written: {error}", .file.display())]
    Disk { file: PathBuf, error: io::Error },

    #[error("{} is being fetched by another program", .0.display())]
    InUse(PathBuf),

    #[error("there is a model in {} already: remove it first", .0.display())]
    Installed(PathBuf),

    #[error("there is no installed model \"{0}\": `kenning models list` shows them")]
    NotInstalled(String),

    #[error("nothing of a model \"{0}\" was begun: `kenning models list` shows what was")]
    NotBegun(String),

    #[error("it is not known where {} was fetched from: remove it, and get it again", .0.display())]
    NoPlan(PathBuf),

    #[error("{} is there already: choose another name", .0.display())]
    Exists(PathBuf),

    #[error("{} cannot be read: {error}", .file.display())]
    Read { file: PathBuf, error: io::Error },

    #[error("{} is not what its model says it is (its digest differs): get the model anew", .file.display())]
    Damaged { file: PathBuf },

    #[error("{} is no whole model: {missing} is missing", .folder.display())]
    NotWhole { folder: PathBuf, missing: String },

    #[error("{} is no archive of a model: {reason}", .file.display())]
    BadArchive { file: PathBuf, reason: String },

    #[error("{} cannot be understood ({reason}): mend it, or delete it to begin anew", .file.display())]
    BadSettings { file: PathBuf, reason: String },

    #[error("\"{0}\" is no address: it is written as https://host or http://host:port")]
    BadAddress(String),

    #[error("a limit is a number of megabytes in a second, above nothing")]
    BadLimit,

    #[error("the system's keyring cannot be used ({0}): give the token as HF_TOKEN instead")]
    Keyring(String),

    #[error("stopped; what was fetched is kept")]
    Stopped,
}

impl GetError {
    pub(crate) fn unread(file: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::Read { file: file.to_owned(), error }
    }

    pub(crate) fn disk(file: &Path) -> impl Fn(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull => {
                let folder = file.parent().unwrap_or(file).to_owned();
                let free = fs4::available_space(&folder).unwrap_or(0) / 1_000_000;
                Self::NoSpace { folder, needed: free + 1, free }
            }
            _ => Self::Disk { file: file.to_owned(), error },
        }
    }
}
