//! What the interface reads of the contract is what the contract says.

use std::fs;
use std::path::Path;

#[test]
fn the_interface_was_written_to_the_contract_of_today() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let there = fs::read_to_string(root.join("ui/src/wire/index.ts")).unwrap();
    assert!(there == kenning_wire::typescript::file(), "run `cargo xtask bindings`");
}
