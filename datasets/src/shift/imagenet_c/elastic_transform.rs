//! Elastic transform: the picture on a rubber sheet that is pulled here and there.

use super::{SOURCE, large_enough};
use crate::shift::filter::border::Border;
use crate::shift::filter::gaussian::Gaussian;
use crate::shift::noise::generator;
use harness::prelude::*;
use image::GrayImage;
use rand::Rng;

/// Factor of the smoothed displacements, by severity.
const STRENGTH: [f64; 5] = [12.5, 16.25, 21.25, 25.0, 30.0];

/// Largest displacement before smoothing, as a share of the height (for both directions).
const LARGEST: f64 = 0.005;

/// Deviation of the smoothing as a share of the height, down, and of the width, along.
const DEVIATION: f64 = 0.01;

/// Deviations after which the smoothing ends.
const TRUNCATE: f64 = 3.0;

/// The ImageNet-C elastic transform, with the displacements that `imagecorruptions` gives images of any size.
///
/// Every pixel is taken from a place up to a few pixels away, between pixels by linear interpolation, beyond
/// the border by its mirror image. Severities differ in the length of the displacements only. The mask
/// moves along, each value from the nearest pixel.
#[derive(Clone, Copy, Debug)]
pub struct ElasticTransform;

impl Shift for ElasticTransform {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        large_enough(Self::NAME, &sample)?;
        let sheet = Sheet::new(sample.image.dimensions(), severity.pick(STRENGTH), stream);
        Ok(Sample { image: sheet.warp(&sample.image), mask: sample.mask.map(|mask| sheet.warp_mask(&mask)) })
    }
}

impl ShiftPlugin for ElasticTransform {
    const NAME: &'static str = "elastic_transform";
    const SUMMARY: &'static str = "pulls pixels a few places away, neighbours together";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<ElasticTransform>());

/// Where every pixel comes from.
struct Sheet {
    width: usize,
    /// Displacement along the row and down the column, in pixels.
    along: Vec<f64>,
    down: Vec<f64>,
}

impl Sheet {
    fn new((width, height): (u32, u32), strength: f64, stream: &mut Stream) -> Self {
        let width = width as usize;
        let mut generator = generator(stream);
        let largest = LARGEST * f64::from(height) * strength;
        let deviations = [f64::from(height), width as f64].map(|side| DEVIATION * side);
        let gaussian = Gaussian::new(deviations, TRUNCATE, Border::Mirror);
        let mut field = || {
            let mut field: Vec<f64> = (0..width * height as usize)
                .map(|_| (generator.next_u32() as f64 / f64::from(u32::MAX) * 2.0 - 1.0) * largest)
                .collect();
            gaussian.smooth(&mut field, width, 1, |value| value, |value| value);
            field
        };
        Self { width, along: field(), down: field() }
    }

    /// Where the pixel at `index` comes from, column and row.
    fn origin(&self, index: usize) -> (f64, f64) {
        ((index % self.width) as f64 + self.along[index], (index / self.width) as f64 + self.down[index])
    }

    fn warp(&self, image: &RgbImage) -> RgbImage {
        let (pixels, _) = image.as_chunks::<3>();
        let height = image.height() as usize;
        let mut warped = RgbImage::new(image.width(), image.height());
        for (index, target) in warped.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (x, y) = self.origin(index);
            let ([left, right], part_x) = between(x, self.width);
            let ([upper, lower], part_y) = between(y, height);
            let corner = |row: usize, column: usize| &pixels[row * self.width + column];
            let (a, b) = (corner(upper, left), corner(upper, right));
            let (c, d) = (corner(lower, left), corner(lower, right));
            for channel in 0..3 {
                let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
                let [a, b, c, d] = [a, b, c, d].map(|pixel| f32::from(pixel[channel]));
                // At most 255 but for the last bit, which truncation drops.
                target[channel] = mix(mix(a, b, part_x), mix(c, d, part_x), part_y) as u8;
            }
        }
        warped
    }

    fn warp_mask(&self, mask: &GrayImage) -> GrayImage {
        GrayImage::from_fn(mask.width(), mask.height(), |x, y| {
            let (from_x, from_y) = self.origin(y as usize * self.width + x as usize);
            let nearest = |position: f64, length: u32| {
                Border::Mirror.inside(position.round() as isize, length as usize) as u32
            };
            *mask.get_pixel(nearest(from_x, mask.width()), nearest(from_y, mask.height()))
        })
    }
}

/// The two positions around `position`, and the share of the second.
fn between(position: f64, length: usize) -> ([usize; 2], f32) {
    let before = position.floor();
    let inside = |step: isize| Border::Mirror.inside(before as isize + step, length);
    ([inside(0), inside(1)], (position - before) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::{Luma, Rgb};

    #[test]
    fn half_a_pixel_to_the_right_is_the_mean_of_neighbours() {
        let image = RgbImage::from_fn(4, 2, |x, y| Rgb([10 * x as u8, 100 * y as u8, 7]));
        let sheet = Sheet { width: 4, along: vec![0.5; 8], down: vec![1.0; 8] };
        let warped = sheet.warp(&image);
        // Beyond the last column and row stand their mirror images.
        assert_eq!([0, 1, 2, 3].map(|x| warped.get_pixel(x, 0)[0]), [5, 15, 25, 30]);
        assert!(warped.pixels().all(|pixel| pixel.0[1..] == [100, 7]));
    }

    #[test]
    fn the_mask_moves_with_the_pixels() {
        let bright = |x: u32, y: u32| (60..140).contains(&x) && (50..150).contains(&y);
        let image = RgbImage::from_fn(200, 200, |x, y| Rgb([if bright(x, y) { 255 } else { 0 }; 3]));
        let mask = GrayImage::from_fn(200, 200, |x, y| Luma([if bright(x, y) { 255 } else { 0 }]));
        let mut stream = Root::new(0, "toy", "a").stream("shift", "one");
        let sample = Sample { image, mask: Some(mask.clone()) };
        let shifted = ElasticTransform.apply(sample, Severity::ALL[4], &mut stream).unwrap();
        let moved = shifted.mask.unwrap();
        assert!(moved.iter().zip(mask.iter()).filter(|(a, b)| a != b).count() > 100);
        // Interpolation and rounding agree which side of the edge a pixel is on, but at the corners.
        let wrong = moved
            .iter()
            .zip(shifted.image.pixels())
            .filter(|(mask, pixel)| u8::from(**mask > 0) != u8::from(pixel[0] > 127));
        assert!(wrong.count() <= 16);
    }
}
