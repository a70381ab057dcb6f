//! Your own images, in the folder layout of MVTec AD; see [`tree`](crate::tree).

use crate::tree::{LAYOUT, Tree};
use harness::prelude::*;
use std::path::Path;

/// Options of `folder`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The folder that holds the category folders, or a single category folder. A relative path is
    /// taken from the current directory. Must be given.
    pub path: String,
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

    fn open(options: Options, _: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        if options.path.is_empty() {
            let message = "data set 'folder' needs a path: folder(path: \"/where/the/images/are\")";
            return Err(DataError::Other(message.into()));
        }
        Ok(Box::new(Tree::at(Self::NAME, Path::new(&options.path), &[], LAYOUT)?))
    }
}

inventory::submit!(DatasetEntry::of::<Folder>());
