//! Damage that can be repeated: the same number always does the same to the same bytes.

/// Numbers that look like chance and are the same in each run (splitmix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `most`, which may be nothing.
    pub fn below(&mut self, most: usize) -> usize {
        (self.number() % most.max(1) as u64) as usize
    }

    /// A stretch of at most `longest` of so many bytes.
    fn stretch(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        start..(start + 1 + self.below(longest)).min(length)
    }
}

/// A copy that breaks off.
pub fn truncated(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    bytes[..chance.below(bytes.len())].to_vec()
}

/// A copy with up to this many bits the wrong way round.
pub fn flipped(bytes: &[u8], most: usize, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(most) {
        let at = chance.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << chance.below(8);
        }
    }
    bytes
}

/// The beginning of one and the end of the other.
pub fn spliced(one: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let (end, start) = (chance.below(one.len()), chance.below(other.len()));
    [&one[..end], &other[start..]].concat()
}

/// A copy that was damaged in one to three ways, whichever these are.
pub fn damaged(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(3) {
        if !bytes.is_empty() {
            bytes = hurt(bytes, chance);
        }
    }
    bytes
}

fn hurt(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    const RUN: usize = 64;
    let length = bytes.len();
    match chance.below(9) {
        0 => truncated(&bytes, chance),
        1 => flipped(&bytes, 1, chance),
        2 => flipped(&bytes, 32, chance),
        3 => {
            let filling = [0, 0xff, b' ', b'<'][chance.below(4)];
            bytes[chance.stretch(length, RUN)].fill(filling);
            bytes
        }
        4 => {
            bytes.drain(chance.stretch(length, RUN));
            bytes
        }
        5 => {
            let run = bytes[chance.stretch(length, 8 * RUN)].to_vec();
            let at = chance.below(length);
            bytes.splice(at..at, run);
            bytes
        }
        6 => {
            let run = bytes[chance.stretch(length, RUN)].to_vec();
            let at = chance.below(length);
            let end = (at + run.len()).min(length);
            bytes[at..end].copy_from_slice(&run[..end - at]);
            bytes
        }
        7 => renumbered(bytes, chance),
        _ => {
            let extreme = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX][chance.below(5)];
            let extreme: u32 = extreme.rotate_left(8 * chance.below(2) as u32);
            let at = chance.below(length);
            let end = (at + 4).min(length);
            bytes[at..end].copy_from_slice(&extreme.to_le_bytes()[..end - at]);
            bytes
        }
    }
}

/// One number, written in digits, becomes another that nobody reckons with.
fn renumbered(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    const NUMBERS: [&str; 9] = [
        "0",
        "-1",
        "1",
        "255",
        "65536",
        "999999999",
        "2147483648",
        "18446744073709551616",
        "1e308",
    ];
    let from = chance.below(bytes.len());
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if let Some(offset) = bytes[from..].iter().position(u8::is_ascii_digit) {
        let start = from + offset;
        let end = start + digits(&bytes[start..]);
        bytes.splice(start..end, NUMBERS[chance.below(NUMBERS.len())].bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_does_the_same_damage_and_another_another() {
        let bytes: Vec<u8> = (0..2000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let copy = |seed| damaged(&bytes, &mut Chance::new(seed));
        let copies: std::collections::BTreeSet<Vec<u8>> = (0..200).map(copy).collect();
        assert!(copies.len() > 190, "{}", copies.len());
        assert_eq!(copy(7), copy(7));
        assert!(!copies.contains(&bytes) || copies.len() > 198);
    }

    #[test]
    fn nothing_is_too_short_to_be_damaged() {
        for seed in 0..500 {
            let chance = &mut Chance::new(seed);
            for bytes in [&b""[..], b"7", b"ab"] {
                damaged(bytes, chance);
                truncated(bytes, chance);
                flipped(bytes, 9, chance);
                spliced(bytes, b"", chance);
            }
        }
    }
}
