//! How a picture continues beyond its border.

/// A rule for what lies outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shift) enum Border {
    /// The edge: `aaa|abcd|ddd`.
    Edge,
    /// The mirror image, the edge included: `cba|abcd|dcb`.
    Mirror,
    /// The mirror image without the edge, so that a straight line crosses the border as it came: `dcb|abcd|cba`.
    Reflect,
}

impl Border {
    /// The position in `0..length` that stands at `position`, however far outside. A picture has at least one pixel.
    #[inline(always)]
    pub fn inside(self, position: isize, length: usize) -> usize {
        let length = length as isize;
        let inside = match self {
            _ if (0..length).contains(&position) => position,
            Self::Edge => position.clamp(0, length - 1),
            Self::Mirror => {
                let folded = position.rem_euclid(2 * length);
                folded.min(2 * length - 1 - folded)
            }
            Self::Reflect if length == 1 => 0,
            Self::Reflect => {
                let folded = position.rem_euclid(2 * (length - 1));
                folded.min(2 * (length - 1) - folded)
            }
        };
        inside as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Border::{self, Edge, Mirror, Reflect};

    #[test]
    fn borders_continue_as_they_are_drawn() {
        let around = |border: Border| (-3..7).map(|position| border.inside(position, 4)).collect::<Vec<_>>();
        assert_eq!(around(Edge), [0, 0, 0, 0, 1, 2, 3, 3, 3, 3]);
        assert_eq!(around(Mirror), [2, 1, 0, 0, 1, 2, 3, 3, 2, 1]);
        assert_eq!(around(Reflect), [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
    }

    #[test]
    fn any_distance_is_folded_back() {
        assert_eq!([-9, -5, 8, 13].map(|far| Mirror.inside(far, 4)), [0, 3, 0, 2]);
        assert_eq!([-9, -5, 8, 13].map(|far| Reflect.inside(far, 4)), [3, 1, 2, 1]);
        assert_eq!([Reflect, Mirror, Edge].map(|border| border.inside(-7, 1)), [0; 3]);
    }
}
