//! The target `troff`, see `tests/targets/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kenning_tests::run("troff", bytes));
