//! The SHA-256 of a file.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The SHA-256 of a file in hexadecimal, read piece by piece.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Whether `found` is among the `known`, each a SHA-256 or the beginning of one.
pub(super) fn is_known(found: &str, known: &[&str]) -> bool {
    known.iter().any(|known| found.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_known_by_all_its_digits_or_the_first_ones() {
        assert!(is_known("95faca4d00", &["0000", "95faca4d"]) && is_known("95fa", &["95fa"]));
        assert!(!is_known("95facb4d00", &["95faca4d"]) && !is_known("95fa", &[]));
    }
}
