//! `export`: what a suite tests, as plain folders, for detectors that run elsewhere.

use crate::arguments::{DataRoot, PreparedPictures};
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, USAGE};
use crate::exported::{Manifest, Picture, write};
use crate::out::show;
use crate::suites;
use clap::Parser;
use harness::contract::picture::pixel_hash;
use harness::contract::state::save_png;
use harness::plan::Plan;
use harness::results::{Failure, FailureKind};
use harness::run::{Exported, export};
use harness::suite::Filter;
use image::{GrayImage, ImageFormat, Luma};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Write what a suite tests as plain folders of pictures, for `import` to take the scores
#[derive(Parser)]
#[command(name = "export", display_order = 18)]
struct Export {
    /// Name of a built-in suite (see `list suites`) or path of a .ron file
    suite: String,
    /// A new folder
    folder: PathBuf,
    /// Also labels.csv and masks: a detector must not see them
    #[arg(long)]
    with_labels: bool,
    /// A part only: dataset=..  category=..  shift=..  (repeatable)
    #[arg(long, value_name = "KIND=NAMES")]
    filter: Vec<String>,
    #[command(flatten)]
    data_root: DataRoot,
    #[command(flatten)]
    prepared: PreparedPictures,
}

inventory::submit! { CommandEntry::of::<Export>() }

impl Run for Export {
    fn run(&self) -> Result<(), Exit> {
        if self.folder.exists() {
            let message = format!("{} is there already: name a new folder", self.folder.display());
            return Err(Exit::new(USAGE, message));
        }
        let suite = suites::load(&self.suite, &[])?;
        let data_root = self.data_root.path();
        let prepared = self.prepared.folder(&data_root);
        let prepared = prepared.as_ref().map(|(folder, _)| folder.as_path());
        let filters = self.filter.iter().map(|text| text.parse().map_err(|reason| Exit::new(USAGE, reason)));
        let filters: Vec<Filter> = filters.collect::<Result<_, Exit>>()?;
        let plan = Plan::new(&suite, &filters, &data_root, prepared)?;
        let mut pictures: BTreeMap<String, Picture> = BTreeMap::new();
        let mut labels: BTreeMap<String, [String; 2]> = BTreeMap::new();
        let mut write_one = |exported: Exported<'_>| {
            let job = exported.job;
            let name =
                format!("{}/{}/{}/{:06}", job.dataset_label, job.category, exported.part, exported.number);
            let file = format!("{name}.png");
            let path = self.folder.join(&file);
            let picture = &exported.shown.picture;
            let saved =
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| save_png(picture, &path));
            saved.map_err(|reason| unwritable(&path, reason))?;
            pictures.insert(
                file.clone(),
                Picture { hash: pixel_hash(picture).to_string(), part: exported.part.into() },
            );
            if self.with_labels {
                let anomalous = u8::from(exported.item.anomalous).to_string();
                labels.insert(file, [anomalous, exported.item.id.clone()]);
                if let Some(mask) = &exported.shown.mask {
                    save_mask(&self.folder.join(format!("{name}_mask.png")), mask, picture.width())?;
                }
            }
            Ok(())
        };
        export(&plan, &mut write_one).map_err(|failure| Exit::new(DATA, failure))?;
        let manifest = Manifest {
            suite: self.suite.clone(),
            image_size: suite.image_size,
            filters: self.filter.clone(),
        };
        write(&self.folder, &manifest, &pictures, self.with_labels.then_some(&labels))?;
        show!(
            "{}: {} pictures; score all but those in folders called train, one line each: file,score",
            self.folder.display(),
            pictures.len()
        );
        Ok(())
    }
}

fn unwritable(path: &Path, reason: impl ToString) -> Failure {
    Failure::new(FailureKind::Write, format!("cannot write {}: {}", path.display(), reason.to_string()))
}

fn save_mask(path: &Path, mask: &[bool], width: u32) -> Result<(), Failure> {
    let height = mask.len() as u32 / width.max(1);
    let pixel = |x: u32, y: u32| Luma([if mask[(y * width + x) as usize] { 255 } else { 0 }]);
    let image = GrayImage::from_fn(width, height, pixel);
    image.save_with_format(path, ImageFormat::Png).map_err(|reason| unwritable(path, reason))
}
