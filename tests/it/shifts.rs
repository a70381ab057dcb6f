//! Shifts as a user meets them: chained in suites, written as copies, drawn in a gallery.

use crate::support::{fail, folder_suite, mvtec_like, shiftbench, succeed, text};
use image::{ImageBuffer, Luma, Rgb, RgbImage, Rgba};
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Rows of a manifest: image, hash of its file, hash of the copy, hash of the mask, shift, revision, seed.
fn manifest(folder: &Path) -> Vec<Vec<String>> {
    let rows = csv::Reader::from_path(folder.join("manifest.csv")).unwrap().into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn shifts_in_a_chain_are_one_condition() {
    let root = tempfile::tempdir().unwrap();
    mvtec_like(root.path());
    let suite = folder_suite(root.path());
    let written = fs::read_to_string(&suite).unwrap();
    let with = |shift: &str| {
        fs::write(&suite, written.replace("severities: [3])", &format!("severities: [3]), {shift}")))
            .unwrap();
    };
    with(r#""contrast(3) + gaussian_noise(2)""#);
    let out = root.path().join("runs");
    let bench = ["bench", text(&suite), "--out", text(&out)];
    let table = succeed(&bench);
    assert!(table.contains("contrast-3+"), "{table}");
    let cells = out.join("folder/folder/tiles/mean-intensity/seed0/cells");
    let read = |cell: &str| fs::read_to_string(cells.join(format!("{cell}.csv"))).unwrap();
    assert_ne!(read("contrast-3"), read("contrast-3+gaussian_noise-2"));
    let dry = succeed(&[&bench[..], &["--dry-run", "--filter", "shift=contrast+gaussian_noise"]].concat());
    assert!(dry.contains("0 trainings, 0 of"), "{dry}");

    with(r#""contrast(3) + gausian_noise(2)""#);
    let (code, errors) = fail(&bench);
    assert!(code == 2 && errors.contains("folder.ron:7:51: unknown shift 'gausian_noise'"), "{errors}");
    with(r#""contrast(3) + gaussian_noise""#);
    assert!(fail(&bench).1.contains("'gaussian_noise' has no severity: write it as contrast(3)"));
    with(r#""contrast(3)""#);
    assert!(fail(&bench).1.contains("shift 'contrast-3' stands twice"));
}

#[test]
fn copies_depend_on_the_seed_and_not_on_threads() {
    let root = tempfile::tempdir().unwrap();
    let source = mvtec_like(root.path());
    let corrupt = |name: &str, seed: &str, threads: &str| {
        let target = root.path().join(name);
        let shift = "gaussian_noise(2) + contrast";
        let arguments = ["corrupt", text(&source), text(&target), "--shift", shift, "--seed", seed];
        let output = shiftbench(&arguments).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        crate::support::files(&target)
    };
    let first = corrupt("a", "0", "1");
    assert_eq!(first.len(), 13 + 1);
    assert_eq!(first, corrupt("b", "0", "2"));
    assert_ne!(first, corrupt("c", "1", "2"));
    let rows = manifest(&root.path().join("a"));
    assert_eq!(rows.len(), 13);
    assert!(rows.iter().all(|row| row[4] == "gaussian_noise-2+contrast-3" && row[6] == "0"), "{rows:?}");
}

#[test]
fn a_stopped_copy_goes_on_where_it_was() {
    let root = tempfile::tempdir().unwrap();
    let source = mvtec_like(root.path());
    let target = root.path().join("copies");
    let corrupt = ["corrupt", text(&source), text(&target), "--shift", "gaussian_noise"];
    succeed(&corrupt);
    let whole = crate::support::files(&target);
    // Killed while one copy was written, and another was changed since.
    fs::remove_file(target.join("test/good/000.png")).unwrap();
    fs::write(target.join("test/good/001.png"), "half a file").unwrap();
    let again = succeed(&corrupt);
    assert!(again.starts_with("2 images") && again.contains("11 more were there already"), "{again}");
    assert_eq!(whole, crate::support::files(&target));
    // A changed image is copied anew.
    let picture = source.join("test/good/002.png");
    fs::copy(source.join("test/crack/000.png"), &picture).unwrap();
    assert!(succeed(&corrupt).starts_with("1 images"));
    assert_eq!(manifest(&target).len(), 13);

    let (code, errors) = fail(&[&corrupt[..], &["--seed", "1"]].concat());
    assert!(code == 2 && errors.contains("seed 0: choose another folder"), "{errors}");
    let inside = source.join("copies");
    let (code, errors) = fail(&["corrupt", text(&source), text(&inside), "--shift", "contrast"]);
    assert!(code == 2 && errors.contains("would be read next time"), "{errors}");
}

#[test]
fn masks_move_with_their_images() {
    let root = tempfile::tempdir().unwrap();
    let tiles = mvtec_like(root.path());
    let (images, masks) = (tiles.join("test"), tiles.join("ground_truth"));
    let (copies, moved) = (root.path().join("copies"), root.path().join("moved"));
    let folders = ["--masks", text(&masks), "--masks-to", text(&moved)];
    let corrupt = ["corrupt", text(&images), text(&copies), "--shift", "translation", "--severity", "5"];
    succeed(&[&corrupt[..], &folders].concat());
    let mask = image::open(moved.join("crack/000_mask.png")).unwrap().into_luma8();
    let copy = image::open(copies.join("crack/000.png")).unwrap().into_luma8();
    let before = image::open(masks.join("crack/000_mask.png")).unwrap().into_luma8();
    assert_ne!(mask, before);
    // The defect is dark; bilinear sampling blurs its edge.
    let dark = |x, y| copy.get_pixel(x, y).0[0] < 48;
    let agree = mask.enumerate_pixels().filter(|(x, y, pixel)| dark(*x, *y) == (pixel.0[0] > 0)).count();
    assert!(agree > 40 * 40 - 60, "{agree} of 1600");
    let rows = manifest(&copies);
    assert!(rows.iter().all(|row| row[3].is_empty() != row[0].starts_with("crack/")), "{rows:?}");
    let (code, _) = fail(&[&corrupt[..], &folders[..2]].concat());
    assert_eq!(code, 2);
}

/// A folder with one odd picture, and what `corrupt` makes of it.
fn odd(name: &str, make: impl FnOnce(&Path)) -> (PathBuf, tempfile::TempDir) {
    let root = tempfile::tempdir().unwrap();
    let source = root.path().join("images");
    fs::create_dir_all(&source).unwrap();
    make(&source.join(name));
    (source, root)
}

#[test]
fn odd_pictures_are_converted_as_documented() {
    let pixel = |name: &str, make: &dyn Fn(&Path)| {
        let (source, root) = odd(name, |path| make(path));
        let target = root.path().join("copies");
        succeed(&["corrupt", text(&source), text(&target), "--shift", "brightness", "--severity", "1"]);
        let copy = image::open(target.join(name).with_extension("png")).unwrap();
        assert_eq!(copy.color(), image::ColorType::Rgb8, "{name}");
        copy.into_rgb8().get_pixel(7, 9).0
    };
    // V grows by 0.1: 128/255 + 0.1 is 153.5/255, truncated.
    let grey16 = |path: &Path| {
        ImageBuffer::<Luma<u16>, Vec<u16>>::from_pixel(40, 40, Luma([0x8000])).save(path).unwrap();
    };
    assert_eq!(pixel("16-bit.png", &grey16), [153; 3]);
    let transparent = |path: &Path| {
        ImageBuffer::<Rgba<u8>, Vec<u8>>::from_pixel(40, 40, Rgba([128, 128, 128, 0])).save(path).unwrap();
    };
    assert_eq!(pixel("alpha.png", &transparent), [153; 3]);
    let cmyk = |path: &Path| {
        fs::copy(fixture("odd/cmyk.jpg"), path).unwrap();
    };
    let original = |path: &Path| {
        fs::copy(fixture("corruptions/astro64.png"), path).unwrap();
    };
    let (ink, light) = (pixel("cmyk.jpg", &cmyk), pixel("original.png", &original));
    // JPEG is not exact.
    assert!(ink.iter().zip(light).all(|(a, b)| a.abs_diff(b) < 9), "{ink:?} {light:?}");
}

#[test]
fn bad_pictures_are_named_and_the_others_copied() {
    let root = tempfile::tempdir().unwrap();
    let source = root.path().join("images");
    fs::create_dir_all(&source).unwrap();
    let save = |name: &str, side: u32| {
        RgbImage::from_fn(side, side, |x, y| Rgb([x as u8, y as u8, 9])).save(source.join(name)).unwrap();
    };
    save("a.png", 40);
    save("dot.png", 1);
    save("small.png", 31);
    save("z.png", 64);
    let whole = fs::read(source.join("z.png")).unwrap();
    fs::write(source.join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(source.join("empty.jpg"), "").unwrap();
    fs::write(source.join("lfs.jpg"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n").unwrap();
    std::os::unix::fs::symlink("../.git/annex/objects/x", source.join("annex.png")).unwrap();
    // Nobody writes to it: to read it would not end.
    assert!(std::process::Command::new("mkfifo").arg(source.join("pipe.png")).status().unwrap().success());
    let target = root.path().join("copies");
    let (code, errors) = fail(&["corrupt", text(&source), text(&target), "--shift", "contrast"]);
    assert_eq!(code, 3, "{errors}");
    for expected in [
        "dot.png: contrast needs images of at least 32x32 pixels, this one is 1x1",
        "small.png: contrast needs images of at least 32x32 pixels, this one is 31x31",
        "cut.png",
        "empty.jpg",
        "lfs.jpg: is a Git LFS pointer whose content was not fetched: run `git lfs pull`",
        "annex.png: is a git-annex pointer whose content was not fetched: run `git annex get`",
        "pipe.png: is a pipe, not a file",
        "7 of the images could not be copied; the others are",
    ] {
        assert!(errors.contains(expected), "expected\n{expected}\nin\n{errors}");
    }
    assert_eq!(manifest(&target).iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["a.png", "z.png"]);
}

#[test]
fn a_gallery_has_a_row_for_every_shift() {
    let root = tempfile::tempdir().unwrap();
    let image = fixture("corruptions/astro64.png");
    let draw = |name: &str, more: &[&str]| {
        let out = root.path().join(name);
        let said = succeed(&[&["gallery", text(&image), "--cell", "32", "--out", text(&out)], more].concat());
        (said, image::image_dimensions(&out).unwrap())
    };
    let (said, (_, all)) = draw("all.png", &["--blocks", "1"]);
    let (_, (_, two)) = draw("two.jpg", &["--blocks", "1", "--shifts", "contrast,fog"]);
    let count: u32 = said.split(' ').next().unwrap().parse().unwrap();
    assert_eq!((all - two) % (count - 2), 0, "{all} {two} {count}");
    assert!(count >= 27, "{said}");
    let (code, errors) = fail(&["gallery", text(&image), "--shifts", "contrst"]);
    assert!(code == 2 && errors.contains("did you mean 'contrast'?"), "{errors}");
}
