//! Which members of the coreset occur where.

use harness::contract::error::DetectorError;
use harness::contract::state;
use std::fs;
use std::path::Path;

/// The name of the file.
const STATE: &str = "positions.bin";

/// A histogram over the coreset's members for every location.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    members: usize,
    /// `[locations, members]`, each row with sum 1.
    shares: Vec<f32>,
}

impl Positions {
    /// Every patch of every training picture counts for its nearest member (`votes`, picture after picture, row by
    /// row) at all locations whose row and column are at most `reach` away.
    pub fn count(votes: &[usize], (height, width): (usize, usize), reach: usize, members: usize) -> Self {
        let mut counts = vec![0.0_f32; height * width * members];
        for (location, &member) in
            votes.chunks_exact(height * width).flat_map(|votes| votes.iter().enumerate())
        {
            let (row, column) = (location / width, location % width);
            for near_row in row.saturating_sub(reach)..(row + reach + 1).min(height) {
                for near in column.saturating_sub(reach)..(column + reach + 1).min(width) {
                    counts[(near_row * width + near) * members + member] += 1.0;
                }
            }
        }
        for row in counts.chunks_exact_mut(members) {
            let total: f32 = row.iter().sum();
            row.iter_mut().for_each(|count| *count /= total.max(1.0));
        }
        Self { members, shares: counts }
    }

    /// How often a location has a member.
    pub fn share(&self, location: usize, member: usize) -> f32 {
        self.shares[location * self.members + member]
    }

    /// Members of the coreset.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Locations of a picture.
    pub fn locations(&self) -> usize {
        self.shares.len() / self.members
    }

    /// Numbers in all.
    pub fn numbers(&self) -> usize {
        self.shares.len()
    }

    /// Writes the number of members and the histograms into an existing folder, both little endian.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let shares = self.shares.iter().flat_map(|share| share.to_le_bytes());
        let bytes: Vec<u8> = (self.members as u32).to_le_bytes().into_iter().chain(shares).collect();
        state::write(&folder.join(STATE), &bytes)
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// When the file is missing, or holds no such histograms.
    pub fn load(folder: &Path) -> Result<Self, DetectorError> {
        let path = folder.join(STATE);
        let bytes = fs::read(&path).map_err(|error| DetectorError::state(&path, error))?;
        let broken = || DetectorError::state(&path, "is not a whole number of histograms; train again");
        let (members, shares) = bytes.split_first_chunk::<4>().ok_or_else(broken)?;
        let members = u32::from_le_bytes(*members) as usize;
        let (shares, rest) = shares.as_chunks::<4>();
        if members == 0 || shares.is_empty() || !rest.is_empty() || !shares.len().is_multiple_of(members) {
            return Err(broken());
        }
        Ok(Self { members, shares: shares.iter().map(|share| f32::from_le_bytes(*share)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_counts_for_its_surroundings() {
        // One picture of 1 x 4 locations; members 0, 0, 1, 2.
        let positions = Positions::count(&[0, 0, 1, 2], (1, 4), 1, 3);
        let row = |location: usize| [0, 1, 2].map(|member| positions.share(location, member));
        assert_eq!(row(0), [1.0, 0.0, 0.0]);
        assert_eq!(row(1), [2.0 / 3.0, 1.0 / 3.0, 0.0]);
        assert_eq!(row(3), [0.0, 0.5, 0.5]);
        let everywhere = Positions::count(&[0, 0, 1, 2], (2, 2), 4, 3);
        assert!((0..4).all(|location| everywhere.share(location, 0) == 0.5));
    }

    #[test]
    fn what_is_saved_is_loaded_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let positions = Positions::count(&[0, 1, 1, 1], (2, 2), 0, 2);
        positions.save(folder.path()).unwrap();
        assert_eq!(Positions::load(folder.path()).unwrap(), positions);
        assert_eq!((positions.members(), positions.locations()), (2, 4));
        let path = folder.path().join(STATE);
        let whole = fs::read(&path).unwrap();
        for length in [0, 3, 4, 7, whole.len() - 1, whole.len() - 4] {
            state::write(&path, &whole[..length]).unwrap();
            let error = Positions::load(folder.path()).unwrap_err().to_string();
            assert!(error.contains(STATE) && error.contains("train again"), "{error}");
        }
    }
}
