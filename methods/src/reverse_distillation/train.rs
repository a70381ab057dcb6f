//! Training: one backward pass per step, over all views of a batch.

use super::batches::Batches;
use super::loss;
use super::options::Options;
use super::student::{Answer, Student};
use crate::backbone::{Backbone, Features};
use crate::device;
use crate::optimiser::Adam;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use harness::detector::FitContext;
use harness::error::DetectorError;
use harness::schedule::Budget;
use image::RgbImage;

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

    /// Trains for the scheduled steps, epoch after epoch of reshuffled pictures, the last one cut where
    /// the steps end, and returns the student.
    ///
    /// # Errors
    /// When the loss is no longer finite, or the device fails.
    pub fn run(
        mut self,
        pictures: &[RgbImage],
        device: &Device,
        context: &FitContext<'_>,
    ) -> Result<Student, DetectorError> {
        let Budget { steps, batch } = self.options.budget(&context.schedule, pictures.len());
        let source = Batches { options: self.options, pictures, random: &context.random };
        let mut done = 0;
        source.ahead(Budget { steps, batch }, |views| {
            let views = views.iter().map(|planes| device::upload(planes, device)).collect();
            let value = self.step(views)?;
            done += 1;
            if !value.is_finite() {
                let reason = format!("the loss of step {done} is {value}; try a lower learning_rate");
                return Err(DetectorError::Training(reason));
            }
            (context.progress)(done, steps, Some(value));
            Ok(())
        })?;
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
}
