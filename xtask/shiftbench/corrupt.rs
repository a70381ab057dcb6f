//! `corrupt`: shifted copies of a folder of images.

use crate::cli;
use crate::exit::{DATA, Exit, USAGE};
use crate::images::{Images, label, write_png};
use harness::dataset::Sample;
use harness::picture::open_rgb;
use harness::registry::{self, ShiftEntry};
use harness::seed::Root;
use harness::shift::Severity;
use indicatif::ProgressBar;
use rayon::prelude::*;

pub fn run(options: &cli::Corrupt) -> Result<(), Exit> {
    let entry = registry::find::<ShiftEntry>(&options.shift).map_err(|error| Exit::new(USAGE, error))?;
    let severity = Severity::try_from(options.severity).map_err(|error| Exit::new(USAGE, error))?;
    let defaults = (entry.card.resolve)(&[]).unwrap_or_default();
    let shift = (entry.build)(&defaults).map_err(|error| Exit::new(USAGE, error))?;
    let images = Images::of(&options.source)?;
    let targets = images.as_png(&options.target)?;
    // One name, one stream: the same image gets the same corruption wherever the folder lies.
    let root = Root::new(options.seed, "corrupt", "");
    let bar = ProgressBar::new(targets.len() as u64);
    images.names.par_iter().zip(&targets).try_for_each(|(name, target)| {
        let image = open_rgb(&images.path(name)).map_err(|error| Exit::new(DATA, error))?;
        let item = label(name);
        let mut stream = root.stream(&format!("shift/{}", options.shift), &item);
        let shifted = shift.apply(Sample { image, mask: None }, severity, &mut stream);
        let shifted = shifted.map_err(|error| Exit::new(DATA, format!("{item}: {error}")))?;
        write_png(target, &shifted.image)?;
        bar.inc(1);
        Ok::<_, Exit>(())
    })?;
    bar.finish_and_clear();
    println!(
        "{} images with {} at severity {severity}, seed {}, in {}",
        targets.len(),
        options.shift,
        options.seed,
        options.target.display()
    );
    Ok(())
}
