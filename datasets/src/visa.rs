//! VisA: twelve categories of circuit boards, foods and small parts, with masks.
//!
//! ```text
//! <path>/split_csv/1cls.csv                         object,split,label,image,mask
//! <path>/<category>/Data/Images/Normal/*.JPG
//! <path>/<category>/Data/Images/Anomaly/*.JPG
//! <path>/<category>/Data/Masks/Anomaly/*.png        non-zero where the defect is
//! ```
//!
//! The list names every image and says what it is for; paths in it begin with the category. Without the list, the
//! folders are read as a release converted to the layout of MVTec AD (see `tree.rs`). `check` compares
//! the files with the list; how the converted layout counts is not at hand.

use crate::listing::{ImageFiles, Layout, Listing};
use crate::miniature::Specimen;
use crate::resources;
use crate::tree::Tree;
use crate::{files, miniature};
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Component, Path, PathBuf};

const CATEGORIES: [&str; 12] = [
    "candle",
    "capsules",
    "cashew",
    "chewinggum",
    "fryum",
    "macaroni1",
    "macaroni2",
    "pcb1",
    "pcb2",
    "pcb3",
    "pcb4",
    "pipe_fryum",
];

/// The split for one-class learning.
const LIST: &str = "split_csv/1cls.csv";

const COLUMNS: [&str; 5] = ["object", "split", "label", "image", "mask"];

const WAY_OUT: &str = "run `cargo xtask fetch visa`, or set datasets.visa.path to the folder that \
                       holds candle/, capsules/, ... and split_csv/1cls.csv";

options! {
    /// Options of `visa`.
    pub struct Options {
        /// The folder of the categories; `<data-root>/visa` if empty.
        pub path: String = String::new() => place(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Visa;

impl DatasetPlugin for Visa {
    const NAME: &'static str = "visa";
    const SUMMARY: &'static str = "VisA: 12 categories of circuit boards, foods and small parts, with masks";
    const SOURCE: &'static str = "Zou et al. 2022 (VisA); CC BY 4.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::VISA];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| write_miniature(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let path = files::root(&options.path, Self::NAME, context);
        if !path.join(LIST).is_file() {
            return Ok(Box::new(Tree::at(Self::NAME, &path, &CATEGORIES, WAY_OUT)?));
        }
        let listed = Listed { lines: read(&path.join(LIST))?, path };
        if listed.categories().is_empty() {
            let path = listed.path.join("<category>/Data/Images");
            return Err(DataError::Missing { path, way_out: WAY_OUT.into() });
        }
        Ok(Box::new(Listing::new(Self::NAME, listed)))
    }
}

inventory::submit!(DatasetEntry::of::<Visa>());

/// The release.
struct Listed {
    path: PathBuf,
    /// By the image they name.
    lines: BTreeMap<String, Line>,
}

/// A line of the list.
struct Line {
    number: u64,
    category: &'static str,
    item: Item,
    mask: Option<String>,
}

/// The lines of the list, by image.
fn read(path: &Path) -> Result<BTreeMap<String, Line>, DataError> {
    let bad = |number: u64, reason: String| DataError::unreadable(path, format!("line {number}: {reason}"));
    let file = File::open(path).map_err(|error| DataError::unreadable(path, error))?;
    // Lines of another length are ours to tell of.
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader.headers().map_err(|error| DataError::unreadable(path, error))?;
    if *header != COLUMNS[..] {
        return Err(bad(1, format!("expected the columns {}", COLUMNS.join(","))));
    }
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| DataError::unreadable(path, error))?;
        let number = record.position().map_or(0, csv::Position::line);
        let line = parse(number, &record).map_err(|reason| bad(number, reason))?;
        // An image listed twice could be learnt from and tested on.
        if let Some(first) = lines.get(&line.item.id) {
            return Err(bad(number, format!("'{}' is in line {} already", line.item.id, first.number)));
        }
        lines.insert(line.item.id.clone(), line);
    }
    Ok(lines)
}

fn parse(number: u64, record: &csv::StringRecord) -> Result<Line, String> {
    let [object, split, label, image, mask] = record.iter().collect::<Vec<_>>()[..] else {
        return Err(format!("{} columns instead of {}", record.len(), COLUMNS.len()));
    };
    let category = CATEGORIES.into_iter().find(|category| *category == object);
    let category = category.ok_or_else(|| format!("VisA has no object '{object}'"))?;
    let item = match (split, label) {
        ("train", "normal") => Item::train(image),
        ("test", "normal") => Item::test(image, false),
        ("test", "anomaly") => Item::test(image, true),
        _ => {
            return Err(format!(
                "'{split},{label}' is none of 'train,normal', 'test,normal', 'test,anomaly'"
            ));
        }
    };
    if !item.anomalous && !mask.is_empty() {
        return Err("a normal image has a mask".into());
    }
    for path in [image, mask] {
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(format!("'{path}' leaves the folder of the data"));
        }
    }
    if image.is_empty() {
        return Err("no image".into());
    }
    Ok(Line { number, category, item, mask: (!mask.is_empty()).then(|| mask.to_owned()) })
}

impl Listed {
    fn of<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.values().filter(move |line| line.category == category)
    }
}

impl Layout for Listed {
    fn categories(&self) -> Vec<String> {
        let listed: BTreeSet<&str> = self.lines.values().map(|line| line.category).collect();
        // Some have some of the categories only.
        let present = |name: &&str| listed.contains(name) && self.path.join(name).is_dir();
        CATEGORIES.into_iter().filter(present).map(str::to_owned).collect()
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        Ok(self.of(category).map(|line| line.item.clone()).collect())
    }

    fn files(&self, _: &str, item: &Item) -> ImageFiles {
        let line = self.lines.get(&item.id);
        ImageFiles {
            image: self.path.join(&item.id),
            mask: line.and_then(|line| line.mask.as_ref()).map(|mask| self.path.join(mask)),
            named_by: line.map(|line| format!("line {} of {LIST}", line.number)),
        }
    }

    fn masks(&self, category: &str) -> Option<PathBuf> {
        Some(self.path.join(category).join("Data/Masks"))
    }

    fn place(&self, category: &str, split: Split) -> String {
        let split = if split == Split::Train { "train" } else { "test" };
        let folder = self.path.join(category).join("Data/Images");
        format!("{}, and lines '{category},{split},...' into {LIST}", folder.display())
    }

    fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
        let mut found = Vec::new();
        for line in self.of(category) {
            let (label, kind) =
                if line.item.anomalous { ("anomaly", "Anomaly") } else { ("normal", "Normal") };
            if !line.item.id.starts_with(&format!("{category}/Data/Images/{kind}/")) {
                let (id, number) = (&line.item.id, line.number);
                found.push(format!("{id}: line {number} of {LIST} says '{category}' and '{label}'"));
            }
        }
        for kind in ["Normal", "Anomaly"] {
            let folder = format!("{category}/Data/Images/{kind}");
            let ids = files::images_in(&self.path.join(&folder))?
                .into_iter()
                .map(|name| format!("{folder}/{name}"));
            let unlisted = ids.filter(|id| !self.lines.contains_key(id));
            found.extend(unlisted.map(|id| format!("{id}: no line of {LIST} names it")));
        }
        Ok(found)
    }
}

fn write_miniature(folder: &Path) -> Result<(), DataError> {
    let mut list = COLUMNS.join(",") + "\n";
    for (index, category) in CATEGORIES.into_iter().enumerate() {
        for Specimen { split, sample, .. } in miniature::specimens(index)? {
            let split = if split == Split::Train { "train" } else { "test" };
            let (label, kind) = match sample.mask {
                Some(_) => ("anomaly", "Anomaly"),
                None => ("normal", "Normal"),
            };
            let images = format!("{category}/Data/Images/{kind}");
            let number = miniature::next(&folder.join(&images))?;
            let image = format!("{images}/{number:03}.JPG");
            miniature::save(&folder.join(&image), &sample.image.into())?;
            let mut mask = String::new();
            if let Some(marked) = sample.mask {
                mask = format!("{category}/Data/Masks/{kind}/{number:03}.png");
                miniature::save(&folder.join(&mask), &marked.into())?;
            }
            list += &format!("{category},{split},{label},{image},{mask}\n");
        }
    }
    miniature::write(&folder.join(LIST), list.as_bytes())
}
