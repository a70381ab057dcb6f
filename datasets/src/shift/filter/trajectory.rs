//! Blur by a picture that moves while the shutter is open.

use super::border::Border;
use super::wide::wide;
use harness::prelude::*;

/// Values summed together, so that their sums stay in registers.
const LANES: usize = 64;

/// How long the picture stays at each whole displacement.
#[derive(Clone, Debug)]
pub(in crate::shift) struct Trajectory {
    /// Displacement to the right and down in pixels, and the share of time spent there. Sums to one.
    shares: Vec<(i64, i64, f32)>,
}

impl Trajectory {
    /// Equal time at each of `path`, a list of displacements in pixels. A displacement between whole pixels
    /// is shared among its four neighbours, which keeps the mean.
    pub(in crate::shift) fn along(path: &[[f64; 2]]) -> Self {
        let reach = path.iter().flatten().fold(0.0, |reach: f64, step| reach.max(step.abs())) as i64 + 1;
        let side = 2 * reach + 1;
        let mut time = vec![0.0; (side * side) as usize];
        for &[x, y] in path {
            let (left, up) = (x.floor(), y.floor());
            for (dx, right) in [(0, 1.0 - (x - left)), (1, x - left)] {
                for (dy, down) in [(0, 1.0 - (y - up)), (1, y - up)] {
                    let (column, row) = (left as i64 + reach + dx, up as i64 + reach + dy);
                    if right * down > 0.0 {
                        time[(row * side + column) as usize] += right * down;
                    }
                }
            }
        }
        let total: f64 = time.iter().sum();
        let shares = (0..side * side).zip(&time).filter(|&(_, &time)| time > 0.0);
        let shares =
            shares.map(|(index, time)| (index % side - reach, index / side - reach, (time / total) as f32));
        Self { shares: shares.collect() }
    }

    /// Replaces `image` by its mean over the motion, mirrored at its border, rounded to the nearest level.
    pub(in crate::shift) fn blur(&self, image: &mut RgbImage) {
        let (width, height) = (image.width() as usize, image.height() as usize);
        if width * height == 0 {
            return;
        }
        let reach = self.shares.iter().fold(0, |reach, &(x, y, _)| reach.max(x.abs()).max(y.abs())) as usize;
        let row = 3 * width;
        let stride = row.next_multiple_of(LANES) + 6 * reach;
        let padded = pad(image, reach, stride);
        let taps: Vec<(usize, f32)> = self
            .shares
            .iter()
            .map(|&(x, y, share)| {
                let at = |step: i64| (reach as i64 - step) as usize;
                (at(y) * stride + 3 * at(x), share)
            })
            .collect();
        wide(
            #[inline(always)]
            || {
                for (y, row) in image.chunks_exact_mut(row).enumerate() {
                    for (block, output) in row.chunks_mut(LANES).enumerate() {
                        let sums = weigh(&padded[y * stride + block * LANES..], &taps);
                        for (value, sum) in output.iter_mut().zip(sums) {
                            *value = sum as u8;
                        }
                    }
                }
            },
        );
    }
}

/// The weighted sums of `LANES` neighbouring values, plus the half that rounds them.
#[inline(always)]
fn weigh(values: &[f32], taps: &[(usize, f32)]) -> [f32; LANES] {
    let mut sums = [0.5f32; LANES];
    for &(start, share) in taps {
        for (sum, value) in sums.iter_mut().zip(&values[start..start + LANES]) {
            *sum += share * value;
        }
    }
    sums
}

/// `image` with `reach` mirrored pixels on every side, in rows of `stride` values.
fn pad(image: &RgbImage, reach: usize, stride: usize) -> Vec<f32> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let around = |length: usize| {
        let range = -(reach as isize)..(length + reach) as isize;
        range.map(move |position| Border::Reflect.inside(position, length)).collect::<Vec<_>>()
    };
    let (columns, rows) = (around(width), around(height));
    let pixels = image.as_raw().as_chunks::<3>().0;
    let mut padded = vec![0.0; stride * rows.len()];
    for (row, y) in padded.chunks_exact_mut(stride).zip(rows) {
        for (pixel, x) in row.as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
            *pixel = pixels[y * width + x].map(f32::from);
        }
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn one_whole_step_moves_the_image() {
        let picture = RgbImage::from_fn(33, 20, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        let mut moved = picture.clone();
        Trajectory::along(&[[2.0, -1.0]]).blur(&mut moved);
        for (x, y, pixel) in moved.enumerate_pixels() {
            assert_eq!(pixel, picture.get_pixel(x.abs_diff(2), if y == 19 { 18 } else { y + 1 }));
        }
    }

    #[test]
    fn a_point_becomes_its_path() {
        let mut image = RgbImage::new(7, 5);
        image.put_pixel(3, 2, Rgb([200; 3]));
        Trajectory::along(&[[-1.0, 0.0], [1.0, 0.0], [0.0, 0.5], [0.0, -0.5]]).blur(&mut image);
        let row = |y| (0..7).map(|x| image.get_pixel(x, y).0[1]).collect::<Vec<_>>();
        assert_eq!(row(1), [0, 0, 0, 25, 0, 0, 0]);
        assert_eq!(row(2), [0, 0, 50, 50, 50, 0, 0]);
        assert_eq!(row(3), [0, 0, 0, 25, 0, 0, 0]);
    }

    #[test]
    fn shares_sum_to_one_and_keep_the_mean() {
        let motion = Trajectory::along(&[[0.3, -1.7], [2.25, 0.5], [-2.55, 1.2]]);
        let moment = |weight: fn(i64, i64) -> i64| {
            motion.shares.iter().map(|&(x, y, share)| weight(x, y) as f32 * share).sum::<f32>()
        };
        assert!((moment(|_, _| 1) - 1.0).abs() < 1e-6);
        assert!(moment(|x, _| x).abs() < 1e-6 && moment(|_, y| y).abs() < 1e-6);
    }
}
