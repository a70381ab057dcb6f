//! Selecting channels, then learning to reconstruct and to discriminate on synthetic anomalies.

use super::anomaly::Synthetic;
use super::network::{Learned, Network, Selection};
use super::options::Options;
use super::selection::Costs;
use super::source::Contents;
use crate::backbone::Backbone;
use crate::device::upload_pictures;
use crate::layer::Init;
use crate::optimiser::Adam;
use crate::training::TrainingLoop;
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::seed::Stream;
use image::RgbImage;
use rand::RngExt;
use rayon::prelude::*;

/// What a training works with.
pub struct Training<'a> {
    /// What RealNet decides.
    pub options: &'a Options,
    /// The frozen network.
    pub teacher: &'a dyn Backbone,
    /// Normal pictures.
    pub pictures: &'a [RgbImage],
    /// Where synthetic anomalies come from.
    pub contents: &'a Contents,
    /// The plain device.
    pub device: &'a Device,
    /// Randomness, schedule and reports.
    pub context: &'a FitContext<'a>,
}

impl Training<'_> {
    /// Selects channels and trains a network on them.
    ///
    /// # Errors
    /// When a source picture cannot be read, the loss is not finite or the device fails.
    pub fn run(&self) -> Result<Learned, DetectorError> {
        let Options { learning_rate, width_ratio, anomalies, reconstruction: weight, .. } = *self.options;
        let selection = self.select()?;
        let differentiating = self.device.clone().autodiff();
        let init = Init::random(&self.context.random, &differentiating);
        let mut network = Network::new(&init, selection.0.each_ref().map(Vec::len), width_ratio);
        let mut optimiser = Adam::new(learning_rate, [0.9, 0.999]);
        let budget = self.options.budget(&self.context.schedule, self.pictures.len());
        TrainingLoop::new(self.context, budget.steps).stage(
            "shuffle",
            self.pictures.len(),
            budget,
            |batch| {
                let samples = self.draw(&batch.pictures, &batch.epoch.to_string(), anomalies)?;
                let clean = self.upload(&batch.of(self.pictures));
                let clean = selection.apply(self.teacher.features(clean)).map(Tensor::autodiff);
                let altered: Vec<_> = samples.iter().map(|sample| &sample.picture).collect();
                let altered =
                    selection.apply(self.teacher.features(self.upload(&altered))).map(Tensor::autodiff);
                let side = self.pictures[0].width() as usize;
                let answer = network.forward(altered, side)?;
                let reconstruction = answer.reconstructions.into_iter().zip(clean);
                let loss = reconstruction
                    .fold(cross_entropy(answer.logits, &self.masks(&samples)), |loss, (made, wanted)| {
                        loss + (made - wanted).square().mean() * weight
                    });
                optimiser.descend(&mut network, &loss)
            },
        )?;
        Ok(Learned::new(network.valid(), &selection, self.device))
    }

    /// The channels that change most like the masks of synthetic anomalies.
    fn select(&self) -> Result<Selection, DetectorError> {
        let channels = self.teacher.channels();
        let mut costs = channels.map(Costs::new);
        let batch = self.options.budget(&self.context.schedule, self.pictures.len()).batch;
        for round in 0..self.options.selection_batches {
            let item = format!("selection/{round}");
            let mut stream = self.context.random.stream("selection", &item);
            let chosen: Vec<usize> =
                (0..batch).map(|_| stream.random_range(0..self.pictures.len())).collect();
            let samples = self.draw(&chosen, &item, 1.0)?;
            let masks: Vec<Vec<bool>> = samples.iter().map(|sample| sample.mask.clone()).collect();
            let clean: Vec<_> = chosen.iter().map(|&index| &self.pictures[index]).collect();
            let altered: Vec<_> = samples.iter().map(|sample| &sample.picture).collect();
            let clean = self.teacher.features(self.upload(&clean));
            let altered = self.teacher.features(self.upload(&altered));
            for ((costs, altered), clean) in costs.iter_mut().zip(altered).zip(clean) {
                costs.add(altered, clean, &masks)?;
            }
        }
        let [fine, middle, coarse] = Selection::kept(channels);
        Ok(Selection([costs[0].cheapest(fine), costs[1].cheapest(middle), costs[2].cheapest(coarse)]))
    }

    /// A sample for each of these pictures, synthetic with probability `anomalies`. `item` tells draws apart.
    fn draw(&self, pictures: &[usize], item: &str, anomalies: f64) -> Result<Vec<Synthetic>, DetectorError> {
        let (random, all, contents) = (&self.context.random, self.pictures, self.contents);
        let sample = |(place, &index): (usize, &usize)| {
            let mut stream: Stream = random.stream("anomaly", &format!("{item}/{place}/{index}"));
            let picture = &all[index];
            if stream.random::<f64>() < anomalies {
                Synthetic::draw(picture, contents, &mut stream)
            } else {
                Ok(Synthetic::normal(picture))
            }
        };
        pictures.par_iter().enumerate().map(sample).collect()
    }

    fn upload(&self, pictures: &[&RgbImage]) -> Tensor<4> {
        upload_pictures(pictures, Planes::normalise, self.device)
    }

    /// 1 where a pixel is anomalous: `[batch, 1, side, side]`.
    fn masks(&self, samples: &[Synthetic]) -> Tensor<4> {
        let values: Vec<f32> =
            samples.iter().flat_map(|sample| &sample.mask).map(|&mask| f32::from(u8::from(mask))).collect();
        let (width, height) = self.pictures[0].dimensions();
        let shape = [samples.len(), 1, height as usize, width as usize];
        Tensor::from_data(TensorData::new(values, shape), self.device)
    }
}

/// The mean over pixels of the negative logarithm of the right class's probability; plain `masks`
/// `[batch, 1, side, side]` are 1 where a pixel is anomalous.
fn cross_entropy(logits: Tensor<4>, masks: &Tensor<4>) -> Tensor<1> {
    let masks = masks.clone().autodiff();
    let classes = Tensor::cat(vec![masks.clone().neg() + 1.0, masks], 1);
    (log_softmax(logits, 1) * classes).sum_dim(1).mean().neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecided_logits_cost_the_logarithm_of_two() {
        let device = Device::flex();
        let masks = Tensor::from_data([[[[1.0, 0.0]]]], &device);
        let logits = |values: [[[[f32; 2]; 1]; 2]; 1]| Tensor::from_data(values, &device).autodiff();
        let even = cross_entropy(logits([[[[0.3, -5.0]], [[0.3, -5.0]]]]), &masks);
        assert!((even.into_scalar::<f32>() - 2.0_f32.ln()).abs() < 1e-6);
        let right = cross_entropy(logits([[[[-20.0, 20.0]], [[20.0, -20.0]]]]), &masks);
        assert!(right.into_scalar::<f32>() < 1e-6);
    }
}
