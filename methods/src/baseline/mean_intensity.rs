//! Mean intensity: how dark an image is. On solar cells this alone beats published methods under some
//! shifts.

use super::{Anomalous, Options, Statistic, moments};
use harness::prelude::*;

struct MeanIntensity;

impl DetectorPlugin for MeanIntensity {
    const NAME: &'static str = "mean-intensity";
    const SUMMARY: &'static str = "trivial: minus the mean grey level";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    type Options = Options;

    fn defaults() -> Options {
        Options { anomalous: Anomalous::Low }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Statistic { side: context.image_size, options, of: |picture| moments(picture).0 }))
    }
}

inventory::submit! { DetectorEntry::of::<MeanIntensity>() }
