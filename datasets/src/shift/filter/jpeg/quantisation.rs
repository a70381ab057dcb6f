//! Where the loss happens: coefficients become multiples of a step.

use harness::contract::picture::jpeg::dct::Block;

/// The luminance table of annex K for quality 50, row by row.
pub(super) const LUMA: [i32; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, //
    12, 12, 14, 19, 26, 58, 60, 55, //
    14, 13, 16, 24, 40, 57, 69, 56, //
    14, 17, 22, 29, 51, 87, 80, 62, //
    18, 22, 37, 56, 68, 109, 103, 77, //
    24, 35, 55, 64, 81, 104, 113, 92, //
    49, 64, 78, 87, 103, 121, 120, 101, //
    72, 92, 95, 98, 112, 100, 103, 99,
];

/// The chrominance table of annex K for quality 50.
pub(super) const CHROMA: [i32; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, //
    18, 21, 26, 66, 99, 99, 99, 99, //
    24, 26, 56, 99, 99, 99, 99, 99, //
    47, 66, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99, //
    99, 99, 99, 99, 99, 99, 99, 99,
];

/// Fractional bits of inverses: enough that no quotient of a coefficient and a step is off by one.
const FRACTION: u32 = 20;

/// The steps for one component.
pub(super) struct Quantiser {
    steps: Block,
    /// Their inverses, which replace divisions, with [`FRACTION`] fractional bits and rounded up.
    inverses: [[u32; 8]; 8],
}

impl Quantiser {
    /// `table` scaled for `quality`: tenfold for 5, as it is for 50, all ones for 100.
    pub fn new(table: &[i32; 64], quality: u8) -> Self {
        let quality = i32::from(quality.clamp(1, 100));
        let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
        let step = |index: usize| ((table[index] * percent + 50) / 100).clamp(1, 255);
        let steps: Block = std::array::from_fn(|y| std::array::from_fn(|x| step(8 * y + x)));
        Self::of(steps)
    }

    fn of(steps: Block) -> Self {
        Self { steps, inverses: steps.map(|row| row.map(|step| (1u32 << FRACTION).div_ceil(step as u32))) }
    }

    /// Rounds every coefficient, which comes scaled by eight, to the nearest multiple of its step. Halves go
    /// away from zero.
    #[inline(always)]
    pub fn apply(&self, block: &mut Block) {
        for ((row, steps), inverses) in block.iter_mut().zip(&self.steps).zip(&self.inverses) {
            // The whole row before any of it is stored: that makes it one operation on wide registers.
            *row = std::array::from_fn(|x| {
                let eighth = ((row[x].abs() + 4 * steps[x]) >> 3) as u32;
                let count = ((eighth * inverses[x]) >> FRACTION) as i32;
                if row[x] < 0 { -count * steps[x] } else { count * steps[x] }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_scales_the_table() {
        assert_eq!(Quantiser::new(&LUMA, 50).steps.as_flattened(), LUMA);
        assert!(Quantiser::new(&CHROMA, 100).steps.as_flattened().iter().all(|&step| step == 1));
        assert_eq!(Quantiser::new(&LUMA, 10).steps[0][..3], [80, 55, 50]);
        assert_eq!(Quantiser::new(&LUMA, 1).steps[0][0], 255);
    }

    /// In integers: (|value| + half a step) / step.
    #[test]
    fn rounding_is_exact_for_every_coefficient_and_step() {
        for step in 1..=255 {
            let quantiser = Quantiser::of([[step; 8]; 8]);
            for start in (-16384..16384).step_by(64) {
                let block: Block =
                    std::array::from_fn(|y| std::array::from_fn(|x| start + (8 * y + x) as i32));
                let mut quantised = block;
                quantiser.apply(&mut quantised);
                for (&value, &found) in block.as_flattened().iter().zip(quantised.as_flattened()) {
                    assert_eq!(found, value.signum() * ((value.abs() + 4 * step) / (8 * step)) * step);
                }
            }
        }
    }
}
