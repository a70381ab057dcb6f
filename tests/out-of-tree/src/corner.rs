//! A method: normal pictures tell how bright their upper left corner is, and another brightness is an anomaly.

use harness::prelude::*;
use std::fs;
use std::path::Path;

struct Corner {
    side: u32,
    /// Mean brightness of the corner in normal pictures, 0 to 255, once it was learned.
    normal: Option<f32>,
}

/// Mean of the upper left quarter, 0 to 255.
fn brightness(picture: &RgbImage) -> f32 {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let inside = picture.enumerate_pixels().filter(|(x, y, _)| *x < width && *y < height);
    let sum: f32 = inside.flat_map(|(_, _, pixel)| pixel.0).map(f32::from).sum();
    sum / (3 * width * height) as f32
}

/// The state on disk.
const FILE: &str = "corner.txt";

impl Detector for Corner {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, train: &TrainingSet, _context: &FitContext<'_>) -> Result<(), DetectorError> {
        let sum: f32 = train.pictures.iter().map(brightness).sum();
        self.normal = Some(sum / train.pictures.len() as f32);
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let normal = self.normal.ok_or_else(|| DetectorError::Scoring("it was not trained".into()))?;
        let anomaly = |picture| Anomaly { score: (brightness(picture) - normal).abs(), map: None };
        Ok(pictures.iter().map(anomaly).collect())
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let (file, text) = (folder.join(FILE), self.normal.map(|normal| normal.to_string()));
        fs::write(&file, text.unwrap_or_default()).map_err(|reason| DetectorError::state(&file, reason))
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let file = folder.join(FILE);
        let text = fs::read_to_string(&file).map_err(|reason| DetectorError::state(&file, reason))?;
        self.normal = Some(text.parse().map_err(|reason| DetectorError::state(&file, reason))?);
        Ok(())
    }
}

impl DetectorPlugin for Corner {
    const NAME: &'static str = "corner";
    const SUMMARY: &'static str = "another brightness of the upper left corner";
    const PAPER: &'static str = "none: an example";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    const STATE: &'static str = "one number";
    type Options = NoOptions;

    fn build(_options: NoOptions, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Self { side: context.image_size, normal: None }))
    }
}

inventory::submit! { DetectorEntry::of::<Corner>() }
