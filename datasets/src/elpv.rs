//! ELPV: photovoltaic cells in electroluminescence images.
//!
//! Files lie in `<data-root>/elpv/labels.csv` and `images/`. The release has no split for anomaly
//! detection; ours is drawn from a seed: a category's normal cells, sorted by name and shuffled, give
//! the test images first and training images next, so the number of training images does not change
//! the test. Defective cells are drawn the same way, for the test only. There are no masks.

use crate::files::SampleFiles;
use crate::{miniature, resources};
use harness::contract::resource::{Resource, Source};
use harness::contract::seed::Root;
use harness::prelude::*;
use rand::seq::SliceRandom;
use std::fs;
use std::path::{Path, PathBuf};

/// Cell types, as `labels.csv` names them: monocrystalline and polycrystalline.
const CATEGORIES: [&str; 2] = ["mono", "poly"];

const RESOURCE: Resource = Resource {
    name: "elpv",
    summary: "2624 electroluminescence images of solar cells, 300x300",
    licence: resources::CC_BY_NC_SA,
    megabytes: 91,
    page: "https://github.com/zae-bayern/elpv-dataset",
    source: Source::Wheel {
        package: "elpv-dataset",
        version: "1.0.0.post1",
        sha256: &["85e31c1126ee9b48e62d3a0232c58f58b2d189b0814a45c13642fa0415af4a4c"],
        members: "elpv_dataset/data/",
    },
};

const WAY_OUT: &str = "run `cargo xtask fetch elpv`";

options! {
    /// Options of `elpv`. Numbers are per category; where fewer images exist, all are taken.
    pub struct Options {
        /// Normal images to learn from.
        pub train: usize = 200 => data(),
        /// Normal images to test on.
        pub test_normal: usize = 120 => data(),
        /// Defective images to test on.
        pub test_defective: usize = 120 => data(),
        /// Also uses cells whose experts were unsure: those of defect probability 1/3 count as normal,
        /// those of 2/3 as defective.
        pub include_uncertain: bool = false => data(),
        /// Chooses the split.
        pub split_seed: u64 = 0 => data(),
    }
}

/// The opened data set.
#[derive(Clone, Debug)]
pub struct Elpv {
    folder: PathBuf,
    cells: Vec<Cell>,
    options: Options,
}

/// A line of `labels.csv`.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    /// Such as `images/cell0001.png`.
    path: String,
    /// 0, 1/3, 2/3 or 1, rounded to thirds.
    thirds: u8,
    category: String,
}

impl DatasetPlugin for Elpv {
    const NAME: &'static str = "elpv";
    const SUMMARY: &'static str = "solar cells in electroluminescence images, no masks";
    const SOURCE: &'static str = "Buerhop-Lutz et al. 2018; Deitsch et al. 2019, 2021; CC BY-NC-SA 4.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&RESOURCE];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| write_miniature(&RESOURCE.folder(data_root)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let folder = RESOURCE.folder(&context.data_root);
        let labels = folder.join("labels.csv");
        if !labels.is_file() {
            return Err(DataError::Missing { path: labels, way_out: WAY_OUT.into() });
        }
        let cells = read_labels(&labels)?;
        Ok(Box::new(Self { folder, cells, options }))
    }
}

inventory::submit!(DatasetEntry::of::<Elpv>());

/// The cells sorted by path. Lines are `path probability type`, separated by spaces.
fn read_labels(path: &Path) -> Result<Vec<Cell>, DataError> {
    let text = fs::read_to_string(path).map_err(|error| DataError::unreadable(path, error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut cells = lines
        .map(|(index, line)| {
            parse(line).ok_or_else(|| {
                let reason = format!("line {} is not 'image probability mono|poly': '{line}'", index + 1);
                DataError::unreadable(path, format!("{reason}; remove the folder and {WAY_OUT}"))
            })
        })
        .collect::<Result<Vec<Cell>, _>>()?;
    cells.sort_by(|a, b| a.path.cmp(&b.path));
    // An image listed twice could be learnt from and tested on.
    if let Some(pair) = cells.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(DataError::unreadable(path, format!("'{}' is listed twice", pair[0].path)));
    }
    Ok(cells)
}

fn parse(line: &str) -> Option<Cell> {
    let [path, probability, category] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    let thirds = probability.parse::<f64>().ok()? * 3.0;
    let known = CATEGORIES.contains(&category) && (0.0..=3.0).contains(&thirds);
    let exact = (thirds - thirds.round()).abs() < 0.05;
    (known && exact).then(|| Cell {
        path: path.into(),
        thirds: thirds.round() as u8,
        category: category.into(),
    })
}

impl Elpv {
    /// Paths of a category's normal or defective cells, in the order of the draw.
    fn drawn(&self, category: &str, defective: bool) -> Vec<&str> {
        let wanted = |cell: &&Cell| {
            let certain = cell.thirds == 0 || cell.thirds == 3;
            cell.category == category
                && (cell.thirds >= 2) == defective
                && (certain || self.options.include_uncertain)
        };
        let mut paths: Vec<&str> = self.cells.iter().filter(wanted).map(|cell| cell.path.as_str()).collect();
        let purpose = if defective { "defective" } else { "normal" };
        let root = Root::new(self.options.split_seed, Self::NAME, category);
        paths.shuffle(&mut root.stream("split", purpose));
        paths
    }
}

impl Dataset for Elpv {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(CATEGORIES.map(String::from).to_vec())
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        if !CATEGORIES.contains(&category) {
            return Err(DataError::UnknownCategory {
                dataset: Self::NAME.into(),
                category: category.into(),
                known: self.categories()?,
            });
        }
        let Options { train, test_normal, test_defective, .. } = self.options;
        let normal = self.drawn(category, false);
        let defective = self.drawn(category, true);
        let tested = test_normal.min(normal.len());
        let mut items: Vec<Item> =
            normal[tested..].iter().take(train).map(|path| Item::train(*path)).collect();
        let empty = |what, option: &str| DataError::Empty {
            dataset: Self::NAME.into(),
            category: category.into(),
            what,
            way_out: format!(
                "it has {} normal and {} defective cells: change option {option}",
                normal.len(),
                defective.len()
            ),
        };
        if items.is_empty() {
            return Err(empty("training images", "train or test_normal"));
        }
        let trained = items.len();
        items.extend(normal[..tested].iter().map(|path| Item::test(*path, false)));
        items.extend(defective.iter().take(test_defective).map(|path| Item::test(*path, true)));
        if items.len() == trained {
            return Err(empty("test images", "test_normal or test_defective"));
        }
        items.sort_by(|a, b| (a.split, &a.id).cmp(&(b.split, &b.id)));
        Ok(items)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        Ok(self.read(category, item)?.0)
    }

    fn files(&self, _: &str, item: &Item) -> Vec<PathBuf> {
        vec![self.folder.join(&item.id)]
    }

    fn read(&self, _: &str, item: &Item) -> Result<(Sample, blake3::Hash), DataError> {
        SampleFiles::image(self.folder.join(&item.id)).read()
    }

    fn digest(&self, _: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        SampleFiles::image(self.folder.join(&item.id)).digest()
    }
}

/// Enough normal cells for the default split and some to learn from, and a few of every other probability.
fn write_miniature(folder: &Path) -> Result<(), DataError> {
    const SIDE: u32 = 40;
    let normal = Options::default().test_normal + 6;
    let mut labels = String::new();
    let mut number = 0;
    for (index, category) in CATEGORIES.into_iter().enumerate() {
        let kinds = [("0.0", normal), ("0.3333333333333333", 2), ("0.6666666666666666", 2), ("1.0", 6)];
        for (grade, (probability, cells)) in kinds.into_iter().enumerate() {
            for _ in 0..cells {
                // Unsure cells look like those they count as.
                let class = 2 * index + grade / 2;
                let picture = miniature::class_picture("", class, number, SIDE);
                let name = format!("images/cell{:04}.png", number + 1);
                let grey = image::DynamicImage::from(picture).into_luma8();
                miniature::save(&folder.join(&name), &grey.into())?;
                labels += &format!("{name}  {probability:<19} {category}\n");
                number += 1;
            }
        }
    }
    miniature::write(&folder.join("labels.csv"), labels.as_bytes())
}
