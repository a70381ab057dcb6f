//! Scores that were made elsewhere, on pictures that `cargo xtask export` wrote.
//!
//! It learns nothing: a picture is known by its pixels, and has the score that was imported for it. `cargo xtask import`
//! checks that there is one for each, and writes the file.

use harness::contract::picture::pixel_hash;
use harness::prelude::*;
use std::collections::HashMap;
use std::fs;

options! {
    /// What `imported` is told.
    pub struct Options {
        /// The file that `cargo xtask import` wrote.
        pub scores: String = String::new() => place(),
    }
}

/// The plugin.
pub struct Imported {
    side: u32,
    /// By the hash of the picture.
    scores: HashMap<String, f32>,
}

impl Detector for Imported {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _: &TrainingSet, _: &FitContext<'_>) -> Result<(), DetectorError> {
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let score = |picture: &RgbImage| {
            let unknown = || {
                let reason = "a picture was not among those that were exported: the suite or the data have changed since";
                DetectorError::Scoring(format!("{reason}; export again"))
            };
            let score =
                self.scores.get(pixel_hash(picture).to_hex().as_str()).copied().ok_or_else(unknown)?;
            Ok(Anomaly { score, map: None })
        };
        pictures.iter().map(score).collect()
    }
}

impl DetectorPlugin for Imported {
    const NAME: &'static str = "imported";
    const SUMMARY: &'static str = "scores that were made elsewhere; `cargo xtask import` brings them";
    const PAPER: &'static str = "yours";
    const REVISION: u32 = 1;
    const COST: Cost = Cost::Light;
    const DEFAULTS_SUFFICE: bool = false;
    const SEPARATION: Option<Separation> = None;
    type Options = Options;

    fn check(options: &Options) -> Result<(), DetectorError> {
        match options.scores.is_empty() {
            true => Err(wrong("names no file: give `cargo xtask import`, which adds this method")),
            false => Ok(()),
        }
    }

    fn outside(options: &Options) -> Result<Option<String>, DetectorError> {
        Ok(Some(blake3::hash(read(options)?.as_bytes()).to_hex().to_string()))
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let line = |line: &str| {
            let (hash, score) = line.split_once(',')?;
            let score = score.parse::<f32>().ok().filter(|score| score.is_finite())?;
            Some((hash.to_owned(), score))
        };
        let scores = read(&options)?.lines().map(line).collect::<Option<_>>();
        let scores = scores.ok_or_else(|| wrong("is no file that `cargo xtask import` wrote"))?;
        Ok(Box::new(Self { side: context.image_size, scores }))
    }
}

fn wrong(reason: impl Into<String>) -> DetectorError {
    DetectorError::Option { option: "scores", reason: reason.into() }
}

fn read(options: &Options) -> Result<String, DetectorError> {
    fs::read_to_string(&options.scores)
        .map_err(|reason| wrong(format!("'{}' cannot be read ({reason})", options.scores)))
}

inventory::submit! { DetectorEntry::of::<Imported>() }
