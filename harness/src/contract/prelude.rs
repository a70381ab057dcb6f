//! What a plugin file needs: `use harness::prelude::*;`.

pub use crate::contract::backbone::BackboneKind;
pub use crate::contract::dataset::{Count, DataContext, Dataset, DatasetPlugin, Item, Sample, Split};
pub use crate::contract::detector::{
    Anomaly, AnomalyMap, BuildContext, Cost, Detector, DetectorPlugin, FitContext, TrainingSet,
};
pub use crate::contract::error::{DataError, DetectorError, ShiftError};
pub use crate::contract::facts::Facts;
pub use crate::contract::options::{NoOptions, OptionSet, Refusal};
pub use crate::contract::picture::Geometry;
pub use crate::contract::registry::{DatasetEntry, DetectorEntry, ShiftEntry};
pub use crate::contract::schedule::{Budget, Schedule};
pub use crate::contract::seed::Stream;
pub use crate::contract::separation::Separation;
pub use crate::contract::shift::{Severity, Shift, ShiftPlugin};
pub use crate::options;
pub use image::{GrayImage, RgbImage};
pub use inventory;
pub use serde::{Deserialize, Serialize};
