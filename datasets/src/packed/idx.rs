//! IDX, the format of MNIST: two zero bytes, a type, the number of dimensions, each dimension as four bytes
//! (most significant first), then the values. Source: LeCun, Cortes, Burges, "The MNIST database".

use super::{MOST_BYTES, damaged, reader};
use harness::prelude::*;
use std::io::Read;
use std::path::Path;

/// The type of unsigned bytes, the only one pictures and labels use.
const UNSIGNED: u8 = 8;

/// An array of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Idx {
    /// Pictures x height x width (x channels), or labels.
    pub shape: Vec<usize>,
    /// The last dimension varies fastest.
    pub values: Vec<u8>,
}

impl Idx {
    /// Reads a file of `dimensions` dimensions, plain or gzip.
    ///
    /// # Errors
    /// When it is no such file, or its length is not what its dimensions say.
    pub fn read(path: &Path, dimensions: usize) -> Result<Self, DataError> {
        let wrong = |reason: String| DataError::unreadable(path, reason);
        let short = |error: std::io::Error| wrong(format!("the header of an IDX file is cut off ({error})"));
        let mut file = reader(path)?;
        let mut magic = [0; 4];
        file.read_exact(&mut magic).map_err(short)?;
        if magic[..3] != [0, 0, UNSIGNED] || usize::from(magic[3]) != dimensions {
            return Err(wrong(format!(
                "it begins with {magic:?}, but an IDX file of bytes with {dimensions} dimensions begins with \
                 [0, 0, 8, {dimensions}]"
            )));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            let mut size = [0; 4];
            file.read_exact(&mut size).map_err(short)?;
            shape.push(u32::from_be_bytes(size) as usize);
        }
        let length = shape.iter().try_fold(1_u64, |length, size| length.checked_mul(*size as u64));
        let length = length.filter(|length| *length <= MOST_BYTES).ok_or_else(|| {
            wrong(format!("its header claims {shape:?} values, more than {} MiB", MOST_BYTES >> 20))
        })?;
        let mut values = Vec::new();
        file.take(length + 1).read_to_end(&mut values).map_err(|error| wrong(damaged(error)))?;
        let found = values.len() as u64;
        if found != length {
            let found = if found > length { "more follow".into() } else { format!("{found} follow") };
            return Err(wrong(format!(
                "its header promises {shape:?} values, {length} bytes, but {found}: the file is damaged; fetch it again"
            )));
        }
        Ok(Self { shape, values })
    }

    /// The file that [`Idx::read`] reads, unpacked.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0, 0, UNSIGNED, self.shape.len() as u8];
        bytes.extend(self.shape.iter().flat_map(|size| (*size as u32).to_be_bytes()));
        bytes.extend(&self.values);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(bytes: &[u8]) -> Result<Idx, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("idx");
        fs::write(&path, bytes).unwrap();
        Idx::read(&path, 2).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let idx = Idx { shape: vec![2, 3], values: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(idx.to_bytes()[..12], [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
        assert_eq!(read(&idx.to_bytes()), Ok(idx));
    }

    #[test]
    fn a_damaged_file_is_one_clear_message() {
        let good = Idx { shape: vec![2, 3], values: vec![1, 2, 3, 4, 5, 6] }.to_bytes();
        let message = |bytes: &[u8]| read(bytes).unwrap_err();
        assert!(message(&good[..17]).contains("promises [2, 3] values, 6 bytes, but 5 follow"));
        assert!(message(&[&good[..], &[0]].concat()).contains("but more follow"));
        assert!(message(&good[..9]).contains("header of an IDX file is cut off"));
        assert!(message(&[0, 0, 8, 3]).contains("begins with [0, 0, 8, 2]"));
        assert!(message(&[0, 0, 13, 2]).contains("it begins with [0, 0, 13, 2]"));
        // No memory is taken for what a header merely claims.
        let claim = [&good[..4], &[255; 8]].concat();
        assert!(message(&claim).contains("more than 1024 MiB"), "{}", message(&claim));
        assert!(message(&[&good[..4], &[0, 0, 255, 255, 0, 0, 64, 0]].concat()).contains("but 0 follow"));
    }
}
