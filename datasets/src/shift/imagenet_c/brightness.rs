//! Brightness: more light, by adding to the value channel of HSV.

use super::{SOURCE, corrupt};
use crate::shift::filter::hsv;
use harness::prelude::*;

/// What is added to V, on the scale from 0 to 1, by severity.
const ADDED: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];

/// The ImageNet-C brightness corruption.
#[derive(Clone, Copy, Debug)]
pub struct Brightness;

impl Shift for Brightness {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let added = severity.pick(ADDED);
        corrupt(Self::NAME, sample, |image| {
            hsv::change(image, |[hue, saturation, value]| [hue, saturation, (value + added).clamp(0.0, 1.0)]);
        })
    }
}

impl ShiftPlugin for Brightness {
    const NAME: &'static str = "brightness";
    const SUMMARY: &'static str = "adds 0.1 to 0.5 to V of HSV";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Brightness>());
