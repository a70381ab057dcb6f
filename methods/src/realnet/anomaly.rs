//! Synthetic anomalies: a mask of thresholded Perlin noise, filled with foreign content.

use super::perlin::Perlin;
use super::source::Contents;
use harness::contract::error::DetectorError;
use harness::contract::seed::Stream;
use image::RgbImage;
use rand::RngExt;

/// The noise above which a pixel is anomalous.
const THRESHOLD: f64 = 0.5;

/// A picture and where it was altered.
#[derive(Clone, Debug)]
pub struct Synthetic {
    /// The picture, square.
    pub picture: RgbImage,
    /// Row by row, whether a pixel is anomalous.
    pub mask: Vec<bool>,
}

impl Synthetic {
    /// The picture as it is.
    pub fn normal(picture: &RgbImage) -> Self {
        Self { picture: picture.clone(), mask: vec![false; (picture.width() * picture.height()) as usize] }
    }

    /// An altered copy of a square picture. The whole picture counts as foreground; the paper's rules for the
    /// foreground of single MVTec categories are not here.
    ///
    /// # Errors
    /// When a picture of the source cannot be read.
    pub fn draw(picture: &RgbImage, contents: &Contents, stream: &mut Stream) -> Result<Self, DetectorError> {
        let side = picture.width();
        let mask = mask(side, stream);
        let content = contents.draw(side, stream)?;
        let share = stream.random_range(contents.lowest_share..1.0);
        Ok(Self { picture: blend(picture, &content, &mask, share), mask })
    }
}

/// Perlin noise with 1 to 32 cells along each axis, turned by up to 90 degrees either way, above its threshold.
/// Nothing is anomalous where the turned noise leaves corners free.
fn mask(side: u32, stream: &mut Stream) -> Vec<bool> {
    let cells = [0; 2].map(|_| 1 << stream.random_range(0..=5));
    let noise = Perlin::draw(cells, stream);
    let (sine, cosine) = stream.random_range(-90.0..90.0_f64).to_radians().sin_cos();
    let centred = |pixel: u32| (f64::from(pixel) + 0.5) / f64::from(side) - 0.5;
    let at = |index: u32| {
        let (x, y) = (centred(index % side), centred(index / side));
        let (x, y) = (cosine * x + sine * y + 0.5, cosine * y - sine * x + 0.5);
        let inside = (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
        inside && noise.at(x, y) > THRESHOLD
    };
    (0..side * side).map(at).collect()
}

/// `share` of `content` and the rest of `picture` inside the mask, `picture` outside; all of one size.
fn blend(picture: &RgbImage, content: &RgbImage, mask: &[bool], share: f64) -> RgbImage {
    let mut blended = picture.clone();
    for ((pixel, content), _) in
        blended.pixels_mut().zip(content.pixels()).zip(mask).filter(|(_, mask)| **mask)
    {
        for (value, content) in pixel.0.iter_mut().zip(content.0) {
            *value = (share * f64::from(content) + (1.0 - share) * f64::from(*value)).round() as u8;
        }
    }
    blended
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;
    use harness::contract::seed::Root;

    #[test]
    fn nothing_changes_outside_the_mask() {
        let picture = RgbImage::from_fn(32, 32, |x, y| image::Rgb([(x * 8) as u8, (y * 8) as u8, 77]));
        let white = RgbImage::from_pixel(32, 32, image::Rgb([255; 3]));
        assert_eq!(blend(&picture, &white, &[false; 32 * 32], 1.0), picture);
        assert_eq!(blend(&picture, &white, &[true; 32 * 32], 1.0), white);
        let contents = Contents::open(&Source::Procedural).unwrap();
        let mut touched = 0;
        for item in 0..20 {
            let mut stream = Root::new(0, "", "").stream("anomaly", &item.to_string());
            let synthetic = Synthetic::draw(&picture, &contents, &mut stream).unwrap();
            for ((before, after), mask) in
                picture.pixels().zip(synthetic.picture.pixels()).zip(&synthetic.mask)
            {
                assert!(*mask || before == after);
            }
            touched += usize::from(synthetic.picture != picture);
        }
        assert!(touched > 12, "{touched}");
    }

    #[test]
    fn one_seed_is_one_mask() {
        let mask = |item: &str| mask(24, &mut Root::new(0, "", "").stream("mask", item));
        assert_eq!(mask("a"), mask("a"));
        let shares: Vec<_> =
            (0..30).map(|item| mask(&item.to_string()).iter().filter(|mask| **mask).count()).collect();
        assert!(shares.iter().all(|count| *count < 24 * 12), "half at most: {shares:?}");
    }
}
