//! Whether the machine runs on its battery, looked at from time to time: not every system tells of it.

use std::thread;
use std::time::Duration;

use starship_battery::{Error, Manager, State};

use crate::desk::Desk;

/// Soon enough for whoever pulls the plug, and seldom enough to cost nothing.
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

/// Tells the desk of it for as long as the program runs. The thread that opened the desk does nothing else.
pub fn watch(desk: &Desk) {
    // A machine whose batteries cannot be asked has none.
    let Ok(manager) = Manager::new() else { return };
    loop {
        let Ok(desk) = desk.get() else { return };
        // What cannot be told just now is as it was. A library that is closed needs no rest.
        if let Ok(on_battery) = on_battery(&manager) {
            let _ = desk.power_is(on_battery);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// Nothing where there is no battery.
fn on_battery(manager: &Manager) -> Result<Option<bool>, Error> {
    let batteries = manager.batteries()?.collect::<Result<Vec<_>, _>>()?;
    let discharges = batteries.iter().any(|battery| battery.state() == State::Discharging);
    Ok((!batteries.is_empty()).then_some(discharges))
}
