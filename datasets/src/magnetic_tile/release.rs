//! What the release has.

/// The folder of normal tiles.
pub(super) const NORMAL: &str = "MT_Free";

/// The folders of defective tiles.
pub(super) const DEFECTS: [&str; 5] = ["MT_Blowhole", "MT_Break", "MT_Crack", "MT_Fray", "MT_Uneven"];

/// The exposures, darkest first.
pub(super) const EXPOSURES: [u32; 6] = [1, 2, 3, 4, 5, 6];
