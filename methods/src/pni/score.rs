//! How anomalous a patch is.

/// The factor and the rate of a member's likelihood `LIKELIHOOD exp(-LIKELIHOOD d)`.
const LIKELIHOOD: f32 = 0.99;

/// Locations at the border that are left out, on each side, of maps large enough.
const BORDER: usize = 2;

/// Minus the logarithm of the likelihood of the nearest allowed member; the farthest is always allowed.
pub fn surprise(distances: &[f32], allowed: impl Fn(usize) -> bool) -> f32 {
    let farthest = distances.iter().copied().fold(0.0, f32::max);
    let allowed = distances.iter().enumerate().filter(|(member, _)| allowed(*member));
    let nearest = allowed.map(|(_, distance)| *distance).fold(farthest, f32::min);
    LIKELIHOOD * nearest - LIKELIHOOD.ln()
}

/// The same where it is the place of a member in the order of distance that is allowed or not, whichever member stands there.
pub fn surprise_by_rank(distances: &[f32], allowed: impl Fn(usize) -> bool) -> f32 {
    let mut sorted = distances.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    surprise(&sorted, allowed)
}

/// Locations that are left out on each side of a map of this height and width.
pub fn border((height, width): (usize, usize)) -> usize {
    (height.min(width).saturating_sub(1) / 4).min(BORDER)
}

/// A map whose border repeats what lies inside it.
pub fn without_border(scores: Vec<f32>, (height, width): (usize, usize)) -> Vec<f32> {
    let border = border((height, width));
    let inside = |place: usize, length: usize| place.clamp(border, length - 1 - border);
    let locations = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
    locations.map(|(row, column)| scores[inside(row, height) * width + inside(column, width)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of the specification.
    #[test]
    fn surprise_grows_with_the_distance() {
        for (distance, expected) in [(0.0, 0.01005), (1.0, 1.00005), (5.0, 4.96005)] {
            assert!((surprise(&[distance], |_| true) - expected).abs() < 1e-5, "{distance}");
        }
    }

    #[test]
    fn a_member_that_is_not_allowed_does_not_help() {
        let distances = [1.0, 2.0, 7.0];
        let scores = [0, 1, 2, 3].map(|first| surprise(&distances, |member| member >= first));
        assert!(scores.windows(2).all(|pair| pair[0] <= pair[1]), "{scores:?}");
        // Where none is allowed, the farthest is.
        assert_eq!(scores[3], surprise(&[7.0], |_| true));
        assert_eq!(scores[0], surprise(&[1.0], |_| true));
    }

    #[test]
    fn ranks_are_allowed_whichever_members_have_them() {
        let distances = [7.0, 1.0, 2.0];
        assert_eq!(surprise_by_rank(&distances, |rank| rank == 1), surprise(&[2.0], |_| true));
        assert_eq!(surprise_by_rank(&distances, |rank| rank > 8), surprise(&[7.0], |_| true));
        // Where members lie in the order of their distance, the two are the same.
        let sorted = [1.0, 2.0, 7.0];
        let (by_rank, by_member) = (surprise_by_rank(&sorted, |at| at == 1), surprise(&sorted, |at| at == 1));
        assert_eq!(by_rank, by_member);
    }

    #[test]
    fn a_border_repeats_the_inside() {
        let scores: Vec<f32> = (0..81).map(|value| value as f32).collect();
        let map = without_border(scores, (9, 9));
        assert_eq!((map[0], map[8], map[80], map[40]), (20.0, 24.0, 60.0, 40.0));
        assert_eq!(without_border(vec![1.0, 2.0, 3.0, 4.0], (2, 2)), [1.0, 2.0, 3.0, 4.0]);
    }
}
