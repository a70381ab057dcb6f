//! Positions for pictures of other sizes than the network was trained on.
//!
//! DINOv2's networks without registers interpolate bicubically with four taps, and a scale for a tenth of a patch more
//! than there is. Its networks with registers came with antialiasing and without that tenth; but Dinomaly, the one
//! method here that was published with them, runs them by the rule of the others, and so do we.

/// What a side counts more than its patches, in patches.
const EXCESS: f64 = 0.1;
/// Slope of the kernel at distance 1, PyTorch's.
const SLOPE: f64 = -0.75;

/// Weights of the source positions of one target position.
type Taps = [(usize, f64); 4];

/// Positions `[from, from, width]` as `[rows, columns, width]`.
pub fn resize(positions: &[f32], width: usize, from: usize, (rows, columns): (usize, usize)) -> Vec<f32> {
    if rows == from && columns == from {
        return positions.to_vec();
    }
    let side = |to: usize| -> Vec<Taps> { (0..to).map(|index| taps(from, to, index)).collect() };
    let (down, along) = (side(rows), side(columns));
    let mut resized = Vec::with_capacity(rows * columns * width);
    for row_taps in down {
        // One row of sources, mixed from those above and below.
        let mut mixed = vec![0.0; from * width];
        for (row, weight) in row_taps {
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

/// Sources beyond the border are those at the border.
fn taps(from: usize, to: usize, index: usize) -> Taps {
    let scale = (to as f64 + EXCESS) / from as f64;
    let source = (index as f64 + 0.5) / scale - 0.5;
    [-1.0, 0.0, 1.0, 2.0].map(|step| {
        let at = source.floor() + step;
        (at.clamp(0.0, (from - 1) as f64) as usize, cubic(source - at))
    })
}

/// Keys' cubic convolution kernel.
fn cubic(distance: f64) -> f64 {
    match distance.abs() {
        x if x < 1.0 => ((SLOPE + 2.0) * x - (SLOPE + 3.0)) * x * x + 1.0,
        x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * SLOPE,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `torch.nn.functional.interpolate(mode="bicubic", scale_factor=((rows + 0.1) / from, ..))` in double
    /// precision, on one value a position.
    #[test]
    fn numbers_are_those_of_pytorch() {
        let ramp: Vec<f32> = (0..16).map(|index| (index as f32).powf(1.5)).collect();
        let near = |resized: &[f32], expected: &[f32]| {
            assert_eq!(resized.len(), expected.len());
            let near = resized.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4 * b.abs().max(1.0));
            assert!(near, "{resized:?}");
        };
        near(&resize(&ramp, 1, 4, (2, 2)), &[2.9696, 7.9789, 32.4294, 42.9232]);
        near(&resize(&ramp, 1, 4, (1, 3)), &RAMP_1_3);
        assert_eq!(resize(&ramp, 1, 4, (4, 4)), ramp);
        // The published sizes: 518 pixels to Dinomaly's 392 and AnomalyDINO's 448. Of every 100 positions one.
        let waves: Vec<f32> = (0..37 * 37).map(|index| (0.7 * index as f32).sin()).collect();
        let thin =
            |to: usize| -> Vec<f32> { resize(&waves, 1, 37, (to, to)).into_iter().step_by(100).collect() };
        near(&thin(28), &WAVES_28);
        near(&thin(32), &WAVES_32);
    }

    const RAMP_1_3: [f32; 3] = [12.67801, 17.75452, 23.334];
    const WAVES_28: [f32; 8] = [0.16701, -0.72221, -1.04336, -0.51559, 0.28397, 1.01046, 0.87931, 0.33321];
    const WAVES_32: [f32; 11] = [
        0.07850, -0.32527, -0.63247, -0.91862, -1.02380, -0.98341, -0.72315, -0.47714, -0.19173, 0.18068,
        0.48959,
    ];
}
