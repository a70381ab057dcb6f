//! Contrast: the standard deviation of grey levels.

use super::{Anomalous, Options, Statistic, moments};
use harness::prelude::*;

struct Contrast;

impl DetectorPlugin for Contrast {
    const NAME: &'static str = "contrast";
    const SUMMARY: &'static str = "trivial: the standard deviation of grey levels";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    type Options = Options;

    fn defaults() -> Options {
        Options { anomalous: Anomalous::High }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Statistic { side: context.image_size, options, of: |picture| moments(picture).1 }))
    }
}

inventory::submit! { DetectorEntry::of::<Contrast>() }
