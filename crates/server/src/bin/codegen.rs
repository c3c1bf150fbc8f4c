//! Writes what is generated from the tables of this workspace; run it after changing one of them.

use std::{fs, io, path::Path};

use mathesar_server::codegen;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in codegen::files() {
        let path = root.join(file.path);
        if fs::read_to_string(&path).is_ok_and(|present| present == file.content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, file.content)?;
        println!("wrote {}", file.path);
    }
    Ok(())
}
