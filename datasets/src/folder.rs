//! Your own images, in the folder layout of MVTec AD; see `tree.rs`.

use crate::tree::{LAYOUT, Tree};
use harness::prelude::*;
use std::path::Path;

options! {
    /// Options of `folder`.
    pub struct Options {
        /// The folder that holds the category folders, or a single category folder. A relative path is
        /// taken from the current directory. Must be given.
        pub path: String = String::new() => place(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Folder;

impl DatasetPlugin for Folder {
    const NAME: &'static str = "folder";
    const SUMMARY: &'static str = "your own images, in the layout of MVTec AD";
    const SOURCE: &'static str = "any folder; layout of Bergmann et al. 2019 (MVTec AD)";
    const REVISION: u32 = 1;
    type Options = Options;

    fn check(options: &Options) -> Result<(), DataError> {
        if options.path.is_empty() {
            let reason = "must be given, such as (path: \"/where/the/images/are\")".into();
            return Err(DataError::Option { option: "path", reason });
        }
        Ok(())
    }

    fn open(options: Options, _: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        Ok(Box::new(Tree::at(Self::NAME, Path::new(&options.path), &[], LAYOUT)?))
    }
}

inventory::submit!(DatasetEntry::of::<Folder>());
