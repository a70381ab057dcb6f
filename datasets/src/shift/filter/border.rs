//! How an image continues beyond its border.

/// The position in `0..length` that stands at `position`: `dcb|abcd|cba`, for any distance.
///
/// The edge is not repeated, so that a straight line crosses the border as it came.
pub(in crate::shift) fn reflect(position: i64, length: usize) -> usize {
    if length <= 1 {
        return 0;
    }
    let last = length as i64 - 1;
    let folded = position.rem_euclid(2 * last);
    folded.min(2 * last - folded) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_is_not_repeated() {
        let around: Vec<usize> = (-4..9).map(|position| reflect(position, 4)).collect();
        assert_eq!(around, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert_eq!((reflect(-5, 1), reflect(7, 1), reflect(7, 2)), (0, 0, 1));
    }
}
