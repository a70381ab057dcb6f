//! Magnification about the centre with linear interpolation, as SciPy's `ndimage.zoom` does it.

/// How one axis of a picture is magnified.
pub(in crate::shift) struct Axis {
    /// First position of the magnified part.
    pub offset: usize,
    /// Length of the magnified part: what the factor just brings to the whole length or more.
    pub part: usize,
    /// For every magnified position the position within the part it falls on or behind, and how far behind,
    /// from 0 to 1. There may be a few positions more than the axis had.
    pub positions: Vec<(usize, f64)>,
}

impl Axis {
    /// The central part of an axis of `length` pixels, magnified by `factor` >= 1. The first and last
    /// pixel of the part stay first and last.
    pub fn new(length: usize, factor: f64) -> Self {
        let part = (length as f64 / factor).ceil() as usize;
        let count = (part as f64 * factor).round_ties_even() as usize;
        let step = (part - 1) as f64 / (count - 1) as f64;
        let position = |index: usize| {
            let exact = step * index as f64;
            // The last position has no neighbour behind it: it is all of the last step.
            let before = (exact as usize).min(part - 2);
            (before, exact - before as f64)
        };
        Self { offset: (length - part) / 2, part, positions: (0..count).map(position).collect() }
    }
}

/// `part`, row by row, magnified along both axes.
pub(in crate::shift) fn magnify(part: &[f32], across: &Axis, down: &Axis) -> Vec<f32> {
    let stride = across.part;
    let wide: Vec<f32> = part
        .chunks_exact(stride)
        .flat_map(|row| {
            across.positions.iter().map(|&(before, fraction)| {
                let fraction = fraction as f32;
                row[before] * (1.0 - fraction) + row[before + 1] * fraction
            })
        })
        .collect();
    let stride = across.positions.len();
    let mut magnified = Vec::with_capacity(stride * down.positions.len());
    for &(before, fraction) in &down.positions {
        let (upper, lower) = wide[before * stride..][..2 * stride].split_at(stride);
        let fraction = fraction as f32;
        magnified.extend(upper.iter().zip(lower).map(|(a, b)| a * (1.0 - fraction) + b * fraction));
    }
    magnified
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_part_stay_the_ends() {
        let axis = Axis::new(10, 2.5);
        assert_eq!((axis.offset, axis.part, axis.positions.len()), (3, 4, 10));
        assert_eq!(axis.positions[0], (0, 0.0));
        assert_eq!(axis.positions[6], (2, 0.0));
        assert_eq!(axis.positions[9], (2, 1.0));
    }

    #[test]
    fn a_slope_stays_a_slope() {
        let axis = Axis::new(4, 2.0);
        // Two pixels become four: the thirds of the way between them.
        let magnified = magnify(&[0.0, 3.0, 6.0, 9.0], &axis, &axis);
        let expected: Vec<f32> = (0..16).map(|index| (index % 4 + index / 4 * 2) as f32).collect();
        assert!(magnified.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{magnified:?}");
    }
}
