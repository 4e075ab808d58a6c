//! The desk behind the windows. It is opened beside them, so that they show at once; who asks for the library meanwhile
//! waits.

use std::sync::{Arc, OnceLock};
use std::{io, thread};

use kenning_engine::{Home, Models, Options};
use kenning_wire::Problem;
use tauri::AppHandle;

use crate::power;
use crate::shell::Desktop;

#[derive(Clone)]
pub struct Desk(Arc<OnceLock<Result<kenning_wire::Desk, Problem>>>);

impl Desk {
    pub fn open(app: &AppHandle) -> io::Result<Self> {
        let desk = Self(Arc::default());
        let (opening, shell) = (desk.clone(), Arc::new(Desktop::new(app.clone())));
        let open = move || {
            let home = Home::discover();
            let models = Models::discover(&home);
            let desk = kenning_wire::Desk::new(home, models, shell, Options::default());
            // Nobody else sets it.
            let _ = opening.0.set(desk);
            // Why it cannot be opened is told to whoever asks for it.
            if opening.get().and_then(kenning_wire::Desk::open).is_ok() {
                power::watch(&opening);
            }
        };
        thread::Builder::new().name("open".to_owned()).spawn(open)?;
        Ok(desk)
    }

    /// Waits until it is there. Why it could not be made is told to whoever asks.
    pub fn get(&self) -> Result<&kenning_wire::Desk, Problem> {
        self.0.wait().as_ref().map_err(Problem::clone)
    }

    /// Ends the work well, where it began.
    pub fn close(&self) {
        if let Some(Ok(desk)) = self.0.get() {
            desk.close();
        }
    }
}
