//! What is generated is committed, and must say what the tables say.

use std::{fs, path::Path};

#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in mathesar_server::codegen::files() {
        let present = fs::read_to_string(root.join(file.path)).unwrap_or_default();
        assert!(
            present == file.content,
            "{} is stale: run `cargo run -p mathesar-server --bin codegen` and commit what it writes",
            file.path
        );
    }
}
