//! Random: what chance looks like on this many images.

use crate::trained::{Method, Trained};
use harness::contract::seed::Root;
use harness::contract::state;
use harness::prelude::*;
use rand::RngExt;
use std::fs;
use std::path::Path;

struct Random {
    side: u32,
}

/// The name of the only state file.
const STATE: &str = "seed.txt";

impl Method for Random {
    /// The seed of all scores.
    type Model = u64;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn train(&self, _train: &TrainingSet, context: &FitContext<'_>) -> Result<u64, DetectorError> {
        Ok(context.random.stream("random", "").random())
    }

    fn score(&self, seed: &u64, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        // Drawn from the picture itself, so that neither batch nor order of pictures matters.
        let score = |picture: &RgbImage| {
            let name = blake3::hash(picture.as_raw()).to_hex();
            Root::new(*seed, "", "").stream("random", &name).random::<f32>()
        };
        Ok(pictures.iter().map(|picture| Anomaly { score: score(picture), map: None }).collect())
    }

    fn save(&self, seed: &u64, folder: &Path) -> Result<(), DetectorError> {
        state::write(&folder.join(STATE), seed.to_string().as_bytes())
    }

    fn load(&self, folder: &Path) -> Result<u64, DetectorError> {
        let path = folder.join(STATE);
        let text = fs::read_to_string(&path).map_err(|error| DetectorError::state(&path, error))?;
        text.parse().map_err(|error| DetectorError::state(&path, error))
    }

    fn parameters(&self, _seed: &u64) -> u64 {
        0
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
        Ok(Trained::not_yet(Self { side: context.image_size }))
    }
}

inventory::submit! { DetectorEntry::of::<Random>() }
