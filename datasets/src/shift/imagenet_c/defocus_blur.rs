//! Defocus blur: every point of light becomes a disk.

use super::{SOURCE, corrupt};
use harness::prelude::*;

mod convolve;
mod kernel;

/// Radius of the disk in pixels, and the deviation of the Gaussian that softens its edge, by severity.
const LENS: [(u32, f64); 5] = [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)];

/// The ImageNet-C defocus blur corruption. The image continues beyond its border by reflection that
/// does not repeat the edge pixel.
#[derive(Clone, Copy, Debug)]
pub struct DefocusBlur;

impl Shift for DefocusBlur {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let (radius, deviation) = severity.pick(LENS);
        corrupt(Self::NAME, sample, |image| convolve::convolve(image, &kernel::disk(radius, deviation)))
    }
}

impl ShiftPlugin for DefocusBlur {
    const NAME: &'static str = "defocus_blur";
    const SUMMARY: &'static str = "blurs with a disk of radius 3 to 10 pixels";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<DefocusBlur>());
