use super::super::options::{GreyView, Views};
use super::super::recipes::{Gnl, Rd, RdAugmix, RdPlusPlus, Recipe};
use super::*;
use crate::layer::Init;
use crate::view::Planes;
use crate::{backbone, device};
use burn::module::{ModuleVisitor, Param};
use burn::optim::GradientsParams;
use harness::contract::backbone::{BackboneChoice, Weights};
use image::Rgb;
use std::path::Path;

fn teacher() -> Box<dyn Backbone> {
    teacher_named("tiny")
}

fn teacher_named(name: &str) -> Box<dyn Backbone> {
    let choice = BackboneChoice { name: name.into(), weights: Weights::Random(0) };
    backbone::load(&choice, Path::new("nowhere"), &Device::flex()).unwrap()
}

fn pictures() -> Vec<RgbImage> {
    let shade = |index: u32, x: u32, y: u32| (x * 5 + y * 3 + index * 17) as u8;
    (0..4)
        .map(|index| {
            RgbImage::from_fn(32, 32, |x, y| Rgb([shade(index, x, y), shade(index, y, x), index as u8]))
        })
        .collect()
}

fn root() -> Root {
    Root::new(0, "toy", "")
}

fn batch(options: &Options) -> Batch<Tensor<4>> {
    Batches::new(options, &pictures(), &root()).batch(0, &[0, 1, 2, 3]).upload(&Device::flex())
}

fn trainer<'a>(options: &'a Options, teacher: &'a dyn Backbone, random: &'a Root) -> Trainer<'a> {
    let device = Device::flex().autodiff();
    let student = Student::new(&Init::random(random, &device), teacher, options);
    Trainer::new(options, teacher, student, random)
}

/// Values or gradients of a student, parameter after parameter.
#[derive(Default)]
struct Values<'a> {
    gradients: Option<&'a GradientsParams>,
    found: Vec<Vec<f32>>,
}

impl ModuleVisitor for Values<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = match self.gradients {
            Some(gradients) => gradients.get::<D>(param.id),
            None => Some(param.val()),
        };
        self.found.extend(value.map(|value| device::download(value).unwrap()));
    }
}

fn gradients(trainer: &mut Trainer<'_>) -> Vec<Vec<f32>> {
    let gradients = trainer.gradients.grads();
    let mut values = Values { gradients: Some(&gradients), ..Values::default() };
    trainer.student.visit(&mut values);
    values.found
}

fn values(module: &impl Module) -> Vec<Vec<f32>> {
    let mut values = Values::default();
    module.visit(&mut values);
    values.found
}

#[test]
fn gradients_of_two_equal_batches_are_twice_those_of_one() {
    let (teacher, random) = (teacher(), root());
    let options = RdPlusPlus::options();
    let mut trainer = trainer(&options, &*teacher, &random);
    // Projections have no running averages, which every pass moves.
    let projections = |trainer: &Trainer<'_>| values(trainer.student().projection.as_ref().unwrap());
    let start = projections(&trainer);
    trainer.accumulate = 3;
    trainer.step(batch(&options)).unwrap();
    let once = gradients(&mut trainer);
    trainer.step(batch(&options)).unwrap();
    trainer.done = 0;
    trainer.step(batch(&options)).unwrap();
    let twice = gradients(&mut trainer);
    assert!(once.len() > 20 && once.iter().flatten().any(|value| *value != 0.0));
    let doubled: Vec<Vec<f32>> =
        once.iter().map(|values| values.iter().map(|value| 2.0 * value).collect()).collect();
    assert!(twice == doubled);
    assert!(projections(&trainer) == start, "no update yet");
    trainer.accumulate = 2;
    trainer.step(batch(&options)).unwrap();
    assert!(projections(&trainer) != start, "the second batch moves the student");
}

/// Projections and student have step sizes of their own: Adam's first step is as long as its size.
#[test]
fn the_first_step_of_each_part_is_as_long_as_its_rate() {
    let (teacher, random) = (teacher(), root());
    let options = RdPlusPlus::options().with(|options| {
        options.puzzle.jigsaw = 0.7;
        options.puzzle.teacher_rate = 0.000_3;
    });
    let mut trainer = trainer(&options, &*teacher, &random);
    let before = trainer.student().clone();
    trainer.step(batch(&options)).unwrap();
    let after = trainer.student();
    let longest = |before: Vec<Vec<f32>>, after: Vec<Vec<f32>>| {
        let pairs = before.into_iter().flatten().zip(after.into_iter().flatten());
        f64::from(pairs.map(|(before, after)| (before - after).abs()).fold(0.0, f32::max))
    };
    let part = |student: &Student| values(student.projection.as_ref().unwrap());
    assert!((longest(part(&before), part(after)) / options.projected.projection_rate - 1.0).abs() < 0.01);
    let part = |student: &Student| values(student.teacher.as_ref().unwrap());
    assert!((longest(part(&before), part(after)) / options.puzzle.teacher_rate - 1.0).abs() < 0.01);
    assert!((longest(values(&before), values(after)) / options.adam.learning_rate - 1.0).abs() < 0.01);
}

/// The teacher learns from the jigsaw loss, not from the distillation, which would shrink it to nothing.
#[test]
fn distillation_does_not_move_the_teacher() {
    let (teacher, random) = (teacher(), root());
    let options = Rd::options().with(|options| {
        options.puzzle.jigsaw = 0.7;
        options.puzzle.teacher_rate = 0.001;
    });
    let mut trainer = trainer(&options, &*teacher, &random);
    let terms = trainer.terms(batch(&options)).unwrap();
    let names: Vec<_> = terms.iter().map(|term| term.name).collect();
    assert_eq!(names, ["distill", "jigsaw"]);
    let moves = |term: &Term| {
        let gradients = GradientsParams::from_grads(term.value.clone().backward(), &trainer.student);
        let mut values = Values { gradients: Some(&gradients), ..Values::default() };
        trainer.student.teacher.as_ref().unwrap().visit(&mut values);
        values.found.iter().flatten().any(|value| *value != 0.0)
    };
    assert!(!moves(&terms[0]) && moves(&terms[1]));
    // What is distilled is the teacher as it is by then.
    let before = trainer.forward(&[], batch(&options).views).unwrap().0;
    trainer.step(batch(&options)).unwrap();
    let after = trainer.forward(&[], batch(&options).views).unwrap().0;
    let coarse = |features: &[Features]| device::download(features[0][2].clone()).unwrap();
    assert_ne!(coarse(&before), coarse(&after));
}

/// Its padding wants even sizes, which puzzles of whole tiles do not have.
#[test]
fn efficientnet_solves_puzzles_and_learns_from_them() {
    let (teacher, random) = (teacher_named("efficientnet_lite0"), root());
    for teacher_rate in [0.0, 0.001] {
        let options = Rd::options().with(|options| {
            options.puzzle.jigsaw = 0.7;
            options.puzzle.teacher_rate = teacher_rate;
        });
        let mut trainer = trainer(&options, &*teacher, &random);
        let tuned = |trainer: &Trainer<'_>| trainer.student().teacher.as_ref().map(values);
        let before = tuned(&trainer);
        assert!(trainer.step(batch(&options)).unwrap().is_finite());
        assert_eq!(tuned(&trainer) != before, teacher_rate > 0.0);
    }
}

#[test]
fn views_are_those_of_the_option() {
    let (pictures, random) = (pictures(), root());
    let views = |options: &Options| Batches::new(options, &pictures, &random).batch(3, &[2]).views;
    let draw = RdAugmix::options().view().draw((32, 32), &mut random.stream("augmix", "3/2"));
    let (clean, altered) = (Planes::normalise(&pictures[2]), draw.apply(&pictures[2]));
    assert_eq!(views(&Rd::options()), [vec![clean.clone()]]);
    assert_eq!(views(&RdAugmix::options()), [vec![altered.clone()]]);
    let both = Rd::options().with(|options| options.altered.views = Views::CleanAndAugmix);
    assert_eq!(views(&both), [vec![clean], vec![altered]]);
    assert_eq!(views(&Gnl::options())[..2], views(&both));
    let grey = Rd::options().with(|options| options.altered.grey = GreyView::AfterNormalisation);
    assert_eq!(views(&grey).len(), 2);
}

#[test]
fn noise_and_puzzles_are_there_for_those_who_use_them() {
    let (pictures, random) = (pictures(), root());
    let batch = |options: &Options, epoch| Batches::new(options, &pictures, &random).batch(epoch, &[1, 3]);
    let plain = batch(&Rd::options(), 0);
    assert!(plain.noisy.is_none() && plain.puzzles.is_none());
    let noisy = batch(&RdPlusPlus::options(), 0);
    assert_eq!(noisy.views, plain.views);
    assert_ne!(noisy.noisy.as_ref().unwrap(), &plain.views[0]);
    assert_ne!(noisy.noisy, batch(&RdPlusPlus::options(), 1).noisy);
    let jigsaw = Rd::options().with(|options| {
        options.puzzle.jigsaw = 0.7;
        options.puzzle.ordered = 1.0;
    });
    let (puzzles, orders) = batch(&jigsaw, 0).puzzles.unwrap();
    assert_eq!((orders, puzzles[0].width), (vec![0, 0], 32));
}

#[test]
fn what_is_remembered_is_what_would_be_computed() {
    let (options, random, teacher) = (Gnl::options(), root(), teacher());
    let plain = trainer(&options, &*teacher, &random);
    let mut remembering = trainer(&options, &*teacher, &random);
    remembering.remember(4, &Device::flex());
    let (pictures, device) = (pictures(), Device::flex());
    let source = Batches::new(&options, &pictures, &random);
    let values = |trainer: &Trainer<'_>, epoch: usize, indices: &[usize]| {
        let batch = source.batch(epoch, indices).upload(&device);
        let (features, _) = trainer.forward(&batch.pictures, batch.views).unwrap();
        features.into_iter().flatten().flat_map(|map| device::download(map).unwrap()).collect::<Vec<f32>>()
    };
    // Other batches, in another order, of other sizes; the AugMix view is another in each epoch.
    for (epoch, indices) in [(0, &[0, 1, 2][..]), (0, &[3]), (1, &[2, 0, 3, 1]), (2, &[1, 3])] {
        assert_eq!(values(&remembering, epoch, indices), values(&plain, epoch, indices));
    }
    assert_ne!(values(&remembering, 1, &[0]), values(&remembering, 2, &[0]));
}
