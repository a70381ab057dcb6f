//! How far mean ranks must be apart: Nemenyi's critical difference (1963), as in Demšar (2006).

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// The critical difference of mean ranks at 5 %, all pairs of `methods` (2 or more) over `blocks` together:
/// `q sqrt(k (k + 1) / 6 n)`, with `q` the studentised range over the square root of 2.
pub(crate) fn critical_difference(methods: usize, blocks: usize) -> f64 {
    let (k, n) = (methods as f64, blocks as f64);
    studentised_range(methods, 0.95) / 2f64.sqrt() * (k * (k + 1.0) / (6.0 * n)).sqrt()
}

/// The value that the range of `count` standard normal numbers stays below with chance `share`.
fn studentised_range(count: usize, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 20.0);
    // Each step halves the interval: after 60 there is nothing left to halve.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        *(if range_below(count, middle) < share { &mut low } else { &mut high }) = middle;
    }
    (low + high) / 2.0
}

/// Chance that the range of `count` standard normal numbers is below `range`: one of them is the highest, at
/// `z`, and the others lie within `range` below it, integrated over `z` by Simpson's rule.
fn range_below(count: usize, range: f64) -> f64 {
    const STEPS: usize = 1000;
    const END: f64 = 9.0;
    let normal = Normal::standard();
    let step = 2.0 * END / STEPS as f64;
    let others = |z: f64| (normal.cdf(z) - normal.cdf(z - range)).powi(count as i32 - 1);
    let value = |i: usize| {
        let z = step * i as f64 - END;
        let weight = match i {
            0 | STEPS => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        weight * normal.pdf(z) * others(z)
    };
    count as f64 * step / 3.0 * (0..=STEPS).map(value).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_studentised_range_agrees_with_scipy_and_with_the_printed_table() {
        // scipy.stats.studentized_range.ppf(0.95, k, inf).
        for (count, known) in [
            (2, 2.771807648699355),
            (3, 3.314493155398122),
            (5, 3.857655510378623),
            (10, 4.474124221725907),
            (20, 5.0116887941184425),
            (25, 5.17299617312959),
        ] {
            let found = studentised_range(count, 0.95);
            assert!((found - known).abs() < 1e-7, "{count}: {found}");
        }
        assert!((range_below(5, 3.5) - 0.9036615360345732).abs() < 1e-10);
        // As Demšar (2006) prints them for k = 2 to 10.
        let printed = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164];
        for (count, printed) in (2..).zip(printed) {
            let found = studentised_range(count, 0.95) / 2f64.sqrt();
            assert!((found - printed).abs() < 0.0011, "{count}: {found}");
        }
    }

    #[test]
    fn the_papers_example() {
        // Four classifiers on 14 data sets: the paper's critical difference is 1.25.
        assert!((critical_difference(4, 14) - 1.25).abs() < 0.005);
    }
}
