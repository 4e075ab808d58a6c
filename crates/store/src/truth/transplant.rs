//! The description of the tables, put anew into a copy of a database in which it cannot be read.
//!
//! It lies in a few pages, and one that is damaged hides all tables, whole as they may be. Where the
//! tables begin is the same in every database that was made by the same version.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// What SQLite takes where nothing else is said.
const PAGE: usize = 4096;

/// Where the first page says how many there are.
const PAGES: std::ops::Range<usize> = 28..32;

/// Copies a damaged database, with the description of a new and empty one in place of its own.
pub(super) fn transplant(damaged: &Path, empty: &Path, copy: &Path) -> io::Result<()> {
    let pattern = fs::read(empty)?;
    fs::copy(damaged, copy)?;
    let mut file = OpenOptions::new().write(true).open(copy)?;
    let described = description(&pattern, 1);
    let last = described.iter().copied().max().unwrap_or(1) as u64;
    let pages = (file.metadata()?.len() / PAGE as u64).max(last);
    for number in described {
        let mut page = page(&pattern, number).to_vec();
        if number == 1 {
            page[PAGES].copy_from_slice(&(pages as u32).to_be_bytes());
        }
        file.seek(SeekFrom::Start((number as u64 - 1) * PAGE as u64))?;
        file.write_all(&page)?;
    }
    // Whole pages, as many as it says.
    file.set_len(pages * PAGE as u64)
}

/// The pages in which tables are described, by their numbers, from one that leads to others on.
fn description(database: &[u8], number: usize) -> Vec<usize> {
    const LEADS_ON: u8 = 5;
    let page = page(database, number);
    let start = if number == 1 { 100 } else { 0 };
    let mut found = vec![number];
    if page.get(start) != Some(&LEADS_ON) {
        return found;
    }
    let short = |at: usize| {
        page.get(at..at + 2).map_or(0, |two| usize::from(two[0]) << 8 | usize::from(two[1]))
    };
    let long = |at: usize| short(at) << 16 | short(at + 2);
    let mut next: Vec<usize> =
        (0..short(start + 3)).map(|cell| long(short(start + 12 + 2 * cell))).collect();
    next.push(long(start + 8));
    // A page comes after those that lead to it, so that this ends.
    for next in next.into_iter().filter(|next| *next > number) {
        found.extend(description(database, next));
    }
    found
}

/// Empty where there is none of this number.
fn page(database: &[u8], number: usize) -> &[u8] {
    database.get((number - 1) * PAGE..number * PAGE).unwrap_or_default()
}
