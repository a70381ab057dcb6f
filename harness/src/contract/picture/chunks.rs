//! The chunks of a PNG file; W3C, Portable Network Graphics, section 5.

use flate2::Crc;

/// How every file begins.
pub(super) const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

const CUT: &str = "it ends before its end chunk: the file is cut off";

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk<'a> {
    pub name: &'a [u8],
    pub content: &'a [u8],
}

/// Every chunk up to the end chunk, each with the checksum it states; what follows is not looked at.
///
/// Decoders stop when they have all rows, and so miss an end that is cut off or damaged.
pub(super) fn of(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, String> {
    let mut rest = bytes.strip_prefix(&SIGNATURE).ok_or("it does not begin as a PNG file does")?;
    let mut chunks = Vec::new();
    loop {
        let (length, after) = rest.split_first_chunk().ok_or(CUT)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (checked, after) = after.split_at_checked(length.saturating_add(4)).ok_or(CUT)?;
        let (stated, after) = after.split_first_chunk().ok_or(CUT)?;
        let mut crc = Crc::new();
        crc.update(checked);
        let (name, content) = checked.split_at(4);
        if crc.sum() != u32::from_be_bytes(*stated) {
            return Err(format!(
                "the checksum of chunk {} is wrong: the file is damaged",
                name.escape_ascii()
            ));
        }
        chunks.push(Chunk { name, content });
        if name == b"IEND" {
            return Ok(chunks);
        }
        rest = after;
    }
}
