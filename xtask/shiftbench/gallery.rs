//! `gallery`: one picture of every shift at every severity.

use crate::command::{CommandEntry, Run};
use crate::corrupt::links;
use crate::exit::{DATA, Exit, FAILED, USAGE};
use crate::out::show;
use clap::Parser;
use harness::contract::chain::Chain;
use harness::contract::dataset::Sample;
use harness::contract::picture::open_rgb;
use harness::contract::registry::{self, ShiftEntry};
use harness::contract::seed::Root;
use harness::contract::shift::Severity;
use image::RgbImage;
use rayon::prelude::*;
use reports::{Strip, contact_sheet};
use std::path::PathBuf;

/// Draw one picture of every shift at every severity
#[derive(Parser)]
#[command(name = "gallery", display_order = 11)]
struct Gallery {
    /// The image to shift
    image: PathBuf,
    /// Where to draw: a .png or .jpg file
    #[arg(long, value_name = "FILE", default_value = "gallery.png")]
    out: PathBuf,
    /// These shifts only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    shifts: Option<Vec<String>>,
    /// Width of each small picture in pixels
    #[arg(long, value_name = "PIXELS", default_value = "120", value_parser = clap::value_parser!(u32).range(8..=1024))]
    cell: u32,
    /// Columns of shifts
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u32).range(1..=8))]
    blocks: u32,
    /// Seed of random shifts
    #[arg(long, default_value = "0")]
    seed: u64,
}

inventory::submit! { CommandEntry::of::<Gallery>() }

impl Run for Gallery {
    fn run(&self) -> Result<(), Exit> {
        let image = open_rgb(&self.image).map_err(|error| Exit::new(DATA, error))?;
        let names: Vec<String> = match &self.shifts {
            Some(names) => names.clone(),
            None => registry::all::<ShiftEntry>().iter().map(|entry| entry.card.name.into()).collect(),
        };
        let root = Root::new(self.seed, "gallery", "");
        let strips = names.par_iter().map(|name| {
            let pictures = Severity::ALL.iter().map(|severity| shifted(&image, name, *severity, &root));
            Ok(Strip { name: name.clone(), pictures: pictures.collect::<Result<_, Exit>>()? })
        });
        let strips = strips.collect::<Result<Vec<_>, Exit>>()?;
        let heads = Severity::ALL.map(|severity| severity.to_string());
        let sheet = contact_sheet(&heads.each_ref().map(String::as_str), &strips, self.cell, self.blocks)
            .map_err(|error| Exit::new(FAILED, error))?;
        sheet.save(&self.out).map_err(|reason| Exit::unwritable(&self.out, reason))?;
        show!("{} shifts at severities 1 to 5 in {}", names.len(), self.out.display());
        Ok(())
    }
}

fn shifted(image: &RgbImage, shift: &str, severity: Severity, root: &Root) -> Result<RgbImage, Exit> {
    let chain = Chain::build(&links(shift, severity.get())?).map_err(|error| Exit::new(USAGE, error))?;
    let sample = Sample { image: image.clone(), mask: None };
    let shifted = chain.apply(sample, root, "").map_err(|error| Exit::new(DATA, error))?;
    Ok(shifted.image)
}
