//! Writes a GGUF file, version 3: a header of keys and values, a list of tensors, then their bytes.

use std::io::{self, Write};

/// Where a tensor may begin: at multiples of this, counted from the start of the data.
const ALIGNMENT: usize = 32;
const VERSION: u32 = 3;

/// The kinds of value that are needed here.
pub enum Value {
    U32(u32),
    F32(f32),
    Bool(bool),
    Text(String),
}

/// ggml's numbers for how a tensor's elements are stored.
#[derive(Clone, Copy)]
pub enum Storage {
    F32 = 0,
    Q4_0 = 2,
}

pub struct Tensor<'a> {
    pub name: String,
    /// The fastest-changing dimension first, the other way round than in Python.
    pub dimensions: Vec<usize>,
    pub storage: Storage,
    pub bytes: &'a [u8],
}

pub fn write(
    out: &mut impl Write,
    values: &[(String, Value)],
    tensors: &[Tensor<'_>],
) -> io::Result<()> {
    let mut header = header(values, tensors);
    pad(&mut header);
    out.write_all(&header)?;
    for tensor in tensors {
        out.write_all(tensor.bytes)?;
        let gap = padded(tensor.bytes.len()) - tensor.bytes.len();
        out.write_all(&[0; ALIGNMENT][..gap])?;
    }
    Ok(())
}

fn header(values: &[(String, Value)], tensors: &[Tensor<'_>]) -> Vec<u8> {
    let mut header = b"GGUF".to_vec();
    header.extend(VERSION.to_le_bytes());
    put_size(&mut header, tensors.len());
    put_size(&mut header, values.len());
    for (key, value) in values {
        put_text(&mut header, key);
        put_value(&mut header, value);
    }
    let mut offset = 0;
    for tensor in tensors {
        put_tensor(&mut header, tensor, offset);
        offset += padded(tensor.bytes.len());
    }
    header
}

fn put_tensor(header: &mut Vec<u8>, tensor: &Tensor<'_>, offset: usize) {
    put_text(header, &tensor.name);
    header.extend((tensor.dimensions.len() as u32).to_le_bytes());
    for &dimension in &tensor.dimensions {
        put_size(header, dimension);
    }
    header.extend((tensor.storage as u32).to_le_bytes());
    put_size(header, offset);
}

fn put_value(header: &mut Vec<u8>, value: &Value) {
    let mut put_kind = |kind: u32| header.extend(kind.to_le_bytes());
    match value {
        Value::U32(number) => {
            put_kind(4);
            header.extend(number.to_le_bytes());
        }
        Value::F32(number) => {
            put_kind(6);
            header.extend(number.to_le_bytes());
        }
        Value::Bool(truth) => {
            put_kind(7);
            header.push(u8::from(*truth));
        }
        Value::Text(text) => {
            put_kind(8);
            put_text(header, text);
        }
    }
}

fn put_text(header: &mut Vec<u8>, text: &str) {
    put_size(header, text.len());
    header.extend(text.as_bytes());
}

fn put_size(header: &mut Vec<u8>, size: usize) {
    header.extend((size as u64).to_le_bytes());
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(padded(bytes.len()), 0);
}

fn padded(length: usize) -> usize {
    length.next_multiple_of(ALIGNMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_begin_on_the_alignment_and_keep_their_bytes() {
        let tensor = |name: &str, bytes| Tensor {
            name: name.to_owned(),
            dimensions: vec![1],
            storage: Storage::F32,
            bytes,
        };
        let mut file = Vec::new();
        let values = [("general.architecture".to_owned(), Value::Text("bert".to_owned()))];
        write(&mut file, &values, &[tensor("a", &[1; 4]), tensor("b", &[2; 4])]).unwrap();

        assert_eq!(&file[..8], b"GGUF\x03\0\0\0");
        assert_eq!(file.len() % ALIGNMENT, 0);
        let data = &file[file.len() - 2 * ALIGNMENT..];
        assert_eq!(data[..4], [1; 4]);
        assert_eq!(data[4..ALIGNMENT], [0; ALIGNMENT - 4]);
        assert_eq!(data[ALIGNMENT..ALIGNMENT + 4], [2; 4]);
    }
}
