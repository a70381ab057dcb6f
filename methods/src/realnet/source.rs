//! Where the content of synthetic anomalies comes from.

use super::texture;
use crate::view::PixelOp;
use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;
use harness::contract::seed::Stream;
use image::RgbImage;
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where the content of synthetic anomalies comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Procedural textures.
    Procedural,
    /// Pictures below this folder, such as the Describable Textures Dataset; each is altered by three of ten
    /// operations.
    Dtd(PathBuf),
    /// Pictures below this folder, such as those made by the paper's diffusion model for this category; taken as they
    /// are.
    Sdas(PathBuf),
}

/// A source with its folder read.
#[derive(Debug)]
pub struct Contents {
    files: Vec<PathBuf>,
    altered: bool,
    /// Lowest share of the content inside a mask; the highest is 1.
    pub lowest_share: f64,
}

impl Contents {
    /// Lists the source's pictures.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no picture.
    pub fn open(source: &Source) -> Result<Self, DetectorError> {
        match source {
            Source::Procedural => Ok(Self { files: Vec::new(), altered: true, lowest_share: 0.2 }),
            Source::Dtd(folder) => Ok(Self { files: listed(folder)?, altered: true, lowest_share: 0.2 }),
            Source::Sdas(folder) => Ok(Self { files: listed(folder)?, altered: false, lowest_share: 0.5 }),
        }
    }

    /// A picture of `side` by `side` pixels.
    ///
    /// # Errors
    /// When its file cannot be decoded.
    pub fn draw(&self, side: u32, stream: &mut Stream) -> Result<RgbImage, DetectorError> {
        let picture = match self.files.choose(stream) {
            None => texture::draw(side, stream),
            Some(path) => {
                let picture = image::open(path).map_err(|error| unusable(path, &error.to_string()))?;
                Geometry::Stretch(side).picture(&picture.into_rgb8())
            }
        };
        Ok(if self.altered { alter(picture, stream) } else { picture })
    }
}

fn unusable(path: &Path, reason: &str) -> DetectorError {
    DetectorError::Option { option: "source", reason: format!("{}: {reason}", path.display()) }
}

/// All PNG and JPEG files below `folder`, sorted.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, DetectorError> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unusable(&folder, &error.to_string()))?;
        for entry in entries {
            let path = entry.map_err(|error| unusable(&folder, &error.to_string()))?.path();
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            if path.is_dir() {
                folders.push(path);
            } else if extension.is_some_and(|extension| ["png", "jpg", "jpeg"].contains(&extension.as_str()))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(unusable(
            folder,
            "holds no PNG or JPEG files; name a folder of pictures to cut anomalies from",
        ));
    }
    Ok(files)
}

/// Applies three different ones of ten operations. Which ten, and how strong, is our choice.
fn alter(picture: RgbImage, stream: &mut Stream) -> RgbImage {
    let mut factor = || stream.random_range(0.5..1.5_f32);
    let operations = [
        PixelOp::Autocontrast,
        PixelOp::Equalize,
        PixelOp::Color(factor()),
        PixelOp::Contrast(factor()),
        PixelOp::Brightness(factor()),
        PixelOp::Sharpness(2.0 * factor()),
        PixelOp::Posterize(stream.random_range(3..=6)),
        PixelOp::Solarize(stream.random_range(32..=224)),
        // The negative.
        PixelOp::Solarize(0),
        PixelOp::Rotate(stream.random_range(-45.0..45.0)),
    ];
    let chosen: Vec<_> = operations.sample(stream, 3).copied().collect();
    chosen.into_iter().fold(picture, |picture, operation| operation.apply(&picture))
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    #[test]
    fn a_folder_is_read_in_order_and_an_empty_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = Contents::open(&Source::Sdas(folder.path().into())).unwrap_err().to_string();
        assert!(message.contains("holds no PNG or JPEG files"), "{message}");
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for (name, value) in [("b/x.png", 10), ("a.png", 200)] {
            RgbImage::from_pixel(5, 3, image::Rgb([value; 3])).save(folder.path().join(name)).unwrap();
        }
        let contents = Contents::open(&Source::Sdas(folder.path().into())).unwrap();
        assert!(contents.files[0].ends_with("a.png") && contents.files.len() == 2);
        let drawn = contents.draw(8, &mut Root::new(0, "", "").stream("source", "")).unwrap();
        assert_eq!(drawn.dimensions(), (8, 8));
        assert!([10, 200].contains(&drawn.get_pixel(0, 0).0[0]));
    }

    #[test]
    fn what_is_drawn_depends_on_the_stream_alone() {
        let contents = Contents::open(&Source::Procedural).unwrap();
        let draw = |item: &str| contents.draw(16, &mut Root::new(0, "", "").stream("source", item)).unwrap();
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
    }
}
