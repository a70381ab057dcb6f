//! Everything that is learned from normal pictures.

use super::coreset::Coreset;
use super::neighbourhood::Neighbours;
use super::position::Positions;
use burn::tensor::Device;
use harness::contract::error::DetectorError;

/// What training leaves behind, on a plain device.
pub struct Learned {
    /// The remembered patches.
    pub coreset: Coreset,
    /// For each remembered patch the class that stands for it.
    pub class: Vec<usize>,
    /// Where they occur.
    pub positions: Positions,
    /// Which fit into a neighbourhood.
    pub neighbours: Neighbours,
}

impl Learned {
    /// With the classes of all members found.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(
        coreset: Coreset,
        positions: Positions,
        neighbours: Neighbours,
        device: &Device,
    ) -> Result<Self, DetectorError> {
        let class = coreset.class_of_members(device)?;
        Ok(Self { coreset, class, positions, neighbours })
    }
}
