//! `corrupt`: shifted copies of a folder of images.

use crate::cli;
use crate::exit::{DATA, Exit, FOLDER, USAGE};
use harness::dataset::Sample;
use harness::picture::open_rgb;
use harness::registry::{self, ShiftEntry};
use harness::seed::Root;
use harness::shift::Severity;
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// File name endings taken for images.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "tif", "tiff"];

pub fn run(options: &cli::Corrupt) -> Result<(), Exit> {
    let entry = registry::find::<ShiftEntry>(&options.shift).map_err(|error| Exit::new(USAGE, error))?;
    let severity = Severity::try_from(options.severity).map_err(|error| Exit::new(USAGE, error))?;
    let defaults = (entry.card.resolve)(&[]).unwrap_or_default();
    let shift = (entry.build)(&defaults).map_err(|error| Exit::new(USAGE, error))?;
    let images = images(&options.source)?;
    if images.is_empty() {
        let message = format!("{} holds no images ({})", options.source.display(), ENDINGS.join(", "));
        return Err(Exit::new(DATA, message));
    }
    // One name, one stream: the same image gets the same corruption wherever the folder lies.
    let root = Root::new(options.seed, "corrupt", "");
    let bar = ProgressBar::new(images.len() as u64);
    images.par_iter().try_for_each(|name| {
        let image = open_rgb(&options.source.join(name)).map_err(|error| Exit::new(DATA, error))?;
        let item = name.to_string_lossy().replace('\\', "/");
        let mut stream = root.stream(&format!("shift/{}", options.shift), &item);
        let shifted = shift.apply(Sample { image, mask: None }, severity, &mut stream);
        let shifted = shifted.map_err(|error| Exit::new(DATA, format!("{item}: {error}")))?;
        write(&options.target.join(name).with_extension("png"), &shifted.image)?;
        bar.inc(1);
        Ok::<_, Exit>(())
    })?;
    bar.finish_and_clear();
    println!(
        "{} images with {} at severity {severity}, seed {}, in {}",
        images.len(),
        options.shift,
        options.seed,
        options.target.display()
    );
    Ok(())
}

fn write(path: &Path, image: &image::RgbImage) -> Result<(), Exit> {
    let error = |reason: String| Exit::new(FOLDER, format!("cannot write {}: {reason}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|reason| error(reason.to_string()))?;
    }
    image.save(path).map_err(|reason| error(reason.to_string()))
}

/// Every image below `folder`, relative to it, sorted.
fn images(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(part) = waiting.pop() {
        let path = folder.join(&part);
        let error = |reason| Exit::new(DATA, format!("{}: {reason}", path.display()));
        for entry in fs::read_dir(&path).map_err(error)? {
            let entry = entry.map_err(error)?;
            let name = part.join(entry.file_name());
            let ending = name.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            if entry.file_type().map_err(error)?.is_dir() {
                waiting.push(name);
            } else if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}
