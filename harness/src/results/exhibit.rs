//! Test images as a method saw them, kept in the run folder so that a report needs no data to show them.

use crate::results::failure::{Failure, FailureKind};
use crate::results::files::{StoreError, hash as bytes_hash, remove_file, write};
use crate::results::key::hash;
use crate::results::record::{CellRecord, JobRecord};
use crate::results::run_folder::RunFolder;
use crate::results::sealed;
use image::RgbImage;
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Luma};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// An image as one cell tested it.
#[derive(Clone, Copy, Debug)]
pub struct Exhibit<'a> {
    /// The training behind the cell.
    pub job: &'a JobRecord,
    /// The cell.
    pub cell: &'a CellRecord,
    /// Identifier of the image.
    pub image: &'a str,
}

/// What binds the files of an exhibit: written last, it says that all is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Label {
    /// What is shown, in words.
    shows: String,
    /// Hash of the picture's file.
    picture: String,
    /// Hash of the mask's file, if there is a mask.
    mask: Option<String>,
}

/// What a cell was shown, in the network's frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The picture, shifted and resized.
    pub picture: RgbImage,
    /// Which pixels are defective, row by row; `None` where the data set has no masks.
    pub mask: Option<Vec<bool>>,
    /// Whether it is anomalous, but its mask marks nothing: where its defect is nobody knows.
    pub unmarked: bool,
}

impl RunFolder {
    /// The picture of `exhibit`; `None` if it was not kept.
    ///
    /// # Errors
    /// When what was kept cannot be read or was damaged.
    pub fn exhibit(&self, exhibit: &Exhibit<'_>) -> Result<Option<Shown>, StoreError> {
        let [label, picture, mask] = self.places(exhibit);
        if label.symlink_metadata().is_err() {
            return Ok(None);
        }
        let kept: Label = sealed::read(&label)?;
        let picture = read(&picture, &kept.picture)?.into_rgb8();
        let mask = kept.mask.map(|hash| read(&mask, &hash)).transpose()?;
        let mask = mask.map(|mask| mask.into_luma8().as_raw().iter().map(|&grey| grey > 127).collect());
        Ok(Some(Shown { picture, mask, unmarked: false }))
    }

    /// The exhibits that are not what was kept.
    /// Keeps a picture.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_exhibit(&self, exhibit: &Exhibit<'_>, shown: Shown) -> Result<(), Failure> {
        let [label, picture, mask] = self.places(exhibit);
        let mut kept = Label { shows: words(exhibit), picture: String::new(), mask: None };
        if let Some(defective) = shown.mask {
            let (width, height) = shown.picture.dimensions();
            let grey = |x, y| Luma([if defective[(y * width + x) as usize] { 255 } else { 0 }]);
            kept.mask = Some(keep(&mask, GrayImage::from_fn(width, height, grey).into())?);
        }
        kept.picture = keep(&picture, shown.picture.into())?;
        Ok(sealed::write_record(&label, &kept)?)
    }

    pub(crate) fn damaged_exhibits(&self) -> Vec<(PathBuf, StoreError)> {
        let mut found = Vec::new();
        check_below(&self.path().join("exhibits"), &mut found);
        found
    }

    /// Removes exhibits that are not what was kept: those that are wanted are made again.
    pub(super) fn drop_damaged_exhibits(&self) -> Result<(), StoreError> {
        for (label, _) in self.damaged_exhibits() {
            for ending in ["json", "png", "mask.png"] {
                remove_file(&label.with_extension(ending))?;
            }
        }
        Ok(())
    }

    /// Where label, picture and mask lie.
    fn places(&self, exhibit: &Exhibit<'_>) -> [PathBuf; 3] {
        let name = hash(&json!({
            "data": exhibit.job.identity.data,
            "image": exhibit.image,
            "condition": exhibit.cell.identity.condition,
            "data_seed": exhibit.cell.identity.data_seed,
            "geometry": exhibit.job.geometry,
        }));
        let folder = self.path().join("exhibits").join(&exhibit.cell.dataset).join(&exhibit.cell.category);
        ["json", "png", "mask.png"].map(|ending| folder.join(format!("{name}.{ending}")))
    }
}

fn words(exhibit: &Exhibit<'_>) -> String {
    format!("{} under {}", exhibit.image, exhibit.cell.condition.label())
}

/// The picture in a file of this hash.
fn read(path: &Path, hash: &str) -> Result<DynamicImage, StoreError> {
    let bytes = fs::read(path).map_err(|reason| StoreError::read(path, reason))?;
    if bytes_hash(&bytes) != hash {
        return Err(StoreError::read(
            path,
            "the picture is not the one that was kept, it was damaged or edited",
        ));
    }
    let reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.decode().map_err(|reason| StoreError::read(path, reason))
}

/// Writes a picture; the hash of its file.
fn keep(path: &Path, picture: DynamicImage) -> Result<String, Failure> {
    let mut bytes = Cursor::new(Vec::new());
    let failure =
        |error: image::ImageError| Failure::new(FailureKind::Write, format!("{}: {error}", path.display()));
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(failure)?;
    let bytes = bytes.into_inner();
    write(path, &bytes)?;
    Ok(bytes_hash(&bytes))
}

fn check_below(folder: &Path, found: &mut Vec<(PathBuf, StoreError)>) {
    // Runs without reports have none.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            check_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json")
            && let Err(error) = check_label(&path)
        {
            found.push((path, error));
        }
    }
}

fn check_label(path: &Path) -> Result<(), StoreError> {
    let label: Label = sealed::read(path)?;
    read(&path.with_extension("png"), &label.picture)?;
    label.mask.map_or(Ok(()), |hash| read(&path.with_extension("mask.png"), &hash).map(drop))
}
