//! Which numbers of a column are best and second best.

use super::value::Mark;
use crate::Score;
use harness::metrics::Metric;

/// The marks of a column.
pub(super) fn rank(metric: &Metric, scores: &[Score]) -> Vec<Mark> {
    let shown: Vec<Option<i64>> = scores.iter().map(|score| score.ok().map(|of| of.tenths())).collect();
    let best_but = |excluded: Option<i64>| {
        let others = shown.iter().flatten().copied().filter(|value| Some(*value) != excluded);
        others.reduce(|a, b| if metric.better(b as f64, a as f64) { b } else { a })
    };
    let best = best_but(None);
    let second = best_but(best);
    let mark = |value: &Option<i64>| match value {
        // Where all are equal, nobody is best.
        Some(_) if second.is_none() => Mark::None,
        Some(_) if *value == best => Mark::Best,
        Some(_) if *value == second => Mark::Second,
        _ => Mark::None,
    };
    shown.iter().map(mark).collect()
}
