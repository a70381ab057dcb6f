//! What PatchCore lets one choose.

use crate::rules;
use harness::contract::error::DetectorError;
use serde::{Deserialize, Serialize};

/// The default is the baseline of the released code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether only the central seven eighths of a picture are seen.
    pub crop: bool,
    /// Side of a patch in locations of the feature map; odd.
    pub patch: usize,
    /// Values of a patch; none for as many as the coarser map has channels.
    pub dimension: Option<usize>,
    /// Share of the patches that is kept, above 0, up to 1.
    pub coreset: f64,
    /// How distances start while patches are picked.
    pub greedy: Greedy,
    /// Values that patches are projected to while they are picked; none for no projection.
    pub projection: Option<usize>,
    /// Whether the picture's score is re-weighted by its neighbourhood in memory: the paper, not its code.
    pub reweight: bool,
    /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
    pub sigma: f64,
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

impl Default for Options {
    fn default() -> Self {
        Self {
            crop: true,
            patch: 3,
            dimension: None,
            coreset: 0.1,
            greedy: Greedy::Approximate,
            projection: Some(128),
            reweight: false,
            sigma: 4.0,
        }
    }
}

impl Options {
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        rules::check(&[
            ("patch", self.patch % 2 == 1, "must be odd"),
            ("dimension", self.dimension != Some(0), "must be at least 1"),
            ("coreset", self.coreset > 0.0 && self.coreset <= 1.0, "must be above 0 and at most 1"),
            ("projection", self.projection != Some(0), "must be at least 1, or None"),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ])
    }
}
