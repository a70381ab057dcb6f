//! The student: bottleneck, decoder and what methods add to them.

use super::compensation::Compensation;
use super::decoder::Decoder;
use super::embedding::Embedding;
use super::invariant::Invariant;
use super::options::Options;
use super::projection::Projection;
use crate::backbone::{Backbone, Features, TunedWeights};
use crate::jigsaw::Head;
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
    /// RD++: through which the bottleneck sees features.
    pub projection: Option<Projection>,
    /// Jigsaw: what names the order of tiles.
    order: Option<Head>,
    /// The teacher's weights, where it learns too.
    pub teacher: Option<TunedWeights>,
}

/// What the student makes of the teacher's features of one view.
#[derive(Clone, Debug)]
pub struct StudentOutput {
    /// What the bottleneck saw, if it saw projected features.
    pub projected: Option<Features>,
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
            Compensation::new(&init, channels, options.compensated.kernels, options.compensated.temperature)
        };
        Self {
            embedding: Embedding::new(&init.at("embedding"), channels, mirror),
            decoder: Decoder::new(&init.at("decoder"), channels, mirror),
            compensation: options.compensated.compensation.then(compensation),
            invariant: options.compensated.invariant.then(|| Invariant::new(&init.at("invariant"), channels)),
            projection: options
                .projected
                .projection
                .then(|| Projection::new(&init.at("projection"), channels)),
            order: (options.puzzle.jigsaw != 0.0).then(|| Head::new(&init.at("order"), 2 * channels[2])),
            teacher: if options.tunes() { TunedWeights::new(teacher, init.device()) } else { None },
        }
    }

    /// Answers to the teacher's features of one view.
    pub fn forward(&self, features: Features) -> StudentOutput {
        let projected = self.projection.as_ref().map(|projection| projection.forward(features.clone()));
        let embedding = self.embedding.forward(projected.clone().unwrap_or(features));
        let decoded = self.decoder.forward(embedding.clone());
        let compensation = self.compensation.as_ref().map(|branches| branches.forward(decoded.clone()));
        let invariant = match (&self.invariant, &compensation) {
            (Some(invariant), Some([fine, ..])) if fine.is_autodiff() => {
                Some(invariant.forward(fine.clone()))
            }
            _ => None,
        };
        StudentOutput { projected, embedding, decoded, compensation, invariant }
    }

    /// The logarithm of the probability of each order of tiles, `[batch, 31]`, for the teacher's features of shuffled
    /// pictures, which the bottleneck sees as it sees others. Nothing without a head for it.
    pub fn name_order(&self, features: Features) -> Option<Tensor<2>> {
        let head = self.order.as_ref()?;
        let seen = match &self.projection {
            Some(projection) => projection.forward(features),
            None => features,
        };
        Some(head.forward(self.embedding.forward(seen)))
    }
}

impl StudentOutput {
    /// What is compared with the teacher: decoder outputs plus compensation.
    pub fn output(&self) -> Features {
        let Some([fine, middle, coarse]) = self.compensation.clone() else { return self.decoded.clone() };
        let [f, m, c] = self.decoded.clone();
        [f + fine, m + middle, c + coarse]
    }
}
