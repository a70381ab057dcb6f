//! Example: say here in one line what makes an image anomalous for this method.

use harness::prelude::*;

struct Example {
    side: u32,
}

impl Detector for Example {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _train: &TrainingSet, _context: &FitContext<'_>) -> Result<(), DetectorError> {
        Ok(()) // learn from _train.pictures; then also write `save` and `load`
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let brightest = |picture: &RgbImage| f32::from(picture.iter().copied().max().unwrap_or(0));
        Ok(pictures.iter().map(|picture| Anomaly { score: brightest(picture), map: None }).collect())
    }
}

impl DetectorPlugin for Example {
    const NAME: &'static str = "example";
    const SUMMARY: &'static str = "the brightest pixel";
    const PAPER: &'static str = "none yet";
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_options: NoOptions, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Self { side: context.image_size }))
    }
}

inventory::submit! { DetectorEntry::of::<Example>() }
