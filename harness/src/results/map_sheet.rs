//! The anomaly maps of a cell, small, on one grey sheet: what reports draw heat maps from without the
//! model, the data or a GPU.

use crate::contract::detector::AnomalyMap;
use crate::results::files::hash;
use image::{GrayImage, ImageFormat, ImageReader, Luma};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// Longest side of a map on the sheet, in pixels. Maps of the published methods are smoothed over more
/// than that takes away, and hundreds of thousands of them must fit beside the records.
const SIDE: u32 = 64;

/// Maps beside each other on the sheet.
const COLUMNS: u32 = 16;

/// What is needed to read a sheet of maps. The maps are in the order of the score file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapSheet {
    /// Hash of the PNG file.
    pub hash: String,
    /// Side of a map on the sheet, in pixels.
    pub side: u32,
    /// Value that black stands for.
    pub low: f32,
    /// Value that white stands for.
    pub high: f32,
}

impl MapSheet {
    /// A sheet of square maps of `side` x `side` values, and the PNG file; `None` without any map.
    pub(crate) fn draw(maps: &[&[f32]], side: u32) -> Option<(Self, Vec<u8>)> {
        let block = side.div_ceil(SIDE).max(1);
        let small: Vec<Vec<f32>> = maps.iter().map(|map| reduced(map, side, block)).collect();
        let values = || small.iter().flatten().copied();
        let (low, high) = (values().reduce(f32::min)?, values().reduce(f32::max)?);
        let side = side.div_ceil(block);
        let rows = (maps.len() as u32).div_ceil(COLUMNS);
        let mut sheet = GrayImage::new(COLUMNS.min(maps.len() as u32) * side, rows * side);
        let span = if high > low { high - low } else { 1.0 };
        for (index, map) in small.iter().enumerate() {
            let (left, top) = corner(index, side);
            for (pixel, &value) in map.iter().enumerate() {
                let (x, y) = (pixel as u32 % side, pixel as u32 / side);
                sheet.put_pixel(left + x, top + y, Luma([(255.0 * (value - low) / span).round() as u8]));
            }
        }
        let mut png = Cursor::new(Vec::new());
        sheet.write_to(&mut png, ImageFormat::Png).ok()?;
        let png = png.into_inner();
        let hash = hash(&png);
        Some((Self { hash, side, low, high }, png))
    }

    /// The maps at the given places of the score file, from the bytes of the PNG file, which are compared with the hash.
    ///
    /// # Errors
    /// When the bytes are not this sheet, or have no such map.
    pub(super) fn read(&self, png: &[u8], places: &[usize]) -> Result<Vec<AnomalyMap>, String> {
        if hash(png) != self.hash {
            return Err("the maps are not those the record was made with".into());
        }
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
        let sheet = reader.decode().map_err(|error| error.to_string())?.into_luma8();
        let map = |&place: &usize| {
            let (left, top) = corner(place, self.side);
            let values = (0..self.side * self.side).map(|pixel| {
                let (x, y) = (left + pixel % self.side, top + pixel / self.side);
                let grey = sheet.get_pixel_checked(x, y).ok_or("the sheet has no such map")?;
                Ok(self.low + (self.high - self.low) * f32::from(grey.0[0]) / 255.0)
            });
            let values = values.collect::<Result<_, String>>()?;
            Ok(AnomalyMap { width: self.side, height: self.side, values })
        };
        places.iter().map(map).collect()
    }
}

/// Where a map begins on the sheet.
fn corner(index: usize, side: u32) -> (u32, u32) {
    (index as u32 % COLUMNS * side, index as u32 / COLUMNS * side)
}

/// Means over blocks of `block` x `block` values; those at the far edges may be smaller.
fn reduced(map: &[f32], side: u32, block: u32) -> Vec<f32> {
    let small = side.div_ceil(block);
    let mean = |pixel: u32| {
        let (left, top) = (pixel % small * block, pixel / small * block);
        let rows = top..(top + block).min(side);
        let columns = left..(left + block).min(side);
        let count = (rows.len() * columns.len()) as f32;
        let row = |y: u32| columns.clone().map(move |x| map[(y * side + x) as usize]).sum::<f32>();
        rows.map(row).sum::<f32>() / count
    };
    (0..small * small).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_come_back_small_and_in_their_place() {
        // 40 maps of 130 x 130: blocks of 3, the last ones 1 wide.
        let side = 130;
        let maps: Vec<Vec<f32>> = (0..40)
            .map(|index| (0..side * side).map(|pixel| index as f32 + (pixel / side) as f32 / 129.0).collect())
            .collect();
        let slices: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
        let (sheet, png) = MapSheet::draw(&slices, side).unwrap();
        assert_eq!(sheet.side, 44);
        let read = sheet.read(&png, &[0, 17, 39]).unwrap();
        let step = (sheet.high - sheet.low) / 255.0;
        for (map, index) in read.iter().zip([0.0, 17.0, 39.0]) {
            assert_eq!(map.values.len(), 44 * 44);
            for (pixel, value) in map.values.iter().enumerate() {
                let rows: Vec<f32> =
                    (pixel / 44 * 3..(pixel / 44 * 3 + 3).min(130)).map(|y| y as f32).collect();
                let mean = index + rows.iter().sum::<f32>() / rows.len() as f32 / 129.0;
                assert!((value - mean).abs() <= 0.51 * step, "{value} {mean}");
            }
        }
    }

    #[test]
    fn another_sheet_is_refused() {
        let (sheet, mut png) = MapSheet::draw(&[&[1.0, 2.0, 3.0, 4.0]], 2).unwrap();
        assert!(sheet.read(&png, &[1]).unwrap_err().contains("no such map"));
        *png.last_mut().unwrap() ^= 1;
        assert!(sheet.read(&png, &[0]).unwrap_err().contains("not those"));
        assert!(MapSheet::draw(&[], 2).is_none());
    }

    #[test]
    fn a_flat_sheet_has_one_value() {
        let (sheet, png) = MapSheet::draw(&[&[0.5; 4]], 2).unwrap();
        assert_eq!(sheet.read(&png, &[0]).unwrap()[0].values, [0.5; 4]);
    }
}
