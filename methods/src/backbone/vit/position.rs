//! Positions for pictures of other sizes than the network was trained on: bicubic, as PyTorch interpolates.

/// How DINOv2 resizes its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The networks without registers: four taps, and a scale for a tenth of a patch more than there is.
    Offset,
    /// The networks with registers: as many taps as reach the next patch of the coarser grid (antialiasing).
    Antialiased,
}

/// Weights of the source positions of one target position.
type Taps = Vec<(usize, f64)>;

impl Rule {
    /// Positions `[from, from, width]` as `[rows, columns, width]`.
    pub fn resize(
        self,
        positions: &[f32],
        width: usize,
        from: usize,
        (rows, columns): (usize, usize),
    ) -> Vec<f32> {
        if rows == from && columns == from {
            return positions.to_vec();
        }
        let (down, along) = (self.taps(from, rows), self.taps(from, columns));
        let mut resized = Vec::with_capacity(rows * columns * width);
        for row_taps in &down {
            // One row of sources, mixed from those above and below.
            let mut mixed = vec![0.0; from * width];
            for &(row, weight) in row_taps {
                let source = &positions[row * from * width..][..from * width];
                mixed.iter_mut().zip(source).for_each(|(sum, value)| *sum += weight * f64::from(*value));
            }
            for taps in &along {
                let mut token = vec![0.0; width];
                for &(column, weight) in taps {
                    let source = &mixed[column * width..][..width];
                    token.iter_mut().zip(source).for_each(|(sum, value)| *sum += weight * value);
                }
                resized.extend(token.into_iter().map(|value| value as f32));
            }
        }
        resized
    }

    fn taps(self, from: usize, to: usize) -> Vec<Taps> {
        (0..to)
            .map(|index| match self {
                Self::Offset => offset(from, to, index),
                Self::Antialiased => antialiased(from, to, index),
            })
            .collect()
    }
}

/// Sources beyond the border are those at the border.
fn offset(from: usize, to: usize, index: usize) -> Taps {
    let scale = (to as f64 + 0.1) / from as f64;
    let source = (index as f64 + 0.5) / scale - 0.5;
    let first = source.floor();
    let tap = |step: i32| {
        let at = first + f64::from(step);
        (at.clamp(0.0, (from - 1) as f64) as usize, cubic(source - at, -0.75))
    };
    (-1..3).map(tap).collect()
}

/// Sources beyond the border do not count.
fn antialiased(from: usize, to: usize, index: usize) -> Taps {
    let scale = from as f64 / to as f64;
    let (centre, stretch) = ((index as f64 + 0.5) * scale, scale.max(1.0));
    let reach = 2.0 * stretch;
    let first = (centre - reach + 0.5).max(0.0) as usize;
    let end = ((centre + reach + 0.5) as usize).min(from);
    let weight = |source: usize| cubic((source as f64 + 0.5 - centre) / stretch, -0.5);
    let total: f64 = (first..end).map(weight).sum();
    (first..end).map(|source| (source, weight(source) / total)).collect()
}

/// Keys' cubic convolution kernel.
fn cubic(distance: f64, a: f64) -> f64 {
    match distance.abs() {
        x if x < 1.0 => ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0,
        x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * a,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `torch.nn.functional.interpolate`: `scale_factor=2.1/4`, and `size=2, antialias=True`.
    #[test]
    fn numbers_are_those_of_pytorch() {
        let values: Vec<f32> = (0..16).map(|index| (index as f32).powf(1.5)).collect();
        for (rule, expected) in [
            (Rule::Offset, [2.9696, 7.9789, 32.4294, 42.9232]),
            (Rule::Antialiased, [6.1619, 11.2041, 33.2120, 42.3460]),
        ] {
            let resized = rule.resize(&values, 1, 4, (2, 2));
            let near = resized.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-3);
            assert!(near, "{rule:?}: {resized:?}");
            assert_eq!(rule.resize(&values, 1, 4, (4, 4)), values);
        }
    }
}
