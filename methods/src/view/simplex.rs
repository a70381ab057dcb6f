//! Simplex noise, and the patch of it that makes a normal picture abnormal (RD++: Tien et al., "Revisiting Reverse
//! Distillation for Anomaly Detection", CVPR 2023).
//!
//! Three-dimensional simplex noise (Perlin, "Noise hardware", SIGGRAPH course notes 2001; Gustavson, "Simplex noise
//! demystified", 2005): space is skewed so that cubes of six tetrahedra become a lattice, and each corner of the
//! tetrahedron around a point adds `max(0, 1/2 - r^2)^4` times the product of a gradient with the way to it. At 1/2 a
//! corner's reach ends at the opposite side, so the noise is continuous; Gustavson's 0.6 makes it jump a little.

use super::planes::{IMAGENET_STD, Planes};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// The middles of a cube's edges.
const GRADIENTS: [[f64; 3]; 12] = [
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [1.0, -1.0, 0.0],
    [-1.0, -1.0, 0.0],
    [1.0, 0.0, 1.0],
    [-1.0, 0.0, 1.0],
    [1.0, 0.0, -1.0],
    [-1.0, 0.0, -1.0],
    [0.0, 1.0, 1.0],
    [0.0, -1.0, 1.0],
    [0.0, 1.0, -1.0],
    [0.0, -1.0, -1.0],
];

/// Brings values to about -1 to 1.
const SCALE: f64 = 76.0;

/// Octaves of a field; the first has a period of about [`PERIOD`] pixels, each next one half of it.
const OCTAVES: i32 = 6;
const PERIOD: f64 = 32.0;
/// Amplitude of an octave relative to the one before.
const PERSISTENCE: f64 = 0.6;

/// Sides of a patch in pixels, whatever the picture's side.
const SIDES: std::ops::RangeInclusive<usize> = 10..=31;
/// Factor of the noise in a patch, on the scale 0 to 1 of a picture.
const AMPLITUDE: f64 = 0.2;

/// Simplex noise: a function of space that a table of permuted bytes chooses.
#[derive(Clone, Debug)]
pub struct Simplex([u8; 256]);

impl Simplex {
    /// Draws the table.
    pub fn new(rng: &mut impl Rng) -> Self {
        let mut table: [u8; 256] = std::array::from_fn(|index| index as u8);
        table.shuffle(rng);
        Self(table)
    }

    /// The noise at a point: continuous, about -1 to 1, with features of about unit size.
    pub fn at(&self, point: [f64; 3]) -> f64 {
        let skew = point.iter().sum::<f64>() / 3.0;
        let cell = point.map(|axis| (axis + skew).floor());
        let unskew = cell.iter().sum::<f64>() / 6.0;
        let inside: [f64; 3] = std::array::from_fn(|axis| point[axis] - (cell[axis] - unskew));
        // From the cell's first corner to its last along the largest coordinate, then the next.
        let mut axes = [0, 1, 2];
        axes.sort_by(|&a, &b| inside[b].total_cmp(&inside[a]));
        let mut corner = [0_u8; 3];
        let mut sum = self.corner(cell, corner, inside);
        for axis in axes {
            corner[axis] = 1;
            sum += self.corner(cell, corner, inside);
        }
        SCALE * sum
    }

    fn corner(&self, cell: [f64; 3], corner: [u8; 3], inside: [f64; 3]) -> f64 {
        let unskew = f64::from(corner.iter().sum::<u8>()) / 6.0;
        let way: [f64; 3] = std::array::from_fn(|axis| inside[axis] - f64::from(corner[axis]) + unskew);
        let fading = 0.5 - way.iter().map(|axis| axis * axis).sum::<f64>();
        if fading <= 0.0 {
            return 0.0;
        }
        let hash = (0..3).rev().fold(0_u8, |hash, axis| {
            let place = (cell[axis] as i64 + i64::from(corner[axis])) as u8;
            self.0[usize::from(hash.wrapping_add(place))]
        });
        let gradient = GRADIENTS[usize::from(hash) % GRADIENTS.len()];
        fading.powi(4) * gradient.iter().zip(way).map(|(gradient, axis)| gradient * axis).sum::<f64>()
    }

    /// Six octaves at a pixel of a field; `slice` is the third dimension.
    fn octaves(&self, x: usize, y: usize, slice: usize) -> f64 {
        let octave = |number: i32| {
            let period = PERIOD / 2.0_f64.powi(number);
            PERSISTENCE.powi(number) * self.at([x, y, slice].map(|axis| axis as f64 / period))
        };
        (0..OCTAVES).map(octave).sum()
    }
}

/// The noise that patches are cut from, a slice for each channel. As released, every patch begins at its origin, so
/// patches differ by their size and place alone.
#[derive(Clone, Debug)]
pub struct NoiseField {
    /// `[3, 31, 31]`.
    values: Vec<f64>,
}

/// Where a patch lies in a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Columns: first and count.
    pub columns: (usize, usize),
    /// Rows: first and count.
    pub rows: (usize, usize),
}

impl NoiseField {
    /// Draws the field.
    pub fn new(rng: &mut impl Rng) -> Self {
        let (noise, side) = (Simplex::new(rng), *SIDES.end());
        let place = |index: usize| noise.octaves(index % side, index / side % side, index / side / side);
        Self { values: (0..3 * side * side).map(place).collect() }
    }

    /// `picture`, normalised, with a patch of noise: `0.2 * noise` is added to it as if before normalisation, and
    /// nothing is clipped.
    pub fn add(&self, picture: &Planes, patch: Patch) -> Planes {
        let (width, side) = (picture.width as usize, *SIDES.end());
        let plane = width * picture.height as usize;
        let mut noisy = picture.clone();
        for (channel, deviation) in IMAGENET_STD.into_iter().enumerate() {
            for y in 0..patch.rows.1 {
                let from = &self.values[(channel * side + y) * side..][..patch.columns.1];
                let start = channel * plane + (patch.rows.0 + y) * width + patch.columns.0;
                for (value, noise) in noisy.values[start..].iter_mut().zip(from) {
                    *value += (AMPLITUDE * noise) as f32 / deviation;
                }
            }
        }
        noisy
    }
}

impl Patch {
    /// Draws a patch inside a picture of this width and height: sides uniform on 10 to 31 pixels, no longer than the
    /// picture's, then its corner, uniform.
    pub fn draw((width, height): (u32, u32), rng: &mut impl Rng) -> Self {
        let [height, width] =
            [height as usize, width as usize].map(|whole| (whole, rng.random_range(SIDES).min(whole)));
        let mut place = |(whole, side): (usize, usize)| (rng.random_range(0..=whole - side), side);
        Self { rows: place(height), columns: place(width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    fn stream(seed: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }

    fn points() -> impl Iterator<Item = [f64; 3]> {
        let mut rng = stream(1);
        (0..20_000).map(move |_| std::array::from_fn(|_| 200.0 * (rng.random::<f64>() - 0.5)))
    }

    #[test]
    fn noise_is_bounded_balanced_and_reaches_far() {
        let noise = Simplex::new(&mut stream(3));
        let values: Vec<f64> = points().map(|point| noise.at(point)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let deviation = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
        assert!(values.iter().all(|value| value.abs() < 1.1));
        assert!(values.iter().any(|value| *value > 0.7) && values.iter().any(|value| *value < -0.7));
        assert!(mean.abs() < 0.02 && (0.2..0.5).contains(&deviation), "{mean} {deviation}");
    }

    /// The contributions of corners fade before the next tetrahedron begins, so nothing jumps at its sides.
    #[test]
    fn noise_is_continuous() {
        let noise = Simplex::new(&mut stream(4));
        for point in points() {
            let near = [point[0] + 1e-5, point[1] - 1e-5, point[2] + 1e-5];
            assert!((noise.at(point) - noise.at(near)).abs() < 1e-3, "{point:?}");
        }
    }

    #[test]
    fn noise_vanishes_at_the_corners_of_the_lattice() {
        let noise = Simplex::new(&mut stream(5));
        for cell in [[0.0, 0.0, 0.0], [3.0, -2.0, 7.0], [-40.0, 11.0, 300.0]] {
            let unskew = cell.iter().sum::<f64>() / 6.0;
            assert!(noise.at(cell.map(|axis| axis - unskew)).abs() < 1e-9);
        }
    }

    #[test]
    fn tables_differ() {
        let at = |seed| Simplex::new(&mut stream(seed)).at([0.3, 0.1, 0.7]);
        assert_eq!(at(6), at(6));
        assert_ne!(at(6), at(7));
    }

    #[test]
    fn channels_have_slices_of_their_own_and_patches_begin_at_the_origin() {
        let (width, height) = (64, 48);
        let picture = Planes::normalise(&RgbImage::from_pixel(width, height, Rgb([128; 3])));
        let field = NoiseField::new(&mut stream(8));
        let (small, large) =
            (Patch { columns: (3, 12), rows: (5, 10) }, Patch { columns: (20, 31), rows: (9, 20) });
        let noise = |patch: Patch, channel: usize, x: usize, y: usize| {
            let index = channel * 64 * 48 + (patch.rows.0 + y) * 64 + patch.columns.0 + x;
            let added = field.add(&picture, patch).values[index] - picture.values[index];
            added * IMAGENET_STD[channel]
        };
        for (x, y) in [(0, 0), (11, 9), (4, 7)] {
            assert!((noise(small, 1, x, y) - noise(large, 1, x, y)).abs() < 1e-6);
        }
        assert!((noise(small, 0, 5, 5) - noise(small, 1, 5, 5)).abs() > 1e-4);
        let largest =
            (0..31 * 20).map(|index| noise(large, 2, index % 31, index / 31).abs()).fold(0.0, f32::max);
        assert!((0.02..0.5).contains(&largest), "{largest}");
    }

    proptest! {
        #[test]
        fn a_patch_stays_inside_and_leaves_the_rest_alone(
            seed: u64, width in 8_u32..80, height in 8_u32..80
        ) {
            let patch = Patch::draw((width, height), &mut stream(seed));
            let ((left, columns), (top, rows)) = (patch.columns, patch.rows);
            prop_assert!(left + columns <= width as usize && top + rows <= height as usize);
            prop_assert!(columns == width as usize || SIDES.contains(&columns));
            prop_assert!(rows == height as usize || SIDES.contains(&rows));
            let picture = Planes::normalise(&RgbImage::from_fn(width, height, |x, y| {
                Rgb([(x * 3) as u8, (y * 5) as u8, (x + y) as u8])
            }));
            let noisy = NoiseField::new(&mut stream(seed)).add(&picture, patch);
            let (width, height) = (width as usize, height as usize);
            let mut changed = 0;
            for (index, (before, after)) in picture.values.iter().zip(&noisy.values).enumerate() {
                let (x, y) = (index % width, index / width % height);
                let inside = (left..left + columns).contains(&x) && (top..top + rows).contains(&y);
                prop_assert!(inside || before.to_bits() == after.to_bits());
                changed += usize::from(before != after);
            }
            prop_assert!(changed > columns * rows);
        }
    }
}
