//! What the options of reverse distillation choose between.

use serde::{Deserialize, Serialize};

/// The clean picture and its AugMix view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Views {
    /// The clean picture.
    Clean,
    /// The clean picture, then its AugMix view as an altered one: GNL and FiCo.
    CleanAndAugmix,
    /// The AugMix view in the place of the clean picture, which is never seen.
    Augmix,
}

/// The grey view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GreyView {
    /// No grey view.
    None,
    /// Grey weights applied to the normalised picture: the released GNL code.
    AfterNormalisation,
    /// The normalised grey picture: the usual order.
    BeforeNormalisation,
}

/// What the cosine of the distillation loss is taken over. The *score* is always per location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distillation {
    /// A picture's whole feature map as one vector: all released codes.
    Flattened,
    /// The channels of one location, averaged over locations: the text of the RD4AD paper.
    PerLocation,
}

/// Which features L_nor compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NormalityOn {
    /// Decoder output plus compensation: the released FiCo code.
    CompensatedOutput,
    /// The compensation alone: the formula of the FiCo paper.
    Branch,
}

/// How the maps of the three scales become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fusion {
    /// Their sum, 0 to 6.
    Sum,
    /// Their product, 0 to 8.
    Product,
}

/// How a map becomes one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageScore {
    /// The highest value: all published tables.
    Max,
    /// The mean over all pixels.
    Mean,
}

/// How features of a batch are mixed while training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mixing {
    /// Not at all.
    None,
    /// By the mean and standard deviation of each channel (Zhou et al., ICLR 2021).
    Mixstyle,
    /// By the sorted values of each channel (Zhang et al., CVPR 2022).
    Efdm,
}

/// Behind which stages of the teacher features are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MixedLayers {
    /// The first.
    L1,
    /// The first two.
    L12,
    /// All three.
    L123,
}

impl MixedLayers {
    /// Whether features are mixed behind the stage of this index, from 0.
    pub fn has(self, stage: usize) -> bool {
        stage <= self as usize
    }
}

/// Which features the student is to restore where those it sees are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MixTarget {
    /// The mixed ones that it sees.
    Mixed,
    /// Those of the picture as it is: the student has to undo the style.
    Clean,
}

/// What the transport term of RD++ compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// A batch with a permutation of itself, as released: the same points, so value and gradient are 0, and
    /// nothing is computed.
    Official,
    /// The locations of a picture with those of another one of the batch: the text of the paper.
    Paired,
}
