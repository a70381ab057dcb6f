use super::*;
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::seed::Root;

#[test]
fn kept_and_recomputed_features_give_the_same_weights() {
    let context = BuildContext {
        image_size: 64,
        backbone: BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) },
        device: DeviceChoice::Cpu,
        data_root: "none".into(),
    };
    let picture = |index: u8| RgbImage::from_fn(56, 56, |x, y| image::Rgb([x as u8, y as u8, index * 60]));
    let weights = |cache: bool| {
        let mut detector = SimpleNet::build(Options { cache, ..Options::default() }, &context).unwrap();
        let schedule = Schedule::Equal { steps: 4, batch: 2 };
        let context = FitContext { random: Root::new(0, "toy", "toy"), schedule, progress: &|_, _, _| {} };
        let pictures = (0..3).map(picture).collect();
        detector.fit(&TrainingSet { pictures, references: Vec::new() }, &context).unwrap();
        let folder = tempfile::tempdir().unwrap();
        detector.save(folder.path()).unwrap();
        let bytes = std::fs::read(folder.path().join(SimpleNet::FILE)).unwrap();
        // Behind the header, whose length stands first: it names each parameter of a run anew.
        bytes[8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize..].to_vec()
    };
    assert!(weights(true) == weights(false));
}
