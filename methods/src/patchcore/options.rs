//! What PatchCore lets one choose.

use harness::options;
use serde::{Deserialize, Serialize};

options! {
    /// The default is the baseline of the released code.
    pub struct Options {
        /// Whether only the central seven eighths of a picture are seen.
        pub crop: bool = true => training(),
        /// Side of a patch in locations of the feature map; odd.
        pub patch: usize = 3 => training().at_least(1).odd(),
        /// Values of a patch; none for as many as the coarser map has channels.
        pub dimension: Option<usize> = None => training().at_least(1),
        /// Share of the patches that is kept.
        pub coreset: f64 = 0.1 => training().above(0).at_most(1),
        /// How distances start while patches are picked.
        pub greedy: Greedy = Greedy::Approximate => training(),
        /// Values that patches are projected to while they are picked; none for no projection.
        pub projection: Option<usize> = Some(128) => training().at_least(1),
        /// Whether the picture's score is re-weighted by its neighbourhood in memory: the paper, not its code.
        pub reweight: bool = false => test(),
        /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
    }
}

/// How distances start while patches are picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Greedy {
    /// With the mean distance to ten patches drawn at random.
    Approximate,
    /// With the norm of the distances to all patches.
    Exact,
}
