//! One step of Adam in a single pass over memory.

use rayon::prelude::*;

/// The numbers of one step (Kingma & Ba, "Adam", ICLR 2015, as PyTorch evaluates it).
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// Step size over the first moment's bias correction.
    pub rate: f32,
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Root of the second moment's bias correction.
    pub correction: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

impl AdamStep {
    /// Moves the moments towards the gradient and the values against it.
    pub fn apply(self, values: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]) {
        const CHUNK: usize = 1 << 14;
        let chunks = values.par_chunks_mut(CHUNK).zip(gradient.par_chunks(CHUNK));
        let moments = first.par_chunks_mut(CHUNK).zip(second.par_chunks_mut(CHUNK));
        chunks.zip(moments).for_each(|((values, gradient), (first, second))| {
            for (((value, gradient), first), second) in values.iter_mut().zip(gradient).zip(first).zip(second)
            {
                *first = self.beta1 * *first + (1.0 - self.beta1) * gradient;
                *second = self.beta2 * *second + (1.0 - self.beta2) * gradient * gradient;
                *value -= self.rate * *first / (second.sqrt() / self.correction + self.epsilon);
            }
        });
    }
}
