//! Contrast: the standard deviation of grey levels.

use super::{Anomalous, moments};
use harness::prelude::*;

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    anomalous: Anomalous,
}

impl Default for Options {
    fn default() -> Self {
        Self { anomalous: Anomalous::High }
    }
}

struct Contrast {
    options: Options,
    side: u32,
}

impl Detector for Contrast {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _train: &TrainingSet, _context: &FitContext<'_>) -> Result<(), DetectorError> {
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let score = |picture| self.options.anomalous.score(moments(picture).1);
        Ok(pictures.iter().map(|picture| Anomaly { score: score(picture), map: None }).collect())
    }
}

impl DetectorPlugin for Contrast {
    const NAME: &'static str = "contrast";
    const SUMMARY: &'static str = "trivial: the standard deviation of grey levels";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    type Options = Options;

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Self { options, side: context.image_size }))
    }
}

inventory::submit! { DetectorEntry::of::<Contrast>() }
