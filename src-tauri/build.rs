//! Tells tauri which commands there are, so that each window's capability has to name those it may use.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&["call", "search", "cancel_search"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
