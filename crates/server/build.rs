//! Makes the folder of the client's build where it is missing, so that the server also compiles without the client.

fn main() -> std::io::Result<()> {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/packages/app/dist");
    std::fs::create_dir_all(&dist)?;
    // In a release the files are part of the executable.
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
