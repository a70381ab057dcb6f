//! `corrupt`: shifted copies of a folder of images.

mod copies;
mod manifest;

use self::copies::Work;
use self::manifest::{Manifest, Settings};
use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, USAGE};
use crate::images::Images;
use crate::out::{say, show};
use clap::Parser;
use harness::contract::chain;
use harness::contract::chain::Chain;
use harness::contract::condition::{Condition, Link};
use harness::contract::plugin::Plugin;
use harness::contract::registry::{self, ShiftEntry};
use harness::contract::seed::Root;
use harness::contract::shift::Severity;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Failures that are told one by one.
const TOLD: usize = 10;

/// Write corrupted copies of a folder of images
#[derive(Parser)]
#[command(name = "corrupt", display_order = 10)]
struct Corrupt {
    /// Folder of images, searched through its subfolders
    source: PathBuf,
    /// Folder for the copies (PNG, same names)
    target: PathBuf,
    /// A shift (see `list shifts`), or several: "contrast(3) + gaussian_noise(2)"
    #[arg(long)]
    shift: String,
    /// 1 (weak) to 5 (strong), for shifts that do not say their own
    #[arg(long, default_value = "3")]
    severity: u8,
    /// Seed of random shifts
    #[arg(long, default_value = "0")]
    seed: u64,
    /// Masks that move with their images: the same tree of PNG files, names with or without _mask
    #[arg(long, value_name = "DIR", requires = "masks_to")]
    masks: Option<PathBuf>,
    /// Folder for the moved masks
    #[arg(long, value_name = "DIR", requires = "masks")]
    masks_to: Option<PathBuf>,
}

inventory::submit! { CommandEntry::of::<Corrupt>() }

impl Run for Corrupt {
    fn run(&self) -> Result<(), Exit> {
        let links = links(&self.shift, self.severity)?;
        let images = Images::of(&self.source)?;
        let targets = images.as_png(&self.target)?;
        images.keep_out(&self.target)?;
        let revisions = links.iter().map(|link| link.shift.revision.to_string()).collect::<Vec<_>>();
        let work = Work {
            chain: Chain::build(&links).map_err(|error| Exit::new(USAGE, error))?,
            // One name, one stream: the same image gets the same corruption wherever the folder lies.
            root: Root::new(self.seed, "corrupt", ""),
            masks: self.masks.as_deref().zip(self.masks_to.as_deref()),
            settings: Settings {
                shift: Condition::of(links).label(),
                revision: revisions.join("+"),
                seed: self.seed,
            },
            images,
        };
        let manifest = Manifest::open(&self.target, &work.settings, &targets)?;
        let bar = ProgressBar::new(targets.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} images, {per_sec}, {eta} left")
        {
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
        tell(outcomes, &work.settings, &self.target)
    }
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
