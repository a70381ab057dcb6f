//! Camera shake: the picture moves while the shutter is open.

use super::SOURCE;
use crate::shift::filter::trajectory::Trajectory;
use harness::prelude::*;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// Length of the path as a share of the picture's diagonal, by severity.
const LENGTH: [f64; 5] = [0.01, 0.018, 0.028, 0.042, 0.06];

/// Straight pieces of a path.
const PIECES: usize = 24;

/// Standard deviation of the turn between two pieces, in radians.
const TURN: f64 = 0.3;

/// A blur along a short random path, passed at constant speed. The mean displacement is zero, so that
/// the mask stays where it is.
#[derive(Clone, Copy, Debug)]
pub struct CameraShake;

impl Shift for CameraShake {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let diagonal = f64::from(sample.image.width()).hypot(f64::from(sample.image.height()));
        let path = path(severity.pick(LENGTH) * diagonal, stream);
        Trajectory::along(&path).blur(&mut sample.image);
        Ok(sample)
    }
}

impl ShiftPlugin for CameraShake {
    const NAME: &'static str = "camera_shake";
    const SUMMARY: &'static str = "blurs along a random path of 1 to 6 % of the diagonal";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<CameraShake>());

/// Displacements at equal times along a path of `length` pixels, at most half a pixel apart, with mean zero.
/// The shape depends on the stream alone.
fn path(length: f64, stream: &mut Stream) -> Vec<[f64; 2]> {
    let mut heading = stream.random_range(0.0..TAU);
    let mut place = [0.0; 2];
    let stops = (2.0 * length / PIECES as f64).ceil().max(1.0);
    let stride = length / (PIECES as f64 * stops);
    let mut path = vec![place];
    for _ in 0..PIECES {
        let (down, right) = f64::sin_cos(heading);
        for _ in 0..stops as usize {
            place = [place[0] + stride * right, place[1] + stride * down];
            path.push(place);
        }
        let turn: f64 = StandardNormal.sample(stream);
        heading += TURN * turn;
    }
    let mean = [0, 1].map(|axis| path.iter().map(|place| place[axis]).sum::<f64>() / path.len() as f64);
    path.iter().map(|place| [place[0] - mean[0], place[1] - mean[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    fn drawn(length: f64) -> Vec<[f64; 2]> {
        path(length, &mut Root::new(0, "toy", "a").stream("shift", ""))
    }

    #[test]
    fn a_path_has_the_stated_length_and_mean_zero() {
        for length in [0.5, 3.0, 12.0, 75.0] {
            let path = drawn(length);
            let steps = path.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]));
            assert!(steps.clone().all(|step| step <= 0.5 + 1e-9));
            assert!((steps.sum::<f64>() - length).abs() < 1e-9);
            assert!((0..2).all(|axis| path.iter().map(|place| place[axis]).sum::<f64>().abs() < 1e-9));
        }
    }

    #[test]
    fn severities_share_one_shape() {
        let (short, long) = (drawn(4.0), drawn(8.0));
        assert_eq!(short.len(), long.len());
        let equal = |a: f64, b: f64| (2.0 * a - b).abs() < 1e-9;
        assert!(short.iter().zip(&long).all(|(a, b)| equal(a[0], b[0]) && equal(a[1], b[1])));
    }
}
