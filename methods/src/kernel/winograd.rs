//! 3x3 convolution of stride 1 and padding 1 with 16 products where the definition takes 36 (Lavin & Gray, "Fast
//! Algorithms for Convolutional Neural Networks", CVPR 2016: F(2x2, 3x3)), and its exact adjoints as gradients.
//!
//! The picture is cut into tiles of 2x2 output pixels, each of which depends on 4x4 input pixels. In a suitable
//! basis the convolution of a tile is 16 independent products, so over all tiles it is 16 matrix products:
//!
//! ```text
//! U = G w G'    V = B' x B    M_i = U_i V_i  (i = 0..16)    y = A' M A
//! ```
//!
//! All transformations add, subtract and halve, so rounding is that of ordinary convolution. `U` is stored as
//! `[output, 16, input]`, `V` as `[input, 16, tiles]` and `M` as `[output, 16, tiles]`.

use super::matrix::{Matrix, Write, multiply};
use super::scratch::scratch;
use super::tiles::{BASIS, Side, halves};
use rayon::prelude::*;

/// Fewest tiles of a product, as far as there are pictures to join.
const NARROWEST: usize = 256;

/// Sizes of one convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winograd {
    /// Pictures.
    pub batch: usize,
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// Height and width.
    pub size: [usize; 2],
}

impl Winograd {
    fn pixels(&self) -> usize {
        self.size.iter().product()
    }

    /// Tiles of a picture, down and along.
    fn tiles(&self) -> [usize; 2] {
        self.size.map(|size| size.div_ceil(2))
    }

    fn tiles_per_picture(&self) -> usize {
        self.tiles().iter().product()
    }

    /// Pictures whose tiles are multiplied together.
    fn group(&self) -> usize {
        NARROWEST.div_ceil(self.tiles_per_picture()).clamp(1, self.batch)
    }

    /// `input [batch, input, h, w]` and `weight [output, input, 3, 3]` to `[batch, output, h, w]`.
    pub fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut result = vec![0.0; self.batch * self.output * self.pixels()];
        scratch(self.output * BASIS * self.input, |u| {
            self.transform_weight(weight, u);
            let pictures = input.chunks(self.group() * self.input * self.pixels());
            let targets = result.chunks_mut(self.group() * self.output * self.pixels());
            for (input, target) in pictures.zip(targets) {
                let columns = input.len() / self.input / self.pixels() * self.tiles_per_picture();
                scratch(self.input * BASIS * columns, |v| {
                    self.cut(input, self.input, v, Side::Input);
                    scratch(self.output * BASIS * columns, |m| {
                        for i in 0..BASIS {
                            let v = part(v, i, self.input, columns);
                            multiply(target_part(m, i, columns), self.u(u, i), v, Write::Replace, true);
                        }
                        self.paste(m, self.output, target, Side::Output);
                    });
                });
            }
        });
        result
    }

    /// The gradient of the input, from that of the output.
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut result = vec![0.0; self.batch * self.input * self.pixels()];
        scratch(self.output * BASIS * self.input, |u| {
            self.transform_weight(weight, u);
            let gradients = gradient.chunks(self.group() * self.output * self.pixels());
            let targets = result.chunks_mut(self.group() * self.input * self.pixels());
            for (gradient, target) in gradients.zip(targets) {
                let columns = gradient.len() / self.output / self.pixels() * self.tiles_per_picture();
                scratch(self.output * BASIS * columns, |m| {
                    self.cut(gradient, self.output, m, Side::Output);
                    scratch(self.input * BASIS * columns, |v| {
                        for i in 0..BASIS {
                            let m = part(m, i, self.output, columns);
                            let u = self.u(u, i).transposed();
                            multiply(target_part(v, i, columns), u, m, Write::Replace, true);
                        }
                        self.paste(v, self.input, target, Side::Input);
                    });
                });
            }
        });
        result
    }

    /// The gradient of the weight, from that of the output.
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let mut result = vec![0.0; self.output * self.input * 9];
        scratch(self.output * BASIS * self.input, |u| {
            u.fill(0.0);
            let pictures = input.chunks(self.group() * self.input * self.pixels());
            let gradients = gradient.chunks(self.group() * self.output * self.pixels());
            for (input, gradient) in pictures.zip(gradients) {
                let columns = input.len() / self.input / self.pixels() * self.tiles_per_picture();
                scratch(self.input * BASIS * columns, |v| {
                    self.cut(input, self.input, v, Side::Input);
                    scratch(self.output * BASIS * columns, |m| {
                        self.cut(gradient, self.output, m, Side::Output);
                        for i in 0..BASIS {
                            let v = part(v, i, self.input, columns).transposed();
                            let m = part(m, i, self.output, columns);
                            multiply(target_part(u, i, self.input), m, v, Write::Add, true);
                        }
                    });
                });
            }
            self.weight_from_basis(u, &mut result);
        });
        result
    }

    fn u<'a>(&self, u: &'a [f32], i: usize) -> Matrix<'a> {
        part(u, i, self.output, self.input)
    }

    /// `U = G w G'`.
    fn transform_weight(&self, weight: &[f32], u: &mut [f32]) {
        let rows = u.par_chunks_exact_mut(BASIS * self.input).zip(weight.par_chunks_exact(9 * self.input));
        rows.for_each(|(u, weight)| {
            for (channel, w) in weight.chunks_exact(9).enumerate() {
                let spread = |a: f32, b: f32, c: f32| [a, 0.5 * (a + c + b), 0.5 * (a + c - b), c];
                let down: [[f32; 4]; 3] = std::array::from_fn(|x| spread(w[x], w[3 + x], w[6 + x]));
                for y in 0..4 {
                    let along = spread(down[0][y], down[1][y], down[2][y]);
                    (0..4).for_each(|x| u[(4 * y + x) * self.input + channel] = along[x]);
                }
            }
        });
    }

    /// `w = G' U G`: the adjoint of [`transform_weight`](Self::transform_weight).
    fn weight_from_basis(&self, u: &[f32], weight: &mut [f32]) {
        let rows = u.par_chunks_exact(BASIS * self.input).zip(weight.par_chunks_exact_mut(9 * self.input));
        rows.for_each(|(u, weight)| {
            for (channel, w) in weight.chunks_exact_mut(9).enumerate() {
                let at = |y: usize, x: usize| u[(4 * y + x) * self.input + channel];
                let gather = |u: [f32; 4]| {
                    [u[0] + 0.5 * (u[1] + u[2]), 0.5 * (u[1] - u[2]), 0.5 * (u[1] + u[2]) + u[3]]
                };
                let down: [[f32; 3]; 4] =
                    std::array::from_fn(|x| gather([at(0, x), at(1, x), at(2, x), at(3, x)]));
                for y in 0..3 {
                    let along = gather([down[0][y], down[1][y], down[2][y], down[3][y]]);
                    w[3 * y..][..3].copy_from_slice(&along);
                }
            }
        });
    }

    /// Pictures `[pictures, channels, h, w]` to `[channels, 16, tiles]`: `B' x B` for inputs, `A y A'` for
    /// (gradients of) outputs.
    fn cut(&self, pictures: &[f32], channels: usize, tiles: &mut [f32], side: Side) {
        let per_picture = self.tiles_per_picture();
        let columns = tiles.len() / channels / BASIS;
        tiles.par_chunks_exact_mut(BASIS * columns).enumerate().for_each(|(channel, target)| {
            halves(self.size, |mut halves| {
                for picture in 0..columns / per_picture {
                    let plane = &pictures[(picture * channels + channel) * self.pixels()..][..self.pixels()];
                    halves.read(plane);
                    halves.analyse(side, &mut target[picture * per_picture..], columns);
                }
            });
        });
    }

    /// The adjoint: `[channels, 16, tiles]` to pictures, `A' M A` for outputs, `B V B'` for (gradients of)
    /// inputs, whose tiles overlap and are added.
    fn paste(&self, tiles: &[f32], channels: usize, pictures: &mut [f32], side: Side) {
        let per_picture = self.tiles_per_picture();
        let columns = tiles.len() / channels / BASIS;
        pictures.par_chunks_exact_mut(self.pixels()).enumerate().for_each(|(index, plane)| {
            let (picture, channel) = (index / channels, index % channels);
            let source = &tiles[channel * BASIS * columns..][..BASIS * columns];
            halves(self.size, |mut halves| {
                halves.synthesise(side, &source[picture * per_picture..], columns);
                halves.write(plane);
            });
        });
    }
}

/// Matrix `i` of `[rows, 16, columns]`.
fn part(values: &[f32], i: usize, rows: usize, columns: usize) -> Matrix<'_> {
    Matrix::new(&values[i * columns..], rows, columns, BASIS * columns)
}

fn target_part(values: &mut [f32], i: usize, columns: usize) -> (&mut [f32], usize) {
    (&mut values[i * columns..], BASIS * columns)
}
