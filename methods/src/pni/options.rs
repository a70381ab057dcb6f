//! What PNI lets one choose.

use harness::contract::schedule::{Budget, Schedule};
use harness::options;
use serde::{Deserialize, Serialize};

options! {
    /// The default is the released code, as far as it can be had without the refinement network.
    pub struct Options {
        /// Passes over the training pictures.
        pub epochs: usize = 15 => length().at_least(1).small("1"),
        /// Pictures per step, of which every patch is learned from.
        pub batch: usize = 1 => length().at_least(1),
        /// Adam's step size at first.
        pub learning_rate: f64 = 1e-3 => training().above(0),
        /// Epochs after which it falls to a tenth, again and again.
        pub lower_every: usize = 5 => training().at_least(1),
        /// Values of a hidden layer.
        pub width: usize = 2048 => training().at_least(1).small("16"),
        /// Hidden layers.
        pub layers: usize = 9 => training().at_least(1).small("3"),
        /// Share of hidden values that are dropped while training.
        pub dropout: f64 = 0.5 => training().at_least(0).below(1),
        /// Which cell of a neighbourhood the network does not see.
        pub hidden_cell: HiddenCell = HiddenCell::Released => training(),
        /// Picks of the coreset's search that are classes of the network, if there are so many.
        pub classes: usize = 2048 => training().at_least(1),

        /// Share of patches that are remembered.
        pub coreset: f64 = 0.01 => training().above(0).at_most(1).small("0.5"),
        /// Values that the coreset's search works on; none for all.
        pub projection: Option<usize> = Some(128) => training().at_least(1),
        /// How far a patch counts for other positions, in locations.
        pub reach: usize = 4 => training(),

        /// Whether only the central seven eighths of a picture are seen.
        pub crop: bool = true => training(),
        /// Side of a patch in locations of the feature map; odd.
        pub patch: usize = 5 => training().at_least(1).odd(),
        /// Values of a patch; none for as many as the coarser map has channels.
        pub dimension: Option<usize> = None => training().at_least(2),
        /// Which remembered patches a neighbourhood makes likely.
        pub mask: Mask = Mask::ByMember => test(),
        /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
        pub sigma: f64 = 8.0 => test().at_least(0).at_most(1000),
    }
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

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }
}
