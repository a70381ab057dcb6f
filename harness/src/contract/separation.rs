//! What a method must show: that it finds planted defects because it learned.

/// A small training on toys, and what must come of it. The contract tests hold every method but the trivial ones to it, on
/// 24 rendered surfaces for training and 60 for testing, half of them with a defect, at 96 px, with a random toy for a
/// teacher.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Separation {
    /// Options besides the defaults, as suites write them.
    pub options: &'static str,
    /// Optimisation steps, of 8 pictures each.
    pub steps: usize,
    /// Image AUROC it must reach. By chance it would be 0.5, with a standard deviation of 0.075.
    pub least: f64,
    /// How far above its untrained state it must come, if it trains by steps.
    pub gain: f64,
}

impl Separation {
    /// The defaults of the method and few steps.
    pub const DEFAULT: Self = Self { options: "()", steps: 60, least: 0.72, gain: 0.1 };
}
