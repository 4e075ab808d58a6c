//! A normalisation map in the form sentencepiece keeps it, and `tokenizers` reads it: a double-array
//! trie over the UTF-8 bytes of what is replaced, then the replacements.
//!
//! The bytes are: the length of the trie in bytes (u32), its units (u32 each), then every
//! replacement ended by a zero byte. The trie's value is where a replacement begins.
//!
//! A unit holds a label in its lowest byte, whether a key ends here in bit 8, and from bit 10 on the
//! distance (by exclusive or) from its own place to its children's base; a child with label `l` is at
//! `base ^ l`, and the value of a key that ends here is at `base ^ 0`, marked by bit 31.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

const KEY_ENDS: u32 = 1 << 8;
const DISTANCE_SHIFT: u32 = 10;
const DISTANCE_LIMIT: usize = 1 << 21;
const IS_VALUE: u32 = 1 << 31;

/// Units come in groups of 256: `base ^ label` then never leaves the group its base is in, so a
/// reader that follows a label which is not there still stays inside the array.
const GROUP: usize = 256;

pub fn bytes(replacements: &BTreeMap<char, String>) -> Result<Vec<u8>> {
    let mut texts = Vec::new();
    let mut trie = Node::default();
    for (from, to) in replacements {
        ensure!(*from != '\0' && !to.contains('\0'), "a zero character cannot be mapped");
        let start = u32::try_from(texts.len())?;
        trie.insert(from.encode_utf8(&mut [0; 4]).as_bytes(), start);
        texts.extend(to.as_bytes());
        texts.push(0);
    }
    let units = Units::of(&trie)?;
    let mut bytes = u32::try_from(units.len() * 4)?.to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes.extend(texts);
    Ok(bytes)
}

#[derive(Default)]
struct Node {
    children: BTreeMap<u8, Node>,
    value: Option<u32>,
}

impl Node {
    fn insert(&mut self, key: &[u8], value: u32) {
        match key {
            [] => self.value = Some(value),
            [first, rest @ ..] => self.children.entry(*first).or_default().insert(rest, value),
        }
    }

    /// The labels to find room for: every child's, and zero for the value.
    fn labels(&self) -> Vec<usize> {
        let value = self.value.map(|_| 0);
        value.into_iter().chain(self.children.keys().map(|&label| usize::from(label))).collect()
    }
}

/// The array while it is filled.
#[derive(Default)]
struct Units {
    units: Vec<u32>,
    taken: Vec<bool>,
    /// Two nodes with one base would take each other's children for their own.
    bases: BTreeSet<usize>,
    /// Everything below is taken.
    first_free: usize,
}

impl Units {
    fn of(trie: &Node) -> Result<Vec<u32>> {
        let mut units = Self::default();
        units.grow();
        units.taken[0] = true;
        units.place(trie, 0)?;
        Ok(units.units)
    }

    fn grow(&mut self) {
        self.units.resize(self.units.len() + GROUP, 0);
        self.taken.resize(self.units.len(), false);
    }

    /// Writes a node's children, and what it must know of them into its own unit at `place`.
    fn place(&mut self, node: &Node, place: usize) -> Result<()> {
        let labels = node.labels();
        let base = self.base_for(&labels);
        self.bases.insert(base);
        for label in &labels {
            self.taken[base ^ label] = true;
        }
        let distance = place ^ base;
        ensure!(distance < DISTANCE_LIMIT, "the normalisation map is too large for its form");
        self.units[place] |= (distance as u32) << DISTANCE_SHIFT;
        if let Some(value) = node.value {
            self.units[place] |= KEY_ENDS;
            self.units[base] = value | IS_VALUE;
        }
        for (&label, child) in &node.children {
            let place = base ^ usize::from(label);
            self.units[place] = u32::from(label);
            self.place(child, place)?;
        }
        Ok(())
    }

    /// The first base at which all labels fall on free units.
    fn base_for(&mut self, labels: &[usize]) -> usize {
        let Some(first) = labels.first() else { return 0 };
        while self.taken.get(self.first_free) == Some(&true) {
            self.first_free += 1;
        }
        let mut free = self.first_free;
        loop {
            while free >= self.units.len() {
                self.grow();
            }
            let base = free ^ first;
            let fits = || labels.iter().all(|label| !self.taken[base ^ label]);
            if !self.taken[free] && !self.bases.contains(&base) && fits() {
                return base;
            }
            free += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokenizers::normalizers::Precompiled;

    fn map(entries: &[(char, &str)]) -> BTreeMap<char, String> {
        entries.iter().map(|&(from, to)| (from, to.to_owned())).collect()
    }

    fn read(entries: &BTreeMap<char, String>) -> Precompiled {
        Precompiled::from(&bytes(entries).unwrap()).unwrap()
    }

    #[test]
    fn each_character_is_replaced_and_every_other_is_left() {
        let read = read(&map(&[
            ('\t', " "),
            ('\u{7f}', ""),
            ('ﬁ', "fi"),
            ('ﬂ', "fl"),
            ('㍿', "株式会社"),
            ('𝒜', "A"),
        ]));
        let check = |text: &str, expected: &str| assert_eq!(read.normalize_string(text), expected);
        check("plain", "plain");
        check("a\tb", "a b");
        check("a\u{7f}b", "ab");
        check("ﬁne ﬂow", "fine flow");
        check("㍿𝒜ﬀ", "株式会社Aﬀ");
        check("日本語 ელ", "日本語 ელ");
    }

    #[test]
    fn no_character_at_all_finds_what_is_not_there() {
        // One in seven characters is mapped to its own number, which makes a dense and a wide trie.
        let entries: BTreeMap<char, String> = ('\u{1}'..='\u{1ffff}')
            .filter(|character| (*character as u32).is_multiple_of(7))
            .map(|character| (character, (character as u32).to_string()))
            .collect();
        let read = read(&entries);
        for character in '\u{1}'..='\u{1ffff}' {
            let found = read.transform(character.encode_utf8(&mut [0; 4])).map(str::to_owned);
            assert_eq!(found.as_ref(), entries.get(&character), "{character:?}");
        }
    }
}
