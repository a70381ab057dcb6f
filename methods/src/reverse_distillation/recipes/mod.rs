//! One file per method: its paper, its defaults, and what in them is inferred.

mod disco;
mod disco_diifi;
mod fico;
mod fico_no_atta;
mod gnl;
mod gnl_no_atta;
mod rd;
mod rd_atta;
mod rd_augmix;
mod rd_augmix_efdm;
mod rd_augmix_mixstyle;
mod rd_efdm;
mod rd_jigsaw;
mod rd_mixstyle;
mod rd_plus_plus;

pub use disco::Disco;
pub use disco_diifi::DiscoDiifi;
pub use fico::Fico;
pub use fico_no_atta::FicoNoAtta;
pub use gnl::Gnl;
pub use gnl_no_atta::GnlNoAtta;
pub use rd::Rd;
pub use rd_atta::RdAtta;
pub use rd_augmix::RdAugmix;
pub use rd_augmix_efdm::RdAugmixEfdm;
pub use rd_augmix_mixstyle::RdAugmixMixstyle;
pub use rd_efdm::RdEfdm;
pub use rd_jigsaw::RdJigsaw;
pub use rd_mixstyle::RdMixstyle;
pub use rd_plus_plus::RdPlusPlus;

use super::ReverseDistillation;
use super::STRIDE;
use super::options::Options;
use crate::rules;
use crate::trained::Trained;
use harness::contract::detector::LoadOfficial;
use harness::prelude::*;
use std::marker::PhantomData;

/// RD4AD's paper.
const RD4AD: &str =
    "Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022";
/// GNL's paper.
const GNL: &str = "Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023";
/// FiCo's paper.
const FICO: &str = "Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift \
                    for Anomaly Detection, AAAI 2025";

/// What is kept of a plain student, of one with compensation, and of one with invariant features as well.
const STUDENT: &str = "a student, 335 MB with wide_resnet50_2";
const COMPENSATED: &str = "a student with compensation, 585 MB with wide_resnet50_2";
const INVARIANT: &str = "a student with compensation and invariant features, 609 MB with wide_resnet50_2";
/// The same beside a teacher of its own.
const TUNED: &str = "a student and its tuned teacher, 434 MB with wide_resnet50_2";
/// AugMix's paper, and where it is a baseline.
const AUGMIX: &str = "Hendrycks et al., AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty, \
                      ICLR 2020; baseline of Cao, Zhu & Pang, ICCV 2023";
/// MixStyle's paper, and where it is a baseline.
const MIXSTYLE: &str =
    "Zhou et al., Domain Generalization with MixStyle, ICLR 2021; baseline of Cao, Zhu & Pang, ICCV 2023";
/// EFDMix's paper, and where it is a baseline.
const EFDM: &str = "Zhang et al., Exact Feature Distribution Matching for Arbitrary Style Transfer and Domain \
                    Generalization, CVPR 2022; baseline of Cao, Zhu & Pang, ICCV 2023";
/// Both of the first two.
const AUGMIX_MIXSTYLE: &str = "Hendrycks et al., AugMix, ICLR 2020; Zhou et al., MixStyle, ICLR 2021; baseline of Cao, Zhu & \
                               Pang, ICCV 2023";
/// The first and the third.
const AUGMIX_EFDM: &str = "Hendrycks et al., AugMix, ICLR 2020; Zhang et al., Exact Feature Distribution Matching, CVPR \
                           2022; baseline of Cao, Zhu & Pang, ICCV 2023";
/// RD++'s paper.
const RDPP: &str = "Tien et al., Revisiting Reverse Distillation for Anomaly Detection, CVPR 2023";

/// A method that is reverse distillation with certain options.
pub trait Recipe: 'static {
    /// Name in suites and tables.
    const NAME: &'static str;
    /// One line.
    const SUMMARY: &'static str;
    /// Where the options come from.
    const PAPER: &'static str;
    /// Raised when this recipe's scores may change; [`ENGINE`] when those of all may.
    const REVISION: u32 = ENGINE;
    /// How costly a training is.
    const COST: Cost = Cost::Moderate;
    /// What a training keeps, with a Wide-ResNet-50-2 as teacher.
    const STATE: &'static str = STUDENT;
    /// The method's own values.
    fn options() -> Options;
}

/// Revision of the engine: raised when every recipe's scores may change.
pub const ENGINE: u32 = 2;

/// A recipe as a plugin.
pub struct Plugin<R>(PhantomData<R>);

impl<R: Recipe> DetectorPlugin for Plugin<R> {
    const NAME: &'static str = R::NAME;
    const SUMMARY: &'static str = R::SUMMARY;
    const PAPER: &'static str = R::PAPER;
    const REVISION: u32 = R::REVISION;
    const TRAINING: &'static str = "reverse-distillation";
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = R::COST;
    const STATE: &'static str = R::STATE;
    const OFFICIAL: Option<LoadOfficial<Options>> = Some(|options, context, file, reference| {
        ReverseDistillation::new(options, context)?.official(file, reference)
    });
    type Options = Options;

    fn defaults() -> Options {
        R::options()
    }

    fn uses_references(options: &Options) -> bool {
        options.mixes()
    }

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn accepts(_: &Options, facts: &Facts<'_>) -> Result<(), Refusal> {
        Ok(rules::whole_strides(facts.image_size, STRIDE).map(drop)?)
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(ReverseDistillation::new(options, context)?))
    }
}
