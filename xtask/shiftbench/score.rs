//! `score`: how anomalous images are to a checkpoint that somebody trained.

mod arguments;
mod checkpoint;
mod maps;
mod table;

use self::arguments::Score;
use self::maps::Maps;
use self::table::Scored;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, FAILED};
use crate::images::{BATCH, Images, label};
use crate::out::say;
use harness::contract::detector::Detector;
use harness::contract::error::DataError;
use harness::contract::picture::open_rgb;
use harness::contract::text;
use harness::results::Failure;
use harness::run::score;
use image::RgbImage;
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

inventory::submit! { CommandEntry::of::<Score>() }

impl Run for Score {
    fn run(&self) -> Result<(), Exit> {
        // Whatever can fail cheaply fails first: scoring takes seconds per image on a processor.
        let images = Images::of(&self.images)?;
        let mut maps = self.maps.as_deref().map(|folder| Maps::new(&images, folder)).transpose()?;
        if let Some(folder) = self.csv.as_deref().and_then(Path::parent) {
            fs::create_dir_all(folder).map_err(|reason| Exit::unwritable(folder, reason))?;
        }
        check(&images)?;
        let mut detector = checkpoint::open(self)?;
        let scored = scores(&images, detector.as_mut(), maps.as_mut())?;
        table::write(&scored, self.csv.as_deref())?;
        table::say(&scored);
        if let Some(path) = &self.csv {
            say!("scores in {}", path.display());
        }
        if let Some(maps) = maps {
            say!("{}", maps.draw(&images, detector.geometry())?);
        }
        Ok(())
    }
}

/// Every image can be read; those that cannot are named together.
fn check(images: &Images) -> Result<(), Exit> {
    let broken = |name: &PathBuf| open_rgb(&images.path(name)).err();
    let broken: Vec<DataError> = images.names.par_iter().filter_map(broken).collect();
    let more = if broken.len() > 1 { format!(" (and {} others)", broken.len() - 1) } else { String::new() };
    broken.first().map_or(Ok(()), |error| Err(Exit::new(DATA, format!("{error}{more}"))))
}

fn scores(
    images: &Images,
    detector: &mut dyn Detector,
    mut maps: Option<&mut Maps>,
) -> Result<Vec<Scored>, Exit> {
    let geometry = detector.geometry();
    let bar = ProgressBar::new(images.names.len() as u64);
    let mut scored = Vec::with_capacity(images.names.len());
    for batch in images.names.chunks(BATCH) {
        let open = |name: &PathBuf| Ok(geometry.picture(&open_rgb(&images.path(name))?));
        let pictures: Result<Vec<RgbImage>, DataError> = batch.par_iter().map(open).collect();
        let pictures = pictures.map_err(|error| Exit::new(DATA, error))?;
        let labels: Vec<String> = batch.iter().map(|name| label(name)).collect();
        let names: Vec<&str> = labels.iter().map(String::as_str).collect();
        let anomalies = score(detector, &pictures, &names)?;
        if let Some(maps) = &mut maps {
            maps.keep(&anomalies)?;
        }
        // Names as spreadsheets and terminals may have them.
        let lines = labels.iter().map(|label| text::name(label).into_owned()).zip(anomalies);
        scored.extend(lines.map(|(image, anomaly)| Scored { image, score: anomaly.score }));
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(scored)
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        Self::new(FAILED, failure)
    }
}
