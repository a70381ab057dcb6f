//! From features to anomaly maps (Deng & Li, CVPR 2022, section 3.4, as released).
//!
//! Per scale `1 - cos` of teacher and student over the channels of each location; bilinear to the input's
//! size; sum (or product) over scales; Gaussian smoothing; the maximum is the picture's score.

use super::options::{Fusion, ImageScore, Options};
use crate::backbone::Features;
use crate::device;
use crate::layer::host::{gaussian, resize_aligned};
use crate::loss::cosine_distance;
use harness::contract::detector::{Anomaly, AnomalyMap};
use harness::contract::error::DetectorError;
use rayon::prelude::*;

/// The distance map of one scale for every picture of a batch.
struct Distances {
    height: usize,
    width: usize,
    /// `[batch, height, width]`, 0 to 2.
    values: Vec<f32>,
}

/// An anomaly per picture of the batch, with maps of `side` by `side` pixels.
///
/// # Errors
/// When the device fails or a score is not a number.
pub fn anomalies(
    teacher: Features,
    student: Features,
    side: usize,
    options: &Options,
) -> Result<Vec<Anomaly>, DetectorError> {
    let batch = teacher[0].dims()[0];
    let scales = teacher.into_iter().zip(student).map(|(teacher, student)| {
        let [_, _, height, width] = teacher.dims();
        let values = device::download(cosine_distance(teacher, student, 1))?;
        Ok(Distances { height, width, values })
    });
    let scales: Vec<Distances> = scales.collect::<Result<_, DetectorError>>()?;
    (0..batch).into_par_iter().map(|picture| anomaly(&scales, picture, side, options)).collect()
}

fn anomaly(
    scales: &[Distances],
    picture: usize,
    side: usize,
    options: &Options,
) -> Result<Anomaly, DetectorError> {
    let fused = fuse(scales, picture, side, options.scoring.fusion);
    let smooth = gaussian(&fused, side, options.scoring.sigma);
    let score = match options.scoring.image_score {
        ImageScore::Max => smooth.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ImageScore::Mean => smooth.iter().sum::<f64>() / smooth.len() as f64,
    };
    if smooth.iter().any(|value| !value.is_finite()) {
        return Err(DetectorError::Scoring(
            "a map is not finite; train again with a lower learning_rate".into(),
        ));
    }
    let values = smooth.into_iter().map(|value| value as f32).collect();
    let map = AnomalyMap { width: side as u32, height: side as u32, values };
    Ok(Anomaly { score: score as f32, map: Some(map) })
}

fn fuse(scales: &[Distances], picture: usize, side: usize, fusion: Fusion) -> Vec<f64> {
    let resized = |scale: &Distances| {
        let size = scale.height * scale.width;
        resize_aligned(&scale.values[picture * size..][..size], (scale.height, scale.width), side)
    };
    let combine = |mut fused: Vec<f64>, map: Vec<f64>| {
        for (fused, value) in fused.iter_mut().zip(map) {
            *fused = match fusion {
                Fusion::Sum => *fused + value,
                Fusion::Product => *fused * value,
            };
        }
        fused
    };
    scales.iter().map(resized).reduce(combine).unwrap_or_default()
}
