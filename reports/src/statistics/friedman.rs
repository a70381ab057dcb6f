//! Do methods differ at all, over many data sets? Friedman's test (1937), as Demšar (2006) recommends.

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Friedman's test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Friedman {
    /// The statistic, corrected for ties; under no difference, chi-squared with one degree of freedom less
    /// than there are methods.
    pub statistic: f64,
    /// Chance of such a statistic, or a higher one, under no difference.
    pub p: f64,
}

impl Friedman {
    /// From one rank per method in each block; `None` for fewer than three methods or two blocks. If all
    /// methods are equal in all blocks, the statistic is 0.
    pub fn new(ranks: &[Vec<f64>]) -> Option<Self> {
        let methods = ranks.first()?.len();
        if methods < 3 || ranks.len() < 2 {
            return None;
        }
        let (k, n) = (methods as f64, ranks.len() as f64);
        let mean = (k + 1.0) / 2.0;
        let sum = |method: usize| ranks.iter().map(|block| block[method]).sum::<f64>();
        let between: f64 = (0..methods).map(|method| (sum(method) - n * mean).powi(2)).sum();
        // Without ties this is n k (k + 1) / 12 times k - 1.
        let within: f64 = ranks.iter().flatten().map(|rank| (rank - mean).powi(2)).sum();
        let statistic = if within > 0.0 { (k - 1.0) * between / within } else { 0.0 };
        let chi_squared = ChiSquared::new(k - 1.0).ok()?;
        Some(Self { statistic, p: chi_squared.sf(statistic) })
    }
}

/// Ranks of `values`, 1 for the highest; equal ones share the mean of their ranks.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let above = values.iter().filter(|other| *other > value).count() as f64;
        let equal = values.iter().filter(|other| *other == value).count() as f64;
        above + (equal + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AUROC of four classifiers on 14 data sets, ties included: the example of Demšar (2006).
    const DEMSAR: [[f64; 4]; 14] = [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ];

    #[test]
    fn it_agrees_with_the_paper_and_with_scipy() {
        let blocks: Vec<Vec<f64>> = DEMSAR.iter().map(|values| ranks(values)).collect();
        let mean = |method: usize| blocks.iter().map(|block| block[method]).sum::<f64>() / 14.0;
        for (method, printed) in [3.143, 2.000, 2.893, 1.964].into_iter().enumerate() {
            // The paper ranks with more digits than it prints: two of its ties are none.
            assert!((mean(method) - printed).abs() < 0.04, "{method}: {}", mean(method));
        }
        // scipy.stats.friedmanchisquare of the printed values.
        let friedman = Friedman::new(&blocks).unwrap();
        assert!((friedman.statistic - 10.952380952380956).abs() < 1e-12, "{friedman:?}");
        assert!((friedman.p - 0.011986176325417788).abs() < 1e-12, "{friedman:?}");
    }

    #[test]
    fn too_little_is_no_test_and_equals_are_no_difference() {
        assert_eq!(Friedman::new(&[]), None);
        assert_eq!(Friedman::new(&[vec![1.0, 2.0], vec![1.0, 2.0]]), None);
        assert_eq!(Friedman::new(&[vec![1.0, 2.0, 3.0]]), None);
        let equal = Friedman::new(&[vec![2.0; 3], vec![2.0; 3]]).unwrap();
        assert_eq!((equal.statistic, equal.p), (0.0, 1.0));
        assert_eq!(ranks(&[0.9, 0.7, 0.9, 0.1]), [1.5, 3.0, 1.5, 4.0]);
    }
}
