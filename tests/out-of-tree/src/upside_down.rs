//! A shift: the lowest rows of the image are above; the more severe, the more of them. Masks move along.

use harness::prelude::*;

struct UpsideDown;

impl Shift for UpsideDown {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        _stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let (width, height) = sample.image.dimensions();
        let rows = (f64::from(height) * severity.pick([0.1, 0.2, 0.3, 0.4, 0.5])) as usize;
        // Rows follow each other, with three bytes a pixel in the image and one in the mask.
        let moved = rows * width as usize;
        sample.image.rotate_right(3 * moved);
        if let Some(mask) = &mut sample.mask {
            mask.rotate_right(moved);
        }
        Ok(sample)
    }
}

impl ShiftPlugin for UpsideDown {
    const NAME: &'static str = "upside_down";
    const SUMMARY: &'static str = "moves the lowest rows to the top";
    const SOURCE: &'static str = "none: an example";
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_options: NoOptions) -> Box<dyn Shift> {
        Box::new(UpsideDown)
    }
}

inventory::submit! { ShiftEntry::of::<UpsideDown>() }
