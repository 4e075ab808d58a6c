//! Files that the tests make: sound documents of every format that is read, in many scripts, and
//! copies of them that are damaged.
//!
//! Owns what is needed to write each format with nothing but an archive's and a compressor's help, so
//! that the readers are never tested with what they wrote themselves.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a file that cannot be made is a mistake in a test, and the panic says where"
)]

pub mod archive;
pub mod damage;
pub mod hostile;
pub mod office;
pub mod open_document;
pub mod pdf;
mod plain;
mod sound;

pub use sound::{Sound, Wrapping, sound};

/// A sentence each in many scripts, none from anywhere else.
pub const SENTENCES: [&str; 14] = [
    "The ferry leaves before the town is awake.",
    "Die Mühle am Bach mahlt seit hundert Jahren Dinkel.",
    "Під старим дубом ми ховали яблука на зиму.",
    "图书馆的窗户朝着安静的河。",
    "祖母は毎朝、庭の柿の木に挨拶をする。",
    "우체국 앞 빵집은 일곱 시에 문을 연다.",
    "خبأت الجدة مفتاح الحديقة تحت الحجر الثالث.",
    "הדייג תיקן את הרשת לפני הסערה.",
    "मेले के बाद गाँव फिर से शांत हो गया।",
    "Το καΐκι γύρισε άδειο από το νησί.",
    "แมวของช่างตัดผมนอนบนหนังสือพิมพ์",
    "Con đò cũ nằm nghiêng bên bờ sông.",
    "Teyzemin bahçesinde üç incir ağacı var.",
    "La abuela guardaba botones en una lata azul.",
];
