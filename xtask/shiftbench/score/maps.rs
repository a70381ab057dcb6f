//! Heat maps of all images on one colour scale.

use crate::exit::{Exit, USAGE};
use crate::images::{BATCH, Images, write_png};
use harness::contract::detector::{Anomaly, AnomalyMap};
use harness::contract::picture::{Geometry, open_rgb};
use rayon::prelude::*;
use reports::{Scale, heat_map};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// What the colours mean, beside the heat maps.
const LEGEND: &str = "scale.txt";

/// Maps wait on disk until the last one is known: the scale is common to all of them.
pub struct Maps {
    folder: PathBuf,
    targets: Vec<PathBuf>,
    waiting: BufWriter<File>,
    scale: Scale,
}

impl Maps {
    /// For heat maps of these images below `folder`.
    ///
    /// # Errors
    /// When a file there would replace an image or another heat map, or nothing can be written.
    pub fn new(images: &Images, folder: &Path) -> Result<Self, Exit> {
        let targets = images.as_png(folder)?;
        images.keep_out(folder)?;
        fs::create_dir_all(folder).map_err(|reason| Exit::unwritable(folder, reason))?;
        let waiting =
            tempfile::tempfile().map_err(|reason| Exit::unwritable(&std::env::temp_dir(), reason))?;
        Ok(Self { folder: folder.into(), targets, waiting: BufWriter::new(waiting), scale: Scale::EMPTY })
    }

    /// Keeps the maps of the next images.
    ///
    /// # Errors
    /// When the method makes none, or the disk is full.
    pub fn keep(&mut self, anomalies: &[Anomaly]) -> Result<(), Exit> {
        for anomaly in anomalies {
            let Some(map) = &anomaly.map else {
                return Err(Exit::new(USAGE, "this method makes no anomaly maps: leave out --maps"));
            };
            self.scale = self.scale.with(&map.values);
            let bytes: Vec<u8> = map.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            self.waiting
                .write_all(&bytes)
                .map_err(|reason| Exit::unwritable(&std::env::temp_dir(), reason))?;
        }
        Ok(())
    }

    /// Draws all of them, and says where.
    ///
    /// # Errors
    /// When a file cannot be written, or an image is gone.
    pub fn draw(self, images: &Images, geometry: Geometry) -> Result<String, Exit> {
        let Self { folder, targets, waiting, scale } = self;
        let temporary = |reason: io::Error| Exit::unwritable(&std::env::temp_dir(), reason);
        let mut waiting = waiting.into_inner().map_err(|error| temporary(error.into_error()))?;
        waiting.rewind().map_err(temporary)?;
        let side = geometry.side();
        for (names, targets) in images.names.chunks(BATCH).zip(targets.chunks(BATCH)) {
            let maps: io::Result<Vec<_>> = names.iter().map(|_| read(&mut waiting, side)).collect();
            let jobs: Vec<_> = names.iter().zip(targets).zip(maps.map_err(temporary)?).collect();
            jobs.par_iter().try_for_each(|((name, target), map)| {
                let picture = open_rgb(&images.path(name));
                let picture = picture.map_err(|error| Exit::new(crate::exit::DATA, error))?;
                write_png(target, &heat_map(&geometry.picture(&picture), map, scale))
            })?;
        }
        let words = format!("from {} (black) to {} (light yellow), of all images", scale.low, scale.high);
        let legend = folder.join(LEGEND);
        let text = format!("anomaly per pixel, {words}\n");
        fs::write(&legend, text).map_err(|reason| Exit::unwritable(&legend, reason))?;
        Ok(format!("heat maps in {}, {words}", folder.display()))
    }
}

/// The next map.
fn read(file: &mut File, side: u32) -> io::Result<AnomalyMap> {
    let mut bytes = vec![0; 4 * (side * side) as usize];
    file.read_exact(&mut bytes)?;
    let values = bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
    Ok(AnomalyMap { width: side, height: side, values })
}
