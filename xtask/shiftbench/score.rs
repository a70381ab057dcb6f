//! `score`: how anomalous images are to a checkpoint that somebody trained.

mod checkpoint;
mod maps;

use crate::cli;
use crate::exit::{DATA, Exit, FAILED, FOLDER};
use crate::images::{Images, label};
use crate::out::{self, say};
use harness::contract::detector::Detector;
use harness::contract::error::DataError;
use harness::contract::picture::open_rgb;
use harness::contract::text;
use harness::results::Failure;
use harness::run::score;
use image::RgbImage;
use indicatif::ProgressBar;
use maps::Maps;
use rayon::prelude::*;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Images in memory at a time.
const BATCH: usize = 8;

/// One line of the table.
#[derive(Serialize)]
struct Scored {
    image: String,
    score: f32,
}

pub fn run(options: &cli::Score) -> Result<(), Exit> {
    // Whatever can fail cheaply fails first: scoring takes seconds per image on a processor.
    let images = Images::of(&options.images)?;
    let mut maps = options.maps.as_deref().map(|folder| Maps::new(&images, folder)).transpose()?;
    if let Some(folder) = options.csv.as_deref().and_then(Path::parent) {
        fs::create_dir_all(folder).map_err(|reason| unwritable(folder, reason))?;
    }
    check(&images)?;
    let mut detector = checkpoint::open(options)?;
    let scored = scores(&images, detector.as_mut(), maps.as_mut())?;
    write(&scored, options.csv.as_deref())?;
    say(&scored);
    if let Some(path) = &options.csv {
        say!("scores in {}", path.display());
    }
    if let Some(maps) = maps {
        say!("{}", maps.draw(&images, detector.geometry())?);
    }
    Ok(())
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

/// The table as CSV, into a file or on standard output.
fn write(scored: &[Scored], path: Option<&Path>) -> Result<(), Exit> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written =
        scored.iter().try_for_each(|line| writer.serialize(line)).map_err(|error| error.to_string());
    let table = written.and_then(|()| writer.into_inner().map_err(|error| error.to_string()));
    let table = table.map_err(|reason| Exit::new(FOLDER, reason))?;
    match path {
        Some(path) => fs::write(path, table).map_err(|reason| unwritable(path, reason)),
        None => {
            out::put(format_args!("{}", String::from_utf8_lossy(&table)));
            Ok(())
        }
    }
}

/// How many, and the extremes.
fn say(scored: &[Scored]) {
    let by_score = |a: &&Scored, b: &&Scored| a.score.total_cmp(&b.score);
    if let (Some(low), Some(high)) = (scored.iter().min_by(by_score), scored.iter().max_by(by_score)) {
        say!(
            "{} images, lowest score {} ({}), highest {} ({})",
            scored.len(),
            low.score,
            low.image,
            high.score,
            high.image
        );
    }
}

fn unwritable(path: &Path, reason: impl std::fmt::Display) -> Exit {
    Exit::new(FOLDER, format!("cannot write {}: {reason}", path.display()))
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        Self::new(FAILED, failure)
    }
}
