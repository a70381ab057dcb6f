//! Everything that is trained, and the channels it was trained on.

use super::discrimination::{Discrimination, resize};
use super::reconstruction::Reconstruction;
use super::selection::select;
use crate::backbone::Features;
use crate::device;
use crate::layer::Init;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::error::DetectorError;

/// The reconstruction of each scale, and the discrimination of their residuals.
#[derive(Module, Debug)]
pub struct Network {
    reconstructions: Vec<Reconstruction>,
    discrimination: Discrimination,
}

/// What the network makes of a batch.
#[derive(Clone, Debug)]
pub struct Output {
    /// Per scale, in the shape of the selected features.
    pub reconstructions: Vec<Tensor<4>>,
    /// `[batch, 2, side, side]`, normal first.
    pub logits: Tensor<4>,
}

impl Network {
    /// For this many selected channels per scale; widths are half of them times `width_ratio`.
    pub fn new(init: &Init<'_>, channels: [usize; 3], width_ratio: f64) -> Self {
        let reconstruction = |(scale, channels): (usize, usize)| {
            let width = ((channels as f64 / 2.0 * width_ratio).round() as usize).max(1);
            Reconstruction::new(&init.at("reconstructions").at(scale), channels, width)
        };
        Self {
            reconstructions: channels.into_iter().enumerate().map(reconstruction).collect(),
            discrimination: Discrimination::new(&init.at("discrimination"), channels.iter().sum()),
        }
    }

    /// For the selected features of pictures of `side` pixels.
    ///
    /// # Errors
    /// When the device fails.
    pub fn forward(&self, features: Features, side: usize) -> Result<Output, DetectorError> {
        let pairs = self.reconstructions.iter().zip(features.clone());
        let reconstructions: Vec<Tensor<4>> =
            pairs.map(|(network, features)| network.forward(features)).collect();
        let residual = |(features, reconstruction): (Tensor<4>, &Tensor<4>)| {
            resize((features - reconstruction.clone()).square(), (side / 4).max(1))
        };
        let residuals = features.into_iter().zip(&reconstructions).map(residual).collect();
        let logits = self.discrimination.forward(Tensor::cat(residuals, 1), side)?;
        Ok(Output { reconstructions, logits })
    }
}

/// A network and the channels of each scale it looks at.
#[derive(Module, Debug)]
pub struct Learned {
    /// The network.
    pub network: Network,
    /// Per scale the selected channels, ascending, as numbers `[selected]`.
    channels: Vec<Param<Tensor<1>>>,
}

impl Learned {
    /// A trained network on a plain device.
    pub fn new(network: Network, selection: &Selection, device: &Device) -> Self {
        let numbers = |channels: &Vec<usize>| {
            let values: Vec<f32> = channels.iter().map(|&channel| channel as f32).collect();
            Param::from_tensor(Tensor::from_data(TensorData::new(values, [channels.len()]), device))
        };
        Self { network, channels: selection.0.iter().map(numbers).collect() }
    }

    /// The selected channels.
    ///
    /// # Errors
    /// When the device fails.
    pub fn selection(&self) -> Result<Selection, DetectorError> {
        let numbers = |scale: usize| {
            let values = device::download(self.channels[scale].val())?;
            Ok(values.into_iter().map(|value| value as usize).collect())
        };
        Ok(Selection([numbers(0)?, numbers(1)?, numbers(2)?]))
    }
}

/// The selected channels of the three scales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(pub [Vec<usize>; 3]);

impl Selection {
    /// Only these channels of the features.
    pub fn apply(&self, features: Features) -> Features {
        let [fine, middle, coarse] = features;
        [select(fine, &self.0[0]), select(middle, &self.0[1]), select(coarse, &self.0[2])]
    }

    /// How many channels of a backbone with `channels` are kept: all of the two finer scales and half of the coarsest,
    /// which are 256, 512 and 512 for a Wide ResNet-50, as published.
    pub fn kept([fine, middle, coarse]: [usize; 3]) -> [usize; 3] {
        [fine, middle, (coarse / 2).max(1)]
    }
}
