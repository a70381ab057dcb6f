//! Pictures to patch features on one frozen network.

use super::Neighbourhood;
use crate::backbone::{self, Backbone};
use crate::device;
use crate::view::Planes;
use burn::tensor::{Device, Tensor};
use harness::contract::detector::BuildContext;
use harness::contract::error::DetectorError;
use image::RgbImage;
use rayon::prelude::*;

/// A frozen network and how its features are described.
pub struct Extractor {
    backbone: Box<dyn Backbone>,
    neighbourhood: Neighbourhood,
    device: Device,
}

/// The described locations of a batch.
#[derive(Clone, Debug)]
pub struct Patches {
    /// `[batch, height * width, dimension]`.
    pub vectors: Tensor<3>,
    /// Rows of locations.
    pub height: usize,
    /// Locations in a row.
    pub width: usize,
}

impl Extractor {
    /// Over the suite's backbone. `neighbourhood` is asked for with the channels of the coarser map.
    ///
    /// # Errors
    /// When backbone or device cannot be had.
    pub fn new(
        context: &BuildContext,
        neighbourhood: impl FnOnce(usize) -> Neighbourhood,
    ) -> Result<Self, DetectorError> {
        let device = device::open(context.device)?;
        let backbone: Box<dyn Backbone> = backbone::load(&context.backbone, &context.data_root, &device)?;
        let [.., coarse] = backbone.channels();
        Ok(Self { neighbourhood: neighbourhood(coarse), backbone, device })
    }

    /// Values of a vector.
    pub fn dimension(&self) -> usize {
        self.neighbourhood.dimension
    }

    /// Where it computes.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The patches of at least one picture; all of one size.
    pub fn patches(&self, pictures: &[RgbImage]) -> Patches {
        let planes: Vec<Planes> = pictures.par_iter().map(Planes::normalise).collect();
        let [_, middle, coarse] = self.backbone.features(device::upload(&planes, &self.device));
        let [_, _, height, width] = middle.dims();
        Patches { vectors: self.neighbourhood.vectors(vec![middle, coarse]), height, width }
    }

    /// The values of all patches of all pictures, picture after picture, in host memory; `batch` pictures go
    /// through the network at once.
    ///
    /// # Errors
    /// When the device fails.
    pub fn values(&self, pictures: &[RgbImage], batch: usize) -> Result<Vec<f32>, DetectorError> {
        let batches = pictures.chunks(batch).map(|batch| device::download(self.patches(batch).vectors));
        Ok(batches.collect::<Result<Vec<_>, _>>()?.concat())
    }
}
