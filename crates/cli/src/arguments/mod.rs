//! The command line's grammar, and the help it prints.

mod library;
mod search;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use kenning_engine::{Device, DevicePreference};

use crate::eval::Half;
pub use library::{Add, Index, Remove, RuleFlags, StateName, Status, Watch};
pub use search::{How, PipelineName, Search, Similar};

pub const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed (standard error says why), 2 wrong arguments, 3 nothing found.";

#[derive(Parser)]
#[command(
    name = "kenning",
    version,
    about = "Finds your own documents by what you mean, in any language, with nothing leaving the computer.",
    after_help = EXIT_CODES
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args)]
pub struct Global {
    /// Print JSON, for other programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// Which model computes, and where.
#[derive(Args)]
pub struct Choice {
    /// A model's name, or a path to its folder [default: the first that does this, the built-in one before others]
    #[arg(long)]
    pub model: Option<String>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum DeviceName {
    /// The first GPU that passes its self-test, else the CPU
    Auto,
    Cpu,
    /// The CPU without any shortening of numbers, which is slow: to compare with
    Reference,
    Cuda,
    Metal,
}

impl DeviceName {
    pub fn preference(self) -> DevicePreference {
        match self {
            Self::Auto => DevicePreference::Auto,
            Self::Cpu => DevicePreference::Prefer(Device::Cpu),
            Self::Reference => DevicePreference::Prefer(Device::Reference),
            Self::Cuda => DevicePreference::Prefer(Device::Cuda(0)),
            Self::Metal => DevicePreference::Prefer(Device::Metal(0)),
        }
    }
}

impl Choice {
    pub fn preference(&self) -> DevicePreference {
        self.device.preference()
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Find documents by what is meant
    Search(Search),
    /// Find documents that are like one of the library
    Similar(Similar),
    /// Watch folders from now on; `index` or `watch` reads what is in them
    Add(Add),
    /// Forget a folder and its files, which stay where they are
    Remove(Remove),
    /// The watched folders, and how many of their files can be searched
    List,
    /// Bring everything up to date, and end when that is done; `watch` stays
    Index(Index),
    /// Bring everything up to date and keep it so, until Ctrl-C
    Watch(Watch),
    /// Where every file is: searchable, waiting, failed, left out, and why
    Status(Status),
    /// Turn texts into vectors
    Embed(Embed),
    /// Score how well documents answer a query
    Rerank(Rerank),
    /// The files of a folder that would be read, and those that would not, and why
    Scan(Scan),
    /// The text of files, as it would be indexed
    Extract(Extract),
    /// The models on this machine
    Models {
        #[command(subcommand)]
        command: Models,
    },
    /// The devices this build can compute on, and whether each computes rightly
    Devices,
    /// Measure a model on a folder of questions and answers
    Eval {
        #[command(subcommand)]
        command: Eval,
    },
    /// Print what makes a shell complete these commands
    Completions { shell: Shell },
    /// Print the manual page, as roff: `kenning man | man -l -`
    Man {
        /// The page of one command
        command: Option<String>,
    },
}

#[derive(Args)]
pub struct Embed {
    #[command(flatten)]
    pub choice: Choice,
    /// Which side of a search the texts stand on
    #[arg(long = "as", value_enum, default_value = "document")]
    pub side: Side,
    /// What the query asks for, in English, where the model takes an instruction
    #[arg(long)]
    pub instruct: Option<String>,
    /// Keep only the first N numbers of each vector, and make its length one again
    #[arg(long, value_name = "N")]
    pub dims: Option<usize>,
    /// How to print the vectors
    #[arg(long, value_enum, default_value = "json")]
    pub format: Format,
    /// Embed the beginning of texts that are too long, and say which they were
    #[arg(long)]
    pub truncate: bool,
    /// The texts, or - for one text a line on standard input
    #[arg(required = true, value_name = "TEXT")]
    pub texts: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Side {
    Query,
    Document,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One object with all vectors
    Json,
    /// NumPy's array file: a row of 32-bit floats for each text
    Npy,
}

#[derive(Args)]
pub struct Rerank {
    #[command(flatten)]
    pub choice: Choice,
    /// What the query asks for, in English, where the model takes an instruction
    #[arg(long)]
    pub instruct: Option<String>,
    /// Read the beginning of documents that are too long, and say which they were
    #[arg(long)]
    pub truncate: bool,
    /// What is asked
    pub query: String,
    /// The documents, or - for one document a line on standard input
    #[arg(required = true, value_name = "DOC")]
    pub documents: Vec<String>,
}

#[derive(Args)]
pub struct Scan {
    pub folder: PathBuf,
    #[command(flatten)]
    pub rules: RuleFlags,
}

#[derive(Args)]
pub struct Extract {
    /// Show the passages the text is cut into
    #[arg(long)]
    pub passages: bool,
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Subcommand)]
pub enum Models {
    /// All of them, a line each
    List,
    /// Those that can be had by name
    Catalogue,
    /// Fetch one, or go on with one that was begun
    Get(Get),
    /// Compare the files of one with the digests they came with
    Verify(Verify),
    /// Take an installed one away, or what was fetched of one
    Forget(Forget),
    /// Copy one to a folder or an archive, for a machine without a network
    Export(Export),
    /// Take one in from a folder or an archive
    Import(Import),
    /// Which of two finds this library's own documents better, and how fast each is
    Compare(Compare),
    /// Where models are fetched from: another address, a proxy, a token, a limit
    Hub(Hub),
    /// Have the library read by another one, while the old one answers
    Use(Use),
    /// Go back to the one that answered before
    Undo(Undo),
    /// What is known of one
    Show {
        /// A model's name, or a path to its folder
        name: String,
    },
    /// How fast one embeds on this machine, by length of text
    Speed(Speed),
    /// Measure what languages do to one, so that no library has to
    #[command(hide = true)]
    Calibrate(Calibrate),
}

#[derive(Args)]
pub struct Get {
    /// A name of the catalogue, or any repository as owner/name
    pub name: String,
    /// The branch, tag or commit of a repository
    #[arg(long, default_value = "main")]
    pub revision: String,
    /// The file of weights, where a repository has several
    #[arg(long, value_name = "FILE")]
    pub file: Option<String>,
    /// How to call a model that is in no catalogue
    #[arg(long, value_name = "NAME")]
    pub called: Option<String>,
    /// At most so many megabytes in a second
    #[arg(long, value_name = "MB")]
    pub limit: Option<f64>,
    /// Only say what would be fetched
    #[arg(long)]
    pub plan: bool,
}

#[derive(Args)]
pub struct Verify {
    /// A model's name, or a path to its folder
    pub name: String,
    /// Fetch again what is broken
    #[arg(long)]
    pub mend: bool,
}

#[derive(Args)]
pub struct Forget {
    /// An installed model's name, or that of one that was begun
    pub name: String,
    /// Even where the library was read by it
    #[arg(long)]
    pub yes: bool,
}

#[derive(Args)]
pub struct Export {
    /// A model's name, or a path to its folder
    pub name: String,
    /// A folder that is not there yet, or an archive, which ends with .tar
    pub to: PathBuf,
}

#[derive(Args)]
pub struct Import {
    /// A model's folder, such as one of the hub's own tools, or an archive of it (.tar)
    pub from: PathBuf,
    /// How to call it [default: as it says itself, else as its folder is called]
    #[arg(long, value_name = "NAME")]
    pub called: Option<String>,
    /// The file of weights, where there are several
    #[arg(long, value_name = "FILE")]
    pub file: Option<String>,
}

#[derive(Args)]
pub struct Compare {
    /// A model's name, or a path to its folder
    pub one: String,
    /// Another one's
    pub other: String,
    /// About how long each of them reads
    #[arg(long, default_value_t = 60.0)]
    pub seconds: f64,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

/// Says what is set, where nothing is to be changed.
#[derive(Args)]
pub struct Hub {
    /// Another hub or a mirror; empty for the usual one
    #[arg(long, value_name = "ADDRESS")]
    pub endpoint: Option<String>,
    /// A proxy; empty for that of the system
    #[arg(long, value_name = "ADDRESS")]
    pub proxy: Option<String>,
    /// At most so many megabytes in a second; 0 for as many as come
    #[arg(long, value_name = "MB")]
    pub limit: Option<f64>,
    /// Read a token from standard input, and keep it in the system's keyring
    #[arg(long)]
    pub token: bool,
    /// Take the token out of the keyring
    #[arg(long, conflicts_with = "token")]
    pub forget_token: bool,
}

#[derive(Args)]
pub struct Use {
    /// A model's name
    pub name: String,
    /// Search the first N numbers of each vector only, where the model was trained for that: less memory and
    /// time, and a little less found. At once, there and back
    #[arg(long, value_name = "N")]
    pub dims: Option<usize>,
    /// Only say how long it would take, and how much room
    #[arg(long)]
    pub estimate: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Args)]
pub struct Undo {
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Args)]
pub struct Calibrate {
    /// A model's name, or a path to its folder
    pub name: String,
    /// Where to write it [default: into the model's folder]
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Measure it even where it is known
    #[arg(long)]
    pub again: bool,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

#[derive(Args)]
pub struct Speed {
    #[command(flatten)]
    pub choice: Choice,
    /// Lengths of text to try
    #[arg(long, value_delimiter = ',', default_value = "16,64,200,480")]
    pub tokens: Vec<usize>,
    /// About how many tokens each run embeds
    #[arg(long, default_value_t = 8192)]
    pub total: usize,
    /// How many runs the median is taken of
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
}

#[derive(Subcommand)]
pub enum Eval {
    /// Sentences and their translations: is each one's nearest its own translation?
    Bitext(EvalSet),
    /// Queries and documents in BEIR form (corpus.jsonl, queries.jsonl, qrels.tsv)
    Retrieval(EvalRetrieval),
}

#[derive(Args)]
pub struct EvalSet {
    /// The folder with the set
    pub folder: PathBuf,
    #[command(flatten)]
    pub choice: Choice,
    /// What the queries ask for, in English, where the model takes an instruction
    #[arg(long)]
    pub instruct: Option<String>,
    /// Keep only the first N numbers of each vector
    #[arg(long, value_name = "N")]
    pub dims: Option<usize>,
}

#[derive(Args)]
pub struct EvalRetrieval {
    #[command(flatten)]
    pub set: EvalSet,
    /// Let each query see only the documents of its own language
    #[arg(long)]
    pub by_language: bool,
    /// Use only one half of the queries: choose settings on one, report them on the other
    #[arg(long, value_enum)]
    pub half: Option<Half>,
    /// Measure the whole product instead of the model alone, as far as this
    #[arg(long, value_enum)]
    pub pipeline: Option<PipelineName>,
    #[command(flatten)]
    pub product: EvalProduct,
}

/// What is measured with, in the whole product.
#[derive(Args)]
pub struct EvalProduct {
    /// Keep what is read and embedded in this folder for the next time [default: a temporary one]
    #[arg(long, value_name = "FOLDER", requires = "pipeline")]
    pub library: Option<PathBuf>,
    /// The reranker, by name or path
    #[arg(long, requires = "pipeline")]
    pub reranker: Option<String>,
    /// How much words add
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub alpha: Option<f32>,
    /// How much of a language's own shift is taken out
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub strength: Option<f32>,
    /// How much of what all languages have in common is taken out
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub common: Option<f32>,
    /// Take out what was measured of the model alone, without the library's own means
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub no_library_means: bool,
    /// Let words count alike whatever share of the library is in the query's language
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub no_coverage_gate: bool,
    /// Give documents no title: it opens their text
    #[arg(long, requires = "pipeline", hide_short_help = true)]
    pub no_titles: bool,
    /// How many documents each query is answered with [default: a hundred, and as many as it has answers]
    #[arg(long, value_name = "N", requires = "pipeline", hide_short_help = true)]
    pub depth: Option<usize>,
}
