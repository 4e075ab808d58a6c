//! What the user may set, and what Kenning keeps.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    pub theme: Theme,
    /// `en`, `de`, `es`, `fr`, `zh`, `ja` or `ar`; empty means that of the system.
    pub language: String,
    /// Such as `Ctrl+Shift+Space`; empty means none.
    pub hotkey: String,
    pub start_at_login: bool,
    /// Cores for reading and embedding; none given means all of them.
    pub threads: Option<u32>,
    /// Whether nothing is read and embedded while the machine runs on battery.
    pub pause_on_battery: bool,
    /// Whether a reranker reads the best hits again, where one is installed.
    pub rerank: bool,
    /// Whether searches are remembered.
    pub remember_searches: bool,
    /// Another hub or a mirror; empty means the usual one.
    pub endpoint: String,
    /// Empty means what the system says.
    pub proxy: String,
    /// Megabytes in a second.
    pub fetch_limit: Option<f64>,
    /// Whether the first steps were taken or skipped.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: String::new(),
            hotkey: String::new(),
            start_at_login: false,
            threads: None,
            pause_on_battery: true,
            rerank: false,
            remember_searches: true,
            endpoint: String::new(),
            proxy: String::new(),
            fetch_limit: None,
            welcomed: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    pub settings: Settings,
    pub has_token: bool,
    pub has_battery: bool,
    /// The installed model that reads the best hits again; `null` where there is none.
    pub reranker: Option<String>,
    /// Why the hotkey does not work, where it does not.
    pub hotkey_trouble: Option<String>,
    /// Where everything is kept, to be shown.
    pub data_folder: String,
    pub data_bytes: u64,
    pub models_bytes: u64,
    pub version: String,
    pub cores: u32,
    /// What the system speaks, as `de` or `zh`.
    pub system_languages: Vec<String>,
}

/// What the launcher asks of the main window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShowMain {
    pub view: crate::events::View,
    pub query: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetToken {
    /// Empty forgets it.
    pub token: String,
}
