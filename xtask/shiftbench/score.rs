//! `score`: how anomalous images are to a checkpoint that somebody trained.

mod checkpoint;
mod maps;
mod table;

use self::maps::Maps;
use self::table::Scored;
use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, FAILED, FOLDER};
use crate::images::{Images, label};
use crate::out::say;
use clap::Parser;
use harness::contract::detector::Detector;
use harness::contract::device::DeviceChoice;
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

/// Images in memory at a time.
const BATCH: usize = 8;

/// Score images with a trained checkpoint: of RD4AD's, GNL's or FiCo's official code, or of `bench`
#[derive(Parser)]
#[command(name = "score", display_order = 12)]
struct Score {
    /// A .pth or .safetensors file that official code wrote, or the folder of a finished job
    #[arg(long, value_name = "PATH")]
    checkpoint: PathBuf,
    /// A folder of images, searched through its subfolders, or one image
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// What was trained, such as gnl, fico or rd; a finished job says so itself
    #[arg(long, value_name = "NAME")]
    method: Option<String>,
    /// The teacher's architecture (see `list backbones`); a finished job says so itself
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// The teacher's weights [default: the published ones in the data root]
    #[arg(long, value_name = "FILE")]
    teacher: Option<PathBuf>,
    /// A normal image, for methods that mix its features into every test image's (gnl, fico)
    #[arg(long, value_name = "IMAGE")]
    reference: Option<PathBuf>,
    /// Side of the network's input in pixels [default: 256, or as the job was trained]
    #[arg(long, value_name = "PIXELS")]
    image_size: Option<u32>,
    /// Set one option of the method, such as alpha=0 (repeatable)
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    settings: Vec<String>,
    /// Write image and score into this file instead of printing them
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a heat map of every image into this folder
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    /// cpu, or cuda:N
    #[arg(long, default_value = "cpu")]
    device: DeviceChoice,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Score>() }

impl Run for Score {
    fn run(&self) -> Result<(), Exit> {
        // Whatever can fail cheaply fails first: scoring takes seconds per image on a processor.
        let images = Images::of(&self.images)?;
        let mut maps = self.maps.as_deref().map(|folder| Maps::new(&images, folder)).transpose()?;
        if let Some(folder) = self.csv.as_deref().and_then(Path::parent) {
            fs::create_dir_all(folder).map_err(|reason| unwritable(folder, reason))?;
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

fn unwritable(path: &Path, reason: impl std::fmt::Display) -> Exit {
    Exit::new(FOLDER, format!("cannot write {}: {reason}", path.display()))
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        Self::new(FAILED, failure)
    }
}
