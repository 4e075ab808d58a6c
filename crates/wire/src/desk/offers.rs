//! What the user offered with the system's own means. The page gets a number for it and never names a path,
//! so that a page that was led astray could read nothing that was not offered.

use std::path::PathBuf;

use super::{Desk, lock};
use crate::error::{Problem, ProblemCode};
use crate::events::HostEvent;
use crate::library::{Offer, OfferKind};

/// More are not waiting to be used.
const MOST: usize = 100;

#[derive(Default)]
pub(super) struct Offers {
    last: u32,
    paths: Vec<(u32, PathBuf)>,
}

impl Offers {
    fn add(&mut self, path: PathBuf) -> Offer {
        self.last += 1;
        let offer =
            Offer { id: self.last, path: path.display().to_string(), is_folder: path.is_dir() };
        self.paths.push((self.last, path));
        if self.paths.len() > MOST {
            self.paths.remove(0);
        }
        offer
    }
}

impl Desk {
    pub(super) fn ask_for(&self, kind: OfferKind) -> Option<Offer> {
        let path = self.shell.choose(kind)?;
        Some(lock(&self.offers).add(path))
    }

    /// Something was dropped on the window.
    pub fn dropped(&self, paths: Vec<PathBuf>) {
        let offers = {
            let mut known = lock(&self.offers);
            paths.into_iter().map(|path| known.add(path)).collect()
        };
        self.tell(&HostEvent::Dropped { offers });
    }

    pub(super) fn offered(&self, id: u32) -> Result<PathBuf, Problem> {
        let offers = lock(&self.offers);
        let found = offers.paths.iter().find(|(known, _)| *known == id);
        found.map(|(_, path)| path.clone()).ok_or(Problem {
            code: ProblemCode::Gone,
            message: "this was not offered, or too long ago: choose it again".to_owned(),
        })
    }
}
