//! Enhancements that are more than a look-up table: Pillow's `ImageEnhance.Color` and `Sharpness`, and the mean
//! that `Contrast` needs.
//!
//! Loops are types, not closures: only then does all of a loop become part of the function that is compiled for the
//! processor's widest registers.

use super::grey::luma;
use super::levels::Levels;
use super::lookup::blend;
use pulp::{Arch, Simd, WithSimd};

/// Blends from grey (factor 0) to the original colours (1) and beyond (Pillow's
/// `ImageEnhance.Color`).
pub fn color(picture: &Levels, factor: f32) -> Levels {
    let mut changed = picture.same_size();
    Arch::new().dispatch(Color { from: picture.planes(), to: changed.planes_mut(), factor });
    changed
}

/// Mean grey level by [`luma`], rounded half up.
pub fn mean_luma(picture: &Levels) -> u8 {
    let total = Arch::new().dispatch(TotalLuma(picture.planes()));
    (total as f64 / (picture.width * picture.height) as f64 + 0.5) as u8
}

/// Blends from a smoothed picture (factor 0) to the original (1) and beyond (Pillow's
/// `ImageEnhance.Sharpness`).
///
/// The smoothed picture is that of `ImageFilter.SMOOTH`: the 3x3 neighbourhood with weight 5 for
/// the centre and 1 elsewhere, over 13, rounded to nearest. Border pixels are not smoothed.
pub fn sharpness(picture: &Levels, factor: f32) -> Levels {
    let mut changed = picture.clone();
    if picture.width >= 3 && picture.height >= 3 {
        let (width, from) = (picture.width, picture.planes());
        Arch::new().dispatch(Sharpness { from, to: changed.planes_mut(), width, factor });
    }
    changed
}

struct Color<'a> {
    from: [&'a [u8]; 3],
    to: [&'a mut [u8]; 3],
    factor: f32,
}

impl WithSimd for Color<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let [red, green, blue] = self.from;
        let [to_red, to_green, to_blue] = self.to;
        let from = red.iter().zip(green).zip(blue);
        let to = to_red.iter_mut().zip(to_green).zip(to_blue);
        for (((&red, &green), &blue), ((to_red, to_green), to_blue)) in from.zip(to) {
            let grey = luma([red, green, blue]);
            *to_red = blend(grey, red, self.factor);
            *to_green = blend(grey, green, self.factor);
            *to_blue = blend(grey, blue, self.factor);
        }
    }
}

struct TotalLuma<'a>([&'a [u8]; 3]);

impl WithSimd for TotalLuma<'_> {
    type Output = u64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> u64 {
        /// As many levels as a sum of 32 bits is sure to hold: adding those is twice as fast.
        const PART: usize = 1 << 16;
        let [red, green, blue] = self.0.map(|plane| plane.chunks(PART));
        let parts = red.zip(green).zip(blue).map(|((red, green), blue)| {
            let pixels = red.iter().zip(green).zip(blue);
            pixels.map(|((&red, &green), &blue)| u32::from(luma([red, green, blue]))).sum::<u32>()
        });
        parts.map(u64::from).sum()
    }
}

struct Sharpness<'a> {
    from: [&'a [u8]; 3],
    to: [&'a mut [u8]; 3],
    width: usize,
    factor: f32,
}

impl WithSimd for Sharpness<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.width;
        let mut columns = vec![0; width];
        for (to, from) in self.to.into_iter().zip(self.from) {
            let inner = to[width..].chunks_exact_mut(width);
            for (to, three) in inner.zip(from.windows(3 * width).step_by(width)) {
                sharpen_row(to, three, &mut columns, self.factor);
            }
        }
    }
}

/// Sharpens a row of a plane, given it and its two neighbours.
#[inline(always)]
fn sharpen_row(to: &mut [u8], three: &[u8], columns: &mut [u16], factor: f32) {
    let (above, rest) = three.split_at(to.len());
    let (row, below) = rest.split_at(to.len());
    for (((column, above), row), below) in columns.iter_mut().zip(above).zip(row).zip(below) {
        *column = u16::from(*above) + u16::from(*row) + u16::from(*below);
    }
    let inside = to.len() - 2;
    let (left, middle, right) = (&columns[..inside], &columns[1..=inside], &columns[2..]);
    let sums = left.iter().zip(middle).zip(right);
    for ((to, original), ((left, middle), right)) in to[1..].iter_mut().zip(&row[1..]).zip(sums) {
        let sum = left + middle + right + 4 * u16::from(*original);
        // 13 is odd, so there is no tie and whole numbers round exactly as Pillow's floats do.
        *to = blend(((sum + 6) / 13) as u8, *original, factor);
    }
}
