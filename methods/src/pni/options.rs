//! What PNI lets one choose.

use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// The default is the released code, as far as it can be had without the refinement network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Pictures per step, of which every patch is learned from; at least 1.
    pub batch: usize,
    /// Adam's step size at first.
    pub learning_rate: f64,
    /// Epochs after which it falls to a tenth, again and again; at least 1.
    pub lower_every: usize,
    /// Values of a hidden layer; at least 1.
    pub width: usize,
    /// Hidden layers; at least 1.
    pub layers: usize,
    /// Share of hidden values that are dropped while training, 0 to 1 (excluded).
    pub dropout: f64,
    /// Which cell of a neighbourhood the network does not see.
    pub hidden_cell: HiddenCell,
    /// Picks of the coreset's search that are classes of the network, if there are so many; at least 1.
    pub classes: usize,

    /// Share of patches that are remembered, above 0 and at most 1.
    pub coreset: f64,
    /// Values that the coreset's search works on; none for all.
    pub projection: Option<usize>,
    /// How far a patch counts for other positions, in locations.
    pub reach: usize,

    /// Whether only the central seven eighths of a picture are seen.
    pub crop: bool,
    /// Side of a patch in locations of the feature map; odd.
    pub patch: usize,
    /// Values of a patch; none for as many as the coarser map has channels.
    pub dimension: Option<usize>,
    /// Which remembered patches a neighbourhood makes likely.
    pub mask: Mask,
    /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
    pub sigma: f64,
}

/// Which cell of a neighbourhood of 9 x 9, counted row by row from 0, is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenCell {
    /// The one right of the centre: the released code.
    Released,
    /// The centre: the paper.
    Centre,
}

/// What the network's answer for the n-th class says is likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Every member that this class is nearest to: the paper.
    ByMember,
    /// The n-th nearest member, whichever that is; members beyond the classes never. As far as is known, the released
    /// code.
    ByRank,
}

impl HiddenCell {
    /// Its number.
    pub fn index(self) -> usize {
        match self {
            Self::Released => 41,
            Self::Centre => 40,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 15,
            batch: 1,
            learning_rate: 1e-3,
            lower_every: 5,
            width: 2048,
            layers: 9,
            dropout: 0.5,
            hidden_cell: HiddenCell::Released,
            classes: 2048,
            coreset: 0.01,
            projection: Some(128),
            reach: 4,
            crop: true,
            patch: 5,
            dimension: None,
            mask: Mask::ByMember,
            sigma: 8.0,
        }
    }
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        rules::check(&[
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("lower_every", self.lower_every > 0, "must be at least 1"),
            ("width", self.width > 0, "must be at least 1"),
            ("layers", self.layers > 0, "must be at least 1"),
            ("dropout", (0.0..1.0).contains(&self.dropout), "must be at least 0 and below 1"),
            ("classes", self.classes > 0, "must be at least 1"),
            ("coreset", self.coreset > 0.0 && self.coreset <= 1.0, "must be above 0 and at most 1"),
            ("projection", self.projection != Some(0), "must be at least 1, or None"),
            ("patch", self.patch % 2 == 1, "must be odd"),
            ("dimension", self.dimension.is_none_or(|values| values > 1), "must be at least 2, or None"),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ])
    }
}
