//! The end of the program, and who starts it again while it has not quite ended.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager};

use crate::desk::Desk;
use crate::windows;

/// How far the end is.
#[derive(Default)]
pub struct Ending {
    has_begun: AtomicBool,
    was_called: AtomicBool,
}

/// Somebody started the program while it runs. One that is ending can show no window any more, and starts anew.
pub fn called_again(app: &AppHandle) {
    let ending = app.state::<Ending>();
    if ending.has_begun.load(Ordering::SeqCst) {
        ending.was_called.store(true, Ordering::SeqCst);
    } else {
        windows::show_main(app);
    }
}

/// Ends the work well, where it began.
pub fn end(app: &AppHandle) {
    let ending = app.state::<Ending>();
    ending.has_begun.store(true, Ordering::SeqCst);
    app.state::<Desk>().close();
    if ending.was_called.load(Ordering::SeqCst) {
        app.restart();
    }
}
