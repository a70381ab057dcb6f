//! Numerics that several shifts share.

pub(super) mod affine;
pub(super) mod border;
pub(super) mod jpeg;
pub(super) mod light;
pub(super) mod trajectory;
