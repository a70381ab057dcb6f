//! Small image filters on the host, where their exact rules are easy to see and equal on all devices.

/// Resizes a map `[from, from]` to `[to, to]` bilinearly so that the corner *pixels* of both coincide
/// (PyTorch's `align_corners=True`): `[0, 1]` becomes `[0, 1/3, 2/3, 1]` at four pixels.
pub fn resize_aligned(map: &[f32], (height, width): (usize, usize), to: usize) -> Vec<f64> {
    resized(map, width, taps(height, to), taps(width, to))
}

/// Resizes a map `[height, width]` to `[to, to]` bilinearly so that the *outlines* of both coincide
/// (PyTorch's `align_corners=False`, without antialiasing): `[0, 1]` becomes `[0, 1/4, 3/4, 1]` at four pixels.
pub fn resize_centred(map: &[f32], (height, width): (usize, usize), to: usize) -> Vec<f64> {
    resized(map, width, centred_taps(height, to), centred_taps(width, to))
}

/// The value that a share of these values lies below, 0 to 1, interpolated linearly (NumPy's `quantile`); nothing of
/// none.
pub fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let position = share * last as f64;
    let below = position.floor() as usize;
    Some(values[below] + (position - below as f64) * (values[(below + 1).min(last)] - values[below]))
}

/// Two source positions and the share of the second.
type Tap = (usize, usize, f64);

fn resized(map: &[f32], width: usize, rows: Vec<Tap>, columns: Vec<Tap>) -> Vec<f64> {
    let mut resized = Vec::with_capacity(rows.len() * columns.len());
    for (top, bottom, down) in rows {
        for &(left, right, along) in &columns {
            let row = |row: usize| {
                let at = |column: usize| f64::from(map[row * width + column]);
                at(left) * (1.0 - along) + at(right) * along
            };
            resized.push(row(top) * (1.0 - down) + row(bottom) * down);
        }
    }
    resized
}

/// The tap of each of `to` pixels where the corner pixels coincide.
fn taps(from: usize, to: usize) -> Vec<Tap> {
    let scale = if to > 1 { (from - 1) as f64 / (to - 1) as f64 } else { 0.0 };
    (0..to).map(|index| tap(from, index as f64 * scale)).collect()
}

/// The tap of each of `to` pixels where the outlines coincide.
fn centred_taps(from: usize, to: usize) -> Vec<Tap> {
    let scale = from as f64 / to as f64;
    (0..to).map(|index| tap(from, ((index as f64 + 0.5) * scale - 0.5).max(0.0))).collect()
}

fn tap(from: usize, source: f64) -> Tap {
    let first = (source as usize).min(from - 1);
    (first, (first + 1).min(from - 1), source - first as f64)
}

/// Gaussian smoothing of a square map of `side` pixels, as `scipy.ndimage.gaussian_filter` does it by
/// default: cut off at `4 sigma`, borders reflected with the edge pixel repeated. `sigma` is in pixels;
/// 0 changes nothing.
pub fn gaussian(map: &[f64], side: usize, sigma: f64) -> Vec<f64> {
    if sigma <= 0.0 {
        return map.to_vec();
    }
    smoothed(map, side, &kernel(sigma, (4.0 * sigma + 0.5) as isize), reflected)
}

/// Gaussian smoothing with a kernel of `2 radius + 1` pixels a side, borders reflected without repeating the edge
/// pixel (PyTorch's `mode="reflect"`). `sigma` is in pixels; 0 changes nothing. `radius` must be below `side`.
pub fn gaussian_within(map: &[f64], side: usize, sigma: f64, radius: usize) -> Vec<f64> {
    if sigma <= 0.0 {
        return map.to_vec();
    }
    smoothed(map, side, &kernel(sigma, radius as isize), mirrored)
}

/// Weights of a Gaussian at `-radius..=radius`; they sum to one.
fn kernel(sigma: f64, radius: isize) -> Vec<f64> {
    let weight = |offset: isize| (-0.5 * (offset as f64 / sigma).powi(2)).exp();
    let total: f64 = (-radius..=radius).map(weight).sum();
    (-radius..=radius).map(|offset| weight(offset) / total).collect()
}

/// Where a place outside of the map is taken from, on a side of so many pixels.
type Border = fn(isize, isize) -> usize;

fn smoothed(map: &[f64], side: usize, kernel: &[f64], border: Border) -> Vec<f64> {
    let down = columns_filtered(map, side, kernel, border);
    transposed(&columns_filtered(&transposed(&down, side), side, kernel, border), side)
}

/// Filters along columns; whole rows are added at once, which the processor likes.
fn columns_filtered(map: &[f64], side: usize, kernel: &[f64], border: Border) -> Vec<f64> {
    let radius = (kernel.len() / 2) as isize;
    let mut filtered = vec![0.0; map.len()];
    for (row, target) in filtered.chunks_exact_mut(side).enumerate() {
        for (offset, weight) in (-radius..=radius).zip(kernel) {
            let source = border(row as isize + offset, side as isize) * side;
            for (target, value) in target.iter_mut().zip(&map[source..source + side]) {
                *target += weight * value;
            }
        }
    }
    filtered
}

/// `d c b a | a b c d | d c b a`, as often as needed.
fn reflected(index: isize, side: isize) -> usize {
    let folded = index.rem_euclid(2 * side);
    folded.min(2 * side - 1 - folded) as usize
}

/// `c b | a b c d | c b`, once.
fn mirrored(index: isize, side: isize) -> usize {
    (side - 1 - (side - 1 - index.abs()).abs()) as usize
}

fn transposed(map: &[f64], side: usize) -> Vec<f64> {
    (0..map.len()).map(|index| map[index % side * side + index / side]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_aligned() {
        let row: Vec<f64> = resize_aligned(&[0.0, 1.0], (1, 2), 4)[..4].to_vec();
        for (got, wanted) in row.iter().zip([0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]) {
            assert!((got - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn outlines_are_aligned() {
        assert_eq!(resize_centred(&[0.0, 1.0], (1, 2), 4)[..4], [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(resize_centred(&[1.0, 2.0, 3.0, 4.0], (2, 2), 2), [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn smoothing_keeps_the_sum_and_reflects_at_the_edge() {
        let mut map = vec![0.0; 81];
        map[0] = 1.0;
        let smooth = gaussian(&map, 9, 4.0);
        assert!((smooth.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(smooth[0] > smooth[1] && (smooth[1] - smooth[9]).abs() < 1e-15);
        assert_eq!(gaussian(&map, 9, 0.0), map);
        assert_eq!([-1, -2, 9, 17, 18, -9, -10].map(|index| reflected(index, 9)), [0, 1, 8, 0, 0, 8, 8]);
        assert_eq!([-2, -1, 0, 8, 9, 10].map(|index| mirrored(index, 9)), [2, 1, 0, 8, 7, 6]);
    }
}
