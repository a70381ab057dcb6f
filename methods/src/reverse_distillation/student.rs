//! The student: bottleneck, decoder and, for FiCo, what is added to the decoder's outputs.

use super::compensation::Compensation;
use super::decoder::Decoder;
use super::embedding::Embedding;
use super::invariant::Invariant;
use super::options::Options;
use crate::backbone::{Backbone, Features};
use crate::layer::Init;
use burn::module::Module;
use burn::tensor::Tensor;

/// Everything that is trained.
#[derive(Module, Debug)]
pub struct Student {
    embedding: Embedding,
    decoder: Decoder,
    compensation: Option<Compensation>,
    invariant: Option<Invariant>,
}

/// What the student makes of the teacher's features of one view.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The bottleneck's output `[batch, 2 * coarse channels, height / 32, width / 32]`.
    pub embedding: Tensor<4>,
    /// The decoder's outputs, in the shapes of the teacher's features.
    pub decoded: Features,
    /// What is added to them, if the student has compensation.
    pub compensation: Option<Features>,
    /// Invariant targets of the middle and coarse compensation, while training.
    pub invariant: Option<[Tensor<4>; 2]>,
}

impl Student {
    /// The mirror image of `teacher`.
    pub fn new(init: &Init<'_>, teacher: &dyn Backbone, options: &Options) -> Self {
        let (channels, mirror) = (teacher.channels(), teacher.mirror());
        let compensation = || {
            let init = init.at("compensation");
            Compensation::new(&init, channels, options.kernels, options.temperature)
        };
        Self {
            embedding: Embedding::new(&init.at("embedding"), channels, mirror),
            decoder: Decoder::new(&init.at("decoder"), channels, mirror),
            compensation: options.compensation.then(compensation),
            invariant: options.invariant.then(|| Invariant::new(&init.at("invariant"), channels)),
        }
    }

    /// Answers to the teacher's features of one view.
    pub fn forward(&self, features: Features) -> Answer {
        let embedding = self.embedding.forward(features);
        let decoded = self.decoder.forward(embedding.clone());
        let compensation = self.compensation.as_ref().map(|branches| branches.forward(decoded.clone()));
        let invariant = match (&self.invariant, &compensation) {
            (Some(invariant), Some([fine, ..])) if fine.is_autodiff() => {
                Some(invariant.forward(fine.clone()))
            }
            _ => None,
        };
        Answer { embedding, decoded, compensation, invariant }
    }
}

impl Answer {
    /// What is compared with the teacher: decoder outputs plus compensation.
    pub fn output(&self) -> Features {
        let Some([fine, middle, coarse]) = self.compensation.clone() else { return self.decoded.clone() };
        let [f, m, c] = self.decoded.clone();
        [f + fine, m + middle, c + coarse]
    }
}
