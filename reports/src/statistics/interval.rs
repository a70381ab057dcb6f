//! Percentile intervals.

/// The middle 95 % of a bootstrap distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// From the 2.5th to the 97.5th percentile of `replicates`, which must not be empty; between two of
    /// them, a straight line.
    pub(crate) fn new(mut replicates: Vec<f64>) -> Self {
        replicates.sort_by(f64::total_cmp);
        let percentile = |share: f64| {
            let place = share * (replicates.len() - 1) as f64;
            let (below, above) = (replicates[place.floor() as usize], replicates[place.ceil() as usize]);
            below + (above - below) * place.fract()
        };
        Self { low: percentile(0.025), high: percentile(0.975) }
    }

    /// Whether a value may be the true one.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_percentiles() {
        // numpy.percentile of the same numbers gives 1.0 and 39.0.
        let interval = Interval::new((0..=40).rev().map(f64::from).collect());
        assert_eq!(interval, Interval { low: 1.0, high: 39.0 });
        let interval = Interval::new(vec![0.0, 1.0]);
        assert!((interval.low - 0.025).abs() < 1e-12 && (interval.high - 0.975).abs() < 1e-12);
        assert!(interval.contains(0.5) && !interval.contains(0.0));
    }
}
