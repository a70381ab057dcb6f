//! Views go through the student one after the other, each normalised by its own statistics.

use burn::tensor::Tensor;
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::seed::Root;
use methods::backbone::{self, Backbone};
use methods::device::{download, open};
use methods::layer::Init;
use methods::reverse_distillation::recipes::{Gnl, Recipe};
use methods::reverse_distillation::student::Student;
use methods::reverse_distillation::train::Trainer;

/// Were the views joined into one batch, the second would change what the student makes of the first.
#[test]
fn a_view_does_not_see_the_others() {
    let device = open(DeviceChoice::Cpu).unwrap();
    let choice = BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) };
    let teacher: Box<dyn Backbone> = backbone::load(&choice, "none".as_ref(), &device).unwrap();
    let options = Gnl::options();
    let differentiating = device.clone().autodiff();
    let root = Root::new(0, "toy", "toy");
    let student = Student::new(&Init::random(&root, &differentiating), &*teacher, &options);
    let trainer = Trainer::new(&options, &*teacher, student, &root);
    let view = |phase: f64| {
        let values =
            (0..2 * 3 * 32 * 32).map(|i| (f64::from(i) * 0.37 + phase).sin() as f32 * (1.0 + phase as f32));
        let values: Vec<f32> = values.collect();
        Tensor::<1>::from_data(values.as_slice(), &device).reshape([2, 3, 32, 32])
    };
    let embedding = |phases: &[f64], which: usize| {
        let (_, answers) = trainer.forward(&[], phases.iter().map(|&phase| view(phase)).collect()).unwrap();
        download(answers[which].embedding.clone()).unwrap()
    };
    let alone = embedding(&[0.0], 0);
    assert!(alone.iter().any(|value| *value != 0.0));
    assert_eq!(alone, embedding(&[0.0, 2.0, 5.0], 0));
    assert_eq!(alone, embedding(&[2.0, 0.0], 1));
}
