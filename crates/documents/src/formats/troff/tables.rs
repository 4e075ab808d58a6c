//! Tables as `tbl` lays them out: cells apart by tabs, rows in lines.

use super::escapes::Strings;
use super::input::{arguments, request};
use super::page::Page;
use crate::refusal::Refusal;

pub fn write(lines: &[&str], strings: &Strings, page: &mut Page<'_, '_>) -> Result<(), Refusal> {
    page.end_code()?;
    page.flush()?;
    let mut lines = lines.iter().copied().peekable();
    let mut between = '\t';
    if let Some(options) = lines.next_if(|line| line.trim_end().ends_with(';')) {
        between = separator(options).unwrap_or(between);
    }
    skip_layout(&mut lines);
    let mut headers: Vec<String> = Vec::new();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line.starts_with(".T&") {
            skip_layout(&mut lines);
            continue;
        }
        if request(line).is_some() || is_rule(line) {
            continue;
        }
        let raw = cells(line, between, &mut lines);
        let cells: Vec<String> = raw.iter().map(|cell| strings.plain(cell)).collect();
        let over_rule = lines.peek().is_some_and(|next| is_rule(next));
        if count == 0 && cells.len() > 1 && (over_rule || raw.iter().all(|cell| is_marked(cell))) {
            headers.clone_from(&cells);
            page.row(&[], &cells)?;
        } else {
            page.row(&headers, &cells)?;
        }
        count += 1;
    }
    Ok(())
}

/// The sign between cells, where the options name one: `tab(@)`.
fn separator(options: &str) -> Option<char> {
    let (_, after) = options.split_once("tab")?;
    after.trim_start().strip_prefix('(')?.chars().next()
}

/// The lines up to the one whose period ends the description of columns.
fn skip_layout<'t>(lines: &mut impl Iterator<Item = &'t str>) {
    for line in lines.by_ref() {
        if line.trim_end().ends_with('.') {
            return;
        }
    }
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.chars().all(|c| matches!(c, '_' | '=' | '\t'))
}

/// Whether a cell is set in another face, as the names of columns are.
fn is_marked(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty()
        || cell.starts_with("\\fB")
        || cell.starts_with("\\fI")
        || cell.starts_with("\\f[B]")
}

/// A row's cells. One that opens with `T{` goes on over lines up to its `T}`.
fn cells<'t>(line: &str, between: char, lines: &mut impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut row: Vec<String> = Vec::new();
    let mut rest = line.to_owned();
    loop {
        row.extend(rest.split(between).map(str::to_owned));
        if row.last().is_none_or(|cell| cell.trim() != "T{") {
            break;
        }
        row.pop();
        let (mut block, mut after) = (String::new(), None);
        for line in lines.by_ref() {
            if let Some(closed) = line.strip_prefix("T}") {
                after = Some(closed);
                break;
            }
            block.push_str(&flat(line));
            block.push(' ');
        }
        row.push(block);
        match after.and_then(|after| after.strip_prefix(between)) {
            Some(more) => more.clone_into(&mut rest),
            None => break,
        }
    }
    row.iter_mut().filter(|cell| matches!(cell.trim(), "\\^" | "_" | "=")).for_each(String::clear);
    row
}

/// A line within a cell: of a macro, what it is about.
fn flat(line: &str) -> String {
    match request(line) {
        None => line.to_owned(),
        Some(("BR" | "RB" | "BI" | "IB" | "IR" | "RI", rest)) => arguments(rest).concat(),
        Some(("B" | "I" | "SM" | "SB", rest)) => arguments(rest).join(" "),
        Some(_) => String::new(),
    }
}
