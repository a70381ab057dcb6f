//! A picture of a report.

/// A raster picture, such as a grid of heat maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Stem of its file name.
    pub name: String,
    /// What it shows, in a few sentences.
    pub caption: String,
    /// The PNG file.
    pub png: Vec<u8>,
}
