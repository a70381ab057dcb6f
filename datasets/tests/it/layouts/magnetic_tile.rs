//! Magnetic tiles at six exposures.

use super::{Miniature, counts};
use harness::prelude::*;
use std::fs;

#[test]
fn exposures_of_magnetic_tiles_are_domains_and_their_files_are_believed_only_by_name() {
    let miniature = Miniature::of("magnetic-tile");
    let dataset = miniature.open_with("(exposure: 2)").unwrap();
    let found = counts(&*dataset, "tile");
    let of = |domain: Option<&str>, split, anomalous| {
        found.get(&(split, anomalous, domain.map(str::to_owned))).copied().unwrap_or_default()
    };
    assert_eq!(of(None, Split::Train, false), 6);
    assert_eq!((of(None, Split::Test, false), of(None, Split::Test, true)), (3, 5));
    for exposure in [1, 3, 4, 5, 6] {
        let domain = format!("exposure-{exposure}");
        assert_eq!(of(Some(&domain), Split::Test, false), 3, "{domain}");
        assert_eq!(of(Some(&domain), Split::Test, true), 5, "{domain}");
    }
    // An archive's outermost folder may stay.
    let inner = miniature.copy();
    fs::rename(inner.path(""), inner.root.path().join("release")).unwrap();
    fs::create_dir(inner.path("")).unwrap();
    fs::rename(inner.root.path().join("release"), inner.path("release")).unwrap();
    assert_eq!(counts(&*inner.open_with("(exposure: 2)").unwrap(), "tile"), found);
    let renamed = miniature.copy();
    fs::rename(renamed.path("MT_Free/Imgs/exp1_num_1020.jpg"), renamed.path("MT_Free/Imgs/tile.jpg"))
        .unwrap();
    assert!(renamed.fault("tile").contains("tile.jpg: is not named exp<exposure>_num_<number>.jpg"));
    let alone = miniature.copy();
    let first = fs::read_dir(alone.path("MT_Crack/Imgs")).unwrap().map(|entry| entry.unwrap().path());
    let picture = first.filter(|path| path.extension().unwrap() == "jpg").min().unwrap();
    fs::remove_file(&picture).unwrap();
    let lines = alone.open().contradictions("tile").unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("MT_Crack/Imgs/exp1") && lines[0].contains("the mask belongs to no picture"));
    assert!(alone.open_with("(exposure: 7)").is_err());
}
