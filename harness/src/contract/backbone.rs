//! Backbones: the frozen networks that many methods take their features from.

use crate::contract::resource::Resource;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a backbone gives to methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackboneKind {
    /// Feature maps of a convolutional network.
    #[default]
    Stages,
    /// Tokens of a vision transformer.
    Tokens,
    /// Every layer of a plain chain of them.
    Chain,
}

impl std::fmt::Display for BackboneKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stages => "feature maps at strides 4, 8 and 16",
            Self::Tokens => "the tokens of a vision transformer",
            Self::Chain => "the layers of a plain chain",
        })
    }
}

/// The teacher a suite asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneChoice {
    /// Name in the registry.
    pub name: String,
    /// Which weights it carries.
    #[serde(default)]
    pub weights: Weights,
}

/// Where a backbone's weights come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// The published ones, fetched or looked up under the data root.
    #[default]
    Pretrained,
    /// Drawn from the stream of this number. Tables say so.
    Random(u64),
    /// A `.pth` or `.safetensors` file in torchvision's layout.
    File(PathBuf),
}

/// A backbone and the hash of its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// Name and kind of weights.
    pub choice: BackboneChoice,
    /// Hash of the weight file; for random weights, their seed.
    pub weights_hash: String,
}

/// A registered backbone: what suites may name and `fetch` may bring. How it computes is the business
/// of the crate that offers it.
pub struct BackboneEntry {
    /// Name in suites.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Paper.
    pub source: &'static str,
    /// What it gives.
    pub kind: BackboneKind,
    /// File name of the published weights, looked up in `<data-root>/weights`.
    pub weights_file: &'static str,
    /// Where `fetch` finds that file, if it can be had automatically.
    pub resource: Option<&'static Resource>,
}
