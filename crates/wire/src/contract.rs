//! Every command: its name, what it takes, and what it gives.

use serde_json::Value;

use crate::error::{Problem, ProblemCode};
use crate::explore::{MeaningMap, Peculiar};
use crate::library::{
    AddFolder, Files, FilesRequest, LibraryView, Offer, OfferKind, ReadAgain, SetRules,
};
use crate::models::{
    CompareModels, Comparison, Estimate, ExportModel, GetModel, ModelsView, UseModel, Verified,
};
use crate::search::{Preview, PreviewRequest, Remember, Remembered};
use crate::settings::{SetToken, Settings, SettingsView, ShowMain};

/// Takes each command, whose name is the one it has on the wire.
macro_rules! contract {
    ($($(#[$doc:meta])* $name:ident($takes:ty) -> $gives:ty;)*) => {
        /// Who does what is asked for. Searching is apart: it answers more than once.
        pub trait Host {
            $($(#[$doc])* fn $name(&self, takes: $takes) -> Result<$gives, Problem>;)*
        }

        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// Has a command done that came by its name.
        pub fn dispatch(host: &dyn Host, name: &str, takes: Value) -> Result<Value, Problem> {
            match name {
                $(stringify!($name) => given(host.$name(taken(name, takes)?)?),)*
                _ => Err(malformed(format!("there is no command {name}"))),
            }
        }

        /// Each command's line of TypeScript.
        pub(crate) fn signatures(config: &ts_rs::Config) -> Vec<(String, String, String)> {
            vec![$((
                stringify!($name).to_owned(),
                <$takes as ts_rs::TS>::name(config),
                <$gives as ts_rs::TS>::name(config),
            )),*]
        }
    };
}

contract! {
    /// A part of a document's text.
    preview(PreviewRequest) -> Preview;
    /// Opens a file with the program that the system has for it.
    open_file(i64) -> ();
    /// Shows a file in its folder.
    reveal_file(i64) -> ();
    /// Where a file lies, to be copied.
    file_path(i64) -> String;
    remembered_searches(()) -> Vec<Remembered>;
    remember_search(Remember) -> Vec<Remembered>;
    forget_search(String) -> Vec<Remembered>;

    library(()) -> LibraryView;
    /// Asks the user for something by the system's dialog; nothing where he chose nothing.
    choose(OfferKind) -> Option<Offer>;
    /// Watches a folder that the user offered.
    add_folder(AddFolder) -> ();
    remove_folder(i64) -> ();
    set_rules(SetRules) -> ();
    files(FilesRequest) -> Files;
    read_again(ReadAgain) -> u64;
    pause(()) -> ();
    resume(()) -> ();

    /// The map of meanings. Where it is old, a newer one is begun, and events tell how far it is.
    map(()) -> MeaningMap;
    /// What says the same and what is like nothing else, as of the map.
    peculiar(()) -> Peculiar;

    models(()) -> ModelsView;
    /// Begins to fetch a model, or goes on; events tell how far it is.
    get_model(GetModel) -> ();
    pause_model(String) -> ();
    /// Takes a model away, or what was fetched of it.
    forget_model(String) -> ();
    verify_model(String) -> Verified;
    /// Fetches again what is broken.
    mend_model(String) -> ();
    /// Measures how fast it is here, in tokens a second.
    measure_model(String) -> f64;
    estimate_model(UseModel) -> Estimate;
    use_model(UseModel) -> ();
    undo_model(()) -> ();
    compare_models(CompareModels) -> Comparison;
    /// Takes in a model that the user offered, and says what it is called.
    import_model(u32) -> String;
    export_model(ExportModel) -> ();

    settings(()) -> SettingsView;
    change_settings(Settings) -> SettingsView;
    set_token(SetToken) -> SettingsView;
    /// Writes the list of folders, the settings and the remembered searches to a file the user offered.
    export_data(u32) -> ();
    /// Forgets everything that Kenning keeps but models; the user's own files stay.
    erase_data(()) -> ();

    /// Shows a view of the main window, from the launcher.
    show_main(ShowMain) -> ();
    hide_launcher(()) -> ();
    quit(()) -> ();
}

fn taken<T: serde::de::DeserializeOwned>(name: &str, value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| malformed(format!("{name}: {error}")))
}

fn given<T: serde::Serialize>(value: T) -> Result<Value, Problem> {
    let internal = |error: serde_json::Error| Problem {
        code: ProblemCode::Internal,
        message: error.to_string(),
    };
    serde_json::to_value(value).map_err(internal)
}

fn malformed(message: String) -> Problem {
    Problem { code: ProblemCode::Malformed, message }
}
