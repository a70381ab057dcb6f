//! Procedural textures and objects with planted defects: nothing to fetch, any size, exact masks.
//!
//! Images are made when asked for, each from its own stream. They are the same on every run of one
//! build; sine and cosine of another platform may differ in a last bit and move a level by one, which
//! the data fingerprint shows.
//!
//! To add a category, write a `Surface` like that of `disk.rs` and name it in `CATEGORIES`; to add a
//! defect, see `defect.rs`.

use harness::contract::seed::Root;
use harness::prelude::*;
use surface::Surface;

mod defect;
mod disk;
mod grid;
mod render;
mod stripes;
mod surface;

/// Draws one specimen of a surface.
type Maker = fn(&mut Stream) -> Box<dyn Surface>;

/// Category names and their surfaces, in the order tables show them.
const CATEGORIES: [(&str, Maker); 3] =
    [("stripes", stripes::specimen), ("grid", grid::specimen), ("disk", disk::specimen)];

options! {
    /// Options of `synthetic`. Numbers are per category.
    pub struct Options {
        /// Side of the square images in pixels.
        pub size: u32 = 96 => data().at_least(32).at_most(4096),
        /// Normal images to learn from.
        pub train: usize = 24 => data().at_most(100_000),
        /// Normal images to test on.
        pub test_normal: usize = 12 => data().at_most(100_000),
        /// Defective images to test on; the kinds of defect take turns.
        pub test_defective: usize = 12 => data().at_most(100_000),
        /// Chooses every image.
        pub seed: u64 = 0 => data(),
    }
}

/// The data set.
#[derive(Clone, Debug)]
pub struct Synthetic(Options);

impl DatasetPlugin for Synthetic {
    const NAME: &'static str = "synthetic";
    const SUMMARY: &'static str = "procedural textures and objects with exact defect masks, nothing to fetch";
    const SOURCE: &'static str = "made by shiftbench";
    const REVISION: u32 = 1;
    type Options = Options;

    fn open(options: Options, _: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        Ok(Box::new(Self(options)))
    }
}

inventory::submit!(DatasetEntry::of::<Synthetic>());

impl Synthetic {
    /// The pictures of these options, whose size must be one that they admit.
    pub(crate) fn new(options: Options) -> Self {
        Self(options)
    }

    fn maker(&self, category: &str) -> Result<Maker, DataError> {
        let found = CATEGORIES.iter().find(|(name, _)| *name == category);
        found.map(|(_, maker)| *maker).ok_or_else(|| DataError::UnknownCategory {
            dataset: Self::NAME.into(),
            category: category.into(),
            known: CATEGORIES.map(|(name, _)| name.into()).to_vec(),
        })
    }
}

impl Dataset for Synthetic {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(CATEGORIES.map(|(name, _)| name.into()).to_vec())
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        self.maker(category)?;
        let Options { train, test_normal, test_defective, .. } = self.0;
        let empty = |what, option| DataError::Empty {
            dataset: Self::NAME.into(),
            category: category.into(),
            what,
            way_out: format!("raise option {option}"),
        };
        if train == 0 {
            return Err(empty("training images", "train"));
        }
        if test_normal + test_defective == 0 {
            return Err(empty("test images", "test_normal or test_defective"));
        }
        let kinds = defect::KINDS.map(|(name, _)| name);
        let defective = (0..test_defective).map(|index| {
            Item::test(format!("test/{}/{:03}.png", kinds[index % kinds.len()], index / kinds.len()), true)
        });
        let mut items: Vec<Item> = (0..train)
            .map(|index| Item::train(format!("train/good/{index:03}.png")))
            .chain((0..test_normal).map(|index| Item::test(format!("test/good/{index:03}.png"), false)))
            .chain(defective)
            .collect();
        items.sort_by(|a, b| (a.split, &a.id).cmp(&(b.split, &b.id)));
        Ok(items)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        let root = Root::new(self.0.seed, Self::NAME, category);
        let surface = self.maker(category)?(&mut root.stream("surface", &item.id));
        let kind = item.id.split('/').nth(1).unwrap_or_default();
        let defect = defect::KINDS.iter().find(|(name, _)| *name == kind);
        let defect = defect.map(|(_, plant)| plant(&*surface, &mut root.stream("defect", &item.id)));
        let light = &mut root.stream("light", &item.id);
        let (image, mask) = render::render(&*surface, defect.as_ref(), self.0.size, light);
        Ok(Sample { image, mask: item.anomalous.then_some(mask) })
    }
}
