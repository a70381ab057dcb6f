//! What holds for every data set, whoever wrote it. Data sets that must be fetched are tried on their
//! miniatures.

use harness::contract::registry::{all, find};
use harness::prelude::*;
use image::{Luma, Rgb};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn save(root: &Path, name: &str, level: u8) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if name.contains("_mask") {
        GrayImage::from_pixel(8, 6, Luma([level])).save(path).unwrap();
    } else {
        RgbImage::from_pixel(8, 6, Rgb([level, 0, 9])).save(path).unwrap();
    }
}

/// A category in the layout of MVTec AD.
fn mvtec(root: &Path, category: &str) {
    for (level, name) in [
        "train/good/000.png",
        "train/good/001.JPG",
        "train/good/002.bmp",
        "test/good/000.png",
        "test/crack/000.png",
        "test/crack/001.tif",
        "test/crack-wide/000.png",
        "ground_truth/crack/000_mask.png",
        "ground_truth/crack/001_mask.bmp",
    ]
    .into_iter()
    .enumerate()
    {
        save(&root.join(category), name, level as u8 + 1);
    }
}

/// 30 cells of every type and probability, in the layout of ELPV; no cell is decoded twice.
fn elpv(root: &Path) {
    let mut labels = String::new();
    let kinds = ["mono", "poly"].into_iter().flat_map(|category| {
        ["0.0", "0.3333333333333333", "0.6666666666666666", "1.0"].map(|probability| (category, probability))
    });
    for (kind, (category, probability)) in kinds.enumerate() {
        for index in 0..30 {
            let name = format!("images/cell{:04}.png", kind * 30 + index);
            save(&root.join("elpv"), &name, index as u8);
            labels += &format!("{name}  {probability:20}{category}\n");
        }
    }
    fs::write(root.join("elpv/labels.csv"), labels).unwrap();
}

fn open(name: &str, options: &str, root: &Path) -> Result<Box<dyn Dataset>, DataError> {
    let entry = find::<DatasetEntry>(name).unwrap();
    let options = (entry.card.resolve)(&[options]).unwrap();
    (entry.open)(&options, &DataContext { data_root: root.into() })
}

fn folder(path: &Path) -> Result<Box<dyn Dataset>, DataError> {
    open("folder", &format!("(path: {path:?})"), path)
}

fn message<T>(result: Result<T, DataError>) -> String {
    result.err().expect("an error").to_string()
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn every_data_set_keeps_the_contract() {
    let root = tempfile::tempdir().unwrap();
    mvtec(&root.path().join("own"), "nut");
    mvtec(&root.path().join("own"), "bolt");
    for entry in all::<DatasetEntry>() {
        let options = match entry.card.name {
            "folder" => format!("(path: {:?})", root.path().join("own")),
            _ => "()".into(),
        };
        let data = tempfile::tempdir().unwrap();
        if let Some(miniature) = entry.miniature {
            miniature(data.path()).unwrap();
        }
        keeps_the_contract(&*open(entry.card.name, &options, data.path()).unwrap(), entry.card.name);
    }
}

fn keeps_the_contract(dataset: &dyn Dataset, name: &str) {
    let categories = dataset.categories().unwrap();
    assert!(!categories.is_empty(), "{name}");
    for category in &categories {
        let items = dataset.items(category).unwrap();
        assert!(items.is_sorted_by_key(|item| (item.split, &item.id)), "{name}/{category} is not sorted");
        assert_eq!(
            ids(&items).into_iter().collect::<BTreeSet<_>>().len(),
            items.len(),
            "{name}/{category}: twice"
        );
        assert!(items.iter().any(|item| item.split == Split::Train));
        for anomalous in [false, true] {
            assert!(items.iter().any(|item| item.split == Split::Test && item.anomalous == anomalous));
        }
        for item in &items {
            assert!(item.split == Split::Test || !item.anomalous, "{name}/{category}/{}", item.id);
            let sample = dataset.load(category, item).unwrap();
            assert_eq!(sample, dataset.load(category, item).unwrap(), "{name}/{category}/{}", item.id);
            let files = dataset.files(category, item);
            assert!(files.iter().all(|path| path.is_file()), "{files:?}");
            assert!(files.is_empty() || files.len() == 1 + usize::from(sample.mask.is_some()), "{files:?}");
            if let Some(mask) = sample.mask {
                assert!(item.anomalous, "{name}/{category}/{}", item.id);
                assert_eq!(mask.dimensions(), sample.image.dimensions());
                assert!(mask.iter().any(|&value| value > 0));
            }
        }
        let fingerprint = dataset.fingerprint(category).unwrap();
        assert_eq!(fingerprint.len(), 16);
        assert_eq!(fingerprint, dataset.fingerprint(category).unwrap());
    }
    let unknown = message(dataset.items("no such category"));
    assert!(unknown.contains("no such category") && unknown.contains(&categories[0]), "{unknown}");
}

#[test]
fn folder_reads_the_layout_of_mvtec() {
    let root = tempfile::tempdir().unwrap();
    mvtec(root.path(), "nut");
    mvtec(root.path(), "bolt");
    for skipped in
        ["nut/train/good/.hidden.png", "nut/test/.cache/x.png", "nut/test/good/notes.txt", "docs/a.png"]
    {
        let path = root.path().join(skipped);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "not an image").unwrap();
    }
    let dataset = folder(root.path()).unwrap();
    assert_eq!(dataset.categories().unwrap(), ["bolt", "nut"]);
    let items = dataset.items("nut").unwrap();
    assert_eq!(
        ids(&items),
        [
            "train/good/000.png",
            "train/good/001.JPG",
            "train/good/002.bmp",
            "test/crack-wide/000.png",
            "test/crack/000.png",
            "test/crack/001.tif",
            "test/good/000.png",
        ]
    );
    let anomalous: Vec<bool> = items.iter().map(|item| item.anomalous).collect();
    assert_eq!(anomalous, [false, false, false, true, true, true, false]);
    let masks: Vec<bool> =
        items.iter().map(|item| dataset.load("nut", item).unwrap().mask.is_some()).collect();
    assert_eq!(masks, [false, false, false, false, true, true, false]);

    let alone = folder(&root.path().join("nut")).unwrap();
    assert_eq!(alone.categories().unwrap(), ["nut"]);
    assert_eq!(alone.items("nut").unwrap(), items);
    assert_eq!(alone.fingerprint("nut").unwrap(), dataset.fingerprint("nut").unwrap());

    let before = dataset.fingerprint("nut").unwrap();
    save(&root.path().join("nut"), "ground_truth/crack/000_mask.png", 77);
    assert_ne!(dataset.fingerprint("nut").unwrap(), before);
}

#[test]
fn folder_names_what_is_wrong_and_the_way_out() {
    let root = tempfile::tempdir().unwrap();
    assert!(message(open("folder", "()", root.path())).contains("option path: must be given"));
    for path in [root.path().join("gone"), root.path().to_owned()] {
        let missing = message(folder(&path));
        assert!(missing.contains(path.to_str().unwrap()), "{missing}");
        assert!(missing.contains("train/good/*") && missing.contains("test/<type>/*"), "{missing}");
    }

    fs::create_dir_all(root.path().join("nut/test/crack")).unwrap();
    let dataset = folder(root.path()).unwrap();
    let empty = message(dataset.items("nut"));
    assert!(
        empty.starts_with("category 'nut' of folder has no training images; put images (png, jpg"),
        "{empty}"
    );
    assert!(empty.ends_with("nut/train/good"), "{empty}");
    save(root.path(), "nut/train/good/0.png", 0);
    let empty = message(dataset.items("nut"));
    assert!(empty.contains("no test images") && empty.contains("nut/test/<type>"), "{empty}");

    save(root.path(), "nut/test/crack/0.png", 0);
    GrayImage::new(3, 5).save(root.path().join("0_mask.png")).unwrap();
    fs::create_dir_all(root.path().join("nut/ground_truth/crack")).unwrap();
    fs::rename(root.path().join("0_mask.png"), root.path().join("nut/ground_truth/crack/0_mask.png"))
        .unwrap();
    let item = &dataset.items("nut").unwrap()[1];
    let size = message(dataset.load("nut", item));
    assert!(size.contains("0_mask.png") && size.contains("3x5") && size.contains("8x6"), "{size}");

    fs::write(root.path().join("nut/test/crack/0.png"), "not an image").unwrap();
    assert!(message(dataset.load("nut", item)).contains("crack/0.png"));
}

#[test]
fn elpv_splits_by_seed_without_overlap() {
    let root = tempfile::tempdir().unwrap();
    elpv(root.path());
    let items = |options: &str| open("elpv", options, root.path()).unwrap().items("poly").unwrap();
    let part = |items: &[Item], split, anomalous| -> BTreeSet<String> {
        let wanted = items.iter().filter(|item| item.split == split && item.anomalous == anomalous);
        wanted.map(|item| item.id.clone()).collect()
    };
    let small = items("(train: 8, test_normal: 6, test_defective: 7)");
    assert_eq!(part(&small, Split::Train, false).len(), 8);
    assert_eq!(part(&small, Split::Test, false).len(), 6);
    assert_eq!(part(&small, Split::Test, true).len(), 7);
    assert!(part(&small, Split::Train, false).is_disjoint(&part(&small, Split::Test, false)));

    // More training images: the same test, and the old training images among the new.
    let large = items("(train: 20, test_normal: 6, test_defective: 7)");
    for anomalous in [false, true] {
        assert_eq!(part(&small, Split::Test, anomalous), part(&large, Split::Test, anomalous));
    }
    assert!(part(&small, Split::Train, false).is_subset(&part(&large, Split::Train, false)));

    let other = items("(train: 8, test_normal: 6, test_defective: 7, split_seed: 1)");
    assert_ne!(part(&small, Split::Test, false), part(&other, Split::Test, false));

    // Poly cells follow 120 mono cells; probability 0 comes first, 1 last.
    let number = |id: &String| id["images/cell".len()..][..4].parse::<usize>().unwrap();
    assert!(part(&large, Split::Train, false).iter().map(number).all(|cell| (120..150).contains(&cell)));
    assert!(part(&large, Split::Test, true).iter().map(number).all(|cell| (210..240).contains(&cell)));
    let all = items("(train: 999, test_normal: 6, test_defective: 999, include_uncertain: true)");
    assert_eq!(part(&all, Split::Train, false).len(), 54);
    assert_eq!(part(&all, Split::Test, true).len(), 60);
}

#[test]
fn elpv_has_a_pinned_split() {
    let root = tempfile::tempdir().unwrap();
    elpv(root.path());
    let dataset = open("elpv", "(train: 3, test_normal: 3, test_defective: 3)", root.path()).unwrap();
    let items = dataset.items("mono").unwrap();
    let cells: Vec<&str> = ids(&items).into_iter().map(|id| &id["images/cell".len()..][..4]).collect();
    // A change of these numbers needs a new REVISION.
    assert_eq!(cells.join(" "), "0007 0015 0023 0000 0003 0005 0100 0112 0115");
}

#[test]
fn elpv_names_what_is_wrong_and_the_way_out() {
    let root = tempfile::tempdir().unwrap();
    let missing = message(open("elpv", "()", root.path()));
    assert!(missing.contains("elpv/labels.csv") && missing.contains("cargo xtask fetch elpv"), "{missing}");

    elpv(root.path());
    let none = message(open("elpv", "(test_normal: 30)", root.path()).unwrap().items("mono"));
    assert!(
        none.contains("no training images") && none.contains("change option train or test_normal"),
        "{none}"
    );
    let none =
        message(open("elpv", "(test_normal: 0, test_defective: 0)", root.path()).unwrap().items("mono"));
    assert!(none.contains("no test images") && none.contains("test_defective"), "{none}");

    let labels = root.path().join("elpv/labels.csv");
    for bad in ["images/a.png 0.5 mono", "images/a.png 1.0 thin", "images/a.png 1.0", "images/a.png x mono"] {
        fs::write(&labels, format!("images/b.png 0.0 mono\n{bad}\n")).unwrap();
        let wrong = message(open("elpv", "()", root.path()));
        assert!(wrong.contains("labels.csv: line 2") && wrong.contains(bad), "{wrong}");
    }
    fs::write(&labels, "images/b.png 0.0 mono\nimages/b.png 1.0 mono\n").unwrap();
    assert!(message(open("elpv", "()", root.path())).contains("'images/b.png' is listed twice"));
}

#[test]
fn synthetic_has_the_numbers_and_size_asked_for() {
    let root = Path::new("");
    let options = "(size: 40, train: 2, test_normal: 1, test_defective: 4)";
    let dataset = open("synthetic", options, root).unwrap();
    for category in dataset.categories().unwrap() {
        let items = dataset.items(&category).unwrap();
        assert_eq!(
            ids(&items),
            [
                "train/good/000.png",
                "train/good/001.png",
                "test/cut/000.png",
                "test/cut/001.png",
                "test/good/000.png",
                "test/scratch/000.png",
                "test/spot/000.png",
            ]
        );
        let samples: Vec<_> = items.iter().map(|item| dataset.load(&category, item).unwrap()).collect();
        assert!(samples.iter().all(|sample| sample.image.dimensions() == (40, 40)));
        assert!(samples.iter().zip(&items).all(|(sample, item)| sample.mask.is_some() == item.anomalous));
        assert_ne!(samples[0].image, samples[1].image);
        let reseeded = open("synthetic", "(size: 40, seed: 1)", root).unwrap();
        assert_ne!(samples[0], reseeded.load(&category, &items[0]).unwrap());
    }
    for (options, expected) in [
        ("(size: 31)", "option size: is 31, but must be 32 to 4096"),
        ("(train: 0)", "category 'grid' of synthetic has no training images; raise option train"),
        (
            "(test_normal: 0, test_defective: 0)",
            "category 'grid' of synthetic has no test images; raise option test_normal or test_defective",
        ),
    ] {
        assert_eq!(
            message(open("synthetic", options, root).and_then(|dataset| dataset.items("grid"))),
            expected
        );
    }
}
