//! An 8-bit picture as three planes: what pixel operations work on.

use super::lookup::{Histogram, Lookup};
use image::RgbImage;
use pulp::{Arch, Simd, WithSimd};
use std::cell::{OnceCell, RefCell};

/// An 8-bit picture `[3, height, width]`: all of red, then green, then blue, each row by row.
#[derive(Debug)]
pub struct Levels {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    values: Vec<u8>,
    histograms: OnceCell<[Histogram; 3]>,
}

impl Levels {
    /// A picture to be written; until then its values are anything.
    fn new(width: usize, height: usize) -> Levels {
        let mut values = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        values.resize(3 * width * height, 0);
        Levels { width, height, values, histograms: OnceCell::new() }
    }

    /// A picture as large as this one, to be written; until then its values are anything.
    pub fn same_size(&self) -> Levels {
        Levels::new(self.width, self.height)
    }

    /// The red, green and blue planes.
    pub fn planes(&self) -> [&[u8]; 3] {
        let (red, rest) = self.values.split_at(self.values.len() / 3);
        let (green, blue) = rest.split_at(red.len());
        [red, green, blue]
    }

    /// The red, green and blue planes, to be written.
    pub fn planes_mut(&mut self) -> [&mut [u8]; 3] {
        self.histograms = OnceCell::new();
        let third = self.values.len() / 3;
        let (red, rest) = self.values.split_at_mut(third);
        let (green, blue) = rest.split_at_mut(third);
        [red, green, blue]
    }

    /// How often each channel has each level; counted once.
    pub fn histograms(&self) -> &[Histogram; 3] {
        self.histograms.get_or_init(|| self.planes().map(count))
    }

    /// The picture with every value replaced by its entry in the table of its channel.
    pub fn looked_up(&self, tables: &[Lookup; 3]) -> Levels {
        let mut changed = self.same_size();
        for ((to, from), table) in changed.planes_mut().into_iter().zip(self.planes()).zip(tables) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = table[usize::from(*from)];
            }
        }
        changed
    }
}

impl Clone for Levels {
    fn clone(&self) -> Levels {
        let mut copy = self.same_size();
        copy.values.copy_from_slice(&self.values);
        copy
    }
}

impl Drop for Levels {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.values);
        // A thread that ends has no use for it.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < MOST_SPARE {
                spare.push(values);
            }
        });
    }
}

thread_local! {
    /// The values of pictures that are gone, for the next: to ask the system for fresh memory takes as long as
    /// most operations.
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// The clean picture, one for each chain, and one that is being made.
const MOST_SPARE: usize = 5;

impl From<&RgbImage> for Levels {
    fn from(image: &RgbImage) -> Levels {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut levels = Levels::new(width, height);
        let (pixels, _) = image.as_raw().as_chunks::<3>();
        Arch::new().dispatch(Split { pixels, planes: levels.planes_mut() });
        levels
    }
}

struct Split<'a> {
    pixels: &'a [[u8; 3]],
    planes: [&'a mut [u8]; 3],
}

impl WithSimd for Split<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let [red, green, blue] = self.planes;
        for (((pixel, red), green), blue) in self.pixels.iter().zip(red).zip(green).zip(blue) {
            [*red, *green, *blue] = *pixel;
        }
    }
}

impl From<&Levels> for RgbImage {
    fn from(levels: &Levels) -> RgbImage {
        let mut image = RgbImage::new(levels.width as u32, levels.height as u32);
        let [red, green, blue] = levels.planes();
        let (pixels, _) = image.as_chunks_mut::<3>();
        for (((pixel, red), green), blue) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
            *pixel = [*red, *green, *blue];
        }
        image
    }
}

/// The histogram of a plane. Neighbours often have one level, and counting them in one place would make each wait
/// for the one before.
fn count(plane: &[u8]) -> Histogram {
    let mut parts = [[0_u32; 256]; 4];
    let (groups, rest) = plane.as_chunks::<4>();
    for group in groups {
        for (part, &level) in parts.iter_mut().zip(group) {
            part[usize::from(level)] += 1;
        }
    }
    for &level in rest {
        parts[0][usize::from(level)] += 1;
    }
    let [first, second, third, fourth] = parts;
    std::array::from_fn(|level| first[level] + second[level] + third[level] + fourth[level])
}
