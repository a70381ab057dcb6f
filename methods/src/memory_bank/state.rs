//! A bank on disk: its values as they are, single precision, little endian.

use super::MemoryBank;
use burn::tensor::Device;
use harness::contract::error::DetectorError;
use harness::contract::state;
use std::fs;
use std::path::Path;

/// The name of the file.
const STATE: &str = "bank.f32";

impl MemoryBank {
    /// Writes the bank into an existing folder.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let bytes: Vec<u8> = self.values()?.into_iter().flat_map(f32::to_le_bytes).collect();
        state::write(&folder.join(STATE), &bytes)
    }

    /// Reads what [`save`](Self::save) wrote; vectors must have `dimension` values.
    ///
    /// # Errors
    /// When the file is missing, or does not hold such vectors.
    pub fn load(folder: &Path, dimension: usize, device: &Device) -> Result<Self, DetectorError> {
        let path = folder.join(STATE);
        let bytes = fs::read(&path).map_err(|error| DetectorError::state(&path, error))?;
        if bytes.is_empty() || !bytes.len().is_multiple_of(4 * dimension) {
            let reason = format!("is not a whole number of vectors of {dimension} values; train again");
            return Err(DetectorError::state(&path, reason));
        }
        let (values, _) = bytes.as_chunks::<4>();
        Ok(Self::new(values.iter().map(|value| f32::from_le_bytes(*value)).collect(), dimension, device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_and_nothing_else() {
        let (folder, device) = (tempfile::tempdir().unwrap(), Device::flex());
        let bank = MemoryBank::new(vec![0.1, -2.0, 3.5, 4.0], 2, &device);
        bank.save(folder.path()).unwrap();
        let loaded = MemoryBank::load(folder.path(), 2, &device).unwrap();
        assert_eq!(loaded.values().unwrap(), bank.values().unwrap());
        let message = MemoryBank::load(folder.path(), 3, &device).unwrap_err().to_string();
        assert!(message.contains("bank.f32: is not a whole number of vectors of 3 values"), "{message}");
    }
}
