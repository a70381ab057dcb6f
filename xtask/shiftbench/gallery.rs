//! `gallery`: one picture of every shift at every severity.

use crate::cli;
use crate::corrupt::links;
use crate::exit::{DATA, Exit, FAILED, FOLDER, USAGE};
use crate::out::show;
use harness::contract::chain::Chain;
use harness::contract::dataset::Sample;
use harness::contract::picture::open_rgb;
use harness::contract::registry::{self, ShiftEntry};
use harness::contract::seed::Root;
use harness::contract::shift::Severity;
use image::RgbImage;
use rayon::prelude::*;
use reports::{Strip, contact_sheet};

pub fn run(options: &cli::Gallery) -> Result<(), Exit> {
    let image = open_rgb(&options.image).map_err(|error| Exit::new(DATA, error))?;
    let names: Vec<String> = match &options.shifts {
        Some(names) => names.clone(),
        None => registry::all::<ShiftEntry>().iter().map(|entry| entry.card.name.into()).collect(),
    };
    let root = Root::new(options.seed, "gallery", "");
    let strips = names.par_iter().map(|name| {
        let pictures = Severity::ALL.iter().map(|severity| shifted(&image, name, *severity, &root));
        Ok(Strip { name: name.clone(), pictures: pictures.collect::<Result<_, Exit>>()? })
    });
    let strips = strips.collect::<Result<Vec<_>, Exit>>()?;
    let heads = Severity::ALL.map(|severity| severity.to_string());
    let sheet = contact_sheet(&heads.each_ref().map(String::as_str), &strips, options.cell, options.blocks)
        .map_err(|error| Exit::new(FAILED, error))?;
    let unwritable = |reason| format!("cannot write {}: {reason}", options.out.display());
    sheet.save(&options.out).map_err(|reason| Exit::new(FOLDER, unwritable(reason)))?;
    show!("{} shifts at severities 1 to 5 in {}", names.len(), options.out.display());
    Ok(())
}

fn shifted(image: &RgbImage, shift: &str, severity: Severity, root: &Root) -> Result<RgbImage, Exit> {
    let chain = Chain::build(&links(shift, severity.get())?).map_err(|error| Exit::new(USAGE, error))?;
    let sample = Sample { image: image.clone(), mask: None };
    let shifted = chain.apply(sample, root, "").map_err(|error| Exit::new(DATA, error))?;
    Ok(shifted.image)
}
