//! The last bytes of an executable that carries a PostgreSQL. `xtask` writes them and the program reads them, from this file.

/// How many bytes the footer takes.
pub const SIZE: usize = 64;

/// What every footer begins with; the last digit is the format's version.
const MAGIC: &[u8; 16] = b"MATHESAR-PG-0001";

/// Describes the archive that lies right before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// Bytes of the archive (`tar` in `zstd`).
    pub archive_size: u64,
    /// Bytes of its files once unpacked, so that free space can be checked first.
    pub unpacked_size: u64,
    /// SHA-256 of the archive.
    pub digest: [u8; 32],
}

impl Footer {
    /// The footer as it is appended: magic, both sizes (little-endian), digest.
    pub fn to_bytes(&self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..24].copy_from_slice(&self.archive_size.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.unpacked_size.to_le_bytes());
        bytes[32..].copy_from_slice(&self.digest);
        bytes
    }

    /// Reads a footer back; `None` when these bytes are not one, as at the end of a bare executable.
    pub fn from_bytes(bytes: &[u8; SIZE]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<16>()?;
        let (archive_size, rest) = rest.split_first_chunk::<8>()?;
        let (unpacked_size, rest) = rest.split_first_chunk::<8>()?;
        let digest = rest.first_chunk::<32>()?;
        (magic == MAGIC).then(|| Self {
            archive_size: u64::from_le_bytes(*archive_size),
            unpacked_size: u64::from_le_bytes(*unpacked_size),
            digest: *digest,
        })
    }
}
