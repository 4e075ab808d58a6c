//! Where Kenning keeps what it makes: one folder, and nothing outside it is ever written.

use std::env;
use std::path::{Path, PathBuf};

/// Kenning's own data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// `KENNING_HOME` where it is set, else the platform's place for a program's data.
    pub fn discover() -> Self {
        match env::var_os("KENNING_HOME").filter(|path| !path.is_empty()) {
            Some(path) => Self(path.into()),
            None => Self(platform_data().join("kenning")),
        }
    }

    /// A folder of one's own choice.
    pub fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Where everything lies that is known of the watched folders; what is in it says
    /// `docs/FORMATS.md`.
    pub fn data(&self) -> &Path {
        &self.0
    }

    /// What was measured of models whose own folders do not say it.
    pub fn calibrations(&self) -> PathBuf {
        self.0.join("calibrations")
    }

    /// Models the user installed.
    pub fn models(&self) -> PathBuf {
        self.0.join("models")
    }
}

fn platform_data() -> PathBuf {
    let home = env::home_dir().unwrap_or_else(env::temp_dir);
    let given = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support")
    } else if cfg!(windows) {
        given("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"))
    } else {
        given("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"))
    }
}
