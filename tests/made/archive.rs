//! ZIP containers and gzip, sound ones and such as no program would write.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

pub type Entries = Vec<(String, Vec<u8>)>;

pub fn zip(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(entries, 1)
}

/// Packed as far as can be.
pub fn zip_tight(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(entries, 9)
}

fn zipped(entries: &[(String, Vec<u8>)], level: i64) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_level(Some(level));
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What is in a container, unless it is none, or more than this many bytes.
pub fn unzipped(bytes: &[u8], most: usize) -> Option<Entries> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut entries = Entries::new();
    let mut total = 0;
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).ok()?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().ok()?.into_owned();
        let mut content = Vec::new();
        entry.by_ref().take(most as u64).read_to_end(&mut content).ok()?;
        total += content.len();
        if total >= most {
            return None;
        }
        entries.push((name, content));
    }
    Some(entries)
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Not the fastest way, with which what is packed already grows each time it is packed again.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Gzip of a megabyte of one byte, so many times over, as packed as can be.
pub fn gzip_of_megabytes(megabytes: usize, byte: u8) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let megabyte = vec![byte; 1 << 20];
    for _ in 0..megabytes {
        encoder.write_all(&megabyte).unwrap();
    }
    encoder.finish().unwrap()
}

/// A container in which all of `names` are one and the same stretch of the file: each costs a line of
/// the directory and gives the whole content.
pub fn overlapping(own: &[(String, Vec<u8>)], names: &[String], content: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    let mut count = 0_u16;
    for (name, content) in own {
        let packed = Packed::of(content);
        packed.list(name, file.len(), &mut directory);
        packed.write(name, &mut file);
        count += 1;
    }
    let packed = Packed::of(content);
    let shared = file.len();
    // The name that stands before the content can be that of one of them only.
    packed.write(&names[0], &mut file);
    for name in names {
        packed.list(name, shared, &mut directory);
        count += 1;
    }
    let start = file.len() as u32;
    file.extend_from_slice(&directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    file.extend_from_slice(&start.to_le_bytes());
    file.extend_from_slice(&[0, 0]);
    file
}

struct Packed {
    bytes: Vec<u8>,
    checksum: u32,
    size: u32,
}

impl Packed {
    fn of(content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let mut checksum = flate2::Crc::new();
        checksum.update(content);
        Self {
            bytes: encoder.finish().unwrap(),
            checksum: checksum.sum(),
            size: content.len() as u32,
        }
    }

    /// What stands alike before the content and in the directory: version, flags, method, time.
    fn head(&self, name: &str) -> Vec<u8> {
        let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        for number in [self.checksum, self.bytes.len() as u32, self.size] {
            head.extend_from_slice(&number.to_le_bytes());
        }
        head.extend_from_slice(&(name.len() as u16).to_le_bytes());
        head
    }

    fn write(&self, name: &str, file: &mut Vec<u8>) {
        file.extend_from_slice(b"PK\x03\x04");
        file.extend_from_slice(&self.head(name));
        file.extend_from_slice(&[0, 0]);
        file.extend_from_slice(name.as_bytes());
        file.extend_from_slice(&self.bytes);
    }

    fn list(&self, name: &str, at: usize, directory: &mut Vec<u8>) {
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&self.head(name));
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&(at as u32).to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
}
