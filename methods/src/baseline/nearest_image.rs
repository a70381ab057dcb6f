//! Nearest image: mean squared pixel distance to the closest training image.

use crate::trained::{Method, Trained};
use harness::contract::state;
use harness::prelude::*;
use rayon::prelude::*;
use std::fs;
use std::path::Path;

struct NearestImage {
    side: u32,
}

/// The name of the only state file: the memory, as it is.
const STATE: &str = "pictures.rgb";

impl NearestImage {
    fn picture_bytes(&self) -> usize {
        (self.side * self.side * 3) as usize
    }

    /// The closest training picture and its squared distance, summed over all values.
    fn nearest<'a>(&self, memory: &'a [u8], picture: &RgbImage) -> Option<(&'a [u8], u64)> {
        let remembered = memory.par_chunks_exact(self.picture_bytes()).enumerate();
        let distances =
            remembered.map(|(index, other)| (squared_distance(picture.as_raw(), other), index, other));
        distances
            .min_by_key(|&(distance, index, _)| (distance, index))
            .map(|(distance, _, other)| (other, distance))
    }
}

impl Method for NearestImage {
    /// Training pictures, one after another, `side * side * 3` bytes each.
    type Model = Vec<u8>;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn train(&self, train: &TrainingSet, _context: &FitContext<'_>) -> Result<Vec<u8>, DetectorError> {
        Ok(train.pictures.iter().flat_map(|picture| picture.as_raw()).copied().collect())
    }

    fn score(&self, memory: &Vec<u8>, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let none = || DetectorError::Scoring("nearest-image remembers no picture of this size".into());
        let score = |picture: &RgbImage| {
            let (other, distance) = self.nearest(memory, picture).ok_or_else(none)?;
            let pixels = picture.as_raw().chunks_exact(3).zip(other.chunks_exact(3));
            let values = pixels.map(|(a, b)| squared_distance(a, b) as f32).collect();
            let map = AnomalyMap { width: self.side, height: self.side, values };
            Ok(Anomaly { score: (distance as f64 / self.picture_bytes() as f64) as f32, map: Some(map) })
        };
        pictures.iter().map(score).collect()
    }

    fn save(&self, memory: &Vec<u8>, folder: &Path) -> Result<(), DetectorError> {
        state::write(&folder.join(STATE), memory)
    }

    fn load(&self, folder: &Path) -> Result<Vec<u8>, DetectorError> {
        let path = folder.join(STATE);
        let memory = fs::read(&path).map_err(|error| DetectorError::state(&path, error))?;
        if memory.is_empty() || !memory.len().is_multiple_of(self.picture_bytes()) {
            return Err(DetectorError::state(&path, "is not a whole number of pictures of this size"));
        }
        Ok(memory)
    }

    fn parameters(&self, memory: &Vec<u8>) -> u64 {
        memory.len() as u64
    }
}

/// Exact in integers, so that no order of summation matters.
fn squared_distance(a: &[u8], b: &[u8]) -> u64 {
    // Blocks keep the inner sum in 32 bits (2^16 * 65025 < 2^32), which vectorises.
    let blocks = a.chunks(1 << 16).zip(b.chunks(1 << 16));
    let block = |(a, b): (&[u8], &[u8])| -> u32 {
        a.iter().zip(b).map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    blocks.map(|pair| u64::from(block(pair))).sum()
}

impl DetectorPlugin for NearestImage {
    const NAME: &'static str = "nearest-image";
    const SUMMARY: &'static str = "trivial: pixel distance to the closest training image";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    const STATE: &'static str = "the training pictures";
    type Options = NoOptions;

    fn build(_options: NoOptions, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(Self { side: context.image_size }))
    }
}

inventory::submit! { DetectorEntry::of::<NearestImage>() }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_exact_over_many_blocks() {
        let (a, b) = (vec![0; 200_000], vec![255; 200_000]);
        assert_eq!(squared_distance(&a, &b), 200_000 * 65_025);
        assert_eq!(squared_distance(&a, &a), 0);
    }
}
