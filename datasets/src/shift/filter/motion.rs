//! Motion blur: the trace of a point that moves along a line and fades.

use super::wide::wide;
use std::f64::consts::PI;

/// Values computed together, so that their sums stay in registers.
const LANES: usize = 32;

/// A line of weighted whole-pixel shifts.
pub(in crate::shift) struct Motion {
    /// Rows down, columns to the right, and weight, from the point itself outwards.
    trace: Vec<(isize, isize, f64)>,
}

impl Motion {
    /// `2 * radius + 1` shifts by 0, 1, 2, ... pixels at `angle` degrees, weighted by one side of a Gaussian
    /// of `deviation` pixels. Positive angles move the trace to the left and up.
    pub fn new(radius: usize, deviation: f64, angle: f64) -> Self {
        let width = 2 * radius + 1;
        let bell = |distance: usize| {
            (-((distance * distance) as f64) / (2.0 * (deviation * deviation))).exp()
                / ((2.0 * PI).sqrt() * deviation)
        };
        let weights: Vec<f64> = (0..width).map(bell).collect();
        let total = sum(&weights);
        let (down, across) = angle.to_radians().sin_cos();
        let shift = |distance: usize, part: f64| -(distance as f64 * part - 0.5).ceil() as isize;
        let tap = |(distance, weight)| (shift(distance, down), shift(distance, across), weight / total);
        Self { trace: weights.into_iter().enumerate().map(tap).collect() }
    }

    /// `finish` of every value of the blurred picture. `values` lie row by row, `channels` of them
    /// interleaved. The edge pixel repeats beyond the border; a trace that leaves the picture altogether
    /// ends there.
    pub fn blur<T>(
        &self,
        values: &[f32],
        (width, height): (usize, usize),
        channels: usize,
        finish: impl Fn(f64) -> T,
    ) -> Vec<T> {
        let inside = |&&(down, across, _): &&(isize, isize, f64)| {
            down.unsigned_abs() < height && across.unsigned_abs() < width
        };
        let trace: Vec<_> = self.trace.iter().take_while(inside).copied().collect();
        let border = trace.iter().map(|&(_, across, _)| across.unsigned_abs()).max().unwrap_or(0);
        let length = width * channels;
        let stride = length + 2 * border * channels + LANES;
        let padded = pad(values, length, channels, border, stride);
        let mut blurred = Vec::with_capacity(values.len());
        let mut taps: Vec<(&[f32], f64)> = Vec::with_capacity(trace.len());
        wide(
            #[inline(always)]
            || {
                for y in 0..height {
                    taps.clear();
                    for &(down, across, weight) in &trace {
                        let source = y.saturating_add_signed(-down).min(height - 1);
                        let left = border.saturating_add_signed(-across) * channels;
                        taps.push((&padded[source * stride + left..][..length + LANES], weight));
                    }
                    for start in (0..length).step_by(LANES) {
                        let sums = weighted_sum(&taps, start);
                        blurred.extend(sums[..LANES.min(length - start)].iter().map(|&sum| finish(sum)));
                    }
                }
            },
        );
        blurred
    }
}

/// The sum in the order of NumPy, eight by eight. It decides whether flat areas keep their level when they
/// are truncated, because the weights sum to a little more or less than one.
fn sum(values: &[f64]) -> f64 {
    let eights = values.chunks_exact(8);
    let rest = eights.remainder();
    let [a, b, c, d, e, f, g, h] =
        eights.fold([0.0; 8], |sums: [f64; 8], values| std::array::from_fn(|i| sums[i] + values[i]));
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
}

/// Rows with `border` repeated edge pixels on both sides, `stride` values apart.
fn pad(values: &[f32], length: usize, channels: usize, border: usize, stride: usize) -> Vec<f32> {
    let mut padded = Vec::with_capacity(values.len() / length * stride);
    for row in values.chunks_exact(length) {
        let end = padded.len() + stride;
        (0..border).for_each(|_| padded.extend_from_slice(&row[..channels]));
        padded.extend_from_slice(row);
        (0..border).for_each(|_| padded.extend_from_slice(&row[row.len() - channels..]));
        padded.resize(end, 0.0);
    }
    padded
}

#[inline(always)]
fn weighted_sum(taps: &[(&[f32], f64)], start: usize) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for &(values, weight) in taps {
        for (sum, value) in sums.iter_mut().zip(&values[start..start + LANES]) {
            *sum += weight * f64::from(*value);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point in the middle of 7 x 5 pixels, blurred.
    fn trace_of_a_point(motion: &Motion) -> Vec<(usize, usize)> {
        let mut values = vec![0.0; 35];
        values[2 * 7 + 3] = 1.0;
        let values = motion.blur(&values, (7, 5), 1, |value| value);
        (0..35).filter(|&index| values[index] > 0.0).map(|index| (index % 7, index / 7)).collect()
    }

    #[test]
    fn the_trace_follows_the_angle() {
        assert_eq!(trace_of_a_point(&Motion::new(1, 3.0, 0.0)), [(1, 2), (2, 2), (3, 2)]);
        assert_eq!(trace_of_a_point(&Motion::new(1, 3.0, -90.0)), [(3, 2), (3, 3), (3, 4)]);
        assert_eq!(trace_of_a_point(&Motion::new(1, 3.0, 45.0)), [(2, 1), (3, 2)]);
    }

    #[test]
    fn weights_fade_and_a_flat_picture_stays() {
        let motion = Motion::new(10, 3.0, 20.0);
        assert!(motion.trace.is_sorted_by(|a, b| a.2 > b.2));
        let values = motion.blur(&vec![0.5; 40 * 33 * 3], (40, 33), 3, |value| value);
        assert_eq!(values.len(), 40 * 33 * 3);
        assert!(values.iter().all(|value| (value - 0.5).abs() < 1e-12));
    }
}
