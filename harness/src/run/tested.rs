//! What a cell gathers image by image, before metrics are made of it.

use crate::contract::dataset::Item;
use crate::contract::detector::Anomaly;
use crate::metrics::Undefined;
use crate::results::MapSheet;
use crate::results::ScoredImage;
use crate::run::evaluate::Maps;

/// Scores, maps and masks of one cell, image by image.
#[derive(Default)]
pub(super) struct Tested {
    pub scores: Vec<ScoredImage>,
    maps: Vec<Option<Vec<f32>>>,
    masks: Vec<Mask>,
}

/// What is known of where an image is defective.
pub(super) enum Mask {
    /// No mask: nothing is defective if the image is normal, else nobody knows.
    Missing,
    /// The image is anomalous, but its mask marks nothing.
    Empty,
    /// Row by row.
    Marked(Vec<bool>),
}

impl Mask {
    /// What the mask of an image says, unless it is [`unmarked`](crate::results::Shown::unmarked).
    pub fn of(mask: Option<Vec<bool>>, unmarked: bool) -> Self {
        if unmarked { Self::Empty } else { mask.map_or(Self::Missing, Self::Marked) }
    }
}

impl Tested {
    pub fn extend(&mut self, items: &[&Item], anomalies: Vec<Anomaly>, masks: Vec<Mask>) {
        for (item, anomaly) in items.iter().zip(anomalies) {
            self.scores.push(ScoredImage {
                image: item.id.clone(),
                anomalous: u8::from(item.anomalous),
                score: anomaly.score,
            });
            self.maps.push(anomaly.map.map(|map| map.values));
        }
        self.masks.extend(masks);
    }

    /// How many images are anomalous, but have an empty mask.
    pub fn unmarked(&self) -> usize {
        self.masks.iter().filter(|mask| matches!(mask, Mask::Empty)).count()
    }

    /// The maps on a sheet; `None` if there is an image without one.
    pub fn sheet(&self, side: u32) -> Option<(MapSheet, Vec<u8>)> {
        let maps: Option<Vec<&[f32]>> = self.maps.iter().map(Option::as_deref).collect();
        MapSheet::draw(&maps?, side)
    }

    /// Maps and masks for the pixel metrics: every anomalous image needs a mask, every image a map. An anomalous image
    /// whose mask is empty is left out: to count its pixels as normal would punish whoever finds the defect.
    pub fn maps(&mut self, side: u32) -> Result<Maps, Undefined> {
        let pixels = (side * side) as usize;
        let (mut maps, mut masks) = (Vec::new(), Vec::new());
        for ((line, mask), map) in self.scores.iter().zip(self.masks.drain(..)).zip(self.maps.drain(..)) {
            let mask = match mask {
                Mask::Marked(mask) => mask,
                Mask::Missing if line.anomalous == 0 => vec![false; pixels],
                Mask::Missing => return Err(Undefined::NoMasks),
                Mask::Empty => continue,
            };
            maps.push(map.ok_or(Undefined::NoMaps)?);
            masks.push(mask);
        }
        Ok(Maps { side, maps, masks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four pixels of an image whose map tells its first pixel apart.
    fn tested(masks: Vec<(bool, Mask)>) -> Tested {
        let scores = masks.iter().map(|(anomalous, _)| {
            let anomalous = u8::from(*anomalous);
            ScoredImage { image: String::new(), anomalous, score: 1.0 }
        });
        let maps = masks.iter().map(|_| Some(vec![1.0, 0.0, 0.0, 0.0])).collect();
        Tested { scores: scores.collect(), maps, masks: masks.into_iter().map(|(_, mask)| mask).collect() }
    }

    #[test]
    fn an_anomalous_image_with_an_empty_mask_takes_no_part_in_pixel_metrics() {
        let marked = || Mask::of(Some(vec![true, false, false, false]), false);
        let empty = Mask::of(Some(vec![false; 4]), true);
        let mut some = tested(vec![(true, marked()), (true, empty), (false, Mask::Missing)]);
        assert_eq!(some.unmarked(), 1);
        let maps = some.maps(2).unwrap();
        assert_eq!((maps.maps.len(), maps.masks.len()), (2, 2));
        assert_eq!(maps.masks[1], [false; 4]);
        // A defect that is not in the frame any more is another matter: its pixels are known to be normal.
        let mut gone = tested(vec![(true, Mask::of(Some(vec![false; 4]), false))]);
        assert_eq!((gone.unmarked(), gone.maps(2).unwrap().maps.len()), (0, 1));
    }

    #[test]
    fn an_anomalous_image_without_a_mask_leaves_pixel_metrics_undefined() {
        let mut tested = tested(vec![(true, Mask::of(None, false))]);
        assert!(matches!(tested.maps(2), Err(Undefined::NoMasks)));
    }
}
