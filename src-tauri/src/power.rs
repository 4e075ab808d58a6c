//! Whether the machine runs on its battery, looked at from time to time: not every system tells of it.

use std::thread;
use std::time::Duration;

use starship_battery::{Manager, State};

use crate::desk::Desk;

/// Soon enough for whoever pulls the plug, and seldom enough to cost nothing.
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

/// Tells the desk of it for as long as the program runs. The thread that opened the desk does nothing else.
pub fn watch(desk: &Desk) {
    // A machine whose batteries cannot be asked has none.
    let Ok(manager) = Manager::new() else { return };
    loop {
        let Ok(desk) = desk.get() else { return };
        // A library that is closed needs no rest.
        let _ = desk.power_is(on_battery(&manager));
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// Nothing where there is no battery.
fn on_battery(manager: &Manager) -> Option<bool> {
    let batteries: Vec<_> = manager.batteries().ok()?.flatten().collect();
    let discharges = batteries.iter().any(|battery| battery.state() == State::Discharging);
    (!batteries.is_empty()).then_some(discharges)
}
