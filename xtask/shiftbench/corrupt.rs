//! `corrupt`: shifted copies of a folder of images.

mod manifest;

use self::manifest::{Manifest, Row, Settings, sha256};
use crate::cli;
use crate::exit::{DATA, Exit, FOLDER, USAGE};
use crate::images::{Images, label};
use crate::out::{say, show};
use harness::contract::chain;
use harness::contract::chain::Chain;
use harness::contract::condition::{Condition, Link};
use harness::contract::dataset::Sample;
use harness::contract::picture::{decode_rgb, open_mask, read_file};
use harness::contract::plugin::Plugin;
use harness::contract::registry::{self, ShiftEntry};
use harness::contract::seed::Root;
use harness::contract::shift::Severity;
use image::{DynamicImage, ImageFormat};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Failures that are told one by one.
const TOLD: usize = 10;

pub fn run(options: &cli::Corrupt) -> Result<(), Exit> {
    let links = links(&options.shift, options.severity)?;
    let images = Images::of(&options.source)?;
    let targets = images.as_png(&options.target)?;
    images.keep_out(&options.target)?;
    let revisions = links.iter().map(|link| link.shift.revision.to_string()).collect::<Vec<_>>();
    let work = Work {
        chain: Chain::build(&links).map_err(|error| Exit::new(USAGE, error))?,
        // One name, one stream: the same image gets the same corruption wherever the folder lies.
        root: Root::new(options.seed, "corrupt", ""),
        masks: options.masks.as_deref().zip(options.masks_to.as_deref()),
        settings: Settings {
            shift: Condition::of(links).label(),
            revision: revisions.join("+"),
            seed: options.seed,
        },
        images,
    };
    let manifest = Manifest::open(&options.target, &work.settings, &targets)?;
    let bar = ProgressBar::new(targets.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} images, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let names = work.images.names.par_iter().zip(&targets);
    let outcomes: Vec<Result<bool, Exit>> = names
        .map(|(name, target)| {
            let outcome = work.copy(name, target, &manifest);
            bar.inc(1);
            outcome
        })
        .collect();
    bar.finish_and_clear();
    manifest.finish()?;
    tell(outcomes, &work.settings, &options.target)
}

/// The shifts in `text`; those without a severity take `severity`.
///
/// # Errors
/// When a name is unknown or a severity is out of range.
pub fn links(text: &str, severity: u8) -> Result<Vec<Link>, Exit> {
    let usage = |error: &dyn ToString| Exit::new(USAGE, error.to_string());
    let severity = Severity::try_from(severity).map_err(|error| usage(&error))?;
    let link = |(name, severity)| {
        let card = registry::find::<ShiftEntry>(name).map_err(|error| usage(&error))?.card;
        let options = (card.resolve)(&[]).unwrap_or_default();
        Ok(Link { shift: Plugin { name: card.name.into(), revision: card.revision, options }, severity })
    };
    chain::parse(text, Some(severity)).map_err(|error| usage(&error))?.into_iter().map(link).collect()
}

/// Everything a copy needs.
struct Work<'a> {
    chain: Chain,
    root: Root,
    images: Images,
    /// Folder of masks, and folder for shifted masks.
    masks: Option<(&'a Path, &'a Path)>,
    settings: Settings,
}

impl Work<'_> {
    /// Copies one image, unless an earlier run did. Whether there was anything to do.
    fn copy(&self, name: &Path, target: &Path, manifest: &Manifest) -> Result<bool, Exit> {
        let (item, path) = (label(name), self.images.path(name));
        let bad = |error: &dyn ToString| Exit::new(DATA, error.to_string());
        let bytes = read_file(&path).map_err(|error| bad(&error))?;
        let source = sha256(&bytes);
        let mask = self.masks.and_then(|(from, to)| Mask::find(name, from, to));
        if let Some(row) = manifest.earlier(&item)
            && row.source_sha256 == source
            && has(target, &row.sha256)
            && mask.as_ref().is_none_or(|mask| has(&mask.target, &row.mask_sha256))
        {
            return Ok(false);
        }
        let image = decode_rgb(&path, &bytes).map_err(|error| bad(&error))?;
        let size = image.dimensions();
        let read = |mask: &Mask| open_mask(&mask.source, size).map_err(|error| bad(&error));
        let sample = Sample { image, mask: mask.as_ref().map(read).transpose()? };
        let shifted = self.chain.apply(sample, &self.root, &item);
        let shifted = shifted.map_err(|error| bad(&format!("{}: {error}", path.display())))?;
        let copy = write_png(target, shifted.image.into())?;
        let mask = match mask.zip(shifted.mask) {
            Some((mask, shifted)) => write_png(&mask.target, shifted.into())?,
            None => String::new(),
        };
        manifest.add(Row::new(item, [source, copy, mask], &self.settings))?;
        Ok(true)
    }
}

/// The mask of an image.
struct Mask {
    source: PathBuf,
    target: PathBuf,
}

impl Mask {
    /// `crack/003_mask.png` or `crack/003.png` for the image `crack/003.jpg`.
    fn find(name: &Path, from: &Path, to: &Path) -> Option<Self> {
        let stem = name.file_stem()?.to_string_lossy();
        let names = [format!("{stem}_mask.png"), format!("{stem}.png")];
        // A link that leads nowhere is a mask that cannot be read, not a missing one.
        let is_there = |name: &PathBuf| from.join(name).symlink_metadata().is_ok();
        let name = names.iter().map(|file| name.with_file_name(file)).find(is_there)?;
        Some(Self { source: from.join(&name), target: to.join(name) })
    }
}

/// Whether a file with this hash is there.
fn has(path: &Path, hash: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sha256(&bytes) == hash)
}

/// Writes a PNG file under its name when it is whole; its hash.
fn write_png(path: &Path, image: DynamicImage) -> Result<String, Exit> {
    let error = |reason: &dyn ToString| {
        Exit::new(FOLDER, format!("cannot write {}: {}", path.display(), reason.to_string()))
    };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).map_err(|reason| error(&reason))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|reason| error(&reason))?;
    }
    let part = path.with_extension("part");
    fs::write(&part, bytes.get_ref())
        .and_then(|()| fs::rename(&part, path))
        .map_err(|reason| error(&reason))?;
    Ok(sha256(bytes.get_ref()))
}

/// What was done; an error if any image could not be copied.
fn tell(outcomes: Vec<Result<bool, Exit>>, settings: &Settings, target: &Path) -> Result<(), Exit> {
    let written = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
    let kept = outcomes.iter().filter(|outcome| matches!(outcome, Ok(false))).count();
    let Settings { shift, seed, .. } = settings;
    show!("{written} images with {shift}, seed {seed}, in {}", target.display());
    if kept > 0 {
        show!("{kept} more were there already");
    }
    let failures: Vec<Exit> = outcomes.into_iter().filter_map(Result::err).collect();
    let Some(first) = failures.first() else { return Ok(()) };
    failures
        .iter()
        .take(TOLD)
        .for_each(|failure| say!("error: {}", harness::contract::text::message(&failure.message)));
    let more = failures.len().saturating_sub(TOLD);
    if more > 0 {
        say!("... and {more} more");
    }
    let message = format!("{} of the images could not be copied; the others are", failures.len());
    Err(Exit::new(first.code, message))
}
