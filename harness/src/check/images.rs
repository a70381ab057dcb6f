//! What is wrong with images and masks.

use super::finding::{Finding, Problem};
use crate::contract::dataset::{Item, Sample, Split};
use crate::contract::error::DataError;
use crate::contract::picture::{Conversion, pixel_hash};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Smallest side in pixels that every shift accepts.
const SMALL: u32 = 32;

/// Of the images of a category, the share that must agree on a size before another size is odd.
const USUAL: f64 = 0.95;

/// What is remembered of an image.
pub(super) struct Seen {
    size: (u32, u32),
    pixels: blake3::Hash,
    flat: bool,
    /// Pixels that the mask marks, if there is one.
    marked: Option<usize>,
    converted: Vec<Conversion>,
}

impl Seen {
    pub fn of(Sample { image, mask }: &Sample, converted: Vec<Conversion>) -> Self {
        let first = image.pixels().next();
        Self {
            size: image.dimensions(),
            pixels: pixel_hash(image),
            flat: image.pixels().all(|pixel| Some(pixel) == first),
            marked: mask.as_ref().map(|mask| mask.pixels().filter(|pixel| pixel.0[0] > 0).count()),
            converted,
        }
    }
}

/// Everything about the images of a category, given in the order of its items.
pub(super) fn findings(category: &str, items: &[Item], seen: &[Result<Seen, DataError>]) -> Vec<Finding> {
    let all = || items.iter().zip(seen);
    let failed = all().filter_map(|(item, seen)| Some(failed(category, &item.id, seen.as_ref().err()?)));
    let good: Vec<(&Item, &Seen)> =
        all().filter_map(|(item, seen)| Some((item, seen.as_ref().ok()?))).collect();
    let remarks = [masks(&good), duplicates(&good), converted(&good), odd(&good)].into_iter().flatten();
    failed.chain(grouped(category, remarks)).collect()
}

/// One finding for all images of which the same is said, in the order of the first of each.
fn grouped(category: &str, remarks: impl Iterator<Item = Remark>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut places: BTreeMap<(Problem, String), usize> = BTreeMap::new();
    for (problem, file, message) in remarks {
        match places.entry((problem, message.clone())) {
            Entry::Occupied(place) => findings[*place.get()].images += 1,
            Entry::Vacant(place) => {
                place.insert(findings.len());
                findings.push(Finding::new(category, problem, &file, message));
            }
        }
    }
    findings
}

/// An image, or with no name a whole category, that could not be read.
pub(super) fn failed(category: &str, file: &str, error: &DataError) -> Finding {
    let problem = match error {
        DataError::MaskMissing { .. } => Problem::MaskMissing,
        DataError::MaskSize { .. } | DataError::MaskUnreadable { .. } => Problem::MaskUnusable,
        _ => Problem::Unreadable,
    };
    Finding::new(category, problem, file, error.to_string())
}

/// A problem, the image it is about, and what is wrong with it.
type Remark = (Problem, String, String);

fn masks(seen: &[(&Item, &Seen)]) -> Vec<Remark> {
    let folder =
        |item: &Item| item.id.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    // Per folder, how many anomalous images there are and how many of them have a mask.
    let mut folders: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (item, seen) in seen.iter().filter(|(item, _)| item.anomalous) {
        let (images, masks) = folders.entry(folder(item)).or_default();
        *images += 1;
        *masks += usize::from(seen.marked.is_some());
    }
    // Where no image has a mask, none is missing.
    let any = folders.values().any(|(_, masks)| *masks > 0);
    let remark = |(item, seen): &(&Item, &Seen)| {
        let (problem, message) = match (item.anomalous, seen.marked) {
            (true, None) if any => {
                let (images, masks) = folders.get(&folder(item)).copied().unwrap_or_default();
                (
                    Problem::MaskMissing,
                    format!("no mask; {masks} of the {images} images of its folder have one"),
                )
            }
            (true, Some(0)) => (
                Problem::MaskEmpty,
                "labelled anomalous, but its mask is empty: pixel metrics leave it out".into(),
            ),
            (false, Some(marked)) if marked > 0 => {
                (Problem::MaskContradicts, format!("labelled normal, but its mask marks {marked} pixels"))
            }
            _ => return None,
        };
        Some((problem, item.id.clone(), message))
    };
    seen.iter().filter_map(remark).collect()
}

fn converted(seen: &[(&Item, &Seen)]) -> Vec<Remark> {
    let remarks = seen.iter().flat_map(|(item, seen)| {
        let remark = |conversion: &Conversion| (Problem::Converted, item.id.clone(), conversion.to_string());
        seen.converted.iter().map(remark)
    });
    remarks.collect()
}

fn duplicates(seen: &[(&Item, &Seen)]) -> Vec<Remark> {
    let mut by_pixels: BTreeMap<[u8; 32], Vec<&Item>> = BTreeMap::new();
    for (item, seen) in seen {
        by_pixels.entry(*seen.pixels.as_bytes()).or_default().push(item);
    }
    let remark = |items: Vec<&Item>| {
        let [first, others @ ..] = &items[..] else { return None };
        let (last, second) = (others.last()?, others.first()?);
        let relabelled = others.iter().any(|item| item.anomalous != first.anomalous);
        // Training images come first.
        let leaks = first.split == Split::Train && last.split == Split::Test;
        let (problem, why) = match (leaks, relabelled) {
            (true, true) => (Problem::Duplicate, "in training and test, and anomalous there"),
            (true, false) => (Problem::Duplicate, "in training and test"),
            (false, true) => (Problem::Duplicate, "with another label"),
            (false, false) => (Problem::Odd, "under another name"),
        };
        let names = match others.len() {
            1..=3 => others.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join(", "),
            more => format!("{}, ... {} ({more} in all)", second.id, last.id),
        };
        Some((problem, first.id.clone(), format!("the same pixels {why}: {names}")))
    };
    by_pixels.into_values().filter_map(remark).collect()
}

fn odd(seen: &[(&Item, &Seen)]) -> Vec<Remark> {
    let mut sizes: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (_, seen) in seen {
        *sizes.entry(seen.size).or_default() += 1;
    }
    let usual = sizes.into_iter().max_by_key(|(_, count)| *count);
    let usual = usual.filter(|(_, count)| *count as f64 >= USUAL * seen.len() as f64).map(|(size, _)| size);
    let is_small = |(width, height): (u32, u32)| width.min(height) < SMALL;
    let remark = |(item, seen): &(&Item, &Seen)| {
        let (width, height) = seen.size;
        let message = if is_small(seen.size) && usual != Some(seen.size) {
            format!("{width}x{height}: most shifts need {SMALL} pixels a side")
        } else if seen.flat {
            format!("{width}x{height}, and every pixel has the same colour")
        } else if let Some((w, h)) = usual.filter(|usual| *usual != seen.size) {
            format!("{width}x{height}, while nearly all others are {w}x{h}")
        } else {
            return None;
        };
        Some((Problem::Odd, item.id.clone(), message))
    };
    let mut remarks: Vec<Remark> = seen.iter().filter_map(remark).collect();
    if let Some((width, height)) = usual.filter(|usual| is_small(*usual)) {
        let message = format!("images are {width}x{height}: most shifts need {SMALL} pixels a side");
        remarks.push((Problem::Odd, String::new(), message));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma, Rgb, RgbImage};
    use std::path::PathBuf;

    /// A picture like no other, unless `number` is the same.
    fn picture(number: usize, side: u32) -> RgbImage {
        RgbImage::from_fn(side, side, |x, y| Rgb([number as u8, (number >> 8) as u8, (x ^ y) as u8]))
    }

    fn sample(number: usize, mask: Option<u8>) -> Sample {
        let image = picture(number, 40);
        Sample { mask: mask.map(|level| GrayImage::from_pixel(40, 40, Luma([level]))), image }
    }

    fn told(all: &[(Item, Sample)]) -> Vec<(Problem, String, String)> {
        let items: Vec<Item> = all.iter().map(|(item, _)| item.clone()).collect();
        let seen: Vec<_> = all.iter().map(|(_, sample)| Ok(Seen::of(sample, Vec::new()))).collect();
        let findings = findings("nut", &items, &seen);
        findings.into_iter().map(|finding| (finding.problem, finding.file, finding.message)).collect()
    }

    fn remark(problem: Problem, file: &str, message: &str) -> Remark {
        (problem, file.into(), message.into())
    }

    #[test]
    fn errors_are_told_apart() {
        let path = PathBuf::from("m.png");
        let size =
            DataError::MaskSize { path: path.clone(), mask_width: 1, mask_height: 1, width: 2, height: 2 };
        for (error, problem) in [
            (DataError::unreadable(&path, "cut"), Problem::Unreadable),
            (DataError::Missing { path: path.clone(), way_out: "look".into() }, Problem::Unreadable),
            (DataError::MaskUnreadable { path: path.clone(), reason: "cut".into() }, Problem::MaskUnusable),
            (size, Problem::MaskUnusable),
            (DataError::MaskMissing { path: path.clone(), image: "a.png".into() }, Problem::MaskMissing),
        ] {
            let finding = failed("nut", "a.png", &error);
            assert_eq!((finding.problem, finding.file.as_str()), (problem, "a.png"));
            assert_eq!(finding.message, error.to_string());
        }
    }

    #[test]
    fn masks_go_with_labels() {
        let all = [
            (Item::test("cut/0", true), sample(0, Some(255))),
            (Item::test("cut/1", true), sample(1, Some(0))),
            (Item::test("cut/2", true), sample(2, None)),
            (Item::test("good/0", false), sample(3, Some(1))),
            (Item::test("good/1", false), sample(4, Some(0))),
            (Item::test("good/2", false), sample(5, None)),
        ];
        let expected = [
            remark(
                Problem::MaskEmpty,
                "cut/1",
                "labelled anomalous, but its mask is empty: pixel metrics leave it out",
            ),
            remark(Problem::MaskMissing, "cut/2", "no mask; 2 of the 3 images of its folder have one"),
            remark(Problem::MaskContradicts, "good/0", "labelled normal, but its mask marks 1600 pixels"),
        ];
        assert_eq!(told(&all), expected);
        // A data set without masks misses none.
        assert!(told(&[all[2].clone(), all[5].clone()]).is_empty());
    }

    #[test]
    fn duplicates_are_errors_where_they_leak_or_contradict() {
        let one = |other: Item| told(&[(Item::train("a"), sample(0, None)), (other, sample(0, None))]);
        let duplicate = |why: &str| [remark(Problem::Duplicate, "a", &format!("the same pixels {why}: b"))];
        assert_eq!(one(Item::test("b", false)), duplicate("in training and test"));
        assert_eq!(one(Item::test("b", true)), duplicate("in training and test, and anomalous there"));
        assert_eq!(
            one(Item::train("b")),
            [remark(Problem::Odd, "a", "the same pixels under another name: b")]
        );
        let tests = [(Item::test("a", false), sample(0, None)), (Item::test("b", true), sample(0, None))];
        assert_eq!(told(&tests), duplicate("with another label"));
        let many: Vec<_> = (0..9).map(|number| (Item::train(number.to_string()), sample(0, None))).collect();
        assert_eq!(
            told(&many),
            [remark(Problem::Odd, "0", "the same pixels under another name: 1, ... 8 (8 in all)")]
        );
        // The same bytes in another shape are another picture.
        let wide = |width, height| Sample {
            image: RgbImage::from_fn(width, height, |x, y| Rgb([(x + width * y) as u8; 3])),
            mask: None,
        };
        let shapes = [(Item::train("a"), wide(32, 64)), (Item::train("b"), wide(64, 32))];
        assert!(told(&shapes).is_empty());
    }

    #[test]
    fn what_is_said_of_many_images_is_said_once() {
        let items: Vec<Item> = (0..50).map(|number| Item::train(format!("{number:02}"))).collect();
        let side = |number: usize| if number.is_multiple_of(2) { 28 } else { 31 };
        let converted = |number| if number > 9 { vec![Conversion::Grey, Conversion::Deep] } else { vec![] };
        let seen = |number| {
            Ok(Seen::of(&Sample { image: picture(number, side(number)), mask: None }, converted(number)))
        };
        let seen: Vec<_> = (0..50).map(seen).collect();
        let told = findings("nut", &items, &seen).into_iter();
        let told: Vec<_> = told.map(|f| (f.problem, f.file, f.images, f.message)).collect();
        let expected = [
            (Problem::Converted, "10", 40, "grey, stacked to three channels"),
            (Problem::Converted, "10", 40, "16 bits a channel, scaled to 8"),
            (Problem::Odd, "00", 25, "28x28: most shifts need 32 pixels a side"),
            (Problem::Odd, "01", 25, "31x31: most shifts need 32 pixels a side"),
        ];
        assert_eq!(
            told,
            expected.map(|(problem, file, images, said)| (problem, file.into(), images, said.into()))
        );
    }

    #[test]
    fn odd_images_are_told_once() {
        let mut all: Vec<_> =
            (0..60).map(|number| (Item::train(number.to_string()), sample(number, None))).collect();
        assert!(told(&all).is_empty());
        all[7].1.image = RgbImage::from_pixel(40, 40, Rgb([9, 8, 7]));
        all[8].1.image = picture(8, 31);
        all[9].1.image = picture(9, 80);
        let expected = [
            remark(Problem::Odd, "7", "40x40, and every pixel has the same colour"),
            remark(Problem::Odd, "8", "31x31: most shifts need 32 pixels a side"),
            remark(Problem::Odd, "9", "80x80, while nearly all others are 40x40"),
        ];
        assert_eq!(told(&all), expected);
    }

    #[test]
    fn data_sets_of_small_images_are_told_so_once_and_of_many_sizes_not_at_all() {
        let of_side = |side: fn(u32) -> u32| {
            let image = |number: u32| Sample { image: picture(number as usize, side(number)), mask: None };
            told(&(0..40).map(|number| (Item::train(number.to_string()), image(number))).collect::<Vec<_>>())
        };
        let small = "images are 28x28: most shifts need 32 pixels a side";
        assert_eq!(of_side(|_| 28), [remark(Problem::Odd, "", small)]);
        assert!(of_side(|number| 40 + number).is_empty());
    }
}
