//! Magnetic tile defects: tiles photographed at up to six exposures, a natural shift of light, with masks.
//!
//! ```text
//! <path>/MT_Free/Imgs/exp<exposure>_num_<number>.jpg        normal tiles
//! <path>/MT_<defect>/Imgs/exp<exposure>_num_<number>.jpg    defective tiles
//! <path>/MT_<defect>/Imgs/exp<exposure>_num_<number>.png    their masks
//! ```
//!
//! This is how the authors keep it. The release has no split; ours learns at one exposure (`exposure`) and tests at all
//! six: those not trained on are domains, `exposure-1` (darkest) to `exposure-6`. What was photographed in one
//! session stays on one side. Four defects have empty masks. Three pictures of exposure 0 take no part. It is one
//! category.

mod miniature;
mod release;
mod session;

use crate::files;
use crate::listing::{ImageFiles, Layout, Listing};
use crate::resources::unstated;
use harness::contract::resource::{RemoteFile, Resource, Source, Unpack};
use harness::prelude::*;
use release::{DEFECTS, EXPOSURES, NORMAL};
use session::{Tile, for_training};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const CATEGORY: &str = "tile";

/// Images at each exposure that the release and the split give: for training if it is trained on, normal, defective.
const COUNTS: [[usize; 3]; 6] =
    [[92, 65, 64], [93, 66, 64], [93, 64, 66], [93, 67, 64], [93, 67, 65], [93, 65, 67]];

const WAY_OUT: &str = "run `cargo xtask fetch magnetic-tile`, or set datasets.magnetic-tile.path to the folder that holds \
                       MT_Free and the others";

static RESOURCE: Resource = Resource {
    name: "magnetic-tile",
    summary: "1344 pictures of magnetic tiles at six exposures, with masks",
    licence: unstated("https://github.com/abin24/Magnetic-tile-defect-datasets."),
    megabytes: 0,
    page: "https://github.com/abin24/Magnetic-tile-defect-datasets.",
    source: Source::Files(&[RemoteFile {
        name: "master.zip",
        urls: &["https://github.com/abin24/Magnetic-tile-defect-datasets./archive/refs/heads/master.zip"],
        sha256: &[],
        bytes: None,
        unpack: Unpack::Around(NORMAL),
    }]),
};

options! {
    /// Options of `magnetic-tile`.
    pub struct Options {
        /// The folder that holds `MT_Free` and the others; `<data-root>/magnetic-tile` if empty.
        pub path: String = String::new() => place(),
        /// The exposure that is learnt from, 1 (darkest) to 6.
        pub exposure: u32 = 3 => data().at_least(1).at_most(6),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct MagneticTile;

impl DatasetPlugin for MagneticTile {
    const NAME: &'static str = "magnetic-tile";
    const SUMMARY: &'static str =
        "magnetic tiles at six exposures: light as a natural shift of a surface, with masks";
    const SOURCE: &'static str =
        "Huang et al. 2020 (Magnetic tile defects); use welcome, cite; no licence stated";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&RESOURCE];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| miniature::write(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let path = files::root(&options.path, Self::NAME, context);
        let tiles = Tiles { path: folder_of(path)?, exposure: options.exposure };
        Ok(Box::new(Listing::new(Self::NAME, tiles)))
    }
}

inventory::submit!(DatasetEntry::of::<MagneticTile>());

/// The folder of the release in `path`: itself, or the only one in it that holds normal tiles.
fn folder_of(path: PathBuf) -> Result<PathBuf, DataError> {
    let holds_tiles = |folder: &PathBuf| folder.join(NORMAL).is_dir();
    if holds_tiles(&path) {
        return Ok(path);
    }
    let inner = files::folders_in(&path)?.into_iter().map(|name| path.join(name)).find(holds_tiles);
    inner.ok_or_else(|| DataError::Missing { path: path.join(NORMAL), way_out: WAY_OUT.into() })
}

/// The release, with one exposure to learn from.
struct Tiles {
    path: PathBuf,
    exposure: u32,
}

impl Tiles {
    /// Every picture of exposures 1 to 6.
    fn all(&self) -> Result<Vec<Tile>, DataError> {
        let mut tiles = Vec::new();
        for kind in std::iter::once(NORMAL).chain(DEFECTS) {
            let folder = self.path.join(kind).join("Imgs");
            for name in files::images_in(&folder)?.into_iter().filter(|name| !name.ends_with(".png")) {
                let tile = Tile::parse(kind, &name).ok_or_else(|| {
                    let reason = "is not named exp<exposure>_num_<number>.jpg: remove or rename it";
                    DataError::unreadable(&folder.join(&name), reason)
                })?;
                tiles.push(tile);
            }
        }
        tiles.retain(|tile| EXPOSURES.contains(&tile.exposure));
        Ok(tiles)
    }
}

impl Layout for Tiles {
    fn categories(&self) -> Vec<String> {
        vec![CATEGORY.into()]
    }

    fn items(&self, _: &str) -> Result<Vec<Item>, DataError> {
        let tiles = self.all()?;
        let training = for_training(&tiles);
        let item = |tile: &Tile| match (training.contains(&tile.number), tile.exposure == self.exposure) {
            (true, true) => Some(Item::train(&tile.id)),
            (true, false) => None,
            (false, trained) => {
                let domain = (!trained).then(|| format!("exposure-{}", tile.exposure));
                Some(Item { domain, ..Item::test(&tile.id, tile.defective) })
            }
        };
        Ok(tiles.iter().filter_map(item).collect())
    }

    fn files(&self, _: &str, item: &Item) -> ImageFiles {
        let image = self.path.join(&item.id);
        let mask = item.anomalous.then(|| image.with_extension("png"));
        ImageFiles { image, mask, named_by: None }
    }

    fn place(&self, _: &str, split: Split) -> String {
        let kind = if split == Split::Train { NORMAL } else { "MT_<defect>" };
        self.path.join(kind).join("Imgs").display().to_string()
    }

    fn published(&self) -> Vec<Count> {
        let counts = EXPOSURES.into_iter().zip(COUNTS);
        let count = |(exposure, [train, normal, anomalous]): (u32, [usize; 3])| {
            let trained = exposure == self.exposure;
            let domain = (!trained).then(|| format!("exposure-{exposure}"));
            Count {
                category: CATEGORY.into(),
                domain,
                train: if trained { train } else { 0 },
                normal,
                anomalous,
            }
        };
        counts.map(count).collect()
    }

    /// Masks without a picture.
    fn contradictions(&self, _: &str) -> Result<Vec<String>, DataError> {
        let mut lines = Vec::new();
        for kind in DEFECTS {
            let folder = self.path.join(kind).join("Imgs");
            let names = files::images_in(&folder)?;
            let pictures: BTreeSet<&str> =
                names.iter().filter_map(|name| name.strip_suffix(".jpg")).collect();
            let masks = names.iter().filter_map(|name| name.strip_suffix(".png"));
            let alone = masks.filter(|name| !pictures.contains(name));
            lines.extend(alone.map(|name| {
                format!(
                    "{}: the mask belongs to no picture",
                    folder.join(name).with_extension("png").display()
                )
            }));
        }
        Ok(lines)
    }
}
