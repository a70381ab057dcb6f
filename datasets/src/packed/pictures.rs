//! Pictures of one size, in memory.

use crate::one_vs_rest::Pictures;
use harness::prelude::*;
use std::path::Path;

/// How the bytes of a picture follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One byte per pixel; delivered as three equal channels.
    Grey,
    /// Red, green and blue of each pixel in turn.
    Interleaved,
    /// All red bytes, then all green, then all blue.
    Planar,
}

/// Pictures and their labels.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    width: u32,
    height: u32,
    layout: Layout,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Packed {
    /// `pixels` holds as many pictures of `width` x `height` as there are labels, row by row.
    ///
    /// # Errors
    /// When the numbers do not agree; `path` is named then.
    pub fn new(
        path: &Path,
        [width, height]: [usize; 2],
        layout: Layout,
        pixels: Vec<u8>,
        labels: Vec<u8>,
    ) -> Result<Self, DataError> {
        let size = width * height * if layout == Layout::Grey { 1 } else { 3 };
        if size == 0 || labels.is_empty() {
            return Err(DataError::unreadable(path, "it holds no pictures"));
        }
        if pixels.len() != size * labels.len() {
            let (pictures, labels) = (pixels.len() / size, labels.len());
            let reason = format!("{pictures} pictures, but {labels} labels: these do not belong together");
            return Err(DataError::unreadable(path, reason));
        }
        Ok(Self { width: width as u32, height: height as u32, layout, pixels, labels })
    }
}

impl Pictures for Packed {
    fn labels(&self) -> &[u8] {
        &self.labels
    }

    fn picture(&self, index: usize) -> Result<RgbImage, DataError> {
        let pixels = (self.width * self.height) as usize;
        let channels = if self.layout == Layout::Grey { 1 } else { 3 };
        let bytes = &self.pixels[index * channels * pixels..][..channels * pixels];
        Ok(RgbImage::from_fn(self.width, self.height, |x, y| {
            let at = (y * self.width + x) as usize;
            image::Rgb(match self.layout {
                Layout::Grey => [bytes[at]; 3],
                Layout::Interleaved => [0, 1, 2].map(|channel| bytes[3 * at + channel]),
                Layout::Planar => [0, 1, 2].map(|channel| bytes[channel * pixels + at]),
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_puts_bytes_where_they_belong() {
        let packed = |layout, count| {
            Packed::new(Path::new("file"), [2, 1], layout, (0..count).collect(), vec![0, 1]).unwrap()
        };
        let second = |layout, count| packed(layout, count).picture(1).unwrap().into_raw();
        assert_eq!(second(Layout::Grey, 4), [2, 2, 2, 3, 3, 3]);
        assert_eq!(second(Layout::Interleaved, 12), [6, 7, 8, 9, 10, 11]);
        assert_eq!(second(Layout::Planar, 12), [6, 8, 10, 7, 9, 11]);
    }

    #[test]
    fn pictures_without_labels_are_refused() {
        let error = Packed::new(Path::new("file"), [2, 1], Layout::Grey, vec![0; 6], vec![0, 1]);
        let message = error.unwrap_err().to_string();
        assert_eq!(message, "file: 3 pictures, but 2 labels: these do not belong together");
        assert!(Packed::new(Path::new("file"), [0, 1], Layout::Grey, vec![], vec![]).is_err());
    }
}
