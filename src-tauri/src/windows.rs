//! The two windows: what each may ask, and how they come and go.

use std::thread;

use kenning_wire::{Problem, ProblemCode};
use tauri::{AppHandle, DragDropEvent, Manager, WebviewWindowBuilder, Window, WindowEvent};

use crate::desk::Desk;
use crate::tray;

pub const MAIN: &str = "main";
pub const LAUNCHER: &str = "launcher";

/// What the launcher may ask, beside searching.
const OF_LAUNCHER: &[&str] = &[
    "file_path",
    "hide_launcher",
    "library",
    "open_file",
    "remember_search",
    "remembered_searches",
    "reveal_file",
    "settings",
    "show_main",
];

pub fn check(window: &str, command: &str) -> Result<(), Problem> {
    if window == MAIN || OF_LAUNCHER.contains(&command) {
        return Ok(());
    }
    let message = format!("the window {window} may not ask for {command}");
    Err(Problem { code: ProblemCode::Forbidden, message })
}

pub fn happened(window: &Window, event: &WindowEvent) {
    let is_main = window.label() == MAIN;
    match event {
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) if is_main => {
            if let Ok(desk) = window.state::<Desk>().get() {
                desk.dropped(paths.clone());
            }
        }
        // With a tray to call it back by, the window only goes out of sight: the work goes on.
        WindowEvent::CloseRequested { api, .. }
            if is_main && tray::is_shown(window.app_handle()) =>
        {
            api.prevent_close();
            hide(window.app_handle(), MAIN);
        }
        WindowEvent::CloseRequested { .. } if is_main => window.app_handle().exit(0),
        WindowEvent::Focused(false) if !is_main => hide(window.app_handle(), LAUNCHER),
        _ => {}
    }
}

/// A window that cannot be shown or hidden is the system's to explain; there is nobody to tell.
fn show(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

fn hide(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.hide();
    }
}

pub fn show_main(app: &AppHandle) {
    show(app, MAIN);
}

pub fn hide_launcher(app: &AppHandle) {
    hide(app, LAUNCHER);
}

/// By the hotkey: there where it was not, and gone where it was. It is made when it is first called: a page that
/// nobody looks at would make the start slower and hold memory.
pub fn toggle_launcher(app: &AppHandle) {
    match app.get_webview_window(LAUNCHER).map(|window| window.is_visible()) {
        Some(Ok(true)) => hide(app, LAUNCHER),
        Some(_) => show(app, LAUNCHER),
        None => {
            let app = app.clone();
            // On Windows none can be made by who handles an event. Where no thread starts, the next press may.
            let _ = thread::Builder::new()
                .name("launcher".to_owned())
                .spawn(move || make_launcher(&app));
        }
    }
}

fn make_launcher(app: &AppHandle) {
    let config = app.config().app.windows.iter().find(|window| window.label == LAUNCHER);
    // As above: there is nobody to tell.
    let made =
        config.and_then(|config| WebviewWindowBuilder::from_config(app, config).ok()?.build().ok());
    if made.is_some() {
        show(app, LAUNCHER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_may_search_and_open_and_nothing_that_changes() {
        for command in kenning_wire::COMMANDS {
            assert!(check(MAIN, command).is_ok());
            let may = check(LAUNCHER, command).is_ok();
            assert_eq!(may, OF_LAUNCHER.contains(command), "{command}");
        }
        let known = |command: &&&str| kenning_wire::COMMANDS.contains(command);
        assert_eq!(OF_LAUNCHER.iter().filter(known).count(), OF_LAUNCHER.len());
        for forbidden in ["erase_data", "add_folder", "change_settings", "set_token", "quit"] {
            assert_eq!(check(LAUNCHER, forbidden).unwrap_err().code, ProblemCode::Forbidden);
        }
    }
}
