//! JPEG files, decoded to the bytes that libjpeg-turbo and so Pillow give, in safe Rust.
//!
//! Sequential and progressive files of 8 bits with Huffman codes: grey, YCbCr, RGB, CMYK and YCCK, any sampling,
//! restart markers. What cannot be a whole picture is an error, never a picture with filler: data that end early or
//! go on after the last block, codes that no table has, coefficients that 8-bit levels cannot have, scans that miss,
//! no end marker. Bytes after the end marker are not looked at.
//!
//! ITU-T T.81 (1992); JFIF 1.02; the fixed-point conventions that the Independent JPEG Group documents. Its arithmetic
//! ([`dct`], [`rgb`], [`blend`]) is also that of the shift `jpeg_compression`.

mod colour;
mod component;
pub mod dct;
mod file;
mod huffman;
mod scan;
mod upsampling;

pub use colour::rgb;
pub use upsampling::blend;

use colour::Colours;
use component::Levels;
use file::File;
use huffman::Bits;
use image::RgbImage;
use scan::{Reader, Scan};
use upsampling::Upsampling;

/// Most scans of a file: ten are usual, and each costs time however short it is.
const MOST_SCANS: usize = 500;

/// What a file says of its picture before the first scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// Columns and rows.
    pub size: [usize; 2],
    /// 1 for grey, 3 for colours, 4 for inks.
    pub components: usize,
    /// What cameras write of a picture, if they did.
    pub exif: Option<&'a [u8]>,
}

/// What the file in `bytes` says of its picture.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, String> {
    let mut file = File::new(bytes)?;
    file.scan()?;
    Ok(Head { size: file.size, components: file.components.len(), exif: file.exif })
}

/// The picture in `bytes`, which may take `most_bytes` of memory and `most_side` pixels a side.
pub(super) fn decode(bytes: &[u8], most_side: usize, most_bytes: usize) -> Result<RgbImage, String> {
    let mut file = File::new(bytes)?;
    let mut scans = 0;
    while let Some(scan) = file.scan()? {
        if scans == 0 {
            reserve(&mut file, most_side, most_bytes)?;
        }
        scans += 1;
        if scans > MOST_SCANS {
            return Err(format!("it has more than {MOST_SCANS} scans"));
        }
        read(&mut file, bytes, &scan)?;
    }
    let missing = |pending: &Option<u8>| *pending != Some(0);
    if scans == 0 || file.components.iter().any(|component| component.pending.iter().any(missing)) {
        return Err("scans are missing at its end: the file is cut off".into());
    }
    paint(&file)
}

/// Makes room for the coefficients.
fn reserve(file: &mut File, most_side: usize, most_bytes: usize) -> Result<(), String> {
    let [width, height] = file.size;
    if width > most_side || height > most_side {
        return Err(format!("it is {width}x{height} pixels, more than {most_side} a side"));
    }
    // Two bytes for a coefficient, one for a level, three for a pixel.
    let blocks: usize =
        file.components.iter().map(|component| component.padded.iter().product::<usize>()).sum();
    let bytes = 64 * blocks * 3 + 3 * width * height;
    if bytes > most_bytes {
        return Err(format!("it needs {} MiB of memory, more than {}", bytes >> 20, most_bytes >> 20));
    }
    for component in &mut file.components {
        component.coefficients = vec![[0; 64]; component.padded.iter().product()];
    }
    Ok(())
}

/// Reads the picture data of a scan.
fn read(file: &mut File, bytes: &[u8], scan: &Scan) -> Result<(), String> {
    for (place, _) in &scan.components {
        scan.announce(&mut file.components[*place])?;
    }
    let tables = file.huffman.clone();
    let mut reader = Reader::new(scan, &tables, Bits::new(bytes, file.at));
    // A component alone comes block by block, several in units with so many blocks of each.
    let alone = scan.components.len() == 1;
    let first = &file.components[scan.components[0].0];
    let [across, down] = match alone {
        true => first.blocks,
        false => [0, 1].map(|axis| first.padded[axis] / first.sampling[axis]),
    };
    for unit in 0..across * down {
        if unit > 0 && file.interval > 0 && unit.is_multiple_of(file.interval) {
            file.at = reader.bits.finish()?;
            let expected = 0xd0 + ((unit / file.interval - 1) % 8) as u8;
            if file.marker()? != expected {
                return Err("a restart marker is missing: the file is cut off or damaged".into());
            }
            reader = Reader::new(scan, &tables, Bits::new(bytes, file.at));
        }
        let (x, y) = (unit % across, unit / across);
        for (number, (place, _)) in scan.components.iter().enumerate() {
            let component = &mut file.components[*place];
            let [wide, high] = if alone { [1, 1] } else { component.sampling };
            for block in 0..wide * high {
                let (x, y) = (x * wide + block % wide, y * high + block / wide);
                reader.block(number, &mut component.coefficients[y * component.padded[0] + x])?;
            }
        }
    }
    file.at = reader.bits.finish()?;
    Ok(())
}

/// Pixels from coefficients.
fn paint(file: &File) -> Result<RgbImage, String> {
    let [width, height] = file.size;
    let ids: Vec<u8> = file.components.iter().map(|component| component.id).collect();
    let colours = Colours::of(&ids, file.adobe, file.jfif)
        .ok_or_else(|| format!("it has {} components; pictures have 1, 3 or 4", ids.len()))?;
    let most = [0, 1].map(|axis| file.components.iter().map(|c| c.sampling[axis]).max().unwrap_or(1));
    let mut planes: Vec<(Levels, Upsampling)> = Vec::new();
    for component in &file.components {
        let factor = |axis: usize| {
            Some(most[axis] / component.sampling[axis])
                .filter(|factor| factor * component.sampling[axis] == most[axis])
        };
        let (Some(across), Some(down)) = (factor(0), factor(1)) else {
            return Err(
                "one component has samples that are no whole number of pixels wide; save it again".into()
            );
        };
        planes.push((component.levels()?, Upsampling::of([across, down], component.size[0])));
    }
    let mut image = RgbImage::new(width as u32, height as u32);
    let mut rows = vec![vec![0; width.next_multiple_of(8) + 8]; planes.len()];
    let mut sums = Vec::new();
    for (y, pixels) in image.chunks_exact_mut(3 * width).enumerate() {
        for ((levels, upsampling), row) in planes.iter().zip(&mut rows) {
            upsampling.row(levels, y, &mut sums, row);
        }
        colours.row(&rows, pixels);
    }
    Ok(image)
}
