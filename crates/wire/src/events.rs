//! What is told without being asked. Long work speaks at most ten times a second.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::library::{LibraryProgress, Offer};
use crate::models::Fetching;
use crate::settings::Settings;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum HostEvent {
    Progress {
        progress: Box<LibraryProgress>,
    },
    /// More, or other things, can be found than before.
    Searchable,
    FoldersChanged,
    Fetching {
        progress: Fetching,
    },
    /// Models came, went, or changed how they stand.
    ModelsChanged,
    /// A model could not be fetched; what is there of it is kept.
    FetchFailed {
        name: String,
        problem: crate::error::Problem,
    },
    /// How far comparing two models is, from 0 to 1.
    Comparing {
        done: f32,
    },
    /// How far a newer map is, from 0 to 1.
    Mapping {
        done: f32,
    },
    /// There is another map to be seen.
    MapChanged,
    SettingsChanged {
        settings: Box<Settings>,
    },
    /// Something was dropped on the window.
    Dropped {
        offers: Vec<Offer>,
    },
    /// The launcher or the tray asks the main window to show this.
    Show {
        view: View,
        query: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum View {
    Search,
    Library,
    Explore,
    Models,
    Settings,
}
