//! What end-to-end tests and the campaign of faults share: the program as a user runs it, data, and what lies in folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The command line, quiet about colours and far from the user's own data.
pub fn shiftbench(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiftbench"));
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("SHIFTBENCH_ROOT", env!("CARGO_MANIFEST_DIR"))
        .env_remove("SHIFTBENCH_DATA");
    command
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every score file below `folder`, by relative path.
pub fn scores(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(folder)
        .into_iter()
        .filter(|(path, _)| {
            path.parent().is_some_and(|p| p.ends_with("cells"))
                && path.extension().is_some_and(|ending| ending == "csv")
        })
        .collect()
}

/// Every file below `folder`, by relative path.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

/// A data set in the layout of MVTec AD: one category, `good` and `crack`, with masks.
pub fn mvtec_like(root: &Path) -> PathBuf {
    let category = root.join("tiles");
    let picture = |shade: u8, defect: bool| {
        image::RgbImage::from_fn(40, 40, |x, y| {
            let dark = defect && (10..16).contains(&x) && (10..30).contains(&y);
            let value = shade.wrapping_add((x * 3 + y * 2) as u8 % 40);
            image::Rgb(if dark { [5, 5, 5] } else { [value, value, value] })
        })
    };
    let mask = image::GrayImage::from_fn(40, 40, |x, y| {
        image::Luma([if (10..16).contains(&x) && (10..30).contains(&y) { 255 } else { 0 }])
    });
    let save = |name: &str, image: &image::RgbImage| {
        let path = category.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        image.save(path).unwrap();
    };
    for index in 0..4u8 {
        save(&format!("train/good/{index:03}.png"), &picture(90 + index, false));
    }
    for index in 0..3u8 {
        save(&format!("test/good/{index:03}.png"), &picture(92 + index, false));
        save(&format!("test/crack/{index:03}.png"), &picture(91 + index, true));
        let path = category.join(format!("ground_truth/crack/{index:03}_mask.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        mask.save(path).unwrap();
    }
    category
}

/// A suite over [`mvtec_like`] data with the trivial baselines.
pub fn folder_suite(root: &Path) -> PathBuf {
    let path = root.join("folder.ron");
    let text = format!(
        r#"Suite(
    summary: "a folder of images",
    protocol: strict(steps: 4, batch: 4, references: 2),
    image_size: 32,
    seeds: [0],
    datasets: [(name: "folder", options: (path: {:?}))],
    shifts: [(name: "contrast", severities: [3])],
    methods: [(name: "mean-intensity"), (name: "nearest-image")],
)"#,
        root.join("tiles").display().to_string()
    );
    fs::write(&path, text).unwrap();
    path
}
