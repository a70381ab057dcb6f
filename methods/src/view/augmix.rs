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
//! Each operation is drawn uniformly from an [`OpList`], with replacement, and gets its own level between 0.1 and
//! the severity.
//!
//! Drawing and applying are apart: [`AugMix::draw`] consumes randomness, [`AugMixDraw::apply`]
//! none, so a recorded draw can be replayed.

use image::RgbImage;
use rand::{Rng, RngExt};
use rand_distr::Exp1;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::chain::Chain;
use super::levels::Levels;
use super::mixture::Mixture;
use super::op_list::{OpList, draw_parameter};
use super::pixel_ops::{OpName, PixelOp};
use super::planes::{Planes, normalised_levels};

/// Number of chains that are mixed: AugMix's mixture width.
pub const CHAINS: usize = 3;

/// Most operations a chain can have: AugMix's mixture depth.
pub const MAX_DEPTH: usize = 3;

/// Highest severity the released GNL code draws.
pub const MAX_RELEASED_SEVERITY: u8 = 3;

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
    /// Operations of that list never to draw, such as the one that undoes the tested shift.
    pub without: BTreeSet<OpName>,
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
    /// The operations there are to draw from, in the order the draw counts them.
    pub fn operations(&self) -> Vec<OpName> {
        self.ops.names().iter().copied().filter(|name| !self.without.contains(name)).collect()
    }

    /// Draws one view of a picture of `size`, width and height. The same stream gives the same draw.
    ///
    /// Where [`operations`](AugMix::operations) is empty, so is every chain.
    pub fn draw(&self, size: (u32, u32), rng: &mut impl Rng) -> AugMixDraw {
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
        let available = self.operations();
        let mut operation = || {
            let name = available[rng.random_range(0..available.len())];
            draw_parameter(name, severity, size, rng)
        };
        let depths = if available.is_empty() { [0; CHAINS] } else { depths };
        let chains = depths.map(|depth| (0..depth).map(|_| operation()).collect()).into();
        AugMixDraw { weights, skip, chains, severity }
    }
}

impl AugMixDraw {
    /// The mixed view of `image`, ImageNet-normalised.
    pub fn apply(&self, image: &RgbImage) -> Planes {
        let picture = Levels::from(image);
        let chains: Vec<Chain> = self.chains.iter().map(|chain| Chain::run(&picture, chain)).collect();
        let mut view = Planes { width: image.width(), height: image.height(), values: Vec::new() };
        view.values.reserve_exact(image.as_raw().len());
        for channel in 0..3 {
            let levels = normalised_levels(channel);
            let mut mixture = Mixture::new(picture.planes()[channel]);
            for (weight, chain) in self.weights.iter().zip(&chains) {
                let shares = chain.tables[channel].map(|level| weight * levels[usize::from(level)]);
                match &chain.picture {
                    Cow::Borrowed(_) => mixture.add_clean(shares),
                    Cow::Owned(altered) => mixture.add(altered.planes()[channel], shares),
                }
            }
            mixture.write(self.skip, &levels, &mut view.values);
        }
        view
    }
}

/// Dirichlet(1,1,1): independent standard exponentials over their sum.
fn dirichlet(rng: &mut impl Rng) -> [f32; CHAINS] {
    let parts: [f64; CHAINS] = std::array::from_fn(|_| rng.sample(Exp1));
    let total: f64 = parts.iter().sum();
    parts.map(|part| (part / total) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::oracle;
    use image::Rgb;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    const STANDARD: DrawRule = DrawRule::Standard { severity: 3 };

    const SIZE: (u32, u32) = (90, 60);

    fn stream(seed: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }

    fn draws(ops: OpList, rule: DrawRule) -> Vec<AugMixDraw> {
        draws_of(&AugMix { ops, rule, ..AugMix::default() })
    }

    fn draws_of(options: &AugMix) -> Vec<AugMixDraw> {
        let mut rng = stream(7);
        (0..500).map(|_| options.draw(SIZE, &mut rng)).collect()
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
        let (first, second) = (options.draw(SIZE, &mut stream(3)), options.draw(SIZE, &mut stream(3)));
        assert_eq!(first, second);
        assert_eq!(first.apply(&image), second.apply(&image));
        assert_ne!(first, options.draw(SIZE, &mut stream(4)));
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
        let options =
            AugMix { ops: OpList::Pacs, rule: STANDARD, without: [OpName::Color, OpName::Equalize].into() };
        let text = serde_json::to_string(&options).unwrap();
        let wanted = r#"{"ops":"pacs","without":["equalize","color"],"rule":{"standard":{"severity":3}}}"#;
        assert_eq!(text, wanted);
        assert_eq!(serde_json::from_str::<AugMix>(&text).unwrap(), options);
        assert_eq!(serde_json::from_str::<AugMix>("{}").unwrap(), AugMix::default());
        assert!(serde_json::from_str::<AugMix>(r#"{"op":"pacs"}"#).is_err());
        let unknown = serde_json::from_str::<AugMix>(r#"{"without":["autocontrst"]}"#).unwrap_err();
        assert!(unknown.to_string().starts_with("unknown variant `autocontrst`, expected one of"));
    }

    #[test]
    fn an_operation_left_out_is_never_drawn_and_the_others_are() {
        let names = |options: &AugMix| -> BTreeSet<OpName> {
            draws_of(options).iter().flat_map(|draw| draw.chains.concat()).map(|op| op.name()).collect()
        };
        for ops in [OpList::Mvtec, OpList::Pacs, OpList::Base, OpList::All] {
            let listed: BTreeSet<OpName> = ops.names().iter().copied().collect();
            assert_eq!(names(&AugMix { ops, ..AugMix::default() }), listed);
            for &left_out in ops.names() {
                let without = BTreeSet::from([left_out]);
                let drawn = names(&AugMix { ops, without: without.clone(), rule: STANDARD });
                assert_eq!(drawn, &listed - &without);
            }
        }
    }

    #[test]
    fn a_draw_from_nothing_is_the_clean_picture() {
        let without = OpList::Mvtec.names().iter().copied().collect();
        let draw = AugMix { without, ..AugMix::default() }.draw(SIZE, &mut stream(1));
        assert!(draw.chains.iter().all(Vec::is_empty));
    }

    /// What trainings were made with: a stream must go on giving the same draw.
    #[test]
    fn the_released_draw_is_pinned() {
        let draw = AugMix::default().draw(SIZE, &mut stream(2));
        let chains = vec![
            vec![PixelOp::Posterize(4), PixelOp::Posterize(3), PixelOp::Solarize(203)],
            vec![PixelOp::Color(0.577_297_2), PixelOp::Sharpness(0.355_074_76), PixelOp::Solarize(227)],
            vec![PixelOp::Equalize, PixelOp::Solarize(210), PixelOp::Solarize(191)],
        ];
        let weights = [0.302_230_15, 0.343_481_57, 0.354_288_28];
        assert_eq!(draw, AugMixDraw { weights, skip: 0.490_930_38, chains, severity: 3 });
    }

    proptest! {
        #[test]
        fn no_view_panics_or_leaves_the_range(
            seed: u64, width in 1_u32..=9, height in 1_u32..=9, severity: u8, ops in lists(), released: bool
        ) {
            let rule = if released { DrawRule::Released } else { DrawRule::Standard { severity } };
            let (size, image) = ((width, height), gradient(width, height));
            let view = AugMix { ops, rule, ..AugMix::default() }.draw(size, &mut stream(seed)).apply(&image);
            prop_assert_eq!(view.values.len() as u32, 3 * width * height);
            prop_assert!(view.values.iter().all(|value| (-2.12..=2.65).contains(value)));
        }

        #[test]
        fn views_are_those_of_the_definition_to_the_last_bit(
            seed: u64, width in 1_u32..=40, height in 1_u32..=40, ops in lists(), released: bool
        ) {
            let rule = if released { DrawRule::Released } else { STANDARD };
            let (size, image) = ((width, height), gradient(width, height));
            let draw = AugMix { ops, rule, ..AugMix::default() }.draw(size, &mut stream(seed));
            let bits = |view: Planes| view.values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
            prop_assert_eq!(bits(draw.apply(&image)), bits(oracle::view(&draw, &image)));
        }
    }

    fn lists() -> impl Strategy<Value = OpList> {
        prop::sample::select(vec![OpList::Mvtec, OpList::Pacs, OpList::Base, OpList::All])
    }
}
