//! What a plugin file needs: `use harness::prelude::*;`.

pub use crate::dataset::{Count, DataContext, Dataset, DatasetPlugin, Item, Sample, Split};
pub use crate::detector::{
    Anomaly, AnomalyMap, BackboneKind, BuildContext, Cost, Detector, DetectorPlugin, FitContext, TrainingSet,
};
pub use crate::error::{DataError, DetectorError, ShiftError};
pub use crate::picture::Geometry;
pub use crate::registry::{DatasetEntry, DetectorEntry, ShiftEntry};
pub use crate::schedule::{Budget, Schedule};
pub use crate::seed::Stream;
pub use crate::shift::{Severity, Shift, ShiftPlugin};
pub use image::{GrayImage, RgbImage};
pub use inventory;
pub use serde::{Deserialize, Serialize};
