//! The lists AugMix draws its operations from, and how it draws their parameters.
//!
//! # Method
//!
//! Each operation gets its own level `u`, uniform between 0.1 and the severity `s`:
//!
//! | operation | parameter |
//! |---|---|
//! | posterise | `4 - int(0.4 u)` bits |
//! | solarise | threshold `256 - int(25.6 u)` |
//! | colour, contrast, brightness, sharpness | factor `0.18 u + 0.1` |
//! | rotate | `int(3 u)` degrees, with either sign |
//! | shear x, shear y | slope `0.03 u`, with either sign |
//! | translate x, translate y | `int(u / 30 side)` pixels of the width or height, with either sign |
//!
//! At the released severities the factor lies in 0.1..0.64, so an enhancement always weakens the
//! picture, and most at severity 0.

use super::pixel_ops::{OpName, PixelOp};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// The operations a chain is drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpList {
    /// Autocontrast, equalise, posterise, solarise, colour, sharpness: GNL's list for MVTec AD.
    #[default]
    Mvtec,
    /// The MVTec list with contrast and brightness: GNL's list for PACS. It overlaps the
    /// benchmark's own shifts.
    Pacs,
    /// Autocontrast, equalise, posterise, rotate, solarise, shears, translations: AugMix's own list, made not to
    /// overlap ImageNet-C.
    Base,
    /// The base list with colour, contrast, brightness and sharpness: AugMix's list "all".
    All,
}

impl OpList {
    /// The operations of the list. Their order decides which one a draw means.
    pub fn names(self) -> &'static [OpName] {
        use OpName::*;
        match self {
            OpList::Mvtec => &[Autocontrast, Equalize, Posterize, Solarize, Color, Sharpness],
            OpList::Pacs => {
                &[Autocontrast, Equalize, Posterize, Solarize, Color, Sharpness, Contrast, Brightness]
            }
            OpList::Base => &ALL[..9],
            OpList::All => &ALL,
        }
    }
}

/// The operations of AugMix: nine of the list "base", then those that ImageNet-C has too.
const ALL: [OpName; 13] = [
    OpName::Autocontrast,
    OpName::Equalize,
    OpName::Posterize,
    OpName::Rotate,
    OpName::Solarize,
    OpName::ShearX,
    OpName::ShearY,
    OpName::TranslateX,
    OpName::TranslateY,
    OpName::Color,
    OpName::Contrast,
    OpName::Brightness,
    OpName::Sharpness,
];

/// The operation at a level drawn for `severity`, on a picture of this width and height. A level is drawn whether the
/// operation uses it or not; what moves pixels draws a sign after it.
pub fn draw_parameter(
    name: OpName,
    severity: u8,
    (width, height): (u32, u32),
    rng: &mut impl Rng,
) -> PixelOp {
    let level = draw_level(severity, rng);
    let mut signed = |amount: f64| if rng.random() { amount } else { -amount };
    match name {
        OpName::Autocontrast => PixelOp::Autocontrast,
        OpName::Equalize => PixelOp::Equalize,
        OpName::Posterize => PixelOp::Posterize(posterize_bits(level)),
        OpName::Solarize => PixelOp::Solarize(solarize_threshold(level)),
        OpName::Color => PixelOp::Color(enhancement_factor(level)),
        OpName::Contrast => PixelOp::Contrast(enhancement_factor(level)),
        OpName::Brightness => PixelOp::Brightness(enhancement_factor(level)),
        OpName::Sharpness => PixelOp::Sharpness(enhancement_factor(level)),
        OpName::Rotate => PixelOp::Rotate(signed((level * 30.0 / 10.0).trunc())),
        OpName::ShearX => PixelOp::ShearX(signed(level * 0.3 / 10.0)),
        OpName::ShearY => PixelOp::ShearY(signed(level * 0.3 / 10.0)),
        OpName::TranslateX => PixelOp::TranslateX(signed(translation(level, width)) as i32),
        OpName::TranslateY => PixelOp::TranslateY(signed(translation(level, height)) as i32),
    }
}

/// Whole pixels at `level`: a third of the side at level 10.
fn translation(level: f64, side: u32) -> f64 {
    (level * (f64::from(side) / 3.0) / 10.0).trunc()
}

/// `u ~ U(0.1, severity)` as NumPy's `uniform` draws it: at severity 0 the bounds swap, and `u`
/// lies in (0, 0.1].
fn draw_level(severity: u8, rng: &mut impl Rng) -> f64 {
    0.1 + (f64::from(severity) - 0.1) * rng.random::<f64>()
}

/// Bits that posterise keeps at `level`, 0..=4.
fn posterize_bits(level: f64) -> u8 {
    4_u8.saturating_sub((level * 4.0 / 10.0) as u8)
}

/// Threshold of solarise at `level`, 0..=256.
fn solarize_threshold(level: f64) -> u16 {
    256_u16.saturating_sub((level * 256.0 / 10.0) as u16)
}

/// Factor of the four enhancements at `level`.
fn enhancement_factor(level: f64) -> f32 {
    (level * 1.8 / 10.0 + 0.1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;
    use std::collections::BTreeSet;

    /// Each operation of AugMix many times, on a picture of 90 x 60.
    fn drawn(severity: u8) -> Vec<PixelOp> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let names = ALL.repeat(300);
        names.into_iter().map(|name| draw_parameter(name, severity, (90, 60), &mut rng)).collect()
    }

    #[test]
    fn only_the_list_all_of_augmix_overlaps_imagenet_c() {
        let enhancements = [OpName::Color, OpName::Contrast, OpName::Brightness, OpName::Sharpness];
        assert_eq!(&OpList::All.names()[..9], OpList::Base.names());
        assert_eq!(OpList::All.names()[9..], enhancements);
    }

    #[test]
    fn parameters_stay_in_their_published_ranges() {
        for severity in 0..=3 {
            let highest = if severity == 0 { 0.118 } else { 0.18 * f32::from(severity) + 0.1 };
            let lowest = if severity == 0 { 0.1 } else { 0.118 };
            for op in drawn(severity) {
                match op {
                    PixelOp::Posterize(bits) => assert!(bits == 4 || (bits == 3 && severity == 3)),
                    PixelOp::Solarize(threshold) => assert!((180..=256).contains(&threshold)),
                    PixelOp::Color(factor)
                    | PixelOp::Contrast(factor)
                    | PixelOp::Brightness(factor)
                    | PixelOp::Sharpness(factor) => {
                        assert!((lowest..=highest).contains(&factor), "{factor}");
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn what_moves_pixels_moves_them_as_published_in_both_directions() {
        let (mut turns, mut columns, mut rows) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut slopes = Vec::new();
        for op in drawn(3) {
            match op {
                PixelOp::Rotate(degrees) => _ = turns.insert(degrees as i32),
                PixelOp::ShearX(slope) | PixelOp::ShearY(slope) => slopes.push(slope),
                PixelOp::TranslateX(pixels) => _ = columns.insert(pixels),
                PixelOp::TranslateY(pixels) => _ = rows.insert(pixels),
                _ => {}
            }
        }
        assert_eq!(turns, (-8..=8).collect());
        assert_eq!(columns, (-8..=8).collect());
        assert_eq!(rows, (-5..=5).collect());
        assert!(slopes.iter().all(|slope| (0.003..0.09).contains(&slope.abs())));
        assert!(slopes.iter().any(|slope| *slope < -0.08) && slopes.iter().any(|slope| *slope > 0.08));
    }
}
