//! The icon among those of the system: how far the work is, pausing it, and the way back to the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use kenning_wire::{Doing, Host, LibraryProgress};
use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

use crate::desk::Desk;
use crate::{shell, windows};

const TRAY: &str = "tray";
const OPEN: &str = "open";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";

/// What the menu says, in one language.
struct Words {
    language: &'static str,
    open: &'static str,
    pause: &'static str,
    go_on: &'static str,
    quit: &'static str,
}

const WORDS: [Words; 7] = [
    words("en", "Open Kenning", "Pause reading", "Go on reading", "Quit"),
    words("de", "Kenning öffnen", "Lesen anhalten", "Weiterlesen", "Beenden"),
    words("es", "Abrir Kenning", "Pausar la lectura", "Seguir leyendo", "Salir"),
    words("fr", "Ouvrir Kenning", "Suspendre la lecture", "Reprendre la lecture", "Quitter"),
    words("zh", "打开 Kenning", "暂停读取", "继续读取", "退出"),
    words("ja", "Kenning を開く", "読み取りを一時停止", "読み取りを再開", "終了"),
    words("ar", "افتح Kenning", "أوقف القراءة مؤقتا", "تابع القراءة", "إنهاء"),
];

const fn words(
    language: &'static str,
    open: &'static str,
    pause: &'static str,
    go_on: &'static str,
    quit: &'static str,
) -> Words {
    Words { language, open, pause, go_on, quit }
}

/// The line of the menu whose words change.
struct Tray {
    pause: MenuItem<Wry>,
    words: &'static Words,
    rests: AtomicBool,
}

pub fn is_shown(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

/// Where the system has no place for it, the program goes on without, and closing its window ends it.
pub fn show(app: &AppHandle) {
    // The library that Linux needs for it is looked for when it is made, and its absence is a panic.
    let made = catch_unwind(AssertUnwindSafe(|| make(app)));
    let why = match made {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "libayatana-appindicator3 is missing".to_owned(),
    };
    shell::complain(&format!("there is no icon in the tray: {why}"));
}

fn make(app: &AppHandle) -> tauri::Result<()> {
    let locale = sys_locale::get_locale().unwrap_or_default();
    let words = WORDS.iter().find(|words| locale.starts_with(words.language)).unwrap_or(&WORDS[0]);
    let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let pause = item(PAUSE, words.pause)?;
    let menu =
        Menu::with_items(app, &[&item(OPEN, words.open)?, &pause, &item(QUIT, words.quit)?])?;
    let mut tray = TrayIconBuilder::with_id(TRAY).menu(&menu).tooltip("Kenning");
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    let tray = tray.on_menu_event(|app, event| match event.id().as_ref() {
        OPEN => windows::show_main(app),
        QUIT => app.exit(0),
        _ => pause_or_go_on(app),
    });
    tray.build(app)?;
    app.manage(Tray { pause, words, rests: AtomicBool::new(false) });
    Ok(())
}

fn rests(progress: &LibraryProgress) -> bool {
    matches!(progress.doing, Doing::Paused | Doing::OnBattery)
}

/// The work itself is told of in the window.
fn pause_or_go_on(app: &AppHandle) {
    let desk = app.state::<Desk>().inner().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let Ok(desk) = desk.get() else { return };
        let is_paused = desk.library(()).is_ok_and(|view| rests(&view.progress));
        // What goes wrong with it is shown in the window as well.
        let _ = if is_paused { desk.resume(()) } else { desk.pause(()) };
    });
}

pub fn tell(app: &AppHandle, progress: &LibraryProgress) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let rests = rests(progress);
    if tray.rests.swap(rests, Ordering::Relaxed) == rests {
        return;
    }
    let pause = tray.pause.clone();
    let text = if rests { tray.words.go_on } else { tray.words.pause };
    // Who tells of the work must not wait for the main thread, which waits for the work when the program ends.
    // A menu that cannot be changed still works.
    let _ = app.run_on_main_thread(move || drop(pause.set_text(text)));
}
