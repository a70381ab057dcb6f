//! Frost: ice crystals on the pane in front of the camera.

use super::{SOURCE, corrupt};
use harness::prelude::*;

mod texture;

/// Weights of the image and of the ice, by severity.
const WEIGHTS: [(f32, f32); 5] = [(1.0, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)];

/// The ImageNet-C frost corruption with synthesised ice.
///
/// The library adds a random part of one of five photographs, which may not be passed on. Here the ice is
/// drawn, with the mean and the deviation of levels that the library's results show for each of the five;
/// pictures look alike in brightness, colour and contrast, but not in the shape of crystals.
#[derive(Clone, Copy, Debug)]
pub struct Frost;

impl Shift for Frost {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let (kept, added) = severity.pick(WEIGHTS);
        corrupt(Self::NAME, sample, |image| {
            let ice = texture::ice((image.width() as usize, image.height() as usize), stream);
            for (level, ice) in image.iter_mut().zip(ice) {
                *level = (kept * f32::from(*level) + added * ice) as u8;
            }
        })
    }
}

impl ShiftPlugin for Frost {
    const NAME: &'static str = "frost";
    const SUMMARY: &'static str = "adds synthesised ice crystals";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Frost>());
