//! The remembered patches and the network's classes: two beginnings of one greedy search.

use super::options::Options;
use super::score::border;
use crate::memory_bank::{Anchors, MemoryBank, greedy, project};
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use rand::RngExt;
use std::path::Path;

/// Vectors whose nearest pick is looked for at once.
const ROWS: usize = 1 << 14;

/// Picks of a greedy search, again and again the farthest patch.
pub struct Coreset {
    /// The first ones, a share of all patches: the embedding coreset.
    pub bank: MemoryBank,
    /// The first ones, a number of their own: the distribution coreset. It may be longer than the bank.
    pub classes: MemoryBank,
}

impl Coreset {
    /// Searches in a projection, from a random start that is not kept itself. `vectors` of `dimension` values are those
    /// of whole pictures of `height` by `width` patches; the ones at the border of a picture are passed over.
    ///
    /// # Errors
    /// When the device fails.
    pub fn search(
        vectors: &[f32],
        dimension: usize,
        (height, width): (usize, usize),
        options: &Options,
        device: &Device,
        random: &Root,
    ) -> Result<Self, DetectorError> {
        let border = border((height, width));
        let is_inside = |location: usize| {
            let (row, column) = (location / width, location % width);
            (border..height - border).contains(&row) && (border..width - border).contains(&column)
        };
        let rows = vectors.chunks_exact(dimension).enumerate();
        let inside = rows.filter(|(index, _)| is_inside(index % (height * width)));
        let inside: Vec<f32> = inside.flat_map(|(_, vector)| vector).copied().collect();
        let count = inside.len() / dimension;
        let members = ((count as f64 * options.coreset) as usize).max(1);
        let wanted = members.max(options.classes);
        let start = random.stream("coreset", "starts").random_range(0..count);
        let picks = match options.projection.filter(|size| *size < dimension) {
            Some(size) => {
                let projected = project(&inside, (dimension, size), device, random)?;
                greedy(&projected, size, Anchors::MeanTo(&[start]), wanted)
            }
            None => greedy(&inside, dimension, Anchors::MeanTo(&[start]), wanted),
        };
        let values = picks.into_iter().flat_map(|index| &inside[index * dimension..][..dimension]);
        Ok(Self::of(&values.copied().collect::<Vec<f32>>(), dimension, members, options, device))
    }

    /// The first `members` of these picks, and as many as the network is to have classes, if there are so many.
    fn of(picks: &[f32], dimension: usize, members: usize, options: &Options, device: &Device) -> Self {
        let first = |count: usize| {
            let values = picks[..(count * dimension).min(picks.len())].to_vec();
            MemoryBank::new(values, dimension, device)
        };
        Self { bank: first(members), classes: first(options.classes) }
    }

    /// The class that is nearest to each member of the bank.
    ///
    /// # Errors
    /// When the device fails.
    pub fn class_of_members(&self, device: &Device) -> Result<Vec<usize>, DetectorError> {
        let mut class = nearest(&self.classes, &self.bank.values()?, device)?;
        // A member that is a class stands for itself, also beside an equal one.
        let own = self.classes.count();
        class.iter_mut().take(own).enumerate().for_each(|(member, class)| *class = member);
        Ok(class)
    }

    /// Writes the picks into an existing folder.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let longer = if self.classes.count() > self.bank.count() { &self.classes } else { &self.bank };
        longer.save(folder)
    }

    /// Reads what [`save`](Self::save) wrote, where the bank had so many `members`.
    ///
    /// # Errors
    /// When the file is missing, or does not hold so many vectors of `dimension` values.
    pub fn load(
        folder: &Path,
        dimension: usize,
        members: usize,
        options: &Options,
        device: &Device,
    ) -> Result<Self, DetectorError> {
        let picks = MemoryBank::load(folder, dimension, device)?;
        if picks.count() < members {
            let reason = format!("its coreset has {} vectors, not {members}; train again", picks.count());
            return Err(DetectorError::state(folder, reason));
        }
        Ok(Self::of(&picks.values()?, dimension, members, options, device))
    }
}

/// The nearest of these picks to every vector.
///
/// # Errors
/// When the device fails.
pub fn nearest(picks: &MemoryBank, vectors: &[f32], device: &Device) -> Result<Vec<usize>, DetectorError> {
    let dimension = picks.dimension();
    let of_rows = |rows: &[f32]| {
        let shape = [rows.len() / dimension, dimension];
        let queries = Tensor::from_data(TensorData::new(rows.to_vec(), shape), device);
        Ok(picks.nearest(queries)?.index)
    };
    let found: Result<Vec<Vec<usize>>, DetectorError> =
        vectors.chunks(ROWS * dimension).map(of_rows).collect();
    Ok(found?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(options: &Options) -> Coreset {
        // 100 pictures of one patch, on a line.
        let vectors: Vec<f32> = (0..100).flat_map(|index| [index as f32, 0.5]).collect();
        let random = Root::new(0, "toy", "toy");
        Coreset::search(&vectors, 2, (1, 1), options, &Device::flex(), &random).unwrap()
    }

    #[test]
    fn there_may_be_more_classes_than_members_and_both_begin_alike() {
        for (coreset, classes, expected) in [(0.03, 8, (3, 8)), (0.2, 8, (20, 8)), (0.03, 500, (3, 100))] {
            let found = search(&Options { coreset, classes, ..Options::default() });
            assert_eq!((found.bank.count(), found.classes.count()), expected);
            let (bank, classes) = (found.bank.values().unwrap(), found.classes.values().unwrap());
            assert!(bank.iter().zip(&classes).all(|(member, class)| member == class));
        }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        for (coreset, classes) in [(0.03, 8), (0.2, 8)] {
            let options = Options { coreset, classes, ..Options::default() };
            let saved = search(&options);
            saved.save(folder.path()).unwrap();
            let (members, device) = (saved.bank.count(), Device::flex());
            let loaded = Coreset::load(folder.path(), 2, members, &options, &device).unwrap();
            assert_eq!(loaded.bank.values().unwrap(), saved.bank.values().unwrap());
            assert_eq!(loaded.classes.values().unwrap(), saved.classes.values().unwrap());
            assert!(Coreset::load(folder.path(), 2, 21, &options, &device).is_err());
        }
    }

    /// The member nearest to 5.9 is 4, and the class of 4 is 0; but the class nearest to 5.9 is 10.
    #[test]
    fn a_vector_has_the_class_nearest_to_itself_not_to_its_member() {
        let device = Device::flex();
        let options = Options { classes: 2, ..Options::default() };
        let coreset = Coreset::of(&[0.0, 10.0, 4.0], 1, 3, &options, &device);
        assert_eq!(coreset.class_of_members(&device).unwrap(), [0, 1, 0]);
        assert_eq!(nearest(&coreset.bank, &[5.9], &device).unwrap(), [2]);
        assert_eq!(nearest(&coreset.classes, &[5.9], &device).unwrap(), [1]);
    }
}
