//! MNIST-M made from MNIST and photographs, as documented: digits are blended over patches drawn from photographs
//! (those of BSDS500), a pixel being `|patch - digit|` in each channel (Ganin and Lempitsky 2015, section 4).
//!
//! Which patches the published set shows is not known, so scores on a generated set stand for it but do not equal
//! those on it.

use super::labelled::{self, LIST};
use crate::digits::SIDE;
use crate::one_vs_rest::Pictures;
use crate::{digits, files, miniature, mnist};
use harness::contract::picture::open_rgb;
use harness::contract::seed::{Root, Stream};
use harness::prelude::*;
use image::imageops;
use rand::RngExt;
use rayon::prelude::*;
use std::path::Path;

/// Writes `mnist_m_test/*.png` and its list of labels into `target`, and `mnist_m_train` as well if `train`; gives the
/// number of pictures. `mnist` and `photographs` are folders. Photograph and patch of a digit depend on `seed`, its
/// part and its number only, given the same photographs. The list is written last, so a set without it is unfinished.
///
/// # Errors
/// When a file cannot be read or written, there is no photograph, one is smaller than a digit, or `target` holds a
/// list already.
pub fn generate(
    mnist: &Path,
    photographs: &Path,
    target: &Path,
    seed: u64,
    train: bool,
) -> Result<usize, DataError> {
    let names = files::images_in(photographs)?;
    if names.is_empty() {
        let formats = files::FORMATS.join(", ");
        let way_out = format!("name a folder of photographs ({formats}), such as images of BSDS500");
        return Err(DataError::Missing { path: photographs.join("*"), way_out });
    }
    let mut written = 0;
    let parts = [(LIST, "t10k"), ("mnist_m_train_labels.txt", "train")];
    let parts = &parts[..if train { 2 } else { 1 }];
    if let Some(list) = parts.iter().map(|(list, _)| target.join(list)).find(|list| list.exists()) {
        return Err(DataError::unreadable(&list, "it exists already; remove it, or choose another folder"));
    }
    for (list, part) in parts {
        let digits = digits::read(mnist, part, mnist::DIGITS.way_out)?;
        // Each photograph is decoded once: digits are grouped by the photograph drawn for them.
        let mut streams: Vec<Vec<(usize, Stream)>> = names.iter().map(|_| Vec::new()).collect();
        for index in 0..digits.labels().len() {
            let mut stream = Root::new(seed, "mnist-m", part).stream("background", &index.to_string());
            streams[stream.random_range(0..names.len())].push((index, stream));
        }
        let folder = target.join(list.trim_end_matches("_labels.txt"));
        names.par_iter().zip(streams).try_for_each(|(name, streams)| {
            let path = photographs.join(name);
            let photograph = open_rgb(&path)?;
            streams.into_iter().try_for_each(|(index, mut stream)| {
                let patch = patch(&photograph, &mut stream)
                    .ok_or_else(|| DataError::unreadable(&path, "a photograph of less than 28x28 pixels"))?;
                miniature::save(&folder.join(file(index)), &blend(&digits.picture(index)?, &patch).into())
            })
        })?;
        miniature::write(&target.join(list), lines(digits.labels()).as_bytes())?;
        written += digits.labels().len();
    }
    Ok(written)
}

/// A few pictures of the test, in the form that [`generate`] writes.
pub(super) fn write_miniature(mnist: &Path, target: &Path) -> Result<(), DataError> {
    let digits = digits::read(mnist, "t10k", mnist::DIGITS.way_out)?;
    for index in 0..digits.labels().len() {
        let background = miniature::class_picture("photograph", 10 + index, 0, SIDE as u32);
        let picture = blend(&digits.picture(index)?, &background);
        miniature::save(&target.join(labelled::FOLDER).join(file(index)), &picture.into())?;
    }
    miniature::write(&target.join(LIST), lines(digits.labels()).as_bytes())
}

fn file(index: usize) -> String {
    format!("{index:08}.png")
}

fn lines(labels: &[u8]) -> String {
    labels.iter().enumerate().map(|(index, label)| labelled::line(&file(index), *label)).collect()
}

/// A random square of the size of a digit.
fn patch(photograph: &RgbImage, stream: &mut Stream) -> Option<RgbImage> {
    let side = SIDE as u32;
    let across = stream.random_range(0..=photograph.width().checked_sub(side)?);
    let down = stream.random_range(0..=photograph.height().checked_sub(side)?);
    Some(imageops::crop_imm(photograph, across, down, side, side).to_image())
}

fn blend(digit: &RgbImage, patch: &RgbImage) -> RgbImage {
    let mut blended = patch.clone();
    for (value, digit) in blended.iter_mut().zip(digit.iter()) {
        *value = value.abs_diff(*digit);
    }
    blended
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use std::fs;

    #[test]
    fn a_digit_inverts_the_photograph_where_it_is_white() {
        let pixel = |value| RgbImage::from_pixel(1, 1, Rgb(value));
        assert_eq!(blend(&pixel([255; 3]), &pixel([10, 20, 30])), pixel([245, 235, 225]));
        assert_eq!(blend(&pixel([0; 3]), &pixel([10, 20, 30])), pixel([10, 20, 30]));
        assert_eq!(blend(&pixel([15; 3]), &pixel([10, 20, 30])), pixel([5, 5, 15]));
    }

    #[test]
    fn generated_pictures_are_digits_over_patches_and_the_same_for_a_seed() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        digits::write_miniature(&path("mnist")).unwrap();
        // A photograph whose pixels say where they are.
        let photograph = RgbImage::from_fn(60, 50, |x, y| Rgb([x as u8, y as u8, 77]));
        miniature::save(&path("photographs/a.png"), &photograph.clone().into()).unwrap();
        let make = |target: &str, seed, train| {
            generate(&path("mnist"), &path("photographs"), &path(target), seed, train)
        };
        assert_eq!(make("one", 1, false).unwrap(), 40);
        assert_eq!(make("two", 1, true).unwrap(), 120);
        make("other", 2, false).unwrap();
        let files = |target: &str| -> Vec<Vec<u8>> {
            let folder = path(target).join("mnist_m_test");
            let names = files::images_in(&folder).unwrap();
            names.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect()
        };
        assert_eq!(files("one").len(), 40);
        assert_eq!(files("one"), files("two"));
        assert_ne!(files("one"), files("other"));
        assert_eq!(files::images_in(&path("two/mnist_m_train")).unwrap().len(), 80);

        let digits = digits::read(&path("mnist"), "t10k", "").unwrap();
        let made = labelled::read(&path("one").join(LIST), &path("one/mnist_m_test")).unwrap();
        assert_eq!(made.labels(), digits.labels());
        for index in [0, 17, 39] {
            let (made, digit) = (made.picture(index).unwrap(), digits.picture(index).unwrap());
            let shows =
                |x, y| made == blend(&digit, &imageops::crop_imm(&photograph, x, y, 28, 28).to_image());
            let places = (0..=60 - 28).flat_map(|x| (0..=50 - 28).map(move |y| (x, y)));
            assert_eq!(places.filter(|(x, y)| shows(*x, *y)).count(), 1, "digit {index}");
        }

        let again = make("one", 1, false).unwrap_err().to_string();
        assert!(again.contains("mnist_m_test_labels.txt: it exists already"), "{again}");
        miniature::save(&path("photographs/b.png"), &RgbImage::new(27, 90).into()).unwrap();
        let small = make("small", 1, false).unwrap_err().to_string();
        assert!(small.contains("b.png: a photograph of less than 28x28"), "{small}");
        let none = generate(&path("mnist"), &path("gone"), &path("x"), 1, false).unwrap_err().to_string();
        assert!(none.contains("gone") && none.contains("folder of photographs"), "{none}");
    }
}
