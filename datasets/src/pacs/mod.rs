//! PACS: seven classes in four styles. Detectors learn one class in photographs; paintings, cartoons and sketches
//! are natural shifts.
//!
//! ```text
//! <path>/<domain>/<class>/*.jpg                        photo, art_painting, cartoon, sketch
//! <path>/**/<domain>_{train,crossval,test}_kfold.txt   beside the domains or one folder below, such as splits/
//! ```
//!
//! Training and in-distribution test pictures are those of the photo lists `train` and `crossval`; natural shifts are
//! the `crossval` lists of the other domains. Without lists, the layout of ADShift is read, whose files lie in
//! `train/photo/<class>/` and `val/<domain>/<class>/`. Categories have the order of the official labels.

mod lists;
mod original;

use crate::class_files::ClassFiles;
use crate::one_vs_rest::{Contradiction, Limits, OneVsRest, Part};
use crate::resources;
use crate::{files, miniature};
use harness::contract::resource::Resource;
use harness::prelude::*;
use lists::{CLASSES, Lists, PHOTO};
use std::path::{Path, PathBuf};

/// The natural shifts.
const SHIFTS: [&str; 3] = ["art_painting", "cartoon", "sketch"];

/// Pictures of every class in the official lists: photo `train` and `crossval`, then `crossval` of the shifts.
const PUBLISHED: [(&str, [usize; 7]); 5] = [
    ("train", [170, 181, 163, 167, 179, 251, 388]),
    ("test", [19, 21, 19, 19, 20, 29, 44]),
    ("art_painting", [38, 26, 29, 19, 21, 30, 45]),
    ("cartoon", [39, 46, 35, 14, 33, 29, 41]),
    ("sketch", [78, 75, 76, 61, 82, 9, 17]),
];

const WAY_OUT: &str = "PACS must be asked for from its authors: set datasets.pacs.path to the folder that holds \
                       photo/, art_painting/, cartoon/, sketch/ and the lists photo_train_kfold.txt, ..., or \
                       ADShift's train/photo/ and val/";

const DISPUTE: &str = "correct the line, or say labels: folder to believe the folder's name";

options! {
    /// Options of `pacs`.
    pub struct Options {
        /// The folder of the domains; `<data-root>/pacs` if empty.
        pub path: String = String::new() => place(),
        /// The lists that natural shifts are taken from.
        pub test: List = List::default() => data(),
        /// What to do where a list and a folder disagree about a picture's class.
        pub labels: Labels = Labels::default() => data(),
        /// Training pictures of a category; all if not given.
        pub train: Option<usize> = None => data(),
        /// Test pictures of every class, in every domain; all if not given.
        pub test_per_class: Option<usize> = None => data(),
    }
}

/// An official list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// A tenth of each domain, as both papers use it.
    #[default]
    Crossval,
    /// The whole domain. For photographs it would contain what was learnt from, so these stay with `crossval`.
    Test,
}

/// Whom to believe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labels {
    /// Nobody: a contradiction is an error in the categories that it concerns.
    #[default]
    Strict,
    /// The folder's name.
    Folder,
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Pacs;

impl DatasetPlugin for Pacs {
    const NAME: &'static str = "pacs";
    const SUMMARY: &'static str =
        "PACS: 7 classes in photographs; paintings, cartoons and sketches as natural shifts";
    const SOURCE: &'static str = "Li et al. 2017 (PACS); for academic use, no licence stated";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::PACS];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| write_miniature(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let folder = files::root(&options.path, Self::NAME, context);
        let limits = Limits { train: options.train, test_per_class: options.test_per_class };
        let way_out = (options.labels == Labels::Strict).then_some(DISPUTE);
        let (parts, contradictions) = match Lists::find(&folder)? {
            Some(lists) => listed(&lists, options.test)?,
            None => (in_folders(&folder)?, Vec::new()),
        };
        let dataset = OneVsRest::new(Self::NAME, &CLASSES, parts, limits)?;
        let dataset = dataset.with_contradictions(contradictions, way_out);
        let counts = PUBLISHED.map(|(part, counts)| (part, counts.to_vec()));
        let counted = if options.test == List::Crossval { &counts[..] } else { &counts[..2] };
        let complete = limits == Limits::default();
        Ok(Box::new(if complete { dataset.with_counts(counted) } else { dataset }))
    }
}

inventory::submit!(DatasetEntry::of::<Pacs>());

/// The parts that official lists make, and where these contradict the folders.
fn listed(lists: &Lists, test: List) -> Result<(Vec<Part>, Vec<Contradiction>), DataError> {
    let shifts = if test == List::Crossval { "crossval" } else { "test" };
    let mut contradictions = Vec::new();
    let parts = parts(|domain, split| {
        let list = match (domain, split) {
            (_, Split::Train) => "train",
            (PHOTO, Split::Test) => "crossval",
            (_, Split::Test) => shifts,
        };
        let (files, found) = lists.read(domain, list, WAY_OUT)?;
        contradictions.extend(found);
        Ok(files)
    })?;
    Ok((parts, contradictions))
}

/// The parts in the layout of ADShift.
fn in_folders(folder: &Path) -> Result<Vec<Part>, DataError> {
    if !folder.join("train").is_dir() {
        return Err(DataError::Missing {
            path: folder.join("photo_train_kfold.txt"),
            way_out: WAY_OUT.into(),
        });
    }
    parts(|domain, split| {
        let place: PathBuf = folder.join(if split == Split::Train { "train" } else { "val" }).join(domain);
        ClassFiles::in_folders(&place, &CLASSES, |class| vec![CLASSES[class].to_owned()], WAY_OUT)
    })
}

fn parts(
    mut files: impl FnMut(&str, Split) -> Result<ClassFiles, DataError>,
) -> Result<Vec<Part>, DataError> {
    let photos = [("train", Split::Train, PHOTO, None), ("test", Split::Test, PHOTO, None)];
    let shifts = SHIFTS.map(|shift| (shift, Split::Test, shift, Some(shift)));
    let part =
        |(name, split, of, domain)| Ok(Part { name, split, domain, pictures: Box::new(files(of, split)?) });
    photos.into_iter().chain(shifts).map(part).collect()
}

/// Pictures of a class and domain in a miniature, in the lists `train` and `crossval`.
const FEW: [(&str, usize); 2] = [("train", 6), ("crossval", 3)];

fn write_miniature(folder: &Path) -> Result<(), DataError> {
    for domain in [PHOTO].into_iter().chain(SHIFTS) {
        let mut all = String::new();
        let mut number = 0;
        for (list, per_class) in FEW {
            let mut lines = String::new();
            for index in 0..per_class * CLASSES.len() {
                let class = index / per_class;
                let name = format!("{domain}/{}/pic_{number:03}.jpg", CLASSES[class]);
                miniature::save(
                    &folder.join(&name),
                    &miniature::class_picture(domain, class, number, 64).into(),
                )?;
                lines += &format!("{name} {}\n", class + 1);
                number += 1;
            }
            miniature::write(&lists::path(&folder.join("splits"), domain, list), lines.as_bytes())?;
            all += &lines;
        }
        miniature::write(&lists::path(&folder.join("splits"), domain, "test"), all.as_bytes())?;
    }
    Ok(())
}
