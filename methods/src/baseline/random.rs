//! Random: what chance looks like on this many images.

use harness::contract::seed::Root;
use harness::prelude::*;
use rand::RngExt;
use std::fs;
use std::path::Path;

struct Random {
    side: u32,
    seed: u64,
}

/// The name of the only state file.
const STATE: &str = "seed.txt";

impl Detector for Random {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        self.seed = context.random.stream("random", "").random();
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        // Drawn from the picture itself, so that neither batch nor order of pictures matters.
        let score = |picture: &RgbImage| {
            let name = blake3::hash(picture.as_raw()).to_hex();
            Root::new(self.seed, "", "").stream("random", &name).random::<f32>()
        };
        Ok(pictures.iter().map(|picture| Anomaly { score: score(picture), map: None }).collect())
    }

    fn parameters(&self) -> Option<u64> {
        Some(0)
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let path = folder.join(STATE);
        fs::write(&path, self.seed.to_string()).map_err(|error| DetectorError::state(&path, error))
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let path = folder.join(STATE);
        let text = fs::read_to_string(&path).map_err(|error| DetectorError::state(&path, error))?;
        self.seed = text.parse().map_err(|error| DetectorError::state(&path, error))?;
        Ok(())
    }
}

impl DetectorPlugin for Random {
    const NAME: &'static str = "random";
    const SUMMARY: &'static str = "trivial: a random number per image";
    const PAPER: &'static str = "none: trivial baseline";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Trivial;
    type Options = NoOptions;

    fn build(_options: NoOptions, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(Self { side: context.image_size, seed: 0 }))
    }
}

inventory::submit! { DetectorEntry::of::<Random>() }
