use super::*;
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::options::{check, to_map};
use harness::contract::seed::Root;

fn pictures(count: u32) -> Vec<RgbImage> {
    let shade = |x: u32, y: u32, index: u32| ((x * x + y * (13 + index) + index * 40) % 251) as u8;
    let picture = |index| {
        RgbImage::from_fn(56, 56, |x, y| image::Rgb([shade(x, y, index), shade(y, x, index), index as u8]))
    };
    (0..count).map(picture).collect()
}

fn fitted(options: Options, pictures: Vec<RgbImage>) -> Box<dyn Detector> {
    let context = BuildContext {
        image_size: 64,
        backbone: BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) },
        device: DeviceChoice::Cpu,
        data_root: "none".into(),
    };
    let mut detector = PatchCore::build(options, &context).unwrap();
    let schedule = Schedule::Own { category: "toy".into() };
    let context = FitContext { random: Root::new(0, "toy", "toy"), schedule, progress: &|_, _, _| {} };
    detector.fit(&TrainingSet { pictures, references: Vec::new() }, &context).unwrap();
    detector
}

fn whole() -> Options {
    Options { coreset: 1.0, ..Options::default() }
}

#[test]
fn a_picture_in_memory_scores_zero_everywhere() {
    let mut detector = fitted(whole(), pictures(3));
    let anomalies = detector.score(&pictures(4)).unwrap();
    for remembered in &anomalies[..3] {
        assert_eq!(remembered.score, 0.0);
        assert!(remembered.map.as_ref().unwrap().values.iter().all(|value| *value == 0.0));
    }
    assert!(anomalies[3].score > 0.0);
}

#[test]
fn the_order_of_training_pictures_does_not_matter() {
    let test = &pictures(5)[3..];
    let scores = fitted(whole(), pictures(3)).score(test).unwrap();
    let reversed = fitted(whole(), pictures(3).into_iter().rev().collect()).score(test).unwrap();
    assert_eq!(scores, reversed);
}

#[test]
fn the_coreset_is_a_tenth_and_the_seed_decides_it() {
    let bank = |options: Options| {
        let folder = tempfile::tempdir().unwrap();
        let detector = fitted(options, pictures(3));
        detector.save(folder.path()).unwrap();
        assert_eq!(detector.parameters(), Some(14 * 32), "3 x 49 patches of 32 values");
        std::fs::read(folder.path().join("bank.f32")).unwrap()
    };
    let defaults = bank(Options::default());
    assert_eq!(defaults, bank(Options::default()));
    assert_ne!(defaults, bank(Options { greedy: options::Greedy::Exact, ..Options::default() }));
}

#[test]
fn nonsense_is_named() {
    let message = |wrong: Options| check(&Options::declared(), &to_map(&wrong)).unwrap_err().to_string();
    let wrong = Options { coreset: 0.0, ..Options::default() };
    assert_eq!(message(wrong), "option coreset: is 0.0, but must be above 0 and at most 1");
    assert_eq!(
        message(Options { patch: 4, ..Options::default() }),
        "option patch: is 4, but must be odd, at least 1"
    );
}
