//! `check` finds what was planted in miniatures of data sets, and nothing else.

mod planted;

use crate::copy_all;
use harness::check::{Finding, Problem, check};
use harness::contract::registry::{all, find};
use harness::prelude::*;
use image::{Luma, Rgb};
use planted::{Bottles, NORMAL, PLANTED, copy, noise};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn write(name: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    find::<DatasetEntry>(name).unwrap().miniature.unwrap()(root.path()).unwrap();
    root
}

fn open(name: &str, root: &Path) -> Box<dyn Dataset> {
    let entry = find::<DatasetEntry>(name).unwrap();
    let options = (entry.card.resolve)(&[]).unwrap();
    (entry.open)(&options, &DataContext { data_root: root.into() }).unwrap()
}

fn findings(dataset: &dyn Dataset, categories: &[&str]) -> Vec<Finding> {
    let categories: Vec<String> = categories.iter().map(|name| (*name).to_owned()).collect();
    check(dataset, &categories, &|| ()).unwrap().findings
}

fn assert_told(what: &str, told: &[(Problem, String)], expected: &[(Problem, String, &str)]) {
    assert_eq!(told.len(), expected.len(), "{what}: {told:?}");
    for ((problem, text), (kind, file, part)) in told.iter().zip(expected) {
        assert_eq!(problem, kind, "{what}: {told:?}");
        assert!(text.starts_with(&format!("{file}: ")) && text.contains(part), "{what}: {text}");
    }
}

#[test]
fn exactly_what_was_planted_is_found() {
    let miniature = write("mvtec");
    for (what, plant) in PLANTED {
        let bottles = Bottles::of(&miniature);
        assert!(bottles.told().is_empty(), "before {what}: {:?}", bottles.told());
        let expected = plant(&bottles);
        assert_told(what, &bottles.told(), &expected);
    }
}

#[test]
fn ten_defects_at_once_do_not_hide_each_other() {
    let bottles = Bottles::of(&write("mvtec"));
    for folder in ["test/hole", "ground_truth/hole"] {
        fs::create_dir_all(bottles.path(folder)).unwrap();
    }
    // Images for every defect; the counts then differ, too.
    for number in 0..9 {
        let name = |folder: &str| bottles.path(&format!("{folder}/9{number:02}.png"));
        noise(64 + number).save(name("train/good")).unwrap();
        let side = 94 - number;
        noise(side).save(name("test/hole")).unwrap();
        let mask = GrayImage::from_pixel(side, side, Luma([255]));
        mask.save(bottles.path(&format!("ground_truth/hole/9{number:02}_mask.png"))).unwrap();
    }
    let mask = |number: usize| bottles.path(&format!("ground_truth/hole/90{number}_mask.png"));
    fs::write(bottles.path("train/good/900.png"), "").unwrap();
    let bytes = fs::read(bottles.path(NORMAL)).unwrap();
    fs::write(bottles.path(NORMAL), &bytes[..bytes.len() / 2]).unwrap();
    copy(&bottles, "train/good/901.png", "test/good/902.png");
    copy(&bottles, "test/hole/900.png", "test/good/903.png");
    fs::remove_file(mask(1)).unwrap();
    GrayImage::from_pixel(9, 9, Luma([255])).save(mask(2)).unwrap();
    fs::write(mask(3), "junk").unwrap();
    GrayImage::new(90, 90).save(mask(4)).unwrap();
    fs::copy(mask(5), mask(5).with_file_name("orphan_mask.png")).unwrap();
    RgbImage::from_pixel(64, 64, Rgb([1, 1, 1])).save(bottles.path("train/good/905.png")).unwrap();
    noise(20).save(bottles.path("train/good/906.png")).unwrap();
    let expected = [
        (Problem::Count, "", "15 training images"),
        (Problem::Unreadable, NORMAL, NORMAL),
        (Problem::Unreadable, "train/good/900.png", "900.png"),
        (Problem::Duplicate, "test/good/903.png", "test/hole/900.png"),
        (Problem::Duplicate, "train/good/901.png", "test/good/902.png"),
        (Problem::Contradiction, "", "orphan_mask.png"),
        (Problem::MaskMissing, "test/hole/901.png", "no mask; 6 of the 7 images of its folder"),
        (Problem::MaskUnusable, "test/hole/902.png", "9x9"),
        (Problem::MaskUnusable, "test/hole/903.png", "cannot be read"),
        (Problem::MaskEmpty, "test/hole/904.png", "empty"),
        (Problem::Odd, "train/good/905.png", "same colour"),
        (Problem::Odd, "train/good/906.png", "20x20"),
    ];
    let expected = expected.map(|(problem, file, part)| (problem, file.to_owned(), part));
    assert_told("all at once", &bottles.told(), &expected);
}

#[test]
fn an_image_of_an_unusual_size_stands_out() {
    // One among many: the miniature has too few for a size to be usual.
    let root = tempfile::tempdir().unwrap();
    let folder = |name: &str| root.path().join("mvtec/bottle").join(name);
    fs::create_dir_all(folder("train/good")).unwrap();
    fs::create_dir_all(folder("test/good")).unwrap();
    for number in 0..30 {
        let picture = RgbImage::from_fn(40, 36, |x, y| Rgb([number, x as u8, y as u8]));
        let place = if number < 29 { "train/good" } else { "test/good" };
        picture.save(folder(place).join(format!("{number:03}.png"))).unwrap();
    }
    noise(50).save(folder("train/good/007.png")).unwrap();
    let odd = findings(&*open("mvtec", root.path()), &["bottle"]).into_iter();
    let odd: Vec<Finding> = odd.filter(|finding| finding.file.contains("007")).collect();
    assert_eq!(odd.len(), 1);
    assert_eq!(
        (odd[0].problem, &*odd[0].message),
        (Problem::Odd, "50x50, while nearly all others are 40x36")
    );
}

#[test]
fn a_mask_or_image_that_only_a_list_names_is_found() {
    let root = write("visa");
    let path = |file: &str| root.path().join("visa/candle/Data").join(file);
    fs::remove_file(path("Masks/Anomaly/001.png")).unwrap();
    fs::remove_file(path("Images/Normal/000.JPG")).unwrap();
    fs::copy(path("Images/Normal/001.JPG"), path("Images/Normal/999.JPG")).unwrap();
    let told = findings(&*open("visa", root.path()), &["candle", "pcb1"]);
    let told: Vec<_> = told.iter().map(|f| (f.problem, format!("{}: {}", f.file, f.message))).collect();
    let expected = [
        (Problem::Unreadable, "candle/Data/Images/Normal/000.JPG", "of split_csv/1cls.csv names it"),
        (Problem::Contradiction, "", "999.JPG: no line of split_csv/1cls.csv names it"),
        (Problem::MaskMissing, "candle/Data/Images/Anomaly/001.JPG", "Masks/Anomaly/001.png not found"),
    ];
    assert_told("visa", &told, &expected.map(|(problem, file, part)| (problem, file.to_owned(), part)));
}

#[test]
fn a_label_that_its_folder_denies_is_found() {
    let root = write("visa");
    let list = root.path().join("visa/split_csv/1cls.csv");
    let text = fs::read_to_string(&list).unwrap();
    // The mask stays, of an image that is now said to be normal.
    let line = "fryum,test,anomaly,fryum/Data/Images/Anomaly/000.JPG,fryum/Data/Masks/Anomaly/000.png";
    assert!(text.contains(line));
    fs::write(&list, text.replace(line, "fryum,test,normal,fryum/Data/Images/Anomaly/000.JPG,")).unwrap();
    let told = findings(&*open("visa", root.path()), &["fryum"]);
    let told: Vec<_> = told.iter().map(|f| (f.problem, f.message.as_str())).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|(problem, _)| *problem == Problem::Contradiction));
    assert!(told.iter().any(|(_, message)| message.starts_with("fryum/Data/Images/Anomaly/000.JPG: line ")));
    assert!(
        told.iter().any(|(_, message)| message.contains("Masks/Anomaly/000.png: the mask belongs to no"))
    );
}

/// Miniatures are whole but small: of what was published they lack images, and else nothing is wrong with them.
#[test]
fn untouched_miniatures_differ_from_releases_in_numbers_only() {
    for entry in all::<DatasetEntry>() {
        let Some(miniature) = entry.miniature else { continue };
        let root = tempfile::tempdir().unwrap();
        miniature(root.path()).unwrap();
        let dataset = open(entry.card.name, root.path());
        let checked = check(&*dataset, &dataset.categories().unwrap(), &|| ()).unwrap();
        let errors = checked.findings.iter().filter(|f| f.problem.is_error() && f.problem != Problem::Count);
        assert_eq!(errors.collect::<Vec<_>>(), Vec::<&Finding>::new(), "{}", entry.card.name);
        for counted in &checked.counts {
            let published = counted.published.as_ref();
            assert!(published.is_none_or(|published| *published != counted.found), "{counted:?}");
        }
        // Digits are small, cells of solar modules grey, and so said to be; else nothing is odd.
        let known = |f: &&Finding| !f.message.contains("most shifts need") && !f.message.starts_with("grey");
        let odd = checked.findings.iter().filter(|f| !f.problem.is_error()).filter(known);
        assert_eq!(odd.collect::<Vec<_>>(), Vec::<&Finding>::new(), "{}", entry.card.name);
    }
}
