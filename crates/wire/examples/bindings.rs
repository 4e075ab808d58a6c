//! Prints the TypeScript of the contract.
#![allow(clippy::print_stdout)]
fn main() {
    print!("{}", kenning_wire::typescript::file());
}
