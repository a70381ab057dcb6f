//! The plasma fractal: random midpoint displacement on a square grid.

use harness::prelude::*;
use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

/// Displacement at the coarsest scale.
const DISPLACEMENT: f32 = 100.0;

/// A fractal of `side` x `side` values from 0 to 1, both reached; `side` is a power of two, at least 2.
///
/// By diamond-square on a torus: centres of squares are the mean of their corners, then centres of edges the
/// mean of their four neighbours, each displaced by up to the square of the displacement, which is divided by
/// `decay` from one scale to the next. The random numbers do not depend on `decay`.
pub(super) fn plasma(side: usize, decay: f32, stream: &mut Stream) -> Vec<f32> {
    let mut fast = Xoshiro256PlusPlus::from_rng(stream);
    let mut values = vec![0.0; side * side];
    let mut displacement = DISPLACEMENT;
    let mut step = side;
    while step >= 2 {
        refine(&mut values, side, step, displacement * displacement, &mut fast);
        displacement /= decay;
        step /= 2;
    }
    let (least, most) = values.iter().fold((f32::MAX, f32::MIN), |(least, most), &value| {
        (if value < least { value } else { least }, if value > most { value } else { most })
    });
    let scale = 1.0 / (most - least);
    values.iter_mut().for_each(|value| *value = (*value - least) * scale);
    values
}

/// From a grid of every `step`-th value to one of every second of these.
fn refine(values: &mut [f32], side: usize, step: usize, reach: f32, random: &mut Xoshiro256PlusPlus) {
    let half = step / 2;
    let scale = reach / 2f32.powi(31);
    let mut displaced = |sum: f32| sum * 0.25 + (random.next_u32() as i32) as f32 * scale;
    // Sides are powers of two: a mask brings a position back onto the torus.
    let around = side - 1;
    for y in (0..side).step_by(step) {
        let (row, below, centres) = (y * side, ((y + step) & around) * side, (y + half) * side);
        for x in (0..side).step_by(step) {
            let right = (x + step) & around;
            let corners = values[row + x] + values[row + right] + values[below + x] + values[below + right];
            values[centres + x + half] = displaced(corners);
        }
    }
    for y in (0..side).step_by(step) {
        let (row, below) = (y * side, ((y + step) & around) * side);
        let (centres, above) = ((y + half) * side, ((y + side - half) & around) * side);
        for x in (0..side).step_by(step) {
            let (middle, right, left) = (x + half, (x + step) & around, (x + side - half) & around);
            let across = values[row + x] + values[row + right];
            values[row + middle] = displaced(across + values[centres + middle] + values[above + middle]);
            let down = values[row + x] + values[below + x];
            values[centres + x] = displaced(down + values[centres + middle] + values[centres + left]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    fn stream() -> Stream {
        Root::new(0, "toy", "a").stream("shift", "")
    }

    #[test]
    fn zero_and_one_are_reached_for_every_side() {
        for side in [2, 4, 32, 128] {
            let values = plasma(side, 2.0, &mut stream());
            assert_eq!(values.len(), side * side);
            assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
            assert!(values.contains(&0.0) && values.iter().any(|&value| value > 1.0 - 1e-6));
        }
    }

    #[test]
    fn midpoints_are_means_where_nothing_is_displaced() {
        let mut values = vec![0.0; 16];
        (values[0], values[2], values[8], values[10]) = (0.0, 4.0, 8.0, 12.0);
        refine(&mut values, 4, 2, 0.0, &mut Xoshiro256PlusPlus::seed_from_u64(0));
        // Every square has each of the corners 0, 4, 8 and 12 once.
        assert_eq!([values[5], values[7], values[13], values[15]], [6.0; 4]);
        // Edges: (0 + 4 + 6 + 6) / 4 and (0 + 8 + 6 + 6) / 4.
        assert_eq!((values[1], values[4]), (4.0, 5.0));
    }

    #[test]
    fn slow_decay_is_rougher() {
        let roughness = |decay| {
            let values = plasma(128, decay, &mut stream());
            values.windows(2).map(|pair| (pair[0] - pair[1]).abs()).sum::<f32>()
        };
        assert!(roughness(1.4) > 2.0 * roughness(2.0));
    }
}
