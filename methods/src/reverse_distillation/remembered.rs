//! Features of views that never change, computed once for all epochs.
//!
//! A frozen teacher sees the clean and the grey view of every picture in each epoch. On the CPU its features of a picture
//! do not depend on the others of a batch, so what is remembered is the same to the last bit. Elsewhere that need not
//! hold, and a pass costs less than fetching its result.

use crate::backbone::Features;
use crate::device;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::error::DetectorError;
use std::collections::HashMap;

/// Most bytes that are kept; nothing is where all features together need more.
const ROOM: usize = 512 << 20;

/// Features by view and picture.
#[derive(Debug)]
pub struct Remembered {
    /// How many features there will be in the end: pictures times views.
    all: usize,
    known: HashMap<(usize, usize), [Vec<f32>; 3]>,
    /// Channels, height and width of each feature map.
    shapes: [[usize; 3]; 3],
}

impl Remembered {
    /// Nothing yet, of so many `pictures` in so many `views`.
    pub fn new(pictures: usize, views: usize) -> Self {
        Self { all: pictures * views, known: HashMap::new(), shapes: Default::default() }
    }

    /// The features of these pictures in view number `view`: as they are known, or else what `compute` makes of all of
    /// them.
    ///
    /// # Errors
    /// When the device fails.
    pub fn features(
        &mut self,
        view: usize,
        pictures: &[usize],
        compute: impl FnOnce() -> Features,
    ) -> Result<Features, DetectorError> {
        let known = pictures.iter().map(|&picture| self.known.get(&(view, picture)));
        if let Some(known) = known.collect::<Option<Vec<_>>>() {
            return Ok(std::array::from_fn(|map| {
                let values: Vec<f32> = known.iter().flat_map(|maps| maps[map].iter().copied()).collect();
                let [channels, height, width] = self.shapes[map];
                let shape = [pictures.len(), channels, height, width];
                Tensor::from_data(TensorData::new(values, shape), &Device::flex())
            }));
        }
        let features = compute();
        self.keep(view, pictures, &features)?;
        Ok(features)
    }

    fn keep(&mut self, view: usize, pictures: &[usize], features: &Features) -> Result<(), DetectorError> {
        self.shapes = features.each_ref().map(|map| {
            let [_, channels, height, width] = map.dims();
            [channels, height, width]
        });
        let sizes = self.shapes.map(|shape| shape.iter().product::<usize>());
        if self.all * sizes.iter().sum::<usize>() * size_of::<f32>() > ROOM {
            return Ok(());
        }
        let [fine, middle, coarse] = features.clone().map(device::download);
        let maps = [fine?, middle?, coarse?];
        for (position, &picture) in pictures.iter().enumerate() {
            let of = |map: usize| maps[map][position * sizes[map]..][..sizes[map]].to_vec();
            self.known.insert((view, picture), [of(0), of(1), of(2)]);
        }
        Ok(())
    }
}
