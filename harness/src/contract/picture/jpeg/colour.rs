//! From components to red, green and blue.

use std::num::Wrapping;

/// Fractional bits of the conversion's constants.
const FRACTION: usize = 16;

/// What the components of a picture mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    /// One component.
    Grey,
    /// Luma, blue and red chroma.
    Luma,
    /// Red, green and blue as they are.
    Plain,
    /// Cyan, magenta, yellow and black, each inverted as every writer of such files does.
    Inks,
    /// The same inks, of which the first three are written as luma and chroma.
    LumaInks,
}

impl Colours {
    /// By the number of components, the marker of Adobe (with its transform) and that of JFIF, and the components'
    /// names: the rules of the Independent JPEG Group. `None` for a number no picture has.
    pub fn of(ids: &[u8], adobe: Option<u8>, jfif: bool) -> Option<Self> {
        Some(match (ids, adobe) {
            ([_], _) => Self::Grey,
            ([_, _, _], Some(0)) if !jfif => Self::Plain,
            ([b'R', b'G', b'B'], None) if !jfif => Self::Plain,
            ([_, _, _], _) => Self::Luma,
            ([_, _, _, _], None | Some(0)) => Self::Inks,
            ([_, _, _, _], _) => Self::LumaInks,
            _ => return None,
        })
    }

    /// A row of pixels from a row of each component.
    pub fn row(self, rows: &[Vec<u8>], target: &mut [u8]) {
        let pixels = target.as_chunks_mut::<3>().0.iter_mut().enumerate();
        match (self, rows) {
            (Self::Grey, [grey]) => pixels.for_each(|(x, pixel)| *pixel = [grey[x]; 3]),
            (Self::Luma, [luma, blue, red]) => {
                pixels.for_each(|(x, pixel)| *pixel = rgb(luma[x], blue[x], red[x]));
            }
            (Self::Plain, [red, green, blue]) => {
                pixels.for_each(|(x, pixel)| *pixel = [red[x], green[x], blue[x]]);
            }
            (Self::Inks, [cyan, magenta, yellow, black]) => {
                pixels.for_each(|(x, pixel)| *pixel = printed([cyan[x], magenta[x], yellow[x]], black[x]));
            }
            (Self::LumaInks, [luma, blue, red, black]) => pixels.for_each(|(x, pixel)| {
                let inks = rgb(luma[x], blue[x], red[x]).map(|light| 255 - light);
                *pixel = printed(inks, black[x]);
            }),
            _ => unreachable!("the number of components decides what they mean"),
        }
    }
}

/// A pixel from luma, blue and red chroma: JFIF 1.02 with the fixed-point constants of the Independent JPEG Group.
#[inline(always)]
pub fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    const HALF: Wrapping<i32> = Wrapping(1 << (FRACTION - 1));
    const fn fixed(value: f64) -> Wrapping<i32> {
        Wrapping((value * (1 << FRACTION) as f64 + 0.5) as i32)
    }
    let [luma, blue, red] = [luma, blue, red].map(|level| Wrapping(i32::from(level)));
    let (blue, red) = (blue - Wrapping(128), red - Wrapping(128));
    let levels = [
        luma + ((fixed(1.40200) * red + HALF) >> FRACTION),
        luma + ((HALF - fixed(0.34414) * blue - fixed(0.71414) * red) >> FRACTION),
        luma + ((fixed(1.77200) * blue + HALF) >> FRACTION),
    ];
    levels.map(|level| level.0.clamp(0, 255) as u8)
}

/// The colour of three inverted inks and inverted black on paper, as Pillow converts it.
fn printed(inks: [u8; 3], black: u8) -> [u8; 3] {
    let light = i32::from(black);
    inks.map(|ink| {
        let product = (255 - i32::from(ink)) * light + 128;
        (light - ((product + (product >> 8)) >> 8)).clamp(0, 255) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_and_names_tell_what_components_mean() {
        for (ids, adobe, jfif, expected) in [
            (&[1][..], None, false, Some(Colours::Grey)),
            (&[1, 2, 3], None, true, Some(Colours::Luma)),
            (&[1, 2, 3], Some(0), false, Some(Colours::Plain)),
            (&[1, 2, 3], Some(1), false, Some(Colours::Luma)),
            (b"RGB", None, false, Some(Colours::Plain)),
            (&[1, 2, 3, 4], None, false, Some(Colours::Inks)),
            (&[1, 2, 3, 4], Some(2), false, Some(Colours::LumaInks)),
            (&[1, 2], None, true, None),
        ] {
            assert_eq!(Colours::of(ids, adobe, jfif), expected, "{ids:?} {adobe:?} {jfif}");
        }
    }

    #[test]
    fn white_paper_is_white_and_black_ink_black() {
        assert_eq!(printed([255; 3], 255), [255; 3]);
        assert_eq!(printed([255; 3], 0), [0; 3]);
        assert_eq!(printed([0, 255, 255], 255), [0, 255, 255]);
    }
}
