//! Views of a training picture: the picture as a network sees it, and altered copies of it.

pub mod augmix;
pub mod pixel_ops;
pub mod planes;

pub use augmix::{AugMix, AugMixDraw, DrawRule, OpList};
pub use planes::{Planes, grey_after_normalisation, grey_before_normalisation};
