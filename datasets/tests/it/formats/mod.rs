//! Data sets in the formats in which they are handed on: the miniatures, and files that other programs wrote.

mod cifar;
mod digits;
mod pacs;

use harness::check::{Problem, check};
use harness::contract::picture::open_rgb;
use harness::contract::registry::find;
use harness::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn open(name: &str, options: &str, root: &Path) -> Result<Box<dyn Dataset>, DataError> {
    let entry = find::<DatasetEntry>(name).unwrap();
    let options = (entry.card.resolve)(&[options]).unwrap();
    (entry.open)(&options, &DataContext { data_root: root.into() })
}

/// A data root with the miniature of a data set.
fn miniature(name: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    find::<DatasetEntry>(name).unwrap().miniature.unwrap()(root.path()).unwrap();
    root
}

fn message<T>(result: Result<T, DataError>) -> String {
    result.err().expect("an error").to_string()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../tests/fixtures/packed/{name}.pkl", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Images by domain: for training, normal and anomalous.
fn counts(dataset: &dyn Dataset, category: &str) -> BTreeMap<Option<String>, [usize; 3]> {
    let mut counts = BTreeMap::new();
    for item in dataset.items(category).unwrap() {
        let kind = match (item.split, item.anomalous) {
            (Split::Train, _) => 0,
            (Split::Test, anomalous) => 1 + usize::from(anomalous),
        };
        counts.entry(item.domain).or_insert([0; 3])[kind] += 1;
    }
    counts
}

fn image(dataset: &dyn Dataset, category: &str, id: &str) -> RgbImage {
    let items = dataset.items(category).unwrap();
    let item = items.iter().find(|item| item.id == id).unwrap_or_else(|| panic!("no {id}"));
    dataset.load(category, item).unwrap().image
}

/// Replaces a file by what `change` makes of its bytes.
fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn miniatures_have_every_class_and_domain() {
    let shifts = |names: &[&str]| -> Vec<Option<String>> {
        [None].into_iter().chain(names.iter().map(|name| Some((*name).to_owned()))).collect()
    };
    for (name, classes, in_distribution, shift, domains) in [
        ("mnist", 10, [8, 4, 36], [0; 3], shifts(&[])),
        ("fashion-mnist", 10, [8, 4, 36], [0; 3], shifts(&[])),
        ("mnist-m", 10, [8, 4, 36], [0, 4, 36], shifts(&["mnist_m"])),
        ("cifar10", 10, [10, 2, 18], [0; 3], shifts(&[])),
        ("pacs", 7, [6, 3, 18], [0, 3, 18], shifts(&["art_painting", "cartoon", "sketch"])),
    ] {
        let root = miniature(name);
        let dataset = open(name, "()", root.path()).unwrap();
        let categories = dataset.categories().unwrap();
        assert_eq!(categories.len(), classes, "{name}");
        for category in &categories {
            let found = counts(&*dataset, category);
            assert_eq!(found.keys().cloned().collect::<Vec<_>>(), domains, "{name}/{category}");
            for (domain, count) in found {
                assert_eq!(
                    count,
                    if domain.is_none() { in_distribution } else { shift },
                    "{name}/{category}"
                );
            }
            for item in dataset.items(category).unwrap() {
                assert_eq!(
                    item.anomalous,
                    !item.id.contains(&format!("/{category}/")),
                    "{name}: {}",
                    item.id
                );
            }
        }
        let limited = open(name, "(train: 2, test_per_class: 1)", root.path()).unwrap();
        assert_eq!(counts(&*limited, &categories[0])[&None], [2, 1, classes - 1], "{name}");
        assert!(limited.published().is_empty() && !dataset.published().is_empty(), "{name}");
    }
}

#[test]
fn published_numbers_add_up() {
    let total = |name: &str, domain: Option<&str>| {
        let root = miniature(name);
        let published = open(name, "()", root.path()).unwrap().published();
        let of_domain = published.iter().filter(|count| count.domain.as_deref() == domain);
        of_domain.fold((0, 0), |(train, normal), count| (train + count.train, normal + count.normal))
    };
    assert_eq!(total("mnist", None), (60_000, 10_000));
    assert_eq!(total("fashion-mnist", None), (60_000, 10_000));
    assert_eq!(total("mnist-m", None), (60_000, 10_000));
    assert_eq!(total("cifar10", None), (50_000, 10_000));
    assert_eq!(total("pacs", None), (1499, 171));
    let shifts = ["art_painting", "cartoon", "sketch"].map(|domain| total("pacs", Some(domain)).1);
    assert_eq!(shifts, [208, 237, 398]);
}
