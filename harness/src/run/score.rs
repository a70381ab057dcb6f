//! Asking a detector, and not trusting its answers.

use crate::contract::detector::{Anomaly, Detector};
use crate::results::{Failure, FailureKind};
use image::RgbImage;

/// Images scored at a time.
const BATCH: usize = 16;

/// Scores `pictures`, which are in the detector's geometry, in batches and checks every answer: one per
/// picture, finite, with a map of the network's frame or none. `names` are for messages.
///
/// # Errors
/// The detector's own, or the first answer that does not hold.
pub fn score(
    detector: &mut dyn Detector,
    pictures: &[RgbImage],
    names: &[&str],
) -> Result<Vec<Anomaly>, Failure> {
    let side = detector.geometry().side();
    let mut anomalies = Vec::with_capacity(pictures.len());
    for batch in pictures.chunks(BATCH) {
        let scored =
            detector.score(batch).map_err(|error| Failure::new(FailureKind::Method, error.to_string()))?;
        if scored.len() != batch.len() {
            let message = format!("{} scores for {} images", scored.len(), batch.len());
            return Err(Failure::new(FailureKind::Shape, message));
        }
        anomalies.extend(scored);
    }
    anomalies.iter().zip(names).try_for_each(|(anomaly, name)| check(anomaly, name, side))?;
    Ok(anomalies)
}

fn check(anomaly: &Anomaly, name: &str, side: u32) -> Result<(), Failure> {
    if !anomaly.score.is_finite() {
        let message = format!("the score of {name} is {}", anomaly.score);
        return Err(Failure::new(FailureKind::NotFinite, message));
    }
    let Some(map) = &anomaly.map else { return Ok(()) };
    if (map.width, map.height) != (side, side) || map.values.len() != (side * side) as usize {
        let message = format!(
            "the anomaly map of {name} is {}x{} with {} values, expected {side}x{side}",
            map.width,
            map.height,
            map.values.len()
        );
        return Err(Failure::new(FailureKind::Shape, message));
    }
    if map.values.iter().any(|value| !value.is_finite()) {
        let message = format!("the anomaly map of {name} has values that are not finite");
        return Err(Failure::new(FailureKind::NotFinite, message));
    }
    Ok(())
}
