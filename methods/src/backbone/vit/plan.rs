//! How large a vision transformer is.

/// The dimensions of a vision transformer.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Values of a token.
    pub width: usize,
    /// Blocks.
    pub depth: usize,
    /// Heads of its attention.
    pub heads: usize,
    /// Side of a patch in pixels.
    pub patch: usize,
    /// Patches along a side of the pictures it was trained on.
    pub grid: usize,
    /// Register tokens.
    pub registers: usize,
}
