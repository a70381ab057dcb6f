//! A figure with its name and caption.

use super::scene::Scene;
use crate::ReportError;

/// A figure, not yet PNG or SVG.
#[derive(Clone)]
pub struct Figure {
    /// Stem of its file name.
    pub name: String,
    /// What it shows, in a sentence or two.
    pub caption: String,
    pub(super) scene: Scene,
}

impl Figure {
    /// As a scalable picture.
    pub fn svg(&self) -> Result<String, ReportError> {
        self.scene.svg(&self.name)
    }

    /// As a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, ReportError> {
        self.scene.png(&self.name)
    }
}
