//! Small stand-ins for data sets that must be fetched or asked for, written in exactly their formats, so that a suite
//! can be rehearsed from end to end before anybody has the data.

use crate::synthetic;
use harness::contract::seed::Root;
use harness::prelude::*;
use image::Rgb;
use rand::RngExt;
use std::fs;
use std::path::Path;

/// Images of one category of a miniature with defects.
const TRAIN: usize = 6;
const TEST: usize = 3;

/// Side in pixels of pictures with defects.
const SIDE: u32 = 64;

/// Writes categories in the layout of MVTec AD below `folder`: pictures of the procedural surfaces in turn.
pub(crate) fn write_tree(folder: &Path, categories: &[&str]) -> Result<(), DataError> {
    for (index, category) in categories.iter().enumerate() {
        for Specimen { split, kind, sample } in specimens(index)? {
            let split = if split == Split::Train { "train" } else { "test" };
            let parent = folder.join(category).join(split).join(&kind);
            let number = next(&parent)?;
            save(&parent.join(format!("{number:03}.png")), &sample.image.into())?;
            if let Some(mask) = sample.mask {
                let name = format!("{category}/ground_truth/{kind}/{number:03}_mask.png");
                save(&folder.join(name), &mask.into())?;
            }
        }
    }
    Ok(())
}

/// A picture of a surface.
pub(crate) struct Specimen {
    pub split: Split,
    /// `good`, or the kind of defect.
    pub kind: String,
    /// With a mask where it is defective.
    pub sample: Sample,
}

/// The pictures of one category: normal ones to learn from, normal and defective ones to test on.
pub(crate) fn specimens(category: usize) -> Result<Vec<Specimen>, DataError> {
    specimens_with(category, TEST)
}

/// As [`specimens`], with so many defective ones.
pub(crate) fn specimens_with(category: usize, test_defective: usize) -> Result<Vec<Specimen>, DataError> {
    let options = synthetic::Options {
        size: SIDE,
        train: TRAIN,
        test_normal: TEST,
        test_defective,
        seed: category as u64,
    };
    let surfaces = synthetic::Synthetic::new(options);
    let names = surfaces.categories()?;
    let name = &names[category % names.len()];
    let specimen = |item: Item| {
        let kind = match item.anomalous {
            true => item.id.split('/').nth(1).unwrap_or("defect").to_owned(),
            false => "good".to_owned(),
        };
        Ok(Specimen { split: item.split, kind, sample: surfaces.load(name, &item)? })
    };
    surfaces.items(name)?.into_iter().map(specimen).collect()
}

/// The same scene under another light: every channel of every pixel times its gain.
pub(crate) fn under_light(image: &RgbImage, gains: [f32; 3]) -> RgbImage {
    let mut image = image.clone();
    for Rgb(pixel) in image.pixels_mut() {
        *pixel = std::array::from_fn(|channel| (f32::from(pixel[channel]) * gains[channel]) as u8);
    }
    image
}

/// A picture of class `class`: blobs and bars whose places belong to the class, with a little of everything else
/// left to chance. `number` counts the pictures of a class; another `domain` has other colours.
pub(crate) fn class_picture(domain: &str, class: usize, number: usize, side: u32) -> RgbImage {
    let mut shape = Root::new(0, "miniature", "").stream("class", &class.to_string());
    let mut chance = Root::new(0, "miniature", domain).stream("picture", &format!("{class}/{number}"));
    let mut place = || -> [f32; 3] { std::array::from_fn(|_| shape.random_range(0.2..0.8)) };
    let blobs: [[f32; 3]; 3] = [place(), place(), place()];
    let tint: [f32; 3] = std::array::from_fn(|_| chance.random_range(0.5..1.0));
    let (right, down) = (chance.random_range(-0.06..0.06), chance.random_range(-0.06..0.06));
    RgbImage::from_fn(side, side, |x, y| {
        let (x, y) = (x as f32 / side as f32 + right, y as f32 / side as f32 + down);
        let near = |[across, along, size]: &[f32; 3]| {
            let distance = (x - across).hypot(y - along);
            (1.0 - distance / (0.35 * size)).max(0.0)
        };
        let shade = 40.0 + 200.0 * blobs.iter().map(near).fold(0.0, f32::max);
        Rgb(tint.map(|tint| (shade * tint) as u8))
    })
}

/// Writes an image, and the folders on its way.
pub(crate) fn save(path: &Path, image: &image::DynamicImage) -> Result<(), DataError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| DataError::unreadable(folder, error))?;
    }
    image.save(path).map_err(|error| DataError::unreadable(path, error))
}

/// Writes a file, and the folders on its way.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| DataError::unreadable(folder, error))?;
    }
    fs::write(path, bytes).map_err(|error| DataError::unreadable(path, error))
}

/// How many images a folder holds already: the number of the next.
pub(crate) fn next(folder: &Path) -> Result<usize, DataError> {
    Ok(crate::files::images_in(folder)?.len())
}
