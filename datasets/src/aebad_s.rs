//! AeBAD-S: blades of aero engines, tested under other backgrounds, illuminations and views.
//!
//! ```text
//! <path>/train/good/<group>/*.png                 learnt from
//! <path>/test/good/<shift>/*.png                  tested on, normal
//! <path>/test/<defect>/<shift>/*.png              tested on, anomalous
//! <path>/ground_truth/<defect>/<shift>/*.png      masks, named as their images
//! ```
//!
//! `<path>` is the folder `AeBAD_S` of the release. The shift `same` is the distribution trained on, the others are
//! domains. It is one category. The release has 521 training and 1639 test images; how these are spread over labels
//! and shifts is not at hand, so `check` compares no numbers.

use crate::listing::{ImageFiles, Layout, Listing};
use crate::miniature::Specimen;
use crate::resources;
use crate::{files, miniature};
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::{Path, PathBuf};

/// The folder of the release.
const RELEASE: &str = "AeBAD_S";

const CATEGORY: &str = "blade";

/// The kinds of test images; the first is normal.
const KINDS: [&str; 5] = ["good", "ablation", "breakdown", "fracture", "groove"];

/// The shifts; the first is none.
const SHIFTS: [&str; 4] = ["same", "background", "illumination", "view"];

const WAY_OUT: &str =
    "get AeBAD (see github.com/zhangzilongc/MMR) and set datasets.aebad-s.path to its folder AeBAD_S";

options! {
    /// Options of `aebad-s`.
    pub struct Options {
        /// The folder `AeBAD_S`; `<data-root>/aebad-s/AeBAD_S` if empty.
        pub path: String = String::new() => place(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct AebadS;

impl DatasetPlugin for AebadS {
    const NAME: &'static str = "aebad-s";
    const SUMMARY: &'static str =
        "AeBAD-S: engine blades under other backgrounds, lights and views, with masks";
    const SOURCE: &'static str = "Zhang et al. 2023 (AeBAD); CC BY 4.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::AEBAD];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| write_miniature(&data_root.join(Self::NAME).join(RELEASE)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let path = match options.path.as_str() {
            "" => context.data_root.join(Self::NAME).join(RELEASE),
            path => PathBuf::from(path),
        };
        let train = path.join("train/good");
        if !train.is_dir() {
            return Err(DataError::Missing { path: train, way_out: WAY_OUT.into() });
        }
        Ok(Box::new(Listing::new(Self::NAME, Blades(path))))
    }
}

inventory::submit!(DatasetEntry::of::<AebadS>());

/// The folder `AeBAD_S`.
struct Blades(PathBuf);

impl Layout for Blades {
    fn categories(&self) -> Vec<String> {
        vec![CATEGORY.into()]
    }

    fn items(&self, _: &str) -> Result<Vec<Item>, DataError> {
        let mut items = Vec::new();
        for group in files::folders_in(&self.0.join("train/good"))? {
            let folder = format!("train/good/{group}");
            let names = files::images_in(&self.0.join(&folder))?;
            items.extend(names.iter().map(|name| Item::train(format!("{folder}/{name}"))));
        }
        for kind in files::folders_in(&self.0.join("test"))? {
            let kind = known(&self.0.join("test"), &kind, &KINDS)?;
            for shift in files::folders_in(&self.0.join("test").join(kind))? {
                let shift = known(&self.0.join("test").join(kind), &shift, &SHIFTS)?;
                let folder = format!("test/{kind}/{shift}");
                let domain = (shift != SHIFTS[0]).then(|| shift.to_owned());
                for name in files::images_in(&self.0.join(&folder))? {
                    let item = Item::test(format!("{folder}/{name}"), kind != KINDS[0]);
                    items.push(Item { domain: domain.clone(), ..item });
                }
            }
        }
        Ok(items)
    }

    fn files(&self, _: &str, item: &Item) -> ImageFiles {
        let mask = item.id.strip_prefix("test/").filter(|_| item.anomalous);
        let mask = mask.map(|name| self.0.join("ground_truth").join(name));
        ImageFiles { image: self.0.join(&item.id), mask, named_by: None }
    }

    fn masks(&self, _: &str) -> Option<PathBuf> {
        Some(self.0.join("ground_truth"))
    }

    fn place(&self, _: &str, split: Split) -> String {
        let place = match split {
            Split::Train => "train/good/<group>",
            Split::Test => "test/<defect>/<shift>",
        };
        self.0.join(place).display().to_string()
    }
}

/// The name of a folder, which must be one of `names`: another would be a wrong label or shift.
fn known(parent: &Path, name: &str, names: &[&'static str]) -> Result<&'static str, DataError> {
    names.iter().find(|known| **known == name).copied().ok_or_else(|| {
        let reason = format!("AeBAD-S has no such folder, only {}; remove or rename it", names.join(", "));
        DataError::unreadable(&parent.join(name), reason)
    })
}

/// Every test scene under every shift.
fn write_miniature(folder: &Path) -> Result<(), DataError> {
    const GAINS: [[f32; 3]; 4] = [[1.0, 1.0, 1.0], [1.0, 0.7, 0.8], [0.5, 0.5, 0.5], [0.7, 0.9, 1.0]];
    let [normal, defects @ ..] = KINDS;
    let mut kinds = defects.into_iter();
    for Specimen { split, sample, .. } in miniature::specimens_with(2, defects.len())? {
        if split == Split::Train {
            let place = folder.join("train/good/0");
            miniature::save(
                &place.join(format!("{:03}.png", miniature::next(&place)?)),
                &sample.image.into(),
            )?;
            continue;
        }
        let kind = sample.mask.as_ref().and_then(|_| kinds.next()).unwrap_or(normal);
        let number = miniature::next(&folder.join("test").join(kind).join(SHIFTS[0]))?;
        for (shift, gains) in SHIFTS.into_iter().zip(GAINS) {
            let name = format!("{kind}/{shift}/{number:03}.png");
            let image = miniature::under_light(&sample.image, gains);
            miniature::save(&folder.join("test").join(&name), &image.into())?;
            if let Some(mask) = &sample.mask {
                miniature::save(&folder.join("ground_truth").join(&name), &mask.clone().into())?;
            }
        }
    }
    Ok(())
}
