//! How close is equal, by quantity, and why.
//!
//! Relative means relative to the largest value of the tensor.

/// Outputs of frozen networks and of evaluation: f32 sums of a few thousand products in another order, after
/// folding normalisations into convolutions. Measured 1e-6 to 3e-5.
pub const OUTPUT: f64 = 1e-4;

/// Outputs in training mode of the narrow Wide ResNet (golden data only): its coarsest maps normalise over 32
/// values of small variance, which amplifies the rounding of the teacher a hundredfold and more.
pub const AMPLIFIED: f64 = 1e-2;

/// Running averages after forward passes: no step has been taken yet, so only rounding differs.
pub const RUNNING: f64 = 1e-4;

/// Terms of the loss, and losses before the first step: means over thousands of values.
pub const LOSS: f64 = 1e-4;

/// Norms of gradients: backward passes add in another order once more. PyTorch's own f32 and f64 differ by
/// 2e-4 on ResNet-18.
pub const GRADIENT_NORM: f64 = 1e-3;

/// Single gradients on the fixture, relative to the largest of their tensor: it is well conditioned, so that
/// PyTorch's own f32 and f64 differ by 1e-5 (RD, GNL) to 1.1e-3 (FiCo). Measured 1e-5 to 2e-5.
pub const GRADIENT: f64 = 1e-3;

/// Single gradients of the golden ResNet-18: PyTorch's own f32 and f64 differ by up to 1.05e-2.
pub const GRADIENT_GOLDEN: f64 = 2e-2;

/// Losses of the steps after the first on the fixture, for RD and GNL: it is so well conditioned that
/// PyTorch's own f32 and f64 differ by 2e-6 at most.
pub const STEPS: f64 = 1e-4;

/// The same for FiCo: the gradients of its kernel choice are as small as Adam's epsilon, so rounding decides
/// part of a step. PyTorch's own f32 and f64 differ by 9e-5, 5e-4 and 3.5e-3 at steps 2, 3 and 4.
pub const STEPS_FICO: f64 = 1e-2;

/// Losses of the steps after the first on the golden networks: Adam's first step is the sign of the gradient,
/// and rounding flips 0.05 to 2 % of them. PyTorch's own f32 and f64 differ by 4e-4 to 1e-2.
pub const STEPS_GOLDEN: f64 = 2e-2;

/// Parameters after steps, in aggregate: the l2 norm of a tensor, relative. A flipped sign moves one value by
/// two step sizes and the norm by much less. Measured 1e-5 on the fixture.
pub const L2: f64 = 1e-4;

/// Mean distance a tensor's parameters have moved after steps, relative: a flipped sign leaves a distance as
/// it is, so this sees what sums and norms hide, such as Adam's epsilon. Measured 1e-4 on the fixture.
pub const MOVED: f64 = 1e-3;

/// Factor on the two above after three steps of FiCo, for the reason given at `STEPS_FICO`: PyTorch's own f32
/// and f64 differ by 1 % in norms.
pub const SLACK_FICO: f64 = 200.0;

/// Factor on the two above for the golden networks, for the reason given at `STEPS_GOLDEN`.
pub const SLACK_GOLDEN: f64 = 100.0;

/// Share of the parameters of one tensor whose step may have the other sign, which bounds what its sum may be
/// off by (two of them at least: some tensors have eight values). PyTorch's own f32 and f64 differ for up to
/// 7 % of the larger tensors.
pub const FLIPPED: f64 = 0.07;

/// Mixed features: two products and a sum per value, in f32 on both sides.
pub const MIXED: f64 = 1e-6;

/// Anomaly maps: cosines in f32, everything after them in f64, the map stored in f32.
pub const MAP: f64 = 1e-5;

/// Normalised pictures: three roundings of f32 on values up to 2.64 (absolute).
pub const NORMALISED: f64 = 1e-6;

/// Metrics: exact counts on our side, f64 sums of up to 1e5 terms on the other (absolute).
pub const METRIC: f64 = 1e-12;
