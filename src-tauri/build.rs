//! Generates the Tauri context; the capability files live beside the window's code.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // A build that embeds the page must notice when the page was built again.
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() {
        println!("cargo:rerun-if-changed=ui/dist");
    }
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri-build: {error:#}");
    }
}
