//! The styles of a workbook, as far as they say how numbers are shown.

use std::collections::HashMap;

use crate::numbers::{NumberFormat, built_in};
use crate::refusal::Refusal;
use crate::xml::Xml;

/// For each style that a cell can name by its place: the format of its numbers.
pub fn formats(xml: &mut Xml<'_>) -> Result<Vec<NumberFormat>, Refusal> {
    let mut codes: HashMap<u32, NumberFormat> = HashMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    while let Some(element) = xml.next_element(0)? {
        let id = element.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok());
        match element.name() {
            "numFmt" => {
                if let (Some(id), Some(code)) = (id, element.attribute("formatCode")) {
                    codes.insert(id, NumberFormat::of(&code));
                }
            }
            "cellXfs" => in_cells = true,
            // The styles that others are derived from, and those of conditions, are not cells'.
            "cellStyleXfs" | "cellStyles" | "dxfs" | "tableStyles" => in_cells = false,
            "xf" if in_cells => {
                let id = id.unwrap_or(0);
                let own = codes.get(&id).cloned();
                styles.push(own.or_else(|| built_in(id).map(NumberFormat::of)).unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(styles)
}
