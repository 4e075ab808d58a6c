//! SHA-256 and SHA-1, so that what is served is named by digests that the code under test did not make.
//!
//! Laid out for a build without optimisation, in which some hundred megabytes are hashed: the rounds of
//! SHA-256 are macros over variables, because functions, iterators and checks all cost a call there.

/// Not a `const`: that would be copied wherever it is looked into.
static K256: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// A digest in the making, of so many words: eight for SHA-256, five for SHA-1.
pub struct Digest<const WORDS: usize> {
    state: [u32; WORDS],
    rest: Vec<u8>,
    length: u64,
    compress: fn(&mut [u32; WORDS], &[u8]),
}

#[must_use]
pub fn sha256() -> Digest<8> {
    let state = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19,
    ];
    Digest { state, rest: Vec::new(), length: 0, compress: compress_256 }
}

#[must_use]
pub fn sha1() -> Digest<5> {
    let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    Digest { state, rest: Vec::new(), length: 0, compress: compress_1 }
}

impl<const WORDS: usize> Digest<WORDS> {
    #[must_use]
    pub fn with(mut self, bytes: &[u8]) -> Self {
        self.add(bytes);
        self
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let mut bytes = bytes;
        if !self.rest.is_empty() {
            let wanted = bytes.len().min(64 - self.rest.len());
            self.rest.extend_from_slice(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            if self.rest.len() < 64 {
                return;
            }
            (self.compress)(&mut self.state, &self.rest);
            self.rest.clear();
        }
        let blocks = bytes.chunks_exact(64);
        self.rest.extend_from_slice(blocks.remainder());
        for block in blocks {
            (self.compress)(&mut self.state, block);
        }
    }

    #[must_use]
    pub fn hex(mut self) -> String {
        let bits = self.length * 8;
        let zeros = (64 + 55 - self.rest.len()) % 64;
        let mut padding = vec![0; zeros + 1];
        padding[0] = 0x80;
        padding.extend_from_slice(&bits.to_be_bytes());
        self.add(&padding);
        self.state.iter().map(|word| format!("{word:08x}")).collect()
    }
}

fn words<const LENGTH: usize>(block: &[u8]) -> [u32; LENGTH] {
    let mut words = [0; LENGTH];
    let mut at = 0;
    while at < 16 {
        let byte = at * 4;
        words[at] = (block[byte] as u32) << 24
            | (block[byte + 1] as u32) << 16
            | (block[byte + 2] as u32) << 8
            | block[byte + 3] as u32;
        at += 1;
    }
    words
}

fn compress_256(state: &mut [u32; 8], block: &[u8]) {
    let mut w: [u32; 64] = words(block);
    let mut at = 16;
    while at < 64 {
        let (early, late) = (w[at - 15], w[at - 2]);
        let early = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
        let late = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
        w[at] = w[at - 16].wrapping_add(early).wrapping_add(w[at - 7]).wrapping_add(late);
        at += 1;
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    // One round, which leaves its result in the two names that the next one takes up in their turn.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $at:expr) => {
            $h = $h
                .wrapping_add($e.rotate_right(6) ^ $e.rotate_right(11) ^ $e.rotate_right(25))
                .wrapping_add(($e & $f) ^ (!$e & $g))
                .wrapping_add(K256[$at])
                .wrapping_add(w[$at]);
            $d = $d.wrapping_add($h);
            $h = $h
                .wrapping_add($a.rotate_right(2) ^ $a.rotate_right(13) ^ $a.rotate_right(22))
                .wrapping_add(($a & $b) ^ ($a & $c) ^ ($b & $c));
        };
    }
    // Places that are known when it is compiled are not checked when it runs.
    macro_rules! eight_rounds {
        ($($at:literal)*) => {$(
            round!(a b c d e f g h $at);
            round!(h a b c d e f g $at + 1);
            round!(g h a b c d e f $at + 2);
            round!(f g h a b c d e $at + 3);
            round!(e f g h a b c d $at + 4);
            round!(d e f g h a b c $at + 5);
            round!(c d e f g h a b $at + 6);
            round!(b c d e f g h a $at + 7);
        )*};
    }
    eight_rounds!(0 8 16 24 32 40 48 56);
    for (word, added) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(added);
    }
}

fn compress_1(state: &mut [u32; 5], block: &[u8]) {
    let mut w: [u32; 80] = words(block);
    for at in 16..80 {
        w[at] = (w[at - 3] ^ w[at - 8] ^ w[at - 14] ^ w[at - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (at, word) in w.iter().enumerate() {
        let (chosen, constant) = match at / 20 {
            0 => ((b & c) | (!b & d), 0x5a827999),
            1 => (b ^ c ^ d, 0x6ed9eba1),
            2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdc),
            _ => (b ^ c ^ d, 0xca62c1d6_u32),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(chosen)
            .wrapping_add(e)
            .wrapping_add(constant)
            .wrapping_add(*word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    for (word, added) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(added);
    }
}
