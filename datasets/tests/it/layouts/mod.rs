//! Releases with masks, read in exactly their layouts: what is in them, and what their faults say.

mod magnetic_tile;

use crate::copy_all;
use harness::contract::registry::find;
use harness::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A miniature in a temporary data root.
struct Miniature {
    name: &'static str,
    root: TempDir,
}

impl Miniature {
    fn of(name: &'static str) -> Self {
        let root = tempfile::tempdir().unwrap();
        find::<DatasetEntry>(name).unwrap().miniature.unwrap()(root.path()).unwrap();
        Self { name, root }
    }

    /// A copy to do harm to: cheaper than another.
    fn copy(&self) -> Self {
        let root = tempfile::tempdir().unwrap();
        copy_all(self.root.path(), root.path());
        Self { name: self.name, root }
    }

    fn open_with(&self, options: &str) -> Result<Box<dyn Dataset>, DataError> {
        let entry = find::<DatasetEntry>(self.name).unwrap();
        let options = (entry.card.resolve)(&[options]).unwrap();
        (entry.open)(&options, &DataContext { data_root: self.root.path().into() })
    }

    fn open(&self) -> Box<dyn Dataset> {
        self.open_with("()").unwrap()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(self.name).join(file)
    }

    /// What opening, listing and loading a category says.
    fn fault(&self, category: &str) -> String {
        let read = || {
            let dataset = self.open_with("()")?;
            for item in dataset.items(category)? {
                dataset.load(category, &item)?;
            }
            Ok::<(), DataError>(())
        };
        read().expect_err("a fault").to_string()
    }
}

/// Images by split, label and domain; checks that exactly the anomalous ones have a mask.
fn counts(dataset: &dyn Dataset, category: &str) -> BTreeMap<(Split, bool, Option<String>), usize> {
    let mut counts = BTreeMap::new();
    for item in dataset.items(category).unwrap() {
        let Sample { image, mask } = dataset.load(category, &item).unwrap();
        assert_eq!(mask.is_some(), item.anomalous, "{}", item.id);
        if let Some(mask) = mask {
            assert_eq!(mask.dimensions(), image.dimensions());
            assert!(mask.iter().any(|&level| level > 0), "{}", item.id);
        }
        *counts.entry((item.split, item.anomalous, item.domain)).or_default() += 1;
    }
    counts
}

fn expected(
    train: usize,
    [normal, anomalous]: [usize; 2],
    domains: &[&str],
) -> BTreeMap<(Split, bool, Option<String>), usize> {
    let domains = domains.iter().map(|domain| Some((*domain).to_owned())).chain([None]);
    let tests = domains.flat_map(|domain| {
        [((Split::Test, false, domain.clone()), normal), ((Split::Test, true, domain), anomalous)]
    });
    tests.chain([((Split::Train, false, None), train)]).collect()
}

#[test]
fn visa_is_read_by_its_list() {
    let visa = Miniature::of("visa");
    let dataset = visa.open();
    let categories = dataset.categories().unwrap();
    assert_eq!(categories.len(), 12);
    for category in &categories {
        assert_eq!(counts(&*dataset, category), expected(6, [3, 3], &[]), "{category}");
    }
    let items = dataset.items("pcb1").unwrap();
    assert_eq!(items[0].id, "pcb1/Data/Images/Normal/000.JPG");
    assert!(items.iter().all(|item| item.anomalous == item.id.contains("/Anomaly/")));
    assert!(dataset.contradictions("pcb1").unwrap().is_empty());

    // The list decides, not the order of its lines or the folder's other files.
    let before = dataset.fingerprint("pcb1").unwrap();
    let list = visa.path("split_csv/1cls.csv");
    let text = fs::read_to_string(&list).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    let turned: Vec<&str> = lines.lines().rev().collect();
    fs::write(&list, format!("{header}\r\n{}\r\n", turned.join("\r\n"))).unwrap();
    fs::copy(visa.path(&items[0].id), visa.path("pcb1/Data/Images/Normal/999.JPG")).unwrap();
    assert_eq!(visa.open().fingerprint("pcb1").unwrap(), before);
    // Who has one category uses that one.
    for category in categories.iter().filter(|category| *category != "pcb1") {
        fs::remove_dir_all(visa.path(category)).unwrap();
    }
    assert_eq!(visa.open().categories().unwrap(), ["pcb1"]);
    fs::remove_dir_all(visa.path("pcb1")).unwrap();
    assert!(visa.fault("pcb1").contains("<category>/Data/Images not found"));
}

#[test]
fn visa_is_read_as_converted_to_the_layout_of_mvtec() {
    let visa = Miniature::of("visa");
    let copy = |from: &str, to: &str| {
        let to = visa.path(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(visa.path(from), to).unwrap();
    };
    copy("candle/Data/Images/Normal/000.JPG", "converted/candle/train/good/000.JPG");
    copy("candle/Data/Images/Normal/001.JPG", "converted/candle/test/good/001.JPG");
    for (name, mask) in [("000", "000.png"), ("001", "001_mask.png")] {
        copy(
            &format!("candle/Data/Images/Anomaly/{name}.JPG"),
            &format!("converted/candle/test/bad/{name}.JPG"),
        );
        copy(
            &format!("candle/Data/Masks/Anomaly/{name}.png"),
            &format!("converted/candle/ground_truth/bad/{mask}"),
        );
    }
    let dataset = visa.open_with(&format!("(path: {:?})", visa.path("converted"))).unwrap();
    assert_eq!(dataset.categories().unwrap(), ["candle"]);
    assert_eq!(counts(&*dataset, "candle"), expected(1, [1, 2], &[]));
    assert!(dataset.contradictions("candle").unwrap().is_empty());
}

#[test]
fn lines_of_the_visa_list_that_cannot_be_right_are_named() {
    let visa = Miniature::of("visa");
    let list = visa.path("split_csv/1cls.csv");
    let good = fs::read_to_string(&list).unwrap();
    let image = "candle/Data/Images/Normal/000.JPG";
    for (line, reason) in [
        (format!("candle,train,normal,{image},"), format!("'{image}' is in line 2 already")),
        ("candle,train,anomaly,candle/a.JPG,".into(), "'train,anomaly' is none of".into()),
        ("candle,valid,normal,candle/a.JPG,".into(), "'valid,normal' is none of".into()),
        ("lamp,train,normal,lamp/a.JPG,".into(), "VisA has no object 'lamp'".into()),
        ("candle,train,normal,candle/a.JPG".into(), "4 columns instead of 5".into()),
        ("candle,train,normal,,".into(), "no image".into()),
        ("candle,test,normal,candle/a.JPG,candle/a.png".into(), "a normal image has a mask".into()),
        ("candle,test,normal,../../a.JPG,".into(), "'../../a.JPG' leaves the folder".into()),
        ("candle,test,anomaly,candle/a.JPG,/etc/a.png".into(), "'/etc/a.png' leaves the folder".into()),
    ] {
        fs::write(&list, format!("{good}{line}\n")).unwrap();
        let fault = visa.fault("candle");
        let number = good.lines().count() + 1;
        assert!(fault.contains(&format!("1cls.csv: line {number}: {reason}")), "{fault}");
    }
    fs::write(&list, "object,split,image,label,mask\n").unwrap();
    assert!(visa.fault("candle").contains("line 1: expected the columns object,split,label,image,mask"));
    fs::write(&list, [0xff, 0xfe, b'\n', 0xff]).unwrap();
    assert!(visa.fault("candle").contains("1cls.csv"));
}

#[test]
fn files_of_visa_that_are_missing_or_contradict_the_list_are_named() {
    let visa = Miniature::of("visa");
    let list = visa.path("split_csv/1cls.csv");
    let text = fs::read_to_string(&list).unwrap();
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap() + 1;

    let mask = "candle/Data/Masks/Anomaly/001.png";
    fs::remove_file(visa.path(mask)).unwrap();
    let fault = visa.fault("candle");
    assert!(
        fault.contains(mask) && fault.contains(&format!("line {} of split_csv/1cls.csv", line(mask))),
        "{fault}"
    );

    let image = "candle/Data/Images/Normal/004.JPG";
    fs::remove_file(visa.path(image)).unwrap();
    let fault = visa.fault("candle");
    let named = format!("line {} of split_csv/1cls.csv names it; unpack visa again", line(image));
    assert!(fault.contains(&format!("{image} not found: {named}")), "{fault}");
    assert!(visa.open().fingerprint("candle").unwrap_err().to_string().contains(&named));

    let (first, last) = ("pcb2/Data/Images/Normal/000.JPG", "pcb2/Data/Images/Anomaly/002.JPG");
    let moved = format!("pcb2,test,anomaly,{last},pcb2/Data/Masks/Anomaly/002.png");
    let relabelled = format!("pcb2,test,normal,{last},");
    let without = text.replace(&format!("pcb2,train,normal,{first},\n"), "");
    fs::write(&list, without.replace(&moved, &relabelled)).unwrap();
    let found = visa.open().contradictions("pcb2").unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("pcb2/Data/Masks/Anomaly/002.png: the mask belongs to no anomalous image"));
    assert!(
        found[1].starts_with(&format!("{last}: line ")) && found[1].ends_with("says 'pcb2' and 'normal'")
    );
    assert_eq!(found[2], format!("{first}: no line of split_csv/1cls.csv names it"));

    fs::remove_file(&list).unwrap();
    assert!(visa.fault("candle").contains("split_csv/1cls.csv"));
}

#[test]
fn lights_of_mvtec_ad_2_are_domains() {
    let mvtec = Miniature::of("mvtec-ad-2");
    let dataset = mvtec.open();
    let categories = dataset.categories().unwrap();
    assert_eq!(categories.len(), 8);
    let lights = ["overexposed", "underexposed", "shift_1", "shift_2", "shift_3"];
    for category in &categories {
        assert_eq!(counts(&*dataset, category), expected(6, [3, 3], &lights), "{category}");
    }
    for item in dataset.items("can").unwrap() {
        let light = item.domain.as_deref().unwrap_or("regular");
        assert!(
            item.id.ends_with(&format!("_{light}.png")) && !item.id.contains("validation"),
            "{}",
            item.id
        );
        assert_eq!(item.anomalous, item.id.starts_with("test_public/bad/"));
    }
    assert!(dataset.contradictions("can").unwrap().is_empty());
    fs::remove_dir_all(mvtec.path("can")).unwrap();
    assert_eq!(mvtec.open().categories().unwrap().len(), 7);
}

#[test]
fn shifts_of_aebad_s_are_domains() {
    let aebad = Miniature::of("aebad-s");
    let dataset = aebad.open();
    assert_eq!(dataset.categories().unwrap(), ["blade"]);
    assert_eq!(counts(&*dataset, "blade"), expected(6, [3, 4], &["background", "illumination", "view"]));
    let items = dataset.items("blade").unwrap();
    for defect in ["ablation", "breakdown", "fracture", "groove"] {
        let of = |item: &&Item| item.id.starts_with(&format!("test/{defect}/"));
        assert_eq!(items.iter().filter(of).filter(|item| item.anomalous).count(), 4, "{defect}");
    }
    for item in items.iter().filter(|item| item.split == Split::Test) {
        let shift = item.id.split('/').nth(2).unwrap();
        assert_eq!(item.domain.as_deref(), (shift != "same").then_some(shift), "{}", item.id);
    }
    assert!(dataset.contradictions("blade").unwrap().is_empty());
    let given = format!("(path: {:?})", aebad.path("AeBAD_S"));
    assert_eq!(aebad.open_with(&given).unwrap().items("blade").unwrap(), items);
}

/// What is done to a miniature, and what its message must contain.
type Fault = (&'static str, &'static str, fn(&Path), &'static [&'static str]);

#[test]
fn faults_of_folders_are_one_clear_message() {
    let gone: fn(&Path) = |path| fs::remove_file(path).unwrap();
    let small: fn(&Path) = |path| GrayImage::new(5, 4).save(path).unwrap();
    let junk: fn(&Path) = |path| fs::write(path, "no picture").unwrap();
    let empty: fn(&Path) = |path| {
        fs::remove_dir_all(path).unwrap();
        fs::create_dir(path).unwrap();
    };
    let rename: fn(&Path) = |path| fs::rename(path, path.with_file_name("000_strange.png")).unwrap();
    let folder: fn(&Path) = |path| fs::create_dir_all(path).unwrap();
    let (ad2, aebad) = ("mvtec-ad-2", "aebad-s");
    let mask = "can/test_public/ground_truth/bad/001_shift_2_mask.png";
    let faults: [Fault; 14] = [
        (ad2, mask, gone, &["001_shift_2_mask.png not found", "defect of test_public/bad/001_shift_2.png"]),
        (ad2, mask, small, &["001_shift_2_mask.png", "5x4", "64x64"]),
        (ad2, mask, junk, &["001_shift_2_mask.png", "mask cannot be read"]),
        (
            ad2,
            "can/test_public/good/001_regular.png",
            rename,
            &["good/000_strange.png", "_regular, _overexposed"],
        ),
        (ad2, "can/train/good", empty, &["'can' of mvtec-ad-2 has no training images", "train/good of"]),
        (ad2, "can/test_public", empty, &["'can' of mvtec-ad-2 has no test images", "test_public/bad of"]),
        (aebad, "AeBAD_S/ground_truth/groove/view/000.png", gone, &["groove/view/000.png not found"]),
        (aebad, "AeBAD_S/ground_truth/groove/view/000.png", small, &["groove/view/000.png", "5x4"]),
        (aebad, "AeBAD_S/test/groove/view/000.png", junk, &["test/groove/view/000.png"]),
        (aebad, "AeBAD_S/train/good", empty, &["no training images", "train/good/<group>"]),
        (aebad, "AeBAD_S/test", empty, &["no test images", "test/<defect>/<shift>"]),
        (aebad, "AeBAD_S/test/rust/same", folder, &["test/rust", "good, ablation"]),
        (aebad, "AeBAD_S/test/good/night", folder, &["test/good/night", "same, background"]),
        (aebad, "AeBAD_S/train", empty, &["train/good not found", "datasets.aebad-s.path"]),
    ];
    let whole = [Miniature::of(ad2), Miniature::of(aebad)];
    for (name, file, harm, expected) in faults {
        let miniature = whole.iter().find(|miniature| miniature.name == name).unwrap().copy();
        harm(&miniature.path(file));
        let category = if name == ad2 { "can" } else { "blade" };
        let fault = miniature.fault(category);
        assert!(expected.iter().all(|part| fault.contains(part)), "{file}: {fault}");
        assert!(!fault.contains('\n'), "{fault}");
    }
}

#[test]
fn what_is_not_there_is_said_with_the_way_out() {
    for name in ["visa", "mvtec-ad-2", "aebad-s"] {
        let nothing = Miniature { name, root: tempfile::tempdir().unwrap() };
        let fault = nothing.fault("");
        assert!(fault.contains("not found") && fault.contains(&format!("datasets.{name}.path")), "{fault}");
    }
}

#[test]
fn the_miniature_of_elpv_suits_the_default_split() {
    let elpv = Miniature::of("elpv");
    let dataset = elpv.open();
    for category in ["mono", "poly"] {
        let items = dataset.items(category).unwrap();
        let count = |split, anomalous| {
            items.iter().filter(|item| item.split == split && item.anomalous == anomalous).count()
        };
        assert_eq!(
            [count(Split::Train, false), count(Split::Test, false), count(Split::Test, true)],
            [6, 120, 6]
        );
        assert!(items.iter().all(|item| dataset.load(category, item).unwrap().mask.is_none()));
    }
    let unsure = elpv.open_with("(include_uncertain: true)").unwrap();
    assert_eq!(unsure.items("mono").unwrap().len(), dataset.items("mono").unwrap().len() + 4);
}
