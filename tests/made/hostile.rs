//! Files made to do harm: by swelling, nesting, looping, or claiming to be what they are not.

mod archives;
mod nested;
mod pdfs;
mod wide;

/// A file, and what the answer to it must hold: `text`, `partial: …` or `refused: …`.
#[derive(Clone, Debug)]
pub struct Hostile {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub expected: &'static str,
}

impl Hostile {
    fn new(name: &'static str, expected: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name, bytes: bytes.into(), expected }
    }
}

/// Where a file is made only when it is wanted, few of them are in memory at once.
pub type Maker = fn() -> Hostile;

pub fn hostile() -> Vec<Maker> {
    [archives::ALL, nested::ALL, pdfs::ALL, wide::ALL].concat()
}

/// Words that are not packed to next to nothing, as many bytes of them.
fn words(bytes: usize) -> String {
    let mut chance = crate::made::damage::Chance::new(7);
    let mut text = String::with_capacity(bytes + 8);
    while text.len() < bytes {
        for _ in 0..1 + chance.below(8) {
            text.push(char::from(b'a' + chance.below(26) as u8));
        }
        text.push(' ');
    }
    text
}
