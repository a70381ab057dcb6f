//! MVTec AD: fifteen categories of objects and textures with masks of their defects.
//!
//! The official folder tree (see `tree.rs`) below `<data-root>/mvtec`, or wherever `path` says.
//! Grey categories (grid, screw, zipper) are stacked to three channels.

use crate::files;
use crate::tree::Tree;
use crate::{miniature, resources};
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::Path;

/// Categories as the papers order them, textures first, with their published numbers of training images, normal
/// and defective test images.
pub(crate) const CATEGORIES: [(&str, [usize; 3]); 15] = [
    ("carpet", [280, 28, 89]),
    ("grid", [264, 21, 57]),
    ("leather", [245, 32, 92]),
    ("tile", [230, 33, 84]),
    ("wood", [247, 19, 60]),
    ("bottle", [209, 20, 63]),
    ("cable", [224, 58, 92]),
    ("capsule", [219, 23, 109]),
    ("hazelnut", [391, 40, 70]),
    ("metal_nut", [220, 22, 93]),
    ("pill", [267, 26, 141]),
    ("screw", [320, 41, 119]),
    ("toothbrush", [60, 12, 30]),
    ("transistor", [213, 60, 40]),
    ("zipper", [240, 32, 119]),
];

const WAY_OUT: &str = "run `cargo xtask fetch mvtec`, or set datasets.mvtec.path to the folder that holds \
                       bottle/, cable/, ...";

options! {
    /// Options of `mvtec`.
    pub struct Options {
        /// The folder of the categories; `<data-root>/mvtec` if empty.
        pub path: String = String::new() => place(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Mvtec;

impl DatasetPlugin for Mvtec {
    const NAME: &'static str = "mvtec";
    const SUMMARY: &'static str = "MVTec AD: 15 categories of objects and textures, with masks";
    const SOURCE: &'static str = "Bergmann et al. 2019, 2021 (MVTec AD); CC BY-NC-SA 4.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::MVTEC];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> = Some(|data_root| {
        let names: Vec<&str> = CATEGORIES.iter().map(|(name, _)| *name).collect();
        miniature::write_tree(&data_root.join(Self::NAME), &names)
    });
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let path = files::root(&options.path, Self::NAME, context);
        let names: Vec<&str> = CATEGORIES.iter().map(|(name, _)| *name).collect();
        let published = CATEGORIES.map(|(category, [train, normal, anomalous])| Count {
            category: category.into(),
            domain: None,
            train,
            normal,
            anomalous,
        });
        Ok(Box::new(Tree::at(Self::NAME, &path, &names, WAY_OUT)?.with_counts(published.into())))
    }
}

inventory::submit!(DatasetEntry::of::<Mvtec>());
