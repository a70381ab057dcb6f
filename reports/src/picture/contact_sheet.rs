//! Many small pictures on one sheet, in named rows and columns.

use crate::figure::{FONT, load_font};
use image::{Rgb, RgbImage, imageops};
use plotters::backend::BitMapBackend;
use plotters::drawing::IntoDrawingArea;
use plotters::element::Text;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{BLACK, IntoFont};

/// Sizes that go with the width of a picture, in pixels.
#[derive(Clone, Copy)]
struct Type {
    /// Height of a letter.
    size: u32,
    /// From one line of a name to the next.
    line: u32,
    /// Height of the line that names the columns.
    head: u32,
    /// Width of a row's name.
    name: u32,
}

impl Type {
    /// Larger where pictures are, so that a sheet can be shrunk to the width of a page.
    fn beside(cell: u32) -> Self {
        let size = (cell / 8).max(15);
        Self { size, line: size * 19 / 15, head: size * 26 / 15, name: size * 168 / 15 }
    }
}

/// Space between pictures.
const GAP: u32 = 3;
/// Space round the sheet, and between its blocks.
const MARGIN: u32 = 14;

/// A row of pictures.
pub struct Strip {
    /// Its name, on the left; it may have several lines.
    pub name: String,
    /// One picture per column.
    pub pictures: Vec<RgbImage>,
}

/// A sheet with rows in `blocks` columns of rows; `heads` name the columns of pictures. Pictures are shrunk, with
/// their proportions, to a width of `cell` pixels; all should have one shape.
///
/// # Errors
/// When the drawing library cannot write the names.
pub fn contact_sheet(heads: &[&str], strips: &[Strip], cell: u32, blocks: u32) -> Result<RgbImage, String> {
    let blocks = blocks.clamp(1, strips.len().max(1) as u32);
    let (width, height) =
        strips.iter().flat_map(|strip| &strip.pictures).next().map_or((1, 1), RgbImage::dimensions);
    let tall = (u64::from(cell) * u64::from(height) / u64::from(width.max(1))).max(1) as u32;
    let rows = strips.len().div_ceil(blocks as usize) as u32;
    let kind = Type::beside(cell);
    let block = kind.name + heads.len() as u32 * (cell + GAP) + MARGIN;
    let size = (MARGIN + blocks * block, kind.head + rows * (tall + GAP) + MARGIN);
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([255; 3]));
    let place = |strip: usize| {
        let strip = strip as u32;
        (MARGIN + strip / rows * block, kind.head + strip % rows * (tall + GAP))
    };
    for (index, strip) in strips.iter().enumerate() {
        let (left, top) = place(index);
        for (column, picture) in strip.pictures.iter().enumerate() {
            let small = imageops::resize(picture, cell, tall, imageops::FilterType::Triangle);
            let left = left + kind.name + column as u32 * (cell + GAP);
            imageops::replace(&mut sheet, &small, i64::from(left), i64::from(top));
        }
    }
    let names = strips.iter().enumerate().flat_map(|(index, strip)| {
        let (left, top) = place(index);
        let lines = strip.name.lines().count() as u32;
        let first = (top + tall / 2).saturating_sub(kind.line * lines.saturating_sub(1) / 2);
        strip
            .name
            .lines()
            .zip(0..)
            .map(move |(text, line)| (text, (left, first + kind.line * line), HPos::Left))
    });
    let heads = (0..blocks).flat_map(|index| {
        let left = MARGIN + index * block + kind.name + cell / 2;
        heads.iter().enumerate().map(move |(column, head)| {
            (*head, (left + column as u32 * (cell + GAP), kind.head / 2), HPos::Center)
        })
    });
    let texts: Vec<_> = heads.chain(names).collect();
    write(&mut sheet, kind.size, &texts)
        .map_err(|reason| format!("cannot write names into a picture: {reason}"))?;
    Ok(sheet)
}

fn write(
    sheet: &mut RgbImage,
    size_of_type: u32,
    texts: &[(&str, (u32, u32), HPos)],
) -> Result<(), Box<dyn std::error::Error>> {
    load_font();
    let size = sheet.dimensions();
    let root = BitMapBackend::with_buffer(sheet, size).into_drawing_area();
    for &(text, (x, y), anchor) in texts {
        let style = (FONT, size_of_type).into_font().color(&BLACK).pos(Pos::new(anchor, VPos::Center));
        root.draw(&Text::new(text, (x as i32, y as i32), style)).map_err(|error| error.to_string())?;
    }
    root.present().map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_its_place() {
        let strip = |name: &str, shade| Strip {
            name: name.into(),
            pictures: vec![RgbImage::from_pixel(80, 40, Rgb([shade; 3])); 2],
        };
        let sheet = contact_sheet(&["1", "2"], &[strip("a", 10), strip("b", 90)], 40, 2).unwrap();
        let kind = Type::beside(40);
        let block = kind.name + 2 * (40 + GAP) + MARGIN;
        assert_eq!(sheet.dimensions(), (MARGIN + 2 * block, kind.head + 20 + GAP + MARGIN));
        let centre = |x: u32| sheet.get_pixel(MARGIN + kind.name + x + 20, kind.head + 10).0;
        assert_eq!([centre(0), centre(40 + GAP), centre(block)], [[10; 3], [10; 3], [90; 3]]);
        let dark = |left: u32| {
            sheet.enumerate_pixels().any(|(x, _, p)| (left..left + kind.name).contains(&x) && p.0[0] < 80)
        };
        assert!(dark(MARGIN) && dark(MARGIN + block), "names are written");
    }

    #[test]
    fn an_empty_sheet_is_a_sheet() {
        assert!(contact_sheet(&[], &[], 10, 3).is_ok());
    }
}
