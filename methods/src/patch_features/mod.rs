//! Patch features (Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022, section
//! 3.1, in the order of the released code): every location of a frozen network's second and third feature
//! map, described together with its neighbourhood.

mod extractor;
mod frame;
mod neighbourhood;
mod score_map;

pub use extractor::{Extractor, Patches};
pub use frame::{centre_crop, stretched_crop};
pub use neighbourhood::Neighbourhood;
pub use score_map::{anomaly_map, top_mean};
