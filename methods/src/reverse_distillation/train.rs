//! Training: shuffled epochs, altered views of every picture, one backward pass per step.

use super::loss;
use super::options::{GreyView, Options};
use super::student::{Answer, Student};
use crate::backbone::{Backbone, Features};
use crate::device;
use crate::optimiser::Adam;
use crate::view::{AugMix, Planes, grey_after_normalisation, grey_before_normalisation};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use harness::detector::FitContext;
use harness::error::DetectorError;
use image::RgbImage;
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// A student in training.
pub struct Trainer<'a> {
    options: &'a Options,
    teacher: &'a dyn Backbone,
    student: Student,
    optimiser: Adam,
}

impl<'a> Trainer<'a> {
    /// Starts from this student, which must live on a differentiating device.
    pub fn new(options: &'a Options, teacher: &'a dyn Backbone, student: Student) -> Self {
        let optimiser = Adam::new(options.learning_rate, [options.beta1, options.beta2]);
        Self { options, teacher, student, optimiser }
    }

    /// Trains for all epochs and returns the student.
    ///
    /// # Errors
    /// When the loss is no longer finite, or the device fails.
    pub fn run(
        mut self,
        pictures: &[RgbImage],
        device: &Device,
        context: &FitContext<'_>,
    ) -> Result<Student, DetectorError> {
        let steps = self.options.epochs * pictures.len().div_ceil(self.options.batch);
        let mut done = 0;
        for epoch in 0..self.options.epochs {
            let mut order: Vec<usize> = (0..pictures.len()).collect();
            order.shuffle(&mut context.random.stream("shuffle", &epoch.to_string()));
            for batch in order.chunks(self.options.batch) {
                let views = self.views(pictures, batch, epoch, device, context);
                let value = self.step(views)?;
                done += 1;
                if !value.is_finite() {
                    let reason = format!("the loss of step {done} is {value}; try a lower learning_rate");
                    return Err(DetectorError::Training(reason));
                }
                (context.progress)(done, steps, Some(value));
            }
        }
        Ok(self.student)
    }

    /// One step on the views of a batch, each `[batch, 3, height, width]`, clean first; its loss.
    ///
    /// # Errors
    /// When the device fails.
    pub fn step(&mut self, views: Vec<Tensor<4>>) -> Result<f64, DetectorError> {
        let (features, answers) = self.forward(views);
        let terms = loss::terms(self.options, &features, &answers);
        let Some(total) = loss::total(&terms) else {
            return Err(DetectorError::Training("every weight of the loss is 0; set distill".into()));
        };
        let value = device::download(total.clone())?[0];
        let gradients = GradientsParams::from_grads(total.backward(), &self.student);
        // Cloning a module shares its tensors, so this is cheap.
        self.student = self.optimiser.step(self.student.clone(), gradients);
        Ok(f64::from(value))
    }

    /// Teacher features and student answers of each view. Views go through the student one after the
    /// other, so that each is normalised by its own statistics.
    pub fn forward(&self, views: Vec<Tensor<4>>) -> (Vec<Features>, Vec<Answer>) {
        let pass = |view| {
            let features = self.teacher.features(view);
            let answer = self.student.forward(features.clone().map(Tensor::autodiff));
            (features.map(Tensor::autodiff), answer)
        };
        views.into_iter().map(pass).unzip()
    }

    /// The student as it is.
    pub fn student(&self) -> &Student {
        &self.student
    }

    /// The views of a batch in the released order: clean, AugMix, grey.
    fn views(
        &self,
        pictures: &[RgbImage],
        batch: &[usize],
        epoch: usize,
        device: &Device,
        context: &FitContext<'_>,
    ) -> Vec<Tensor<4>> {
        let augmix = AugMix { ops: self.options.ops, rule: self.options.draw };
        let random = &context.random;
        let altered = |index: usize| {
            let mut stream = random.stream("augmix", &format!("{epoch}/{index}"));
            augmix.draw(&mut stream).apply(&pictures[index])
        };
        let clean = |index: usize| Planes::normalise(&pictures[index]);
        let of_batch = |view: &(dyn Fn(usize) -> Planes + Sync)| {
            let planes: Vec<Planes> = batch.par_iter().map(|&index| view(index)).collect();
            device::upload(&planes, device)
        };
        let mut views = vec![of_batch(&clean)];
        if self.options.augmix {
            views.push(of_batch(&altered));
        }
        match self.options.grey {
            GreyView::None => {}
            GreyView::AfterNormalisation => {
                views.push(of_batch(&|index| grey_after_normalisation(&clean(index))));
            }
            GreyView::BeforeNormalisation => {
                views.push(of_batch(&|index| grey_before_normalisation(&pictures[index])));
            }
        }
        views
    }
}
