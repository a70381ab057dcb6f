//! JPEG compression: blocks, ringing and blurred colours.

use super::{SOURCE, corrupt};
use crate::shift::filter::jpeg;
use harness::prelude::*;

/// Quality of the compression, by severity.
const QUALITY: [u8; 5] = [25, 18, 15, 10, 7];

/// The ImageNet-C JPEG compression corruption: compressed and decompressed once, with chroma at half
/// resolution.
#[derive(Clone, Copy, Debug)]
pub struct JpegCompression;

impl Shift for JpegCompression {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let quality = severity.pick(QUALITY);
        corrupt(Self::NAME, sample, |image| jpeg::round_trip(image, quality))
    }
}

impl ShiftPlugin for JpegCompression {
    const NAME: &'static str = "jpeg_compression";
    const SUMMARY: &'static str = "compresses as JPEG of quality 25 to 7";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<JpegCompression>());
