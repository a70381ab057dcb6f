//! Gaussian smoothing of whole pictures: first down the columns, then along the rows.

use super::border::Border;
use super::wide::wide;

/// Values weighted together: few enough that they and what they are made of stay in the nearest cache.
const BLOCK: usize = 512;

/// A separable Gaussian that ends at a multiple of its standard deviation.
#[derive(Clone, Debug)]
pub(in crate::shift) struct Gaussian {
    down: Vec<f64>,
    along: Vec<f64>,
    border: Border,
}

impl Gaussian {
    /// A Gaussian of `deviations` pixels down the columns and along the rows, cut off at `truncate`
    /// deviations and made to sum to one. Neither reach may exceed the side of a picture.
    pub fn new(deviations: [f64; 2], truncate: f64, border: Border) -> Self {
        let [down, along] = deviations.map(|deviation| half(deviation, truncate));
        Self { down, along, border }
    }

    /// Smooths a picture of `width` pixels per row, each of `channels` values, in place. `read` and `write`
    /// say what a value stands for.
    ///
    /// Every sum starts from the centre, goes on with the outermost pair of neighbours and ends with the
    /// innermost, as SciPy's does: in flat areas the last bit decides whether truncation to 8 bits loses a
    /// level.
    pub fn smooth<T: Copy>(
        &self,
        values: &mut [T],
        width: usize,
        channels: usize,
        read: impl Fn(T) -> f64,
        write: impl Fn(f64) -> T,
    ) {
        wide(
            #[inline(always)]
            || self.run(values, width * channels, channels, &read, &write),
        );
    }

    #[inline(always)]
    fn run<T: Copy>(
        &self,
        values: &mut [T],
        row: usize,
        channels: usize,
        read: &impl Fn(T) -> f64,
        write: &impl Fn(f64) -> T,
    ) {
        let height = values.len() / row;
        let (reach, margin) = (self.down.len() - 1, (self.along.len() - 1) * channels);
        // The rows around the present one, as they were: row y lies in slot y modulo their number.
        let slots = 2 * reach + 1;
        let mut around = vec![0.0; slots * row];
        let mut line = vec![0.0; row + 2 * margin];
        let mut smooth = vec![0.0; row];
        let mut down = Taps::new(&self.down);
        let mut along = Taps::new(&self.along);
        along.place(|tap| margin.wrapping_add_signed(tap * channels as isize));
        let columns: Vec<usize> = self.columns(row / channels, channels);
        let mut loaded = 0;
        for y in 0..height {
            while loaded < height.min(y + reach + 1) {
                let slot = &mut around[loaded % slots * row..][..row];
                for (kept, value) in slot.iter_mut().zip(&values[loaded * row..][..row]) {
                    *kept = read(*value);
                }
                loaded += 1;
            }
            down.place(|tap| self.border.inside(y as isize + tap, height) % slots * row);
            down.weigh(&mut line[margin..][..row], &around);
            for (index, &column) in columns.iter().enumerate() {
                let outside = if index < margin { index } else { row + index };
                line[outside] = line[margin + column];
            }
            along.weigh(&mut smooth, &line);
            for (value, smooth) in values[y * row..][..row].iter_mut().zip(&smooth) {
                *value = write(*smooth);
            }
        }
    }

    /// For every value of the left margin, then of the right, the value of a row that stands there.
    fn columns(&self, width: usize, channels: usize) -> Vec<usize> {
        let reach = self.along.len() as isize - 1;
        (-reach..0)
            .chain(width as isize..width as isize + reach)
            .flat_map(|x| (0..channels).map(move |channel| (x, channel)))
            .map(|(x, channel)| self.border.inside(x, width) * channels + channel)
            .collect()
    }
}

/// The weights from the centre outwards.
fn half(deviation: f64, truncate: f64) -> Vec<f64> {
    let reach = (truncate * deviation + 0.5) as usize;
    let bell = |tap: usize| (-0.5 / (deviation * deviation) * (tap * tap) as f64).exp();
    let all: Vec<f64> = (0..=2 * reach).map(|index| bell(index.abs_diff(reach))).collect();
    let sum = sum(&all);
    all[reach..].iter().map(|weight| weight / sum).collect()
}

/// The sum in the order of NumPy: eight interleaved sums, then what is left. The order moves the last bit.
fn sum(values: &[f64]) -> f64 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
}

/// The weights of one direction, and where the values under them start.
struct Taps {
    centre: (usize, f64),
    /// Two values of one weight, from the outermost pair inwards.
    pairs: Vec<([usize; 2], f64)>,
}

impl Taps {
    fn new(half: &[f64]) -> Self {
        Self { centre: (0, half[0]), pairs: half[1..].iter().rev().map(|&weight| ([0; 2], weight)).collect() }
    }

    /// Sets all starts, given those at distances to either side.
    fn place(&mut self, start: impl Fn(isize) -> usize) {
        self.centre.0 = start(0);
        for ((pair, _), tap) in self.pairs.iter_mut().rev().zip(1..) {
            *pair = [start(-tap), start(tap)];
        }
    }

    /// Makes each of `target` the weighted sum of what lies in `source` as far from the starts.
    #[inline(always)]
    fn weigh(&self, target: &mut [f64], source: &[f64]) {
        for (block, at) in target.chunks_mut(BLOCK).zip((0..).step_by(BLOCK)) {
            let length = block.len();
            let (start, weight) = self.centre;
            for (sum, value) in block.iter_mut().zip(&source[start + at..][..length]) {
                *sum = value * weight;
            }
            for &([before, after], weight) in &self.pairs {
                let (before, after) = (&source[before + at..][..length], &source[after + at..][..length]);
                for ((sum, before), after) in block.iter_mut().zip(before).zip(after) {
                    *sum += (before + after) * weight;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smoothed(values: &[f64], width: usize, border: Border) -> Vec<f64> {
        let mut values = values.to_vec();
        Gaussian::new([1.0, 1.0], 1.0, border).smooth(&mut values, width, 1, |value| value, |value| value);
        values
    }

    #[test]
    fn a_point_becomes_the_product_of_two_bells() {
        // Three taps: exp(-1/2), 1, exp(-1/2), over their sum.
        let side = (-0.5f64).exp();
        let bell = [side, 1.0, side].map(|weight| weight / (1.0 + 2.0 * side));
        let mut point = vec![0.0; 25];
        point[12] = 1.0;
        for (index, value) in smoothed(&point, 5, Border::Edge).into_iter().enumerate() {
            let weight = |position: usize| if (1..4).contains(&position) { bell[position - 1] } else { 0.0 };
            assert!((value - weight(index / 5) * weight(index % 5)).abs() < 1e-15, "{index}");
        }
    }

    #[test]
    fn channels_stay_apart() {
        let gaussian = Gaussian::new([2.0, 3.0], 4.0, Border::Mirror);
        let value = |x: usize, y: usize, channel: usize| ((x * 7 + y * 13 + channel * 29) % 31) as f64;
        let (width, height) = (37, 33);
        let mut colour: Vec<f64> = (0..width * height * 3)
            .map(|index| value(index / 3 % width, index / 3 / width, index % 3))
            .collect();
        gaussian.smooth(&mut colour, width, 3, |value| value, |value| value);
        for channel in 0..3 {
            let mut grey: Vec<f64> =
                (0..width * height).map(|index| value(index % width, index / width, channel)).collect();
            gaussian.smooth(&mut grey, width, 1, |value| value, |value| value);
            assert!(grey.iter().eq(colour.iter().skip(channel).step_by(3)));
        }
    }
}
