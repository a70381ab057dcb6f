//! A picture on its way through a chain of operations.
//!
//! Most operations are look-up tables. They are not applied one by one but composed, and what the next one needs
//! to know, the histogram of the picture so far, follows from that of the picture before the tables. Only an
//! operation that looks at several channels or pixels has the tables applied.

use super::enhancement::{color, mean_luma, sharpness};
use super::levels::Levels;
use super::lookup::{self, Histogram, Lookup};
use super::pixel_ops::PixelOp;
use super::resampling::{Affine, resample};
use image::RgbImage;
use std::borrow::Cow;

/// A picture and the tables still to be applied to it, one per channel.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    /// The picture before the tables; borrowed while it is the original.
    pub picture: Cow<'a, Levels>,
    /// What each level of each channel becomes.
    pub tables: [Lookup; 3],
}

impl PixelOp {
    /// A new picture of the same size, with the operation applied.
    pub fn apply(&self, image: &RgbImage) -> RgbImage {
        RgbImage::from(&*Chain::run(&Levels::from(image), &[*self]).settled())
    }
}

impl<'a> Chain<'a> {
    /// The picture after `operations`, one after another.
    pub fn run(picture: &'a Levels, operations: &[PixelOp]) -> Chain<'a> {
        let mut chain = Chain { picture: Cow::Borrowed(picture), tables: [lookup::identity(); 3] };
        operations.iter().for_each(|operation| chain.push(*operation));
        chain
    }

    /// The picture with its tables applied.
    pub fn settled(mut self) -> Cow<'a, Levels> {
        self.settle();
        self.picture
    }

    fn push(&mut self, operation: PixelOp) {
        let (width, height) = (self.picture.width as u32, self.picture.height as u32);
        match operation {
            PixelOp::Autocontrast => self.look_up_each(lookup::autocontrast),
            PixelOp::Equalize => self.look_up_each(lookup::equalize),
            PixelOp::Posterize(bits) => self.look_up(&lookup::posterize(bits)),
            PixelOp::Solarize(threshold) => self.look_up(&lookup::solarize(threshold)),
            PixelOp::Brightness(factor) => self.look_up(&lookup::blend_from(0, factor)),
            PixelOp::Contrast(factor) => {
                self.settle();
                self.look_up(&lookup::blend_from(mean_luma(&self.picture), factor));
            }
            PixelOp::Color(factor) => self.replace(|picture| color(picture, factor)),
            PixelOp::Sharpness(factor) => self.replace(|picture| sharpness(picture, factor)),
            PixelOp::Rotate(degrees) => self.resample(Affine::rotation(degrees, width, height)),
            PixelOp::ShearX(slope) => self.resample(Affine([1.0, slope, 0.0, 0.0, 1.0, 0.0])),
            PixelOp::ShearY(slope) => self.resample(Affine([1.0, 0.0, 0.0, slope, 1.0, 0.0])),
            PixelOp::TranslateX(pixels) => self.resample(Affine([1.0, 0.0, pixels.into(), 0.0, 1.0, 0.0])),
            PixelOp::TranslateY(pixels) => self.resample(Affine([1.0, 0.0, 0.0, 0.0, 1.0, pixels.into()])),
        }
    }

    fn look_up(&mut self, table: &Lookup) {
        self.tables = self.tables.map(|before| lookup::composed(&before, table));
    }

    /// Adds to each channel's table the one that `table_for` makes of its histogram so far.
    fn look_up_each(&mut self, table_for: impl Fn(&Histogram) -> Lookup) {
        for (table, histogram) in self.tables.iter_mut().zip(self.picture.histograms()) {
            *table = lookup::composed(table, &table_for(&lookup::moved(histogram, table)));
        }
    }

    fn resample(&mut self, transform: Affine) {
        self.replace(|picture| resample(picture, transform));
    }

    fn replace(&mut self, operation: impl Fn(&Levels) -> Levels) {
        self.settle();
        self.picture = Cow::Owned(operation(&self.picture));
    }

    fn settle(&mut self) {
        let identity = [lookup::identity(); 3];
        if self.tables != identity {
            self.picture = Cow::Owned(self.picture.looked_up(&self.tables));
            self.tables = identity;
        }
    }
}
