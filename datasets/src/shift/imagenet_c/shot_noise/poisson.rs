//! Poisson counts of a picture's 256 levels, from tables of their distribution functions.

use crate::shift::level::{level, unit};

/// Draws are first sorted by so many of their leading bits.
const GUIDE_BITS: u32 = 8;

/// The distributions of the counts for all levels, exact to 2^-32.
pub(super) struct Counts {
    /// The level that a count makes.
    levels: Vec<u8>,
    /// One for each level before the noise.
    distributions: Vec<Distribution>,
}

/// The distribution function of one Poisson variable, ready to be inverted.
struct Distribution {
    /// The largest 32-bit draw that means at most this count. The last one is `u32::MAX`.
    bounds: Vec<u32>,
    /// The smallest count that a draw with these leading bits can mean.
    guide: [u8; 1 << GUIDE_BITS],
}

impl Counts {
    /// Counts of which `quanta` are expected at level 255.
    pub fn new(quanta: f64) -> Self {
        let distributions: Vec<_> = (0..=255).map(|level| Distribution::new(unit(level) * quanta)).collect();
        let most = distributions.iter().map(|distribution| distribution.bounds.len()).max().unwrap_or(0);
        Self { levels: (0..most).map(|count| level(count as f64 / quanta)).collect(), distributions }
    }

    /// The level that takes the place of `level` when 32 random bits are `draw`.
    pub fn level(&self, level: u8, draw: u32) -> u8 {
        self.levels[self.distributions[usize::from(level)].count(draw)]
    }
}

impl Distribution {
    /// A Poisson variable of a mean of at most 100: its counts fit into a byte.
    fn new(mean: f64) -> Self {
        let mut bounds = Vec::new();
        let (mut probability, mut sum) = ((-mean).exp(), 0.0);
        loop {
            sum += probability;
            let bound = (sum * f64::from(u32::MAX)).round() as u32;
            // Beyond the mean, a term that no longer moves the sum ends it.
            if bound == u32::MAX || bounds.last() == Some(&bound) && bounds.len() as f64 > mean {
                bounds.push(u32::MAX);
                break;
            }
            bounds.push(bound);
            probability *= mean / bounds.len() as f64;
        }
        let guide = std::array::from_fn(|leading| {
            let smallest = (leading as u32) << (32 - GUIDE_BITS);
            bounds.partition_point(|bound| *bound < smallest) as u8
        });
        Self { bounds, guide }
    }

    fn count(&self, draw: u32) -> usize {
        let mut count = usize::from(self.guide[(draw >> (32 - GUIDE_BITS)) as usize]);
        while draw > self.bounds[count] {
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_two_has_the_probabilities_of_the_formula() {
        let distribution = Distribution::new(2.0);
        // e^-2 times 1, 2, 2, 4/3 and 2/3.
        let mut sum = 0.0;
        for (count, probability) in [0.135335, 0.270671, 0.270671, 0.180447, 0.090224].into_iter().enumerate()
        {
            sum += probability;
            assert!((f64::from(distribution.bounds[count]) / 2f64.powi(32) - sum).abs() < 3e-6, "{count}");
        }
    }

    #[test]
    fn the_guide_changes_no_count() {
        for mean in [0.0, 0.2, 5.0, 60.0] {
            let distribution = Distribution::new(mean);
            let draws = (0..100_000u32).map(|index| index.wrapping_mul(2_654_435_761));
            for draw in draws.chain([0, u32::MAX]).chain(distribution.bounds.clone()) {
                let expected = distribution.bounds.iter().position(|bound| draw <= *bound);
                assert_eq!(Some(distribution.count(draw)), expected, "mean {mean}, draw {draw}");
            }
        }
    }

    #[test]
    fn black_stays_black_and_full_light_is_clipped() {
        let counts = Counts::new(3.0);
        assert!([0, 1 << 20, u32::MAX].iter().all(|draw| counts.level(0, *draw) == 0));
        assert_eq!((counts.level(255, 0), counts.level(255, u32::MAX)), (0, 255));
    }
}
