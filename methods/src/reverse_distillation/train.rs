//! Training: one backward pass per step, over all views of a batch.

use super::batches::{Batch, Batches};
use super::loss;
use super::mixing::{self, Mixed};
use super::options::{Mixing, Options};
use super::projection::{self, Projected};
use super::remembered::Remembered;
use super::student::{Student, StudentOutput};
use super::term::{self, Term};
use crate::backbone::{Backbone, Features};
use crate::loss::cross_entropy;
use crate::optimiser::{Adam, loss_and_gradients};
use crate::training::TrainingLoop;
use burn::module::Module;
use burn::optim::GradientsAccumulator;
use burn::tensor::{Device, Tensor};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use image::RgbImage;
use rand::seq::SliceRandom;
use std::cell::RefCell;

/// A student in training.
pub struct Trainer<'a> {
    options: &'a Options,
    teacher: &'a dyn Backbone,
    student: Student,
    random: &'a Root,
    /// The teacher's features of views that never change, where they can be kept.
    remembered: Option<RefCell<Remembered>>,
    done: usize,
    accumulate: usize,
    gradients: GradientsAccumulator<Student>,
    optimiser: Adam,
    /// Of the projections.
    projections: Adam,
    /// Of the teacher.
    tuning: Adam,
}

impl<'a> Trainer<'a> {
    /// Starts from this student, which must live on a differentiating device. What steps leave to chance, the mixing
    /// of features and the pairs of RD++, is drawn below `random`.
    pub fn new(options: &'a Options, teacher: &'a dyn Backbone, student: Student, random: &'a Root) -> Self {
        let adam = |rate| Adam::new(rate, [options.adam.beta1, options.adam.beta2]);
        Self {
            options,
            teacher,
            student,
            random,
            remembered: None,
            done: 0,
            accumulate: 1,
            gradients: GradientsAccumulator::new(),
            optimiser: adam(options.adam.learning_rate),
            projections: adam(options.projected.projection_rate),
            tuning: adam(options.puzzle.teacher_rate),
        }
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
        let budget = self.options.budget(&context.schedule, pictures.len());
        self.accumulate = self.options.accumulation(&context.schedule);
        self.remember(pictures.len(), device);
        let source = Batches::new(self.options, pictures, &context.random);
        TrainingLoop::new(context, budget.steps).prepared(
            "shuffle",
            pictures.len(),
            budget,
            |batch| source.batch(batch.epoch, &batch.pictures),
            |views| self.step(views.upload(device)),
        )?;
        self.update();
        Ok(self.student)
    }

    /// Keeps the teacher's features of views that never change, if the teacher and its features do not change either.
    fn remember(&mut self, pictures: usize, device: &Device) {
        let frozen = !self.options.tunes() && self.options.mixed.mixing == Mixing::None;
        let views = self.options.unchanging_views().into_iter().filter(|same| *same).count();
        let kept = (frozen && *device == Device::flex()).then(|| Remembered::new(pictures, views));
        self.remembered = kept.map(RefCell::new);
    }

    /// One step on the views of a batch, each `[batch, 3, height, width]`, clean first; its loss.
    ///
    /// # Errors
    /// When the device fails.
    pub fn step(&mut self, batch: impl Into<Batch<Tensor<4>>>) -> Result<f64, DetectorError> {
        let terms = self.terms(batch.into())?;
        let Some(total) = term::total(&terms) else {
            return Err(DetectorError::Training("every weight of the loss is 0; set distill".into()));
        };
        let (value, gradients) = loss_and_gradients(&total, &self.student)?;
        self.gradients.accumulate(&self.student, gradients);
        self.done += 1;
        if self.done.is_multiple_of(self.accumulate) {
            self.update();
        }
        Ok(value)
    }

    /// Moves the student by the gradients since the last time.
    fn update(&mut self) {
        let mut gradients = self.gradients.grads();
        if gradients.is_empty() {
            return;
        }
        // Cloning a module shares its tensors, so this is cheap.
        let mut student = self.student.clone();
        student.projection = student.projection.map(|part| self.projections.step(part, &mut gradients));
        student.teacher = student.teacher.map(|part| self.tuning.step(part, &mut gradients));
        self.student = self.optimiser.step(student, &mut gradients);
    }

    /// The terms of the loss of a batch.
    ///
    /// # Errors
    /// When the device fails.
    pub fn terms(&self, batch: Batch<Tensor<4>>) -> Result<Vec<Term>, DetectorError> {
        let (features, answers) = self.forward(&batch.pictures, batch.views)?;
        let mut terms = loss::terms(self.options, &features, &answers);
        if let (Some(noisy), Some(normal)) = (batch.noisy, &answers[0].projected) {
            terms.extend(self.projection_terms(normal, noisy)?);
        }
        if let Some((puzzles, orders)) = batch.puzzles {
            terms.extend(self.jigsaw_term(puzzles, &orders));
        }
        Ok(terms)
    }

    /// Features to restore and student answers of each view of these pictures. Views go through the student one after the
    /// other, so that each is normalised by its own statistics.
    ///
    /// # Errors
    /// When the device fails.
    pub fn forward(
        &self,
        pictures: &[usize],
        views: Vec<Tensor<4>>,
    ) -> Result<(Vec<Features>, Vec<StudentOutput>), DetectorError> {
        // Distillation sees the teacher as it is by now, and does not move it.
        let tuned = self.tuned(&self.student.valid());
        let teacher = tuned.as_deref().unwrap_or(self.teacher);
        let unchanging = self.options.unchanging_views();
        let pass = |(index, view): (usize, Tensor<4>)| {
            let item = format!("{}/{index}", self.done);
            let same = !pictures.is_empty() && unchanging.get(index) == Some(&true);
            let Mixed { seen, target } = match self.remembered.as_ref().filter(|_| same) {
                Some(remembered) => {
                    let compute = || teacher.features(view);
                    Mixed::unmixed(remembered.borrow_mut().features(index, pictures, compute)?)
                }
                None => mixing::features(self.options, teacher, view, self.random, &item)?,
            };
            let answer = self.student.forward(seen.map(Tensor::autodiff));
            Ok((target.map(Tensor::autodiff), answer))
        };
        views.into_iter().enumerate().map(pass).collect()
    }

    fn projection_terms(&self, normal: &Features, noisy: Tensor<4>) -> Result<Vec<Term>, DetectorError> {
        let Some(projection) = &self.student.projection else { return Ok(Vec::new()) };
        let mut partners: Vec<usize> = (0..noisy.dims()[0]).collect();
        partners.shuffle(&mut self.random.stream("transport", &self.done.to_string()));
        let noise = self.teacher.features(noisy).map(Tensor::autodiff);
        let noisy = projection.forward(noise.clone());
        projection::terms(self.options, &Projected { normal: normal.clone(), noisy, noise, partners })
    }

    fn jigsaw_term(&self, puzzles: Tensor<4>, orders: &[usize]) -> Option<Term> {
        let features = match self.tuned(&self.student) {
            Some(teacher) => teacher.features(puzzles.autodiff()),
            None => self.teacher.features(puzzles).map(Tensor::autodiff),
        };
        let value = cross_entropy(self.student.name_order(features)?, orders);
        Some(Term { name: "jigsaw", weight: self.options.puzzle.jigsaw, value })
    }

    /// The teacher with what `student` has learned for it, if it learns.
    fn tuned(&self, student: &Student) -> Option<Box<dyn Backbone>> {
        student.teacher.as_ref()?.network(self.teacher)
    }

    /// The student as it is.
    pub fn student(&self) -> &Student {
        &self.student
    }
}

#[cfg(test)]
mod tests;
