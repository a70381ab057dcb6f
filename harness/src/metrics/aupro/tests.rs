//! Tests of localisation metrics.

use super::*;
use crate::metrics::{auroc, pixel_auroc};
use proptest::prelude::*;

fn slices<T>(images: &[Vec<T>]) -> Vec<&[T]> {
    images.iter().map(Vec::as_slice).collect()
}

fn mask(rows: &[&str]) -> Vec<bool> {
    rows.concat().chars().map(|pixel| pixel == '#').collect()
}

fn fast_aupro(maps: &[Vec<f32>], masks: &[Vec<bool>], width: usize, limit: f64) -> f64 {
    let (height, maps, masks) = (maps[0].len() / width, slices(maps), slices(masks));
    aupro(&maps, &masks, width, height, limit).unwrap()
}

/// The regions of a mask, found by joining touching pieces until none touch.
fn slow_regions(mask: &[bool], width: usize) -> Vec<Vec<usize>> {
    let touch =
        |a: usize, b: usize| (a % width).abs_diff(b % width) <= 1 && (a / width).abs_diff(b / width) <= 1;
    let mut regions: Vec<Vec<usize>> = Vec::new();
    for pixel in (0..mask.len()).filter(|pixel| mask[*pixel]) {
        let (joined, apart) = regions
            .into_iter()
            .partition::<Vec<_>, _>(|region| region.iter().any(|other| touch(pixel, *other)));
        regions = apart;
        regions.push([joined.concat(), vec![pixel]].concat());
    }
    regions
}

/// The definition, word by word: a curve point per threshold, then trapezoids up to the limit.
fn slow_aupro(maps: &[Vec<f32>], masks: &[Vec<bool>], width: usize, limit: f64) -> f64 {
    let mut thresholds = maps.concat();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let share = |hit: usize, of: usize| hit as f64 / of as f64;
    let normal = masks.concat().iter().filter(|defect| !**defect).count();
    let mut curve = vec![(0.0, 0.0)];
    for threshold in thresholds {
        let (mut false_positives, mut overlaps) = (0, Vec::new());
        for (map, mask) in maps.iter().zip(masks) {
            let above = |pixel: &usize| map[*pixel] >= threshold;
            false_positives += (0..map.len()).filter(|p| !mask[*p]).filter(above).count();
            for region in slow_regions(mask, width) {
                let hit = region.iter().filter(|pixel| above(pixel)).count();
                overlaps.push(share(hit, region.len()));
            }
        }
        let pro = overlaps.iter().sum::<f64>() / overlaps.len() as f64;
        curve.push((share(false_positives, normal), pro));
    }
    let mut area = 0.0;
    for (&(f0, p0), &(f1, p1)) in curve.iter().zip(&curve[1..]) {
        let end = f1.min(limit);
        if end > f0 {
            let at_end = p0 + (p1 - p0) * (end - f0) / (f1 - f0);
            area += (end - f0) * (p0 + at_end) / 2.0;
        }
    }
    area / limit
}

/// One to three images of random size, with at least one defective and one normal pixel.
fn images() -> impl Strategy<Value = (Vec<Vec<f32>>, Vec<Vec<bool>>, usize)> {
    (1_usize..7, 1_usize..7, 1_usize..4)
        .prop_flat_map(|(width, height, count)| {
            let map = prop::collection::vec((-5_i8..5).prop_map(f32::from), width * height);
            let mask = prop::collection::vec(prop::bool::weighted(0.35), width * height);
            let maps = prop::collection::vec(map, count);
            (maps, prop::collection::vec(mask, count), Just(width))
        })
        .prop_filter("both kinds of pixel", |(_, masks, _)| {
            masks.concat().contains(&true) && masks.concat().contains(&false)
        })
}

#[test]
fn diagonal_neighbours_are_one_region_and_edges_do_not_wrap() {
    let mask = mask(&["#...", ".#.#", "...."]);
    let (areas, regions) = region_areas(&mask, 4);
    assert_eq!(regions, 2);
    assert_eq!(areas, [2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]);
}

#[test]
fn hand_computed() {
    let mask = mask(&["##..", "...#"]);
    let map = [0.9, 0.2, 0.8, 0.1, 0.0, 0.0, 0.0, 0.5];
    // At a rate of 0 half of the first region is found, a mean of 1/4; up to 1/5 the line stays
    // there; then the second region makes it 3/4.
    let at = |limit| aupro(&[&map], &[&mask], 4, 2, limit).unwrap();
    assert!((at(0.2) - 0.25).abs() < 1e-15);
    // From 1/5 to 2/5 it is 1: the rest of the first region comes before any normal pixel.
    assert!((at(0.3) - (0.2 * 0.25 + 0.1) / 0.3).abs() < 1e-15);
    // Of 3 * 5 pairs of pixels, that of 0.2 and of 0.5 with 0.8 are lost.
    assert_eq!(pixel_auroc(&[&map], &[&mask]), Ok(13.0 / 15.0));
}

#[test]
fn extremes() {
    let mask = mask(&["#.#", "...", "##."]);
    let map_of = |defect, normal| -> Vec<f32> {
        let value = |d: &bool| if *d { defect } else { normal };
        mask.iter().map(value).collect()
    };
    let value = |map: Vec<f32>| aupro(&[&map], &[&mask], 3, 3, 0.3).unwrap();
    assert_eq!(value(map_of(1.0, 0.0)), 1.0);
    assert_eq!(value(map_of(0.0, 1.0)).to_bits(), 0.0_f64.to_bits());
    assert!((value(map_of(0.5, 0.5)) - 0.15).abs() < 1e-15);
    assert_eq!(value(map_of(-0.0, 0.0)), value(map_of(0.5, 0.5)));
}

#[test]
fn undefined_is_named() {
    let (map, defect) = ([0.0, 1.0], [true, false]);
    let both = |maps: &[&[f32]], masks: &[&[bool]]| {
        let pro = aupro(maps, masks, 2, 1, 0.3);
        assert_eq!(pixel_auroc(maps, masks), pro);
        pro
    };
    assert_eq!(both(&[], &[]), Err(Undefined::NoImages));
    assert_eq!(both(&[&map], &[]), Err(Undefined::NoMasks));
    assert_eq!(both(&[&map], &[&[false; 2]]), Err(Undefined::NoAnomalous));
    assert_eq!(both(&[&map], &[&[true; 2]]), Err(Undefined::NoNormalPixels));
    let nan = [f32::NAN, 0.0];
    assert_eq!(both(&[&nan], &[&defect]), Err(Undefined::NotFinite));
    let mismatch = |expected, found| Err(Undefined::LengthMismatch { expected, found });
    assert_eq!(both(&[&map, &map], &[&defect]), mismatch(2, 1));
    assert_eq!(both(&[&map], &[&[true]]), mismatch(2, 1));
    assert_eq!(aupro(&[&map], &[&defect], 2, 2, 0.3), mismatch(4, 2));
    let limits = [0.0, -1.0, 1.1, f64::NAN];
    let bad = limits.map(|limit| aupro(&[&map], &[&defect], 2, 1, limit));
    assert_eq!(bad, [Err(Undefined::RateOutOfRange); 4]);
}

proptest! {
    #[test]
    fn aupro_is_its_definition(
        (maps, masks, width) in images(),
        limit in prop::sample::select(vec![0.01, 0.05, 0.25, 0.3, 0.5, 1.0]),
    ) {
        let exact = fast_aupro(&maps, &masks, width, limit);
        prop_assert!((0.0..=1.0).contains(&exact));
        prop_assert!((exact - slow_aupro(&maps, &masks, width, limit)).abs() < 1e-12);
    }

    #[test]
    fn the_order_of_images_and_pixels_does_not_matter((maps, masks, width) in images()) {
        // Turned by half a circle, the regions are the same but come in another order.
        fn turned<T: Copy>(images: &[Vec<T>]) -> Vec<Vec<T>> {
            images.iter().rev().map(|image| image.iter().rev().copied().collect()).collect()
        }
        let other = fast_aupro(&turned(&maps), &turned(&masks), width, 0.3);
        prop_assert_eq!(other.to_bits(), fast_aupro(&maps, &masks, width, 0.3).to_bits());
    }

    #[test]
    fn pixel_auroc_is_the_auroc_of_the_pixels((maps, masks, _) in images()) {
        let scores: Vec<f64> = maps.concat().into_iter().map(f64::from).collect();
        let of_maps = pixel_auroc(&slices(&maps), &slices(&masks));
        prop_assert_eq!(of_maps, auroc(&scores, &masks.concat()));
    }
}
