//! The numbers a method is judged by: a file each.
//!
//! - [`auroc`], [`average_precision`], [`f1_max`] and [`fpr_at_tpr`] rank whole images;
//! - [`pixel_auroc()`] and [`aupro()`] judge anomaly maps against defect masks;
//! - [`threshold_at_fpr`], [`false_positive_rate`] and [`mixed_auroc()`] ask what a per-domain
//!   ranking cannot see: whether a threshold, or one common ranking, survives the shift.
//!
//! Each file registers a [`Metric`]: records hold it and reports show it without further ado. `ranking` and `pixels` are
//! what several walk along.
//!
//! Three rules hold throughout. A higher score means more anomalous. Equal scores are one
//! threshold, so no result depends on the order of its inputs, not even in its last bit. A metric
//! that its inputs do not define is an [`Undefined`] with a name, never 0.5, 1 or NaN, because an
//! average would swallow those without a trace.

mod aupro;
mod definition;
mod fpr_at_id_threshold;
mod image_ap;
mod image_auroc;
mod image_f1_max;
mod image_fpr_at_95_tpr;
mod mixed_auroc;
mod pixel_auroc;
mod pixels;
mod ranking;

pub use aupro::aupro;
pub use definition::{Definition, Direction, Images, Maps, Metric};
pub use fpr_at_id_threshold::{false_positive_rate, threshold_at_fpr};
pub use image_ap::average_precision;
pub use image_auroc::auroc;
pub use image_f1_max::f1_max;
pub use image_fpr_at_95_tpr::fpr_at_tpr;
pub use mixed_auroc::mixed_auroc;
pub use pixel_auroc::pixel_auroc;

use serde::{Deserialize, Serialize};

/// The version of every definition in this module.
///
/// It is raised by one whenever any number computed here may change, be it only in its last bits; not when a metric is
/// added, for the names of all metrics are part of what a test depends on.
/// It is stored with each record; records of different versions are never mixed in one table.
pub const VERSION: u32 = 1;

/// A metric's value, or the reason why there is none.
pub type MetricResult = Result<f64, Undefined>;

/// Why a metric has no value for these inputs.
///
/// The text is a short lower-case fragment for a table cell or the end of a sentence; the
/// serialised name is its kebab-case form, such as `no-anomalous`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undefined {
    /// There is nothing to score.
    #[error("no image")]
    NoImages,
    /// No image is anomalous or, for a pixel metric, no mask marks a defect.
    #[error("no anomalous image")]
    NoAnomalous,
    /// Every image is anomalous.
    #[error("no normal image")]
    NoNormal,
    /// Every pixel of every image is defective.
    #[error("no normal pixel")]
    NoNormalPixels,
    /// There are maps but no masks to compare them with.
    #[error("no masks")]
    NoMasks,
    /// The method gives no anomaly maps.
    #[error("no maps")]
    NoMaps,
    /// A score, map value or threshold is infinite or not a number.
    #[error("a score that is not finite")]
    NotFinite,
    /// Two inputs that belong together differ in length.
    #[error("lengths differ: {expected} expected, {found} found")]
    LengthMismatch {
        /// The length that the first of the two inputs, or the image size, calls for.
        expected: usize,
        /// The length of the other.
        found: usize,
    },
    /// A rate that was asked for (of true or false positives) is not a usable share.
    #[error("a rate outside 0 to 1")]
    RateOutOfRange,
}

fn same_length(expected: usize, found: usize) -> Result<(), Undefined> {
    if expected == found { Ok(()) } else { Err(Undefined::LengthMismatch { expected, found }) }
}

fn all_finite(scores: &[f64]) -> Result<(), Undefined> {
    if scores.iter().all(|score| score.is_finite()) { Ok(()) } else { Err(Undefined::NotFinite) }
}

fn is_share(rate: f64) -> Result<(), Undefined> {
    if (0.0..=1.0).contains(&rate) { Ok(()) } else { Err(Undefined::RateOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_fragments() {
        assert_eq!(Undefined::NoAnomalous.to_string(), "no anomalous image");
        let mismatch = Undefined::LengthMismatch { expected: 3, found: 2 };
        assert_eq!(mismatch.to_string(), "lengths differ: 3 expected, 2 found");
    }

    #[test]
    fn metrics_survive_a_round_trip() {
        let mismatch = Undefined::LengthMismatch { expected: 3, found: 2 };
        for metric in [Ok(0.1), Err(Undefined::NoMasks), Err(mismatch)] {
            let text = serde_json::to_string::<MetricResult>(&metric).unwrap();
            assert_eq!(serde_json::from_str::<MetricResult>(&text).unwrap(), metric);
        }
        let name = serde_json::to_string(&Undefined::NoAnomalous).unwrap();
        assert_eq!(name, "\"no-anomalous\"");
    }
}
