//! Is one method better than another, over many data sets? Wilcoxon's signed-rank test (1945), and Holm's
//! correction (1979) for asking that of many pairs.

use super::friedman::ranks;
use statrs::distribution::{ContinuousCDF, Normal};

/// Up to so many differences, without ties, p is counted and not approximated.
const MOST_COUNTED: usize = 50;

/// Two-sided p of Wilcoxon's signed-rank test of `differences`, one per block.
///
/// Differences of zero take part in the ranking and count for neither side (Pratt 1959). With at most 50
/// differences, no zero and no ties p is exact; otherwise it is that of the normal approximation, corrected
/// for ties and continuity. Without any difference it is 1.
pub(crate) fn signed_rank(differences: &[f64]) -> f64 {
    // Equal differences of means may differ in their last bits.
    let rounded: Vec<f64> = differences.iter().map(|difference| round(*difference)).collect();
    let sizes: Vec<f64> = rounded.iter().map(|difference| -difference.abs()).collect();
    // The smallest difference has rank 1: its negative is the highest number.
    let ranks = ranks(&sizes);
    let n = rounded.len();
    let side = |sign: f64| {
        let ranked = rounded.iter().zip(&ranks).filter(|(difference, _)| **difference * sign > 0.0);
        ranked.map(|(_, rank)| rank).sum::<f64>()
    };
    let statistic = side(1.0).min(side(-1.0));
    let zeros = rounded.iter().filter(|difference| **difference == 0.0).count();
    let ties = tie_sizes(&sizes);
    if zeros == n {
        1.0
    } else if zeros == 0 && ties.is_empty() && n <= MOST_COUNTED {
        counted(n, statistic as usize)
    } else {
        approximated(n as f64, zeros as f64, &ties, statistic)
    }
}

/// Nobody asks by how much a p is below this.
pub(crate) const LEAST_P: f64 = 0.0001;

/// As it is printed.
pub(crate) fn p_value(p: f64) -> String {
    if p < LEAST_P { format!("< {LEAST_P}") } else { format!("{p:.4}") }
}

/// To twelve decimals.
pub(crate) fn round(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

/// How often each size that is not zero occurs, where it is more than once.
fn tie_sizes(sizes: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = sizes.iter().copied().filter(|size| *size != 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let groups = sorted.chunk_by(|a, b| a == b).map(|group| group.len() as f64);
    groups.filter(|count| *count > 1.0).collect()
}

/// The share of all sign patterns of the ranks 1 to `n` whose smaller side is at most `statistic`.
fn counted(n: usize, statistic: usize) -> f64 {
    // How many sets of ranks have each sum: exact, as 2^50 is.
    let mut sets = vec![0.0_f64; n * (n + 1) / 2 + 1];
    sets[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..sets.len()).rev() {
            sets[sum] += sets[sum - rank];
        }
    }
    let at_most: f64 = sets[..=statistic].iter().sum();
    (2.0 * at_most / 2f64.powi(n as i32)).min(1.0)
}

fn approximated(n: f64, zeros: f64, ties: &[f64], statistic: f64) -> f64 {
    let mean = (n * (n + 1.0) - zeros * (zeros + 1.0)) / 4.0;
    let squares = |n: f64| n * (n + 1.0) * (2.0 * n + 1.0);
    let tied: f64 = ties.iter().map(|count| count.powi(3) - count).sum();
    let variance = (squares(n) - squares(zeros) - tied / 2.0) / 24.0;
    // The statistic is the smaller side, so it is at most the mean.
    let z = (mean - statistic - 0.5).max(0.0) / variance.sqrt();
    (2.0 * Normal::standard().sf(z)).min(1.0)
}

/// Holm's step-down correction: p values that hold for all comparisons together.
pub(crate) fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![0.0; p.len()];
    let mut most: f64 = 0.0;
    for (position, &index) in order.iter().enumerate() {
        most = most.max((p.len() - position) as f64 * p[index]).min(1.0);
        corrected[index] = most;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-9, "{found}, expected {known}");
    }

    #[test]
    fn p_agrees_with_scipy() {
        // scipy.stats.wilcoxon(d, method="exact").
        near(signed_rank(&[1.1, -0.4, 2.3, 0.7, 1.9, -1.5, 3.2, 0.2, 2.8, -0.9]), 0.130859375);
        near(signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 0.03125);
        // scipy.stats.wilcoxon(d, zero_method="pratt", correction=True, method="approx").
        let tied = [0.0, 1.0, 1.0, -1.0, 2.0, -3.0, 3.0, 4.0, 0.0, 5.0, -2.0, 6.0, 7.0, 7.0];
        near(signed_rank(&tied), 0.04705647366059665);
        let many: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 101 - 40) / 7.0).collect();
        near(signed_rank(&many), 0.023814797880424766);
    }

    #[test]
    fn it_is_symmetric_and_knows_no_difference() {
        let some = [0.3, -0.1, 0.2, 0.5, -0.4, 0.6];
        near(signed_rank(&some), signed_rank(&some.map(|difference| -difference)));
        assert_eq!(signed_rank(&[0.0; 8]), 1.0);
        assert_eq!(signed_rank(&[]), 1.0);
        // 0.3 - 0.2 and 0.2 - 0.1 are ties, though not to the last bit.
        near(signed_rank(&[0.3 - 0.2, 0.1 - 0.2, 0.5]), signed_rank(&[0.1, -0.1, 0.5]));
    }

    #[test]
    fn corrected_values_only_grow_and_keep_their_order() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, known) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            near(*found, known);
        }
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
    }
}
