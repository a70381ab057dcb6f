//! Mean intensity: how dark an image is. On solar cells it beats published methods (`findings.md` 8).

use super::{Anomalous, moments};
use harness::prelude::*;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    anomalous: Anomalous,
}

struct MeanIntensity {
    options: Options,
    side: u32,
}

impl Detector for MeanIntensity {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _train: &TrainingSet, _context: &FitContext<'_>) -> Result<(), DetectorError> {
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let score = |picture| self.options.anomalous.score(moments(picture).0);
        Ok(pictures.iter().map(|picture| Anomaly { score: score(picture), map: None }).collect())
    }
}

impl DetectorPlugin for MeanIntensity {
    const NAME: &'static str = "mean-intensity";
    const SUMMARY: &'static str = "trivial: minus the mean grey level";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    type Options = Options;

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Self { options, side: context.image_size }))
    }
}

inventory::submit! { DetectorEntry::of::<MeanIntensity>() }
