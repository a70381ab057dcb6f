//! AugMix (Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and
//! Uncertainty", ICLR 2020), as the released GNL code runs it for anomaly detection.
//!
//! # Method
//!
//! Three chains of one to three [`PixelOp`]s each alter the 8-bit picture `x`. With convex weights
//! `w ~ Dirichlet(1,1,1)` and a skip weight `m ~ Beta(1,1)`, the view is mixed from normalised
//! pictures and not clipped afterwards:
//!
//! ```text
//! (1 - m) norm(x) + m (w1 norm(chain1(x)) + w2 norm(chain2(x)) + w3 norm(chain3(x)))
//! ```
//!
//! Each operation is drawn uniformly, with replacement, and gets its own level `u` between 0.1 and
//! the severity `s`:
//!
//! | operation | parameter |
//! |---|---|
//! | posterise | `4 - int(0.4 u)` bits |
//! | solarise | threshold `256 - int(25.6 u)` |
//! | colour, contrast, brightness, sharpness | factor `0.18 u + 0.1` |
//!
//! At the released severities the factor lies in 0.1..0.64, so an enhancement always weakens the
//! picture, and most at severity 0.
//!
//! Drawing and applying are apart: [`AugMix::draw`] consumes randomness, [`AugMixDraw::apply`]
//! none, so a recorded draw can be replayed.

use image::RgbImage;
use rand::{Rng, RngExt};
use rand_distr::Exp1;
use serde::{Deserialize, Serialize};

use super::pixel_ops::PixelOp;
use super::planes::Planes;

/// Number of chains that are mixed: AugMix's mixture width.
pub const CHAINS: usize = 3;

/// Most operations a chain can have: AugMix's mixture depth.
pub const MAX_DEPTH: usize = 3;

/// Highest severity the released GNL code draws.
pub const MAX_RELEASED_SEVERITY: u8 = 3;

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
}

/// How severity and depth are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawRule {
    /// Released GNL code: severity uniform on the integers 0..=3, once per image; depth uniform on
    /// 1..=3, once per image and used by all three chains.
    #[default]
    Released,
    /// AugMix as published: a fixed severity; depth uniform on 1..=3, anew for each chain.
    Standard {
        /// Strength of the operations, 0..=10 (above that, posterise and solarise saturate); the
        /// AugMix authors use 3 for CIFAR-10 and 1 for ImageNet.
        severity: u8,
    },
}

/// Options of the AugMix view; the default is what GNL trains with on MVTec AD.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AugMix {
    /// The operations to draw from.
    pub ops: OpList,
    /// How severity and depth are drawn.
    pub rule: DrawRule,
}

/// Everything AugMix leaves to chance for one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct AugMixDraw {
    /// Share of each chain in the mixture; non-negative, sum 1 (Dirichlet(1,1,1)).
    pub weights: [f32; CHAINS],
    /// Share `m` of the mixture in the view, 0..=1 (Beta(1,1)); the clean picture has the rest.
    pub skip: f32,
    /// One chain per weight: its operations in order of application. An empty chain is the identity.
    pub chains: Vec<Vec<PixelOp>>,
    /// Severity the levels were drawn at; a record only, [`apply`](AugMixDraw::apply) does not read
    /// it.
    pub severity: u8,
}

impl AugMix {
    /// Draws one view. The same stream gives the same draw.
    pub fn draw(&self, rng: &mut impl Rng) -> AugMixDraw {
        let severity = match self.rule {
            DrawRule::Released => rng.random_range(0..=MAX_RELEASED_SEVERITY),
            DrawRule::Standard { severity } => severity,
        };
        let weights = dirichlet(rng);
        let skip = rng.random();
        let depths: [usize; CHAINS] = match self.rule {
            DrawRule::Released => [rng.random_range(1..=MAX_DEPTH); CHAINS],
            DrawRule::Standard { .. } => std::array::from_fn(|_| rng.random_range(1..=MAX_DEPTH)),
        };
        let chains = depths
            .into_iter()
            .map(|depth| (0..depth).map(|_| self.ops.draw(severity, rng)).collect())
            .collect();
        AugMixDraw { weights, skip, chains, severity }
    }
}

impl AugMixDraw {
    /// The mixed view of `image`, ImageNet-normalised.
    pub fn apply(&self, image: &RgbImage) -> Planes {
        let mut view = Planes::normalise(image);
        let mut mixture = vec![0.0; view.values.len()];
        for (weight, chain) in self.weights.iter().zip(&self.chains) {
            for (mixed, value) in mixture.iter_mut().zip(run_chain(chain, image).values) {
                *mixed += weight * value;
            }
        }
        for (value, mixed) in view.values.iter_mut().zip(mixture) {
            *value = (1.0 - self.skip) * *value + self.skip * mixed;
        }
        view
    }
}

impl OpList {
    /// Draws one operation at `severity`; a level is drawn whether the operation uses it or not.
    fn draw(self, severity: u8, rng: &mut impl Rng) -> PixelOp {
        type AtLevel = fn(f64) -> PixelOp;
        const OPS: [AtLevel; 8] = [
            |_| PixelOp::Autocontrast,
            |_| PixelOp::Equalize,
            |level| PixelOp::Posterize(posterize_bits(level)),
            |level| PixelOp::Solarize(solarize_threshold(level)),
            |level| PixelOp::Color(enhancement_factor(level)),
            |level| PixelOp::Sharpness(enhancement_factor(level)),
            |level| PixelOp::Contrast(enhancement_factor(level)),
            |level| PixelOp::Brightness(enhancement_factor(level)),
        ];
        let available = match self {
            OpList::Mvtec => &OPS[..6],
            OpList::Pacs => &OPS[..],
        };
        available[rng.random_range(0..available.len())](draw_level(severity, rng))
    }
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

/// Dirichlet(1,1,1): independent standard exponentials over their sum.
fn dirichlet(rng: &mut impl Rng) -> [f32; CHAINS] {
    let parts: [f64; CHAINS] = std::array::from_fn(|_| rng.sample(Exp1));
    let total: f64 = parts.iter().sum();
    parts.map(|part| (part / total) as f32)
}

/// Applies the operations one after another to the 8-bit picture, then normalises.
fn run_chain(chain: &[PixelOp], image: &RgbImage) -> Planes {
    match chain {
        [] => Planes::normalise(image),
        [first, rest @ ..] => {
            Planes::normalise(&rest.iter().fold(first.apply(image), |image, op| op.apply(&image)))
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    use super::*;

    const STANDARD: DrawRule = DrawRule::Standard { severity: 3 };

    fn stream(seed: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }

    fn draws(ops: OpList, rule: DrawRule) -> Vec<AugMixDraw> {
        let (options, mut rng) = (AugMix { ops, rule }, stream(7));
        (0..500).map(|_| options.draw(&mut rng)).collect()
    }

    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 29) as u8, (y * 31) as u8, (x * y + 40) as u8]))
    }

    #[test]
    fn the_skip_weight_decides_between_picture_and_mixture() {
        let image = gradient(5, 4);
        let chains = vec![vec![PixelOp::Solarize(0)], vec![], vec![]];
        let mut draw = AugMixDraw { weights: [1.0, 0.0, 0.0], skip: 0.0, chains, severity: 3 };
        assert_eq!(draw.apply(&image), Planes::normalise(&image));
        draw.skip = 1.0;
        assert_eq!(draw.apply(&image), Planes::normalise(&PixelOp::Solarize(0).apply(&image)));
    }

    #[test]
    fn a_mixture_is_the_weighted_sum_of_its_chains() {
        // White, inverted to black by the second chain: 0.25 of the value is lost to it.
        let image = RgbImage::from_pixel(1, 1, Rgb([255; 3]));
        let chains =
            vec![vec![], vec![PixelOp::Solarize(0)], vec![PixelOp::Solarize(256), PixelOp::Color(0.3)]];
        let view = AugMixDraw { weights: [0.25, 0.5, 0.25], skip: 0.5, chains, severity: 0 }.apply(&image);
        let wanted = (0.75 - 0.485) / 0.229;
        assert!((view.values[0] - wanted).abs() < 1e-5);
    }

    #[test]
    fn the_same_stream_gives_the_same_bytes() {
        let (options, image) = (AugMix::default(), gradient(9, 9));
        let (first, second) = (options.draw(&mut stream(3)), options.draw(&mut stream(3)));
        assert_eq!(first, second);
        assert_eq!(first.apply(&image), second.apply(&image));
        assert_ne!(first, options.draw(&mut stream(4)));
    }

    #[test]
    fn weights_are_convex_and_average_to_a_third() {
        let draws = draws(OpList::Mvtec, DrawRule::Released);
        for draw in &draws {
            assert!(draw.weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
            assert!((draw.weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            assert!((0.0..=1.0).contains(&draw.skip));
        }
        let mean = |value: fn(&AugMixDraw) -> f32| draws.iter().map(value).sum::<f32>() / draws.len() as f32;
        assert!((mean(|draw| draw.weights[0]) - 1.0 / 3.0).abs() < 0.05);
        // Var of one Dirichlet(1,1,1) weight is 1/18, so its mean square is 1/9 + 1/18 = 1/6.
        assert!((mean(|draw| draw.weights[2].powi(2)) - 1.0 / 6.0).abs() < 0.04);
        assert!((mean(|draw| draw.skip) - 0.5).abs() < 0.05);
    }

    #[test]
    fn the_released_rule_shares_one_depth_and_draws_four_severities() {
        let draws = draws(OpList::Mvtec, DrawRule::Released);
        assert!(
            draws.iter().all(|draw| { draw.chains.iter().all(|chain| chain.len() == draw.chains[0].len()) })
        );
        assert!((0..=3).all(|severity| draws.iter().any(|draw| draw.severity == severity)));
        assert!((1..=3).all(|depth| draws.iter().any(|draw| draw.chains[0].len() == depth)));
    }

    #[test]
    fn the_standard_rule_draws_each_depth_apart_at_one_severity() {
        let draws = draws(OpList::Mvtec, STANDARD);
        assert!(draws.iter().all(|draw| draw.severity == 3 && draw.chains.len() == CHAINS));
        assert!(draws.iter().any(|draw| draw.chains[0].len() != draw.chains[1].len()));
    }

    #[test]
    fn parameters_stay_in_their_published_ranges() {
        for draw in draws(OpList::Pacs, DrawRule::Released) {
            let highest = if draw.severity == 0 { 0.118 } else { 0.18 * f32::from(draw.severity) + 0.1 };
            let lowest = if draw.severity == 0 { 0.1 } else { 0.118 };
            for op in draw.chains.iter().flatten() {
                match *op {
                    PixelOp::Autocontrast | PixelOp::Equalize => {}
                    PixelOp::Posterize(bits) => {
                        assert!(bits == 4 || (bits == 3 && draw.severity == 3))
                    }
                    PixelOp::Solarize(threshold) => assert!((180..=256).contains(&threshold)),
                    PixelOp::Color(factor)
                    | PixelOp::Contrast(factor)
                    | PixelOp::Brightness(factor)
                    | PixelOp::Sharpness(factor) => {
                        assert!((lowest..=highest).contains(&factor), "{factor}")
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_pacs_list_changes_contrast_and_brightness() {
        let shifts = |list| {
            let count = |draw: &AugMixDraw| {
                let shift = |op: &&PixelOp| matches!(op, PixelOp::Contrast(_) | PixelOp::Brightness(_));
                draw.chains.iter().flatten().filter(shift).count()
            };
            draws(list, STANDARD).iter().map(count).sum::<usize>()
        };
        assert_eq!(shifts(OpList::Mvtec), 0);
        assert!(shifts(OpList::Pacs) > 0);
    }

    #[test]
    fn options_read_and_write_as_snake_case() {
        let options = AugMix { ops: OpList::Pacs, rule: STANDARD };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(text, r#"{"ops":"pacs","rule":{"standard":{"severity":3}}}"#);
        assert_eq!(serde_json::from_str::<AugMix>(&text).unwrap(), options);
        assert_eq!(serde_json::from_str::<AugMix>("{}").unwrap(), AugMix::default());
        assert!(serde_json::from_str::<AugMix>(r#"{"op":"pacs"}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_view_panics_or_leaves_the_range(
            seed: u64, width in 1_u32..=9, height in 1_u32..=9, severity: u8, released: bool
        ) {
            let rule = if released { DrawRule::Released } else { DrawRule::Standard { severity } };
            let view = AugMix { ops: OpList::Pacs, rule }.draw(&mut stream(seed)).apply(&gradient(width, height));
            prop_assert_eq!(view.values.len() as u32, 3 * width * height);
            prop_assert!(view.values.iter().all(|value| (-2.12..=2.65).contains(value)));
        }
    }
}
