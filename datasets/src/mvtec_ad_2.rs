//! MVTec AD 2: eight categories, with test images under several lights.
//!
//! ```text
//! <path>/<category>/train/good/*.png                                  learnt from
//! <path>/<category>/test_public/good/<number>_<light>.png             tested on, normal
//! <path>/<category>/test_public/bad/<number>_<light>.png              tested on, anomalous
//! <path>/<category>/test_public/ground_truth/bad/<number>_<light>_mask.png
//! ```
//!
//! Regular light is the distribution trained on; each other light is a domain. `validation/good` holds normal
//! images only and is left out, and so are the private test sets (`test_private`, `test_private_mixed`): their labels
//! are not published. How many images each category has is not checked: those numbers are not at hand.

use crate::listing::{ImageFiles, Layout, Listing};
use crate::miniature::Specimen;
use crate::resources;
use crate::{files, miniature};
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::{Path, PathBuf};

const CATEGORIES: [&str; 8] =
    ["can", "fabric", "fruit_jelly", "rice", "sheet_metal", "vial", "wallplugs", "walnuts"];

/// The light that was trained under, as file names have it.
const REGULAR: &str = "regular";

/// The other lights.
const DOMAINS: [&str; 5] = ["overexposed", "underexposed", "shift_1", "shift_2", "shift_3"];

const TEST: &str = "test_public";

const WAY_OUT: &str = "register at mvtec.com, then run `cargo xtask fetch mvtec-ad-2 --from FILE`, or set \
                       datasets.mvtec-ad-2.path to the folder that holds \
                       can/, fabric/, ...";

options! {
    /// Options of `mvtec-ad-2`.
    pub struct Options {
        /// The folder of the categories; `<data-root>/mvtec-ad-2` if empty.
        pub path: String = String::new() => place(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct MvtecAd2;

impl DatasetPlugin for MvtecAd2 {
    const NAME: &'static str = "mvtec-ad-2";
    const SUMMARY: &'static str = "MVTec AD 2, public test: 8 categories under changing light, with masks";
    const SOURCE: &'static str = "Heckler-Kram et al. 2025 (MVTec AD 2); CC BY-NC-SA 4.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::MVTEC2];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| write_miniature(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let path = files::root(&options.path, Self::NAME, context);
        let present = |name: &&str| path.join(name).join("train").is_dir();
        let categories: Vec<&'static str> = CATEGORIES.into_iter().filter(present).collect();
        if categories.is_empty() {
            let path = path.join("<category>/train/good");
            return Err(DataError::Missing { path, way_out: WAY_OUT.into() });
        }
        Ok(Box::new(Listing::new(Self::NAME, Lights { path, categories })))
    }
}

inventory::submit!(DatasetEntry::of::<MvtecAd2>());

struct Lights {
    path: PathBuf,
    categories: Vec<&'static str>,
}

impl Layout for Lights {
    fn categories(&self) -> Vec<String> {
        self.categories.iter().map(|name| (*name).to_owned()).collect()
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        let folder = self.path.join(category);
        let train = files::images_in(&folder.join("train/good"))?;
        let mut items: Vec<Item> =
            train.iter().map(|name| Item::train(format!("train/good/{name}"))).collect();
        for (kind, anomalous) in [("good", false), ("bad", true)] {
            for name in files::images_in(&folder.join(TEST).join(kind))? {
                let id = format!("{TEST}/{kind}/{name}");
                let light = light(&name).ok_or_else(|| unknown_light(&folder.join(&id)))?;
                let domain = (light != REGULAR).then(|| light.to_owned());
                items.push(Item { domain, ..Item::test(id, anomalous) });
            }
        }
        Ok(items)
    }

    fn files(&self, category: &str, item: &Item) -> ImageFiles {
        let image = self.path.join(category).join(&item.id);
        let mask = item.anomalous.then(|| {
            self.path
                .join(category)
                .join(TEST)
                .join("ground_truth/bad")
                .join(format!("{}_mask.png", stem(&item.id)))
        });
        ImageFiles { image, mask, named_by: None }
    }

    fn masks(&self, category: &str) -> Option<PathBuf> {
        Some(self.path.join(category).join(TEST).join("ground_truth"))
    }

    fn place(&self, category: &str, split: Split) -> String {
        let place = match split {
            Split::Train => "train/good",
            Split::Test => "test_public/good and test_public/bad",
        };
        format!("{place} of {}", self.path.join(category).display())
    }
}

fn stem(name: &str) -> &str {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The light a test image was taken under: what follows its number.
fn light(name: &str) -> Option<&str> {
    let (_, light) = stem(name).split_once('_')?;
    (light == REGULAR || DOMAINS.contains(&light)).then_some(light)
}

fn unknown_light(path: &Path) -> DataError {
    let known = DOMAINS.join(", _");
    DataError::unreadable(path, format!("the name of a test image says its light: _{REGULAR}, _{known}"))
}

/// Every test scene under every light.
fn write_miniature(folder: &Path) -> Result<(), DataError> {
    const LIGHTS: [(&str, [f32; 3]); 6] = [
        (REGULAR, [1.0, 1.0, 1.0]),
        (DOMAINS[0], [1.4, 1.4, 1.4]),
        (DOMAINS[1], [0.5, 0.5, 0.5]),
        (DOMAINS[2], [1.0, 0.8, 0.6]),
        (DOMAINS[3], [0.7, 0.9, 1.0]),
        (DOMAINS[4], [0.8, 0.6, 0.8]),
    ];
    for (index, category) in CATEGORIES.into_iter().enumerate() {
        let folder = folder.join(category);
        for Specimen { split, sample, .. } in miniature::specimens(index)? {
            let (place, lights) = match (split, &sample.mask) {
                (Split::Train, _) => ("train/good", &LIGHTS[..1]),
                (Split::Test, None) => ("test_public/good", &LIGHTS[..]),
                (Split::Test, Some(_)) => ("test_public/bad", &LIGHTS[..]),
            };
            let number = miniature::next(&folder.join(place))? / lights.len();
            for (light, gains) in lights {
                let image = miniature::under_light(&sample.image, *gains);
                miniature::save(&folder.join(format!("{place}/{number:03}_{light}.png")), &image.into())?;
                if let Some(mask) = &sample.mask {
                    let name = format!("{TEST}/ground_truth/bad/{number:03}_{light}_mask.png");
                    miniature::save(&folder.join(name), &mask.clone().into())?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_follows_the_number() {
        assert_eq!(light("000_regular.png"), Some("regular"));
        assert_eq!(light("012_shift_3.png"), Some("shift_3"));
        assert_eq!(light("000_mixed.png"), None);
        assert_eq!(light("000.png"), None);
        assert_eq!(stem("test_public/bad/003_underexposed.png"), "003_underexposed");
    }
}
