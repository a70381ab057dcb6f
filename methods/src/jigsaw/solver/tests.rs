use super::*;
use crate::trained::Trained;
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::seed::Root;
use image::Rgb;
use std::cell::RefCell;

fn solver(options: Options, image_size: u32) -> Result<Solver, DetectorError> {
    let backbone = BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) };
    let context = BuildContext { image_size, backbone, device: DeviceChoice::Cpu, data_root: "none".into() };
    Solver::new(options, &context)
}

/// Nine patches, each of its own colour, which varies a little from picture to picture; two patches may be exchanged.
fn picture(number: u32, exchanged: Option<(u32, u32)>) -> RgbImage {
    RgbImage::from_fn(48, 48, |x, y| {
        let patch = match (y / 16 * 3 + x / 16, exchanged) {
            (patch, Some((a, b))) if patch == a => b,
            (patch, Some((a, b))) if patch == b => a,
            (patch, _) => patch,
        };
        let noise = (x * 7 + y * 13 + number * 29) % 17;
        Rgb([patch % 3 * 100, patch / 3 * 100, (8 - patch) * 25].map(|level| (level + noise) as u8))
    })
}

#[test]
fn a_solver_that_knows_the_order_finds_what_is_out_of_place() {
    let options = Options { learning_rate: 0.05, crop: 1.0, grey: 0.0, ..Options::default() };
    let mut solver = Trained::not_yet(solver(options, 50).unwrap());
    assert_eq!(solver.geometry(), Geometry::Stretch(48));
    let losses = RefCell::new(Vec::new());
    let progress = |_: usize, _: usize, loss: Option<f64>| losses.borrow_mut().extend(loss);
    let schedule = Schedule::Equal { steps: 120, batch: 16 };
    let context = FitContext { random: Root::new(0, "toy", ""), schedule, progress: &progress };
    let pictures = (0..16).map(|number| picture(number, None)).collect();
    solver.fit(&TrainingSet { pictures, references: Vec::new() }, &context).unwrap();
    let losses = losses.into_inner();
    // It begins near ln 31, where all orders are equally likely.
    assert!(losses[0] > 2.5 && losses[119] < 0.5 * losses[0], "{losses:?}");
    let mut score = |exchanged| solver.score(&[picture(99, exchanged)]).unwrap()[0].score;
    let normal = score(None);
    for exchanged in [(0, 8), (1, 3), (2, 6)] {
        assert!(score(Some(exchanged)) > normal + 0.2, "{exchanged:?} {normal} {:?}", score(Some(exchanged)));
    }
}

#[test]
fn training_puzzles_are_functions_of_their_stream_and_follow_the_options() {
    let random = Root::new(0, "toy", "");
    let puzzle = |options: Options, item: &str| {
        solver(options, 48).unwrap().puzzle(&picture(0, None), &mut random.stream("jigsaw", item))
    };
    let plain = Options { crop: 1.0, grey: 0.0, ..Options::default() };
    let (planes, order) = puzzle(plain.clone(), "0/0");
    assert_eq!(planes, Planes::normalise(&puzzle::reordered(&picture(0, None), &orders()[order])));
    assert_eq!(puzzle(Options::default(), "0/0"), puzzle(Options::default(), "0/0"));
    let ordered = Options { ordered: 1.0, ..plain };
    assert_eq!(puzzle(ordered.clone(), "0/1").1, 0);
    assert_ne!(puzzle(Options { crop: 0.5, ..ordered.clone() }, "0/1").0, puzzle(ordered, "0/1").0);
}

/// Sides that three tiles divide, of 16 pixels and more; 222 is JiGen's.
#[test]
fn every_tile_has_a_location_of_its_own() {
    for (image_size, side) in [(32, 48), (48, 48), (64, 63), (224, 222)] {
        assert_eq!(solver(Options::default(), image_size).unwrap().geometry(), Geometry::Stretch(side));
    }
}
