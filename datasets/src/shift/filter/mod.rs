//! Numerics that several shifts share.

pub(super) mod affine;
pub(super) mod border;
pub(super) mod gaussian;
pub(super) mod hsv;
pub(super) mod jpeg;
pub(super) mod light;
pub(super) mod motion;
pub(super) mod trajectory;
pub(super) mod wide;
pub(super) mod zoom;
