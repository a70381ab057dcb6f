//! The blur kernel: a disk with a softened edge.

/// A square of weights around its centre.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    /// Distance from the centre to the border: the side is `2 * reach + 1`.
    pub reach: usize,
    /// Row by row.
    pub weights: Vec<f32>,
}

/// A disk of `radius` pixels with weights that sum to one, smoothed by a Gaussian of `deviation` pixels.
///
/// Up to radius 8 the square has side 17 and the Gaussian 3 taps; beyond, the disk fills its square and
/// the Gaussian has 5. Where disk and square touch (radii 8 and 10) the reflection in the smoothing adds
/// light: those kernels sum to 1.013 and 1.011, in the library as here.
///
/// The float operations are those OpenCV does on a processor with fused multiply-add. That matters:
/// whether the weights sum to a little less or more than one decides, after truncation, whether a flat
/// area loses a level.
pub(super) fn disk(radius: u32, deviation: f64) -> Kernel {
    let (reach, taps) = if radius <= 8 { (8, 1) } else { (radius as usize, 2) };
    let side = 2 * reach + 1;
    let squared = |index: usize| index.abs_diff(reach).pow(2);
    let inside = |index: usize| squared(index / side) + squared(index % side) <= (radius as usize).pow(2);
    let area = (0..side * side).filter(|&index| inside(index)).count();
    let weight = 1.0 / area as f32;
    let flat: Vec<f32> = (0..side * side).map(|index| if inside(index) { weight } else { 0.0 }).collect();

    let gaussian = half_gaussian(taps, deviation);
    let along_rows = smooth(&flat, side, 1, |centre, pairs| {
        let first = centre.mul_add(gaussian[0], gaussian[1] * pairs[0]);
        (1..taps).fold(first, |sum, tap| gaussian[tap + 1].mul_add(pairs[tap], sum))
    });
    let weights = smooth(&along_rows, side, side, |centre, pairs| {
        (0..taps).fold(gaussian[0] * centre, |sum, tap| gaussian[tap + 1].mul_add(pairs[tap], sum))
    });
    Kernel { reach, weights }
}

/// A Gaussian that sums to one over `-taps..=taps`, from its centre outwards.
fn half_gaussian(taps: usize, deviation: f64) -> Vec<f32> {
    let bell = |tap: usize| (-0.5 * (tap * tap) as f64 / (deviation * deviation)).exp();
    let sum = bell(0) + 2.0 * (1..=taps).map(bell).sum::<f64>();
    (0..=taps).map(|tap| (bell(tap) / sum) as f32).collect()
}

/// Applies `combine` to every value and the sums of its neighbours at distances 1 and 2, either along
/// rows (`stride` 1) or along columns (`stride` `side`), reflecting at the border.
fn smooth(values: &[f32], side: usize, stride: usize, combine: impl Fn(f32, [f32; 2]) -> f32) -> Vec<f32> {
    let pair = |index: usize, distance: usize| {
        let position = index / stride % side;
        let start = index - position * stride;
        let before = position.abs_diff(distance);
        let after = side - 1 - (side - 1).abs_diff(position + distance);
        values[start + before * stride] + values[start + after * stride]
    };
    (0..values.len()).map(|index| combine(values[index], [pair(index, 1), pair(index, 2)])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::LENS;
    use super::*;

    #[test]
    fn weights_have_the_sums_of_the_library() {
        let sums = [
            0.9999999962747097,
            0.9999999657738954,
            0.9999999935971573,
            1.0129754540103022,
            1.0107857970378822,
        ];
        for ((radius, deviation), sum) in LENS.into_iter().zip(sums) {
            let kernel = disk(radius, deviation);
            assert_eq!(kernel.weights.len(), (2 * kernel.reach + 1).pow(2));
            assert_eq!(
                kernel.weights.iter().map(|&weight| f64::from(weight)).sum::<f64>(),
                sum,
                "radius {radius}"
            );
        }
    }

    #[test]
    fn the_weakest_blur_is_a_plain_disk() {
        let kernel = disk(3, 0.1);
        assert_eq!(kernel.weights.iter().filter(|&&weight| weight > 1e-6).count(), 29);
    }
}
