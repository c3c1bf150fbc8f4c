//! Makes what other builds leave for this one where it is missing, so that the server also compiles without the client and without
//! the documentation.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let client = root.join("client/packages/app/dist");
    fs::create_dir_all(&client)?;
    // In a release the files are part of the executable.
    println!("cargo::rerun-if-changed={}", client.display());

    let documentation = root.join("packaging/docs/site.tar.zst");
    if !documentation.exists() {
        fs::write(&documentation, [])?;
    }
    println!("cargo::rerun-if-changed={}", documentation.display());
    Ok(())
}
