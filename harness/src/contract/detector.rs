//! Detectors: what learns normality and scores anomalies.

use crate::contract::backbone::{BackboneChoice, BackboneKind};
use crate::contract::device::DeviceChoice;
use crate::contract::error::DetectorError;
use crate::contract::facts::Facts;
use crate::contract::options::{OptionSet, Refusal};
use crate::contract::picture::Geometry;
use crate::contract::schedule::{Budget, Schedule};
use crate::contract::seed::Root;
use crate::contract::separation::Separation;
use image::RgbImage;
use std::path::{Path, PathBuf};

/// An anomaly detector for one category.
///
/// It sees pictures only: never a label, a mask, a path or, in [`fit`](Detector::fit), a test image.
/// What is tested is always what was saved: after `fit` the harness calls `save`, builds a new
/// detector and `load`s it.
pub trait Detector: Send {
    /// How a native picture becomes the network's input; maps come back in this frame.
    fn geometry(&self) -> Geometry;

    /// Learns from normal pictures.
    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError>;

    /// One [`Anomaly`] per picture, in order. Each result may depend on its own picture only, so
    /// the size of the batch must not matter.
    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError>;

    /// Writes the trained state into an existing, empty folder. Nothing, for methods without state.
    fn save(&self, _folder: &Path) -> Result<(), DetectorError> {
        Ok(())
    }

    /// Reads what [`save`](Detector::save) wrote.
    fn load(&mut self, _folder: &Path) -> Result<(), DetectorError> {
        Ok(())
    }

    /// How many numbers the trained state holds, the teacher's excluded: what a table of costs calls
    /// parameters. `None` where the method does not say.
    fn parameters(&self) -> Option<u64> {
        None
    }

    /// Whether the training went by steps, asked after it. Only who declares a length, and learns later whether it means
    /// anything, says no.
    fn takes_steps(&self) -> bool {
        true
    }
}

/// What became of an official checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Official {
    /// Names of tensors in the file that were passed over, sorted.
    pub unused: Vec<String>,
    /// Whether the reference picture will be looked at.
    pub uses_reference: bool,
}

/// Builds a detector from a checkpoint that the method's official code wrote, instead of training: with these options,
/// from this file, with this normal picture for methods that look at one at test time.
///
/// It fails when the file does not fit, or a reference is needed and missing.
pub type LoadOfficial<O> =
    fn(O, &BuildContext, &Path, Option<&RgbImage>) -> Result<(Box<dyn Detector>, Official), DetectorError>;

/// How anomalous one picture is.
#[derive(Clone, Debug, PartialEq)]
pub struct Anomaly {
    /// Higher is more anomalous; any finite number.
    pub score: f32,
    /// Where, if the method can say.
    pub map: Option<AnomalyMap>,
}

/// A score per pixel of the network's input frame.
#[derive(Clone, Debug, PartialEq)]
pub struct AnomalyMap {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Row by row, `width * height` values; higher is more anomalous.
    pub values: Vec<f32>,
}

/// The normal pictures of one category, brought to the detector's [`Geometry`], in the data set's order.
#[derive(Clone, Debug)]
pub struct TrainingSet {
    /// At least one picture; all of one size.
    pub pictures: Vec<RgbImage>,
    /// Which of them (indices) may serve as reference images at test time, in their order; empty for
    /// methods without a test option [`REFERENCE`]. The protocol decides how many and which.
    pub references: Vec<usize>,
}

/// The name of the test option by which a method says that it keeps reference images: training pictures
/// that scoring compares with. Its value, a number from 0, chooses which of
/// [`TrainingSet::references`] scores.
pub const REFERENCE: &str = "reference";

/// What training may use besides pictures.
pub struct FitContext<'a> {
    /// The root of every random draw.
    pub random: Root,
    /// How long to train: [`Schedule::budget`] turns it into steps and a batch size.
    pub schedule: Schedule,
    /// Told how far training is: `(steps done, steps in all, last loss)`. A step is one update of what
    /// is learned. Where the protocol prescribes the number of steps, the last report must show it.
    pub progress: &'a dyn Fn(usize, usize, Option<f64>),
}

/// What a detector is built from besides its options.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// Side of the square network input in pixels, as the suite asks.
    pub image_size: u32,
    /// The teacher, for methods that use one.
    pub backbone: BackboneChoice,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The folder that holds fetched weights.
    pub data_root: PathBuf,
}

/// Rough cost of one training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Next to nothing: no network.
    Trivial,
    /// One pass over the training images.
    Light,
    /// Some epochs of one network.
    #[default]
    Moderate,
    /// Several passes per image, or several networks.
    Heavy,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Trivial => "trivial",
            Self::Light => "light",
            Self::Moderate => "moderate",
            Self::Heavy => "heavy",
        })
    }
}

/// How a method joins the registry: see CONTRIBUTING, "Add a method".
pub trait DetectorPlugin: 'static {
    /// Name in suites, tables and paths: lower case, words joined by hyphens.
    const NAME: &'static str;
    /// One line for `list`.
    const SUMMARY: &'static str;
    /// Paper, or why there is none.
    const PAPER: &'static str;
    /// Raised whenever the same options may give other scores.
    const REVISION: u32;
    /// Name of what is trained. Methods of one such name, revision and training options, which then differ in test-time
    /// options alone, are trained alike to the last bit: a run trains once for all of them.
    const TRAINING: &'static str = Self::NAME;
    /// Whether it uses the suite's backbone.
    const NEEDS_BACKBONE: bool = false;
    /// The backbone it uses instead of the suite's, where its published form is tied to one.
    const OWN_BACKBONE: Option<&'static str> = None;
    /// What a backbone must give it, if it uses one.
    const BACKBONE: BackboneKind = BackboneKind::Stages;
    /// How costly a training is beside the others; only the order of jobs depends on it.
    const COST: Cost = Cost::Moderate;
    /// What a training leaves on disk and, at the published settings, how much of it: for `list`.
    const STATE: &'static str = "nothing";
    /// Whether it is a method with its defaults alone: `*` in a suite, and tests of every method, mean only those.
    const DEFAULTS_SUFFICE: bool = true;
    /// What it must show on planted defects; `None`, with the reason, where toys are too small for it.
    const SEPARATION: Option<Separation> = Some(Separation::DEFAULT);
    /// Reads checkpoints of the method's official code, if it is known to save some.
    const OFFICIAL: Option<LoadOfficial<Self::Options>> = None;
    /// Options, declared with [`options!`](crate::options).
    type Options: OptionSet;
    /// The method's own defaults.
    fn defaults() -> Self::Options {
        Self::Options::default()
    }
    /// Checks what declarations of single options cannot: whether they go together. Before anything is planned or
    /// fetched, and again before a detector is built.
    ///
    /// # Errors
    /// The first option that makes no sense, as [`DetectorError::Option`], and what would.
    fn check(_options: &Self::Options) -> Result<(), DetectorError> {
        Ok(())
    }
    /// A hash of what it runs beside this program, such as scripts; `None` if that is nothing. Results depend on it.
    ///
    /// # Errors
    /// When a file cannot be read.
    fn outside(_options: &Self::Options) -> Result<Option<String>, DetectorError> {
        Ok(None)
    }
    /// Whether it can work under these circumstances. That a backbone gives what the method needs was checked before.
    ///
    /// # Errors
    /// Why not, and what would do.
    fn accepts(_options: &Self::Options, _facts: &Facts<'_>) -> Result<(), Refusal> {
        Ok(())
    }
    /// Whether scores under these options depend on a reference image; see [`REFERENCE`].
    fn uses_references(_options: &Self::Options) -> bool {
        false
    }
    /// How long it would train on so many pictures; `None` for methods that do not train by steps. For estimates.
    fn budget(_options: &Self::Options, _schedule: &Schedule, _pictures: usize) -> Option<Budget> {
        None
    }
    /// Builds an untrained detector.
    fn build(options: Self::Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError>;
}
