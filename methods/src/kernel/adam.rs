//! One step of Adam in a single pass over memory.

use super::wide::wide;
use rayon::prelude::*;

/// The numbers of one step (Kingma & Ba, "Adam", ICLR 2015, as PyTorch evaluates it).
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// Step size over the first moment's bias correction.
    pub rate: f32,
    /// Decay of the first and of the second moment.
    pub betas: [f32; 2],
    /// Share of the gradient and of its square in the moments: one less the decay. Subtracted before rounding to
    /// single precision, where 1 - 0.999 is off by 5e-5 of its value.
    pub shares: [f32; 2],
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
            wide(|| {
                for (((value, gradient), first), second) in
                    values.iter_mut().zip(gradient).zip(first).zip(second)
                {
                    *first = self.betas[0] * *first + self.shares[0] * gradient;
                    *second = self.betas[1] * *second + self.shares[1] * gradient * gradient;
                    *value -= self.rate * *first / (second.sqrt() / self.correction + self.epsilon);
                }
            })
        });
    }
}
