//! The bottles of MVTec AD, and every single thing that can be wrong with them.

use super::{copy_all, findings, open};
use harness::check::{Finding, Problem, check};
use harness::prelude::*;
use image::{ImageBuffer, Luma, Rgb};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A miniature of MVTec AD with the numbers of images that it had when it was whole.
pub struct Counted {
    inner: Box<dyn Dataset>,
    published: Vec<Count>,
}

impl Dataset for Counted {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        self.inner.categories()
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        self.inner.items(category)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        self.inner.load(category, item)
    }

    fn published(&self) -> Vec<Count> {
        self.published.clone()
    }

    fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
        self.inner.contradictions(category)
    }

    fn files(&self, category: &str, item: &Item) -> Vec<PathBuf> {
        self.inner.files(category, item)
    }
}

/// The bottles of a miniature of MVTec AD.
pub struct Bottles {
    root: TempDir,
    published: Vec<Count>,
}

impl Bottles {
    /// A copy of those in a whole miniature.
    pub fn of(miniature: &TempDir) -> Self {
        let root = tempfile::tempdir().unwrap();
        copy_all(&miniature.path().join("mvtec/bottle"), &root.path().join("mvtec/bottle"));
        let checked = check(&*open("mvtec", root.path()), &["bottle".into()], &|| ()).unwrap();
        Self { root, published: checked.counts.into_iter().map(|counted| counted.found).collect() }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root.path().join("mvtec/bottle").join(file)
    }

    /// What is found: its kind and, in one text, file and message.
    pub fn told(&self) -> Vec<(Problem, String)> {
        let dataset = Counted { inner: open("mvtec", self.root.path()), published: self.published.clone() };
        let told = |finding: Finding| (finding.problem, format!("{}: {}", finding.file, finding.message));
        findings(&dataset, &["bottle"]).into_iter().map(told).collect()
    }

    /// A defective test image and its mask.
    pub fn defect(&self) -> (String, String) {
        let items = open("mvtec", self.root.path()).items("bottle").unwrap();
        let id = items.into_iter().find(|item| item.anomalous).unwrap().id;
        let mask = id.replace("test/", "ground_truth/").replace(".png", "_mask.png");
        (id, mask)
    }
}

/// Harms the bottles and says what should be found: kind, file and part of the message.
pub type Planted = (&'static str, fn(&Bottles) -> Vec<(Problem, String, &'static str)>);

pub const TRAIN: &str = "train/good/003.png";
pub const NORMAL: &str = "test/good/001.png";

pub fn copy(bottles: &Bottles, from: &str, to: &str) {
    fs::create_dir_all(bottles.path(to).parent().unwrap()).unwrap();
    fs::copy(bottles.path(from), bottles.path(to)).unwrap();
}

/// An image unlike those of the miniature.
pub fn noise(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7 + y * 13) as u8, (x * y) as u8, 77]))
}

pub const PLANTED: &[Planted] = &[
    ("a missing image", |bottles| {
        fs::remove_file(bottles.path(TRAIN)).unwrap();
        vec![(Problem::Count, String::new(), "5 training images, published are 6")]
    }),
    ("a surplus image", |bottles| {
        noise(64).save(bottles.path("test/good/900.png")).unwrap();
        vec![(Problem::Count, String::new(), "4 normal test images, published are 3")]
    }),
    ("an image with half its bytes", |bottles| {
        let bytes = fs::read(bottles.path(NORMAL)).unwrap();
        fs::write(bottles.path(NORMAL), &bytes[..bytes.len() / 2]).unwrap();
        vec![(Problem::Unreadable, NORMAL.into(), NORMAL)]
    }),
    ("an empty file", |bottles| {
        fs::write(bottles.path(TRAIN), "").unwrap();
        vec![(Problem::Unreadable, TRAIN.into(), TRAIN)]
    }),
    ("a page of the server instead of an image", |bottles| {
        fs::write(bottles.path(TRAIN), "<html>404 Not Found</html>").unwrap();
        vec![(Problem::Unreadable, TRAIN.into(), TRAIN)]
    }),
    ("an image whose end is cut off", |bottles| {
        let bytes = fs::read(bottles.path(NORMAL)).unwrap();
        fs::write(bottles.path(NORMAL), &bytes[..bytes.len() - 3]).unwrap();
        vec![(Problem::Unreadable, NORMAL.into(), "the file is cut off")]
    }),
    ("a folder with an image's name", |bottles| {
        fs::remove_file(bottles.path(TRAIN)).unwrap();
        fs::create_dir(bottles.path(TRAIN)).unwrap();
        vec![(Problem::Unreadable, TRAIN.into(), "003.png: is a folder, not a file")]
    }),
    ("an image that Git LFS did not fetch", |bottles| {
        fs::write(bottles.path(TRAIN), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n").unwrap();
        vec![(Problem::Unreadable, TRAIN.into(), "run `git lfs pull`")]
    }),
    #[cfg(unix)]
    ("an image and a mask that git-annex did not fetch", |bottles| {
        let (_, mask) = bottles.defect();
        for file in [TRAIN, &mask] {
            fs::remove_file(bottles.path(file)).unwrap();
            std::os::unix::fs::symlink("../../.git/annex/objects/x", bottles.path(file)).unwrap();
        }
        let image = bottles.defect().0;
        vec![
            (Problem::Unreadable, TRAIN.into(), "run `git annex get`"),
            (Problem::MaskUnusable, image, "run `git annex get`"),
        ]
    }),
    ("images of 16 bits", |bottles| {
        for (number, file) in [TRAIN, NORMAL].into_iter().enumerate() {
            let picture = ImageBuffer::from_fn(64, 64, |x, y| {
                Rgb([300 * x as u16, 99 * y as u16, number as u16 * 999])
            });
            picture.save(bottles.path(file)).unwrap();
        }
        vec![(Problem::Converted, TRAIN.into(), "16 bits a channel, scaled to 8")]
    }),
    ("a missing mask", |bottles| {
        let (image, mask) = bottles.defect();
        fs::remove_file(bottles.path(&mask)).unwrap();
        vec![(Problem::MaskMissing, image, "no mask; 0 of the 1 images of its folder have one")]
    }),
    ("a mask of the wrong size", |bottles| {
        let (image, mask) = bottles.defect();
        GrayImage::from_pixel(64, 63, Luma([255])).save(bottles.path(&mask)).unwrap();
        vec![(Problem::MaskUnusable, image, "the mask is 64x63 but its image is 64x64")]
    }),
    ("a mask that cannot be read", |bottles| {
        let (image, mask) = bottles.defect();
        let bytes = fs::read(bottles.path(&mask)).unwrap();
        fs::write(bottles.path(&mask), &bytes[..40]).unwrap();
        vec![(Problem::MaskUnusable, image, "_mask.png: the mask cannot be read")]
    }),
    ("an empty mask", |bottles| {
        let (image, mask) = bottles.defect();
        GrayImage::new(64, 64).save(bottles.path(&mask)).unwrap();
        vec![(Problem::MaskEmpty, image, "labelled anomalous, but its mask is empty")]
    }),
    ("a mask of no image", |bottles| {
        let (_, mask) = bottles.defect();
        copy(bottles, &mask, &mask.replace("_mask", "7_mask"));
        vec![(Problem::Contradiction, String::new(), "7_mask.png: the mask belongs to no anomalous image")]
    }),
    ("masks of a kind of defect that is not there", |bottles| {
        let (_, mask) = bottles.defect();
        copy(bottles, &mask, "ground_truth/crack/000_mask.png");
        vec![(Problem::Contradiction, String::new(), "crack/000_mask.png: the mask belongs to no")]
    }),
    ("no masks at all", |bottles| {
        fs::remove_dir_all(bottles.path("ground_truth")).unwrap();
        vec![(Problem::Contradiction, String::new(), "bottle/ground_truth: holds no mask")]
    }),
    ("a training image in the test", |bottles| {
        copy(bottles, TRAIN, NORMAL);
        vec![(Problem::Duplicate, TRAIN.into(), "the same pixels in training and test: test/good/001.png")]
    }),
    ("an image with two labels", |bottles| {
        let (image, _) = bottles.defect();
        copy(bottles, &image, NORMAL);
        vec![(Problem::Duplicate, image, "the same pixels with another label: test/good/001.png")]
    }),
    ("an image twice in training", |bottles| {
        copy(bottles, TRAIN, "train/good/004.png");
        vec![(Problem::Odd, TRAIN.into(), "the same pixels under another name: train/good/004.png")]
    }),
    ("an image of one colour", |bottles| {
        RgbImage::from_pixel(64, 64, Rgb([3, 4, 5])).save(bottles.path(TRAIN)).unwrap();
        vec![(Problem::Odd, TRAIN.into(), "64x64, and every pixel has the same colour")]
    }),
    ("an image too small for shifts", |bottles| {
        noise(31).save(bottles.path(TRAIN)).unwrap();
        vec![(Problem::Odd, TRAIN.into(), "31x31: most shifts need 32 pixels a side")]
    }),
    ("training images with defects", |bottles| {
        copy(bottles, NORMAL, "train/bad/000.png");
        vec![(
            Problem::Contradiction,
            String::new(),
            "train/bad: 1 images, but only train/good is learnt from",
        )]
    }),
    ("no anomalous test images", |bottles| {
        for kind in ["cut", "scratch", "spot"] {
            for folder in ["test", "ground_truth"] {
                fs::remove_dir_all(bottles.path(&format!("{folder}/{kind}"))).unwrap();
            }
        }
        vec![
            (Problem::Count, String::new(), "0 anomalous test images, published are 3"),
            (Problem::Odd, String::new(), "no anomalous test images: AUROC, AP and F1 are undefined"),
        ]
    }),
    ("no training images", |bottles| {
        fs::remove_dir_all(bottles.path("train")).unwrap();
        vec![(Problem::Unreadable, String::new(), "has no training images")]
    }),
];
