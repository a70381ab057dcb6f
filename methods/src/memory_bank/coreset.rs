//! The greedy coreset of PatchCore's released code (Roth et al., CVPR 2022, algorithm 1): again and again the
//! vector that is farthest from all picked ones.
//!
//! It is not textbook farthest-first: every vector carries an *anchor* from the start, which takes part in the
//! running minimum for ever and so caps its distance.
//!
//! Found lazily (Minoux, "Accelerated greedy algorithms for maximizing submodular set functions", 1978). A
//! vector's distance only falls as picks are added, so an old value is an upper bound: only the vector with the
//! highest bound has to be compared with the picks it has not met. The picks are those of the plain algorithm,
//! at a small part of its distances.

use crate::kernel::wide::wide;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What a vector's distance is before anything is picked.
#[derive(Clone, Copy, Debug)]
pub enum Anchors<'a> {
    /// Its mean distance to these vectors (indices): the approximate greedy coreset.
    MeanTo(&'a [usize]),
    /// The norm of its distances to all vectors: the exact greedy coreset.
    RowNorm,
}

/// The indices of `count` vectors, in the order in which they are picked; fewer only if there are fewer.
/// `vectors` holds `dimension` values each, one after another. Of equally far vectors the first is picked.
pub fn greedy(vectors: &[f32], dimension: usize, anchors: Anchors<'_>, count: usize) -> Vec<usize> {
    let vector = |index: usize| &vectors[index * dimension..][..dimension];
    let mut distances = match anchors {
        Anchors::MeanTo(starts) => mean_to(vectors, dimension, starts),
        Anchors::RowNorm => row_norms(vectors, dimension),
    };
    let mut met = vec![0; distances.len()];
    let bounds = distances.iter().enumerate().map(|(index, distance)| bound(*distance, index));
    let mut farthest: BinaryHeap<_> = bounds.collect();
    let mut picks = Vec::new();
    // Their values side by side: a vector meets many at once.
    let mut picked: Vec<f32> = Vec::new();
    while picks.len() < count {
        let Some((_, Reverse(index))) = farthest.pop() else { break };
        if met[index] == picks.len() {
            picks.push(index);
            picked.extend_from_slice(vector(index));
            continue;
        }
        let new = &picked[met[index] * dimension..];
        distances[index] = distances[index].min(nearest_squared(vector(index), new).sqrt());
        met[index] = picks.len();
        farthest.push(bound(distances[index], index));
    }
    picks
}

/// Orders by distance, then by index. Distances are not negative, so their bits are in their order.
fn bound(distance: f32, index: usize) -> (u32, Reverse<usize>) {
    (distance.to_bits(), Reverse(index))
}

/// Squared distance to the nearest of `others`, at least one.
fn nearest_squared(vector: &[f32], others: &[f32]) -> f32 {
    let others = others.chunks_exact(vector.len());
    wide(|| others.map(|other| squared_distance(vector, other)).fold(f32::INFINITY, f32::min))
}

#[inline(always)]
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 32;
    let mut lanes = [0.0_f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f32 = rest.map(|(a, b)| (a - b) * (a - b)).sum();
    for (a, b) in a.zip(b) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += (a - b) * (a - b);
        }
    }
    // FoldedConv in halves: one after the other, each addition would wait for the one before.
    for half in [16, 8, 4, 2, 1] {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
    }
    lanes[0] + rest
}

fn mean_to(vectors: &[f32], dimension: usize, starts: &[usize]) -> Vec<f32> {
    let mean = |vector: &[f32]| {
        let start = |&index: &usize| {
            f64::from(wide(|| squared_distance(vector, &vectors[index * dimension..][..dimension])).sqrt())
        };
        (starts.iter().map(start).sum::<f64>() / starts.len().max(1) as f64) as f32
    };
    vectors.par_chunks_exact(dimension).map(mean).collect()
}

/// The squares of a vector's distances to all `n` sum to `n |x - m|^2 + sum_j |x_j - m|^2` with the mean `m`: no
/// matrix of distances is needed.
fn row_norms(vectors: &[f32], dimension: usize) -> Vec<f32> {
    let count = (vectors.len() / dimension) as f64;
    let mut mean = vec![0.0; dimension];
    for vector in vectors.chunks_exact(dimension) {
        mean.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value) / count);
    }
    let spread = |vector: &[f32]| {
        vector.iter().zip(&mean).map(|(value, mean)| (f64::from(*value) - mean).powi(2)).sum::<f64>()
    };
    let spreads: Vec<f64> = vectors.par_chunks_exact(dimension).map(spread).collect();
    let total: f64 = spreads.iter().sum();
    spreads.into_iter().map(|spread| (count * spread + total).sqrt() as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A(0,0) B(1,0) C(0,1) D(10,0) E(10,1) F(0,10).
    const SIX: [f32; 12] = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 10.0, 0.0, 10.0, 1.0, 0.0, 10.0];
    const ALL: [usize; 6] = [0, 1, 2, 3, 4, 5];

    fn near(values: &[f32], expected: [f32; 6]) {
        assert!(values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-3));
    }

    #[test]
    fn six_points_by_hand() {
        near(&mean_to(&SIX, 2, &ALL), [5.342, 5.087, 5.244, 7.365, 7.260, 9.441]);
        near(&row_norms(&SIX, 2), [17.407, 16.340, 16.882, 21.977, 21.564, 25.749]);
        assert_eq!(greedy(&SIX, 2, Anchors::MeanTo(&ALL), 4), [5, 3, 0, 1]);
        assert_eq!(greedy(&SIX, 2, Anchors::RowNorm, 4), [5, 3, 0, 1]);
        assert_eq!(greedy(&SIX, 2, Anchors::MeanTo(&ALL), 99).len(), 6);
    }

    /// Textbook farthest-first would go on from 1 and 5 with 2.
    #[test]
    fn the_mean_to_the_start_points_caps_distances() {
        let points = [11.0, 7.0, 4.0, 11.0, 12.0, 3.0, 9.0, 1.0, 5.0, 0.0, 0.0, 0.0];
        assert_eq!(greedy(&points, 2, Anchors::MeanTo(&ALL), 3), [1, 5, 0]);
    }

    /// Every distance, every time.
    fn plain(vectors: &[f32], dimension: usize, mut distances: Vec<f32>, count: usize) -> Vec<usize> {
        let mut picks: Vec<usize> = Vec::new();
        while picks.len() < count {
            let left = (0..distances.len()).filter(|index| !picks.contains(index));
            let Some(pick) = left.max_by_key(|&index| bound(distances[index], index)) else { break };
            picks.push(pick);
            let pick = &vectors[pick * dimension..][..dimension];
            for (distance, vector) in distances.iter_mut().zip(vectors.chunks_exact(dimension)) {
                *distance = distance.min(squared_distance(vector, pick).sqrt());
            }
        }
        picks
    }

    proptest! {
        #[test]
        fn lazy_picks_are_the_plain_ones(
            // Few different values, so that there are ties and duplicates.
            values in prop::collection::vec(-3_i8..=3, 3..240),
            starts in 1_usize..4,
            count in 0_usize..90,
        ) {
            let vectors: Vec<f32> = values.chunks_exact(3).flatten().map(|value| f32::from(*value)).collect();
            let starts: Vec<usize> = (0..starts.min(vectors.len() / 3)).collect();
            let expected = plain(&vectors, 3, mean_to(&vectors, 3, &starts), count);
            prop_assert_eq!(greedy(&vectors, 3, Anchors::MeanTo(&starts), count), expected);
        }
    }
}
