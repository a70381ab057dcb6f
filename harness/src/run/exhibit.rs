//! Test images as a method saw them, kept in the run folder so that a report needs no data to show them.

use super::failure::{Failure, FailureKind};
use super::files::{StoreError, write};
use super::record::{CellRecord, JobRecord};
use super::store::RunFolder;
use crate::dataset::{DataContext, Dataset, Item};
use crate::picture::Geometry;
use crate::plan::{Plugin, hash};
use crate::registry::{self, DatasetEntry};
use crate::seed::Root;
use crate::shift::Chain;
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Luma, RgbImage};
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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

/// What a cell was shown, in the network's frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The picture, shifted and resized.
    pub picture: RgbImage,
    /// Which pixels are defective, row by row; `None` where the data set has no masks.
    pub mask: Option<Vec<bool>>,
}

impl RunFolder {
    /// The picture of `exhibit`; `None` if it was not kept.
    ///
    /// # Errors
    /// When what was kept cannot be read.
    pub fn exhibit(&self, exhibit: &Exhibit<'_>) -> Result<Option<Shown>, StoreError> {
        let [picture, mask] = self.places(exhibit);
        if !picture.exists() {
            return Ok(None);
        }
        let picture = read(&picture)?.into_rgb8();
        let mask = mask.exists().then(|| read(&mask)).transpose()?;
        let mask = mask.map(|mask| mask.into_luma8().as_raw().iter().map(|&grey| grey > 127).collect());
        Ok(Some(Shown { picture, mask }))
    }

    /// Keeps the pictures of `exhibits` that are not there yet. They are made from the data again, exactly
    /// as the cells saw them.
    ///
    /// # Errors
    /// When the data are not there, are not those the cells were tested on, or nothing can be written.
    pub fn keep_exhibits(&self, exhibits: &[Exhibit<'_>], data_root: &Path) -> Result<(), Failure> {
        let mut sources: BTreeMap<String, Source> = BTreeMap::new();
        for exhibit in exhibits {
            let [picture, mask] = self.places(exhibit);
            if picture.exists() {
                continue;
            }
            let identity = &exhibit.job.identity;
            let source = match sources.entry(format!("{}{}", identity["dataset"], identity["category"])) {
                Entry::Occupied(source) => source.into_mut(),
                Entry::Vacant(place) => place.insert(Source::open(exhibit, data_root)?),
            };
            let shown = source.show(exhibit)?;
            if let Some(defective) = shown.mask {
                let (width, height) = shown.picture.dimensions();
                let grey = |x, y| Luma([if defective[(y * width + x) as usize] { 255 } else { 0 }]);
                keep(&mask, GrayImage::from_fn(width, height, grey).into())?;
            }
            // Last, for it says that all is there.
            keep(&picture, shown.picture.into())?;
        }
        Ok(())
    }

    /// Where picture and mask lie.
    fn places(&self, exhibit: &Exhibit<'_>) -> [PathBuf; 2] {
        let name = hash(&json!({
            "data": exhibit.job.identity["data"],
            "image": exhibit.image,
            "condition": exhibit.cell.identity["condition"],
            "data_seed": exhibit.cell.identity["data_seed"],
            "geometry": exhibit.job.geometry,
        }));
        let folder = self.path().join("exhibits").join(&exhibit.cell.dataset).join(&exhibit.cell.category);
        [folder.join(format!("{name}.png")), folder.join(format!("{name}.mask.png"))]
    }
}

/// A category of an opened data set.
struct Source {
    dataset: Box<dyn Dataset>,
    category: String,
    items: Vec<Item>,
}

impl Source {
    /// The one that `exhibit` is from, if it is still what was tested.
    fn open(exhibit: &Exhibit<'_>, data_root: &Path) -> Result<Self, Failure> {
        let identity = &exhibit.job.identity;
        let plugin: Plugin = serde_json::from_value(identity["dataset"].clone()).map_err(data)?;
        let entry = registry::find::<DatasetEntry>(&plugin.name).map_err(data)?;
        let context = DataContext { data_root: data_root.into() };
        let dataset = (entry.open)(&plugin.options, &context).map_err(data)?;
        let category = exhibit.cell.category.clone();
        if dataset.fingerprint(&category).map_err(data)? != identity["data"] {
            return Err(data(format!("{}/{category} has changed since it was tested", plugin.name)));
        }
        let items = dataset.items(&category).map_err(data)?;
        Ok(Self { dataset, category, items })
    }

    fn show(&self, exhibit: &Exhibit<'_>) -> Result<Shown, Failure> {
        let condition = &exhibit.cell.condition;
        let mut tested = self.items.iter().filter(|item| condition.selects(item));
        let unknown = || {
            let image = exhibit.image;
            data(format!("{}/{} has no test image {image}", exhibit.cell.dataset, self.category))
        };
        let item = tested.find(|item| item.id == exhibit.image).ok_or_else(unknown)?;
        let shifts = Chain::build(condition.links());
        let shifts = shifts.map_err(|error| Failure::new(FailureKind::Shift, error))?;
        let seed = exhibit.cell.identity["data_seed"].as_u64().unwrap_or_default();
        let root = Root::new(seed, &exhibit.cell.dataset, &self.category);
        show(&*self.dataset, &root, &shifts, item, exhibit.job.geometry)
    }
}

/// `item` under `shifts`, in the network's frame.
pub(super) fn show(
    dataset: &dyn Dataset,
    root: &Root,
    shifts: &Chain,
    item: &Item,
    geometry: Geometry,
) -> Result<Shown, Failure> {
    let sample = dataset.load(&root.category, item).map_err(data)?;
    let failure = |error| Failure::new(FailureKind::Shift, format!("{}: {error}", item.id));
    let sample = shifts.apply(sample, root, &item.id).map_err(failure)?;
    let mask = sample.mask.map(|mask| geometry.mask(&mask));
    Ok(Shown { picture: geometry.picture(&sample.image), mask })
}

fn data(error: impl ToString) -> Failure {
    Failure::new(FailureKind::Data, error)
}

fn read(path: &Path) -> Result<DynamicImage, StoreError> {
    let error = |reason: String| StoreError::Read { path: path.into(), reason };
    let bytes = fs::read(path).map_err(|reason| error(reason.to_string()))?;
    let reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.decode().map_err(|reason| error(reason.to_string()))
}

fn keep(path: &Path, picture: DynamicImage) -> Result<(), Failure> {
    let mut bytes = Cursor::new(Vec::new());
    let failure = |error: &dyn ToString| Failure::new(FailureKind::Write, error.to_string());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| failure(&error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| failure(&format!("{}: {error}", folder.display())))?;
    Ok(write(path, &bytes.into_inner())?)
}
