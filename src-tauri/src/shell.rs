//! What only a desktop can do, as the desk asks for it.
#![allow(clippy::print_stderr, reason = "where there is no window, there is only the terminal")]

use std::path::{Path, PathBuf};

use kenning_wire::{HostEvent, OfferKind, Shell, View};
use tauri::{AppHandle, Emitter};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};
use tauri_plugin_opener::OpenerExt;

use crate::{tray, windows};

/// What pages listen to.
const NEWS: &str = "news";

pub struct Desktop {
    app: AppHandle,
}

impl Desktop {
    pub fn new(app: AppHandle) -> Self {
        Self { app }
    }
}

/// Where there is no window to say it in.
pub fn complain(message: &str) {
    eprintln!("{message}");
}

impl Shell for Desktop {
    fn tell(&self, event: &HostEvent) {
        if let HostEvent::Progress { progress } = event {
            tray::tell(&self.app, progress);
        }
        // A page that is gone hears nothing.
        let _ = self.app.emit(NEWS, event);
    }

    fn choose(&self, kind: OfferKind) -> Option<PathBuf> {
        let dialog = self.app.dialog().file();
        let chosen = match kind {
            OfferKind::Folder => dialog.blocking_pick_folder(),
            OfferKind::Archive => dialog.add_filter("tar", &["tar"]).blocking_pick_file(),
            OfferKind::NewFile => dialog.blocking_save_file(),
        };
        chosen.and_then(|chosen| match chosen {
            FilePath::Path(path) => Some(path),
            FilePath::Url(url) => url.to_file_path().ok(),
        })
    }

    fn open(&self, file: &Path) -> Result<(), String> {
        let opened = self.app.opener().open_path(file.to_string_lossy(), None::<&str>);
        opened.map_err(|error| error.to_string())
    }

    fn reveal(&self, file: &Path) -> Result<(), String> {
        self.app.opener().reveal_item_in_dir(file).map_err(|error| error.to_string())
    }

    fn set_hotkey(&self, keys: &str) -> Result<(), String> {
        let shortcuts = self.app.global_shortcut();
        shortcuts.unregister_all().map_err(|error| error.to_string())?;
        if keys.is_empty() {
            return Ok(());
        }
        let pressed = shortcuts.on_shortcut(keys, |app, _, event| {
            if event.state == ShortcutState::Pressed {
                windows::toggle_launcher(app);
            }
        });
        pressed.map_err(|error| error.to_string())
    }

    fn set_start_at_login(&self, starts: bool) -> Result<(), String> {
        let starter = self.app.autolaunch();
        let set = if starts { starter.enable() } else { starter.disable() };
        set.map_err(|error| error.to_string())
    }

    fn languages(&self) -> Vec<String> {
        let primary = |locale: String| locale.split(['-', '_']).next().map(str::to_lowercase);
        let mut languages: Vec<String> = Vec::new();
        for language in sys_locale::get_locales().filter_map(primary) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        languages
    }

    fn show_main(&self, view: View, query: &str) {
        windows::hide_launcher(&self.app);
        windows::show_main(&self.app);
        self.tell(&HostEvent::Show { view, query: query.to_owned() });
    }

    fn hide_launcher(&self) {
        windows::hide_launcher(&self.app);
    }

    fn quit(&self) {
        self.app.exit(0);
    }
}
