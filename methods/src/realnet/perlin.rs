//! Perlin noise (Perlin, "An Image Synthesizer", SIGGRAPH 1985) with unit gradients.

use rand::{Rng, RngExt};
use std::f64::consts::{SQRT_2, TAU};

/// Smooth noise over the unit square, from a lattice of random gradients.
#[derive(Clone, Debug)]
pub struct Perlin {
    cells: [usize; 2],
    /// Gradients at the lattice points, row by row, `(columns + 1) * (rows + 1)`.
    gradients: Vec<[f64; 2]>,
}

impl Perlin {
    /// With this many cells along x and y, at least 1 each.
    pub fn draw(cells: [usize; 2], rng: &mut impl Rng) -> Self {
        let angle = |_| TAU * rng.random::<f64>();
        let gradients =
            (0..(cells[0] + 1) * (cells[1] + 1)).map(angle).map(|angle| [angle.cos(), angle.sin()]);
        Self { cells, gradients: gradients.collect() }
    }

    /// The noise at `x` and `y`, each 0 to 1: between -1 and 1, and 0 at lattice points.
    pub fn at(&self, x: f64, y: f64) -> f64 {
        let place = |value: f64, cells: usize| {
            let scaled = value.clamp(0.0, 1.0) * cells as f64;
            let cell = (scaled as usize).min(cells - 1);
            (cell, scaled - cell as f64)
        };
        let ((column, right), (row, down)) = (place(x, self.cells[0]), place(y, self.cells[1]));
        let slope = |columns: usize, rows: usize| {
            let gradient = self.gradients[(row + rows) * (self.cells[0] + 1) + column + columns];
            gradient[0] * (right - columns as f64) + gradient[1] * (down - rows as f64)
        };
        let fade = |t: f64| t * t * t * (t * (6.0 * t - 15.0) + 10.0);
        let mix = |a: f64, b: f64, share: f64| a + share * (b - a);
        let above = mix(slope(0, 0), slope(1, 0), fade(right));
        let below = mix(slope(0, 1), slope(1, 1), fade(right));
        SQRT_2 * mix(above, below, fade(down))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    fn noise(cells: [usize; 2]) -> Perlin {
        Perlin::draw(cells, &mut Root::new(1, "", "").stream("noise", ""))
    }

    #[test]
    fn it_is_zero_at_lattice_points_and_stays_within_one() {
        for cells in [[1, 1], [4, 2], [32, 32]] {
            let noise = noise(cells);
            for row in 0..=cells[1] {
                for column in 0..=cells[0] {
                    let (x, y) = (column as f64 / cells[0] as f64, row as f64 / cells[1] as f64);
                    assert!(noise.at(x, y).abs() < 1e-9);
                }
            }
            let grid = (0..64 * 64).map(|index| (f64::from(index % 64) / 63.0, f64::from(index / 64) / 63.0));
            let values: Vec<f64> = grid.map(|(x, y)| noise.at(x, y)).collect();
            assert!(values.iter().all(|value| value.abs() <= 1.0));
            assert!(values.iter().any(|value| value.abs() > 0.1));
        }
    }

    #[test]
    fn one_seed_is_one_noise() {
        assert_eq!(noise([3, 5]).at(0.3, 0.7), noise([3, 5]).at(0.3, 0.7));
        assert_ne!(noise([3, 5]).at(0.3, 0.7), noise([3, 5]).at(0.7, 0.3));
    }
}
