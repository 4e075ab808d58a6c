//! Kenning's window. It owns the windows, the tray, the hotkey and the dialogs, and hands everything else to the
//! desk, which knows no desktop.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod desk;
mod ending;
mod power;
mod shell;
mod tray;
mod windows;

use tauri::{Manager, RunEvent};
use tauri_plugin_autostart::MacosLauncher;

use desk::Desk;

fn main() {
    // Before anything else: a worker must not have opened files or started threads.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == kenning_engine::WORKER_ARGUMENT)
    {
        kenning_engine::run_as_worker();
    }
    let app = tauri::Builder::default()
        .manage(ending::Ending::default())
        .plugin(tauri_plugin_single_instance::init(|app, _, _| ending::called_again(app)))
        .plugin(tauri_plugin_window_state::Builder::default().with_denylist(&["launcher"]).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, None))
        .invoke_handler(commands::handler())
        .on_window_event(windows::happened)
        .setup(|app| {
            let desk = Desk::open(app.handle())?;
            app.manage(desk);
            tray::show(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|app, event| {
            if let RunEvent::Exit = event {
                ending::end(app);
            }
        }),
        Err(error) => {
            shell::complain(&format!("Kenning cannot show a window: {error}"));
            std::process::exit(1);
        }
    }
}
