//! Convolution as matrix products over unfolded pictures ("im2col"), on slices in `[batch, channels, height,
//! width]` order.
//!
//! Columns of the unfolded matrix are output positions, its rows the values a kernel sees there. It is made
//! for a few thousand positions at a time, in a buffer that every thread keeps: it never leaves the cache for
//! long, and nothing large is allocated.

use super::matrix::{Matrix, Write, multiply};
use super::scratch::scratch;
use super::slice_epilogue::SliceEpilogue;
use super::winograd::Winograd;
use rayon::prelude::*;

/// Values of the unfolded matrix made at a time.
const TILE: usize = 1 << 19;

/// Fewest columns of a product: with fewer, preparing the kernels would take longer than using them.
const NARROWEST: usize = 512;

/// Channels from which on [`Winograd`] is faster.
const FEW_CHANNELS: usize = 64;

/// The sizes of one convolution without groups and dilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Pictures.
    pub batch: usize,
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// Height and width in.
    pub size: [usize; 2],
    /// Side of the kernel in pixels.
    pub side: usize,
    /// Step in pixels.
    pub stride: usize,
    /// Zeros around the picture, in pixels.
    pub padding: usize,
}

impl Convolution {
    /// Height and width out.
    pub fn output_size(&self) -> [usize; 2] {
        self.size.map(|size| (size + 2 * self.padding - self.side) / self.stride + 1)
    }

    fn positions(&self) -> usize {
        self.output_size().iter().product()
    }

    fn pixels(&self) -> usize {
        self.size.iter().product()
    }

    /// Values a kernel sees at one position.
    fn field(&self) -> usize {
        self.input * self.side * self.side
    }

    /// Whether the unfolded matrix is the picture itself.
    fn is_pointwise(&self) -> bool {
        self.side == 1 && self.stride == 1 && self.padding == 0
    }

    /// Output rows per tile (when a picture has more positions than a tile) and pictures per group (when it
    /// has fewer): a function of the sizes alone, so that results do not depend on the number of threads.
    fn tiling(&self) -> (usize, usize) {
        let [height, width] = self.output_size();
        let columns = (TILE / self.field()).max(NARROWEST);
        ((columns / width).clamp(1, height), (columns / self.positions()).clamp(1, self.batch))
    }

    /// The faster way, where there is one. With few channels, or fewer positions than weights to transform, its
    /// transformations cost more than they save.
    fn winograd(&self) -> Option<Winograd> {
        let Self { batch, input, output, size, .. } = *self;
        let fits = (self.side, self.stride, self.padding) == (3, 1, 1);
        let pays = input.min(output) >= FEW_CHANNELS && batch * self.pixels() >= 2 * input.max(output);
        (fits && pays).then_some(Winograd { batch, input, output, size })
    }

    /// `input [batch, input, h, w]` and `weight [output, input, side, side]` to `[batch, output, h', w']`.
    pub fn forward(&self, input: &[f32], weight: &[f32], epilogue: SliceEpilogue<'_>) -> Vec<f32> {
        if let Some(winograd) = self.winograd() {
            let mut result = winograd.forward(input, weight);
            let pictures = self.output * self.positions();
            result.par_chunks_exact_mut(pictures).enumerate().for_each(|(index, target)| {
                let residual = epilogue.residual.map(|residual| &residual[index * pictures..]);
                SliceEpilogue { residual, ..epilogue }.apply(target, self.output, self.positions());
            });
            return result;
        }
        let mut result = vec![0.0; self.batch * self.output * self.positions()];
        let group = self.tiling().1;
        let pictures = self.output * self.positions();
        let parallel = self.batch.div_ceil(group) < rayon::current_num_threads();
        let weight = Matrix::new(weight, self.output, self.field(), self.field());
        result.par_chunks_mut(group * pictures).enumerate().for_each(|(index, target)| {
            let input = &input[index * group * self.input * self.pixels()..];
            self.forward_group(input, weight, target, parallel);
            let residual = epilogue.residual.map(|residual| &residual[index * group * pictures..]);
            SliceEpilogue { residual, ..epilogue }.apply(target, self.output, self.positions());
        });
        result
    }

    fn forward_group(&self, input: &[f32], weight: Matrix<'_>, target: &mut [f32], parallel: bool) {
        let positions = self.positions();
        let pictures = target.len() / (self.output * positions);
        if pictures == 1 {
            return self.each_tile(input, |start, unfolded| {
                multiply((&mut target[start..], positions), weight, unfolded, Write::Replace, parallel);
            });
        }
        let columns = pictures * positions;
        scratch(self.field() * columns, |unfolded| {
            self.unfold_pictures(input, pictures, unfolded);
            let unfolded = Matrix::new(unfolded, self.field(), columns, columns);
            scratch(self.output * columns, |joined| {
                multiply((joined, columns), weight, unfolded, Write::Replace, parallel);
                for (picture, target) in target.chunks_exact_mut(self.output * positions).enumerate() {
                    for (target, row) in target.chunks_exact_mut(positions).zip(joined.chunks_exact(columns))
                    {
                        target.copy_from_slice(&row[picture * positions..][..positions]);
                    }
                }
            });
        });
    }

    /// The gradient of the input, from that of the output.
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        if let Some(winograd) = self.winograd() {
            return winograd.input_gradient(gradient, weight);
        }
        let (positions, pixels) = (self.positions(), self.pixels());
        let mut result = vec![0.0; self.batch * self.input * pixels];
        let group = self.tiling().1;
        let parallel = self.batch.div_ceil(group) < rayon::current_num_threads();
        let weight = Matrix::new(weight, self.output, self.field(), self.field()).transposed();
        result.par_chunks_mut(group * self.input * pixels).enumerate().for_each(|(index, target)| {
            let gradient = &gradient[index * group * self.output * positions..];
            let pictures = target.len() / (self.input * pixels);
            if pictures == 1 {
                return self.input_gradient_of_one(gradient, weight, target, parallel);
            }
            let columns = pictures * positions;
            scratch(self.output * columns, |joined| {
                self.join(gradient, pictures, joined);
                let joined = Matrix::new(joined, self.output, columns, columns);
                scratch(self.field() * columns, |unfolded| {
                    multiply((unfolded, columns), weight, joined, Write::Replace, parallel);
                    for (picture, target) in target.chunks_exact_mut(self.input * pixels).enumerate() {
                        self.fold(
                            &unfolded[picture * positions..],
                            columns,
                            0..self.output_size()[0],
                            target,
                        );
                    }
                });
            });
        });
        result
    }

    fn input_gradient_of_one(
        &self,
        gradient: &[f32],
        weight: Matrix<'_>,
        target: &mut [f32],
        parallel: bool,
    ) {
        let positions = self.positions();
        let [height, width] = self.output_size();
        let all = Matrix::new(gradient, self.output, positions, positions);
        if self.is_pointwise() {
            return multiply((target, positions), weight, all, Write::Replace, parallel);
        }
        let rows = self.tiling().0;
        for first in (0..height).step_by(rows) {
            let last = (first + rows).min(height);
            let columns = (last - first) * width;
            let gradient = Matrix::new(&gradient[first * width..], self.output, columns, positions);
            scratch(self.field() * columns, |unfolded| {
                multiply((unfolded, columns), weight, gradient, Write::Replace, parallel);
                self.fold(unfolded, columns, first..last, target);
            });
        }
    }

    /// The gradient of the weight, from that of the output.
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        if let Some(winograd) = self.winograd() {
            return winograd.weight_gradient(input, gradient);
        }
        let (positions, pixels) = (self.positions(), self.pixels());
        let mut result = vec![0.0; self.output * self.field()];
        let group = self.tiling().1;
        for first in (0..self.batch).step_by(group) {
            let pictures = group.min(self.batch - first);
            let input = &input[first * self.input * pixels..];
            let gradient = &gradient[first * self.output * positions..];
            let target = (&mut result[..], self.field());
            if pictures == 1 {
                self.weight_gradient_of_one(input, gradient, target);
                continue;
            }
            let columns = pictures * positions;
            scratch(self.output * columns, |joined| {
                self.join(gradient, pictures, joined);
                let joined = Matrix::new(joined, self.output, columns, columns);
                scratch(self.field() * columns, |unfolded| {
                    self.unfold_pictures(input, pictures, unfolded);
                    let unfolded = Matrix::new(unfolded, self.field(), columns, columns);
                    multiply(target, joined, unfolded.transposed(), Write::Add, true);
                });
            });
        }
        result
    }

    fn weight_gradient_of_one(&self, input: &[f32], gradient: &[f32], target: (&mut [f32], usize)) {
        let positions = self.positions();
        self.each_tile(input, |start, unfolded| {
            let gradient = Matrix::new(&gradient[start..], self.output, unfolded.columns(), positions);
            multiply((&mut *target.0, target.1), gradient, unfolded.transposed(), Write::Add, true);
        });
    }

    /// Calls `work` with the unfolded matrix of one picture, tile by tile, and each tile's first position.
    fn each_tile(&self, picture: &[f32], mut work: impl FnMut(usize, Matrix<'_>)) {
        if self.is_pointwise() {
            return work(0, Matrix::new(picture, self.input, self.pixels(), self.pixels()));
        }
        let [height, width] = self.output_size();
        let rows = self.tiling().0;
        for first in (0..height).step_by(rows) {
            let last = (first + rows).min(height);
            let columns = (last - first) * width;
            scratch(self.field() * columns, |unfolded| {
                self.unfold(picture, first..last, unfolded, columns);
                work(first * width, Matrix::new(unfolded, self.field(), columns, columns));
            });
        }
    }

    /// The unfolded matrix of several pictures side by side.
    fn unfold_pictures(&self, input: &[f32], pictures: usize, unfolded: &mut [f32]) {
        let positions = self.positions();
        for (picture, input) in input.chunks_exact(self.input * self.pixels()).take(pictures).enumerate() {
            self.unfold(
                input,
                0..self.output_size()[0],
                &mut unfolded[picture * positions..],
                pictures * positions,
            );
        }
    }

    /// Output channels of several pictures side by side.
    fn join(&self, gradient: &[f32], pictures: usize, joined: &mut [f32]) {
        let positions = self.positions();
        for (channel, row) in joined.chunks_exact_mut(pictures * positions).enumerate() {
            for (picture, part) in row.chunks_exact_mut(positions).enumerate() {
                part.copy_from_slice(&gradient[(picture * self.output + channel) * positions..][..positions]);
            }
        }
    }

    /// For every value of the kernel: its channel, its offset down and along.
    fn taps(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let side = self.side;
        (0..self.field()).map(move |tap| (tap / (side * side), tap / side % side, tap % side))
    }

    /// Writes what the kernel sees at the output rows `rows`; matrix rows are `stride` apart.
    fn unfold(&self, picture: &[f32], rows: std::ops::Range<usize>, unfolded: &mut [f32], stride: usize) {
        let [height, width] = self.size;
        let along = self.output_size()[1];
        for ((channel, down, right), target) in self.taps().zip(unfolded.chunks_mut(stride)) {
            let plane = &picture[channel * height * width..][..height * width];
            let inside = self.inside(right);
            for (row, target) in rows.clone().zip(target.chunks_exact_mut(along)) {
                let source = (row * self.stride + down).wrapping_sub(self.padding);
                if source >= height {
                    target.fill(0.0);
                    continue;
                }
                let line = &plane[source * width..][..width];
                target[..inside.start].fill(0.0);
                target[inside.end..].fill(0.0);
                if inside.is_empty() {
                    continue;
                }
                let first = inside.start * self.stride + right - self.padding;
                let target = &mut target[inside.clone()];
                if self.stride == 1 {
                    target.copy_from_slice(&line[first..][..target.len()]);
                } else {
                    let source = line[first..].iter().step_by(self.stride);
                    target.iter_mut().zip(source).for_each(|(target, value)| *target = *value);
                }
            }
        }
    }

    /// The transpose of [`unfold`](Self::unfold): adds each value to where it was taken from.
    fn fold(&self, unfolded: &[f32], stride: usize, rows: std::ops::Range<usize>, picture: &mut [f32]) {
        let [height, width] = self.size;
        let along = self.output_size()[1];
        for ((channel, down, right), values) in self.taps().zip(unfolded.chunks(stride)) {
            let plane = &mut picture[channel * height * width..][..height * width];
            let inside = self.inside(right);
            for (row, values) in rows.clone().zip(values.chunks_exact(along)) {
                let source = (row * self.stride + down).wrapping_sub(self.padding);
                if source >= height || inside.is_empty() {
                    continue;
                }
                let first = inside.start * self.stride + right - self.padding;
                let line = plane[source * width..][..width][first..].iter_mut().step_by(self.stride);
                line.zip(&values[inside.clone()]).for_each(|(target, value)| *target += value);
            }
        }
    }

    /// Output columns at which the kernel's column `right` lies on the picture.
    fn inside(&self, right: usize) -> std::ops::Range<usize> {
        let (width, along) = (self.size[1], self.output_size()[1]);
        let first = self.padding.saturating_sub(right).div_ceil(self.stride).min(along);
        let end = (width + self.padding).saturating_sub(right).div_ceil(self.stride).min(along);
        first..end.max(first)
    }
}
