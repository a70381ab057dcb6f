//! What is done to slices while they are at hand.

/// What is done to the output while it is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct SliceEpilogue<'a> {
    /// Added per output channel.
    pub bias: Option<&'a [f32]>,
    /// Added per value.
    pub residual: Option<&'a [f32]>,
    /// Lowest and highest value that is let through.
    pub clamp: Option<(f32, f32)>,
}

impl SliceEpilogue<'_> {
    /// Does it to `target`, `[batch, channels, positions]`.
    pub fn apply(self, target: &mut [f32], channels: usize, positions: usize) {
        if self.bias.is_none() && self.residual.is_none() && self.clamp.is_none() {
            return;
        }
        let (low, high) = self.clamp.unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        for (index, plane) in target.chunks_exact_mut(positions).enumerate() {
            let bias = self.bias.map_or(0.0, |bias| bias[index % channels]);
            match self.residual {
                None => plane.iter_mut().for_each(|value| *value = (*value + bias).max(low).min(high)),
                Some(residual) => {
                    let residual = &residual[index * plane.len()..][..plane.len()];
                    for (value, residual) in plane.iter_mut().zip(residual) {
                        *value = (*value + bias + residual).max(low).min(high);
                    }
                }
            }
        }
    }
}
