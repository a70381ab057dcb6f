//! What becomes of pictures that are not 8-bit RGB, for `check` to tell.

use super::decode::{Format, reader};
use super::source::read_file;
use super::{chunks, jpeg};
use crate::contract::error::DataError;
use image::metadata::Orientation;
use image::{ExtendedColorType, ImageDecoder};
use std::fmt;
use std::path::Path;

/// A way in which a file's picture is not what [`open_rgb`](super::open_rgb) delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conversion {
    /// One channel, stacked to three equal ones.
    Grey,
    /// Colours looked up in a table, which loses nothing.
    Palette,
    /// 16 bits a channel, scaled to 8.
    Deep,
    /// Transparency, dropped.
    Alpha,
    /// CMYK or YCCK, converted as Pillow does without a colour profile.
    Inks,
    /// Turned or mirrored by the camera's note, which is not followed.
    Turned,
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grey => "grey, stacked to three channels",
            Self::Palette => "colours from a palette, looked up",
            Self::Deep => "16 bits a channel, scaled to 8",
            Self::Alpha => "an alpha channel, dropped",
            Self::Inks => "CMYK, converted to RGB without a colour profile",
            Self::Turned => {
                "EXIF says that it is to be turned or mirrored; pixels are taken as stored, and masks must fit these"
            }
        })
    }
}

/// What [`open_rgb`](super::open_rgb) does to the picture in `path` besides decoding it. No pixel is decoded.
///
/// # Errors
/// [`DataError`] naming the file when it is no image.
pub fn conversions(path: &Path) -> Result<Vec<Conversion>, DataError> {
    of(&read_file(path)?).map_err(|reason| DataError::unreadable(path, reason))
}

fn of(bytes: &[u8]) -> Result<Vec<Conversion>, String> {
    let (mut found, turned) = match Format::of(bytes) {
        Format::Jpeg => {
            let head = jpeg::head(bytes)?;
            let colours = match head.components {
                1 => vec![Conversion::Grey],
                4 => vec![Conversion::Inks],
                _ => Vec::new(),
            };
            (colours, head.exif.and_then(Orientation::from_exif_chunk))
        }
        Format::Png => of_png(bytes)?,
        Format::Other => {
            let mut decoder = reader(bytes)?.into_decoder().map_err(|error| error.to_string())?;
            let turned = decoder.orientation().ok();
            (of_samples(decoder.original_color_type()), turned)
        }
    };
    let turned = turned.filter(|orientation| *orientation != Orientation::NoTransforms);
    found.extend(turned.map(|_| Conversion::Turned));
    Ok(found)
}

fn of_png(bytes: &[u8]) -> Result<(Vec<Conversion>, Option<Orientation>), String> {
    let chunks = chunks::of(bytes)?;
    let content = |name: &[u8]| chunks.iter().find(|chunk| chunk.name == name).map(|chunk| chunk.content);
    let [.., depth, kind, _, _, _] = content(b"IHDR").unwrap_or_default() else {
        return Err("its header is damaged".into());
    };
    let found = [
        (Conversion::Grey, kind & 3 == 0),
        (Conversion::Palette, kind & 1 == 1),
        (Conversion::Deep, *depth == 16),
        (Conversion::Alpha, kind & 4 == 4 || content(b"tRNS").is_some()),
    ];
    let found = found.into_iter().filter_map(|(conversion, holds)| holds.then_some(conversion));
    Ok((found.collect(), content(b"eXIf").and_then(Orientation::from_exif_chunk)))
}

fn of_samples(samples: ExtendedColorType) -> Vec<Conversion> {
    use ExtendedColorType as Of;
    let found = [
        (Conversion::Grey, matches!(samples, Of::L1 | Of::L8 | Of::L16 | Of::La8 | Of::La16)),
        (Conversion::Deep, matches!(samples, Of::L16 | Of::La16 | Of::Rgb16 | Of::Rgba16 | Of::Cmyk16)),
        (Conversion::Alpha, matches!(samples, Of::La8 | Of::La16 | Of::Rgba8 | Of::Rgba16)),
        (Conversion::Inks, matches!(samples, Of::Cmyk8 | Of::Cmyk16)),
    ];
    found.into_iter().filter_map(|(conversion, holds)| holds.then_some(conversion)).collect()
}
