//! Pictures cut into tiles and put together in another order.

use super::orders::{GRID, ORDERS, Order, TILES, orders};
use crate::view::luma;
use image::{RgbImage, imageops};
use rand::{Rng, RngExt};

/// The largest side up to `side` that tiles divide, in pixels.
pub fn side(side: u32) -> u32 {
    side - side % GRID as u32
}

/// The picture with its tiles in this order. A row or column of pixels that no whole tile reaches, at the right and at
/// the bottom, stays as it is, so that the size does.
pub fn reordered(picture: &RgbImage, order: &Order) -> RgbImage {
    let grid = GRID as u32;
    let (width, height) = (picture.width() / grid, picture.height() / grid);
    let mut puzzle = picture.clone();
    let corner = |place: u32| (place % grid * width, place / grid * height);
    for (place, &tile) in order.iter().enumerate() {
        let ((from_x, from_y), (x, y)) = (corner(u32::from(tile)), corner(place as u32));
        let tile = imageops::crop_imm(picture, from_x, from_y, width, height).to_image();
        imageops::replace(&mut puzzle, &tile, i64::from(x), i64::from(y));
    }
    puzzle
}

/// Makes each tile of a picture that tiles divide grey with this chance.
pub fn grey_tiles(puzzle: &mut RgbImage, chance: f64, rng: &mut impl Rng) {
    let grey: [bool; TILES] = std::array::from_fn(|_| rng.random::<f64>() < chance);
    let grid = GRID as u32;
    let (width, height) = (puzzle.width() / grid, puzzle.height() / grid);
    for (x, y, pixel) in puzzle.enumerate_pixels_mut() {
        if grey.get((y / height * grid + x / width) as usize) == Some(&true) {
            pixel.0 = [luma(pixel.0); 3];
        }
    }
}

/// Draws the index of an order: the first with chance `ordered`, else any of them, the first among them.
pub fn draw_order(ordered: f64, rng: &mut impl Rng) -> usize {
    let (coin, order) = (rng.random::<f64>(), rng.random_range(0..ORDERS));
    if coin < ordered { 0 } else { order }
}

/// A picture in a drawn order, and its index.
pub fn draw(picture: &RgbImage, ordered: f64, rng: &mut impl Rng) -> (RgbImage, usize) {
    let index = draw_order(ordered, rng);
    (reordered(picture, &orders()[index]), index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    fn picture(side: u32) -> RgbImage {
        RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7) as u8, (y * 11) as u8, (x * y) as u8]))
    }

    #[test]
    fn in_order_it_is_the_picture_and_the_inverse_undoes_any_order() {
        let picture = picture(24);
        assert_eq!(reordered(&picture, &orders()[0]), picture);
        for order in &orders()[1..] {
            let mut inverse = [0; TILES];
            order.iter().enumerate().for_each(|(place, &tile)| inverse[usize::from(tile)] = place as u8);
            let puzzle = reordered(&picture, order);
            assert_ne!(puzzle, picture);
            assert_eq!(reordered(&puzzle, &inverse), picture);
        }
    }

    #[test]
    fn tiles_are_whole() {
        assert_eq!([256, 128, 224, 255].map(side), [255, 126, 222, 255]);
        let (picture, order) = (picture(32), [8, 1, 2, 3, 4, 5, 6, 7, 0]);
        let puzzle = reordered(&picture, &order);
        assert_eq!(puzzle.dimensions(), (32, 32));
        assert_eq!(puzzle.get_pixel(0, 0), picture.get_pixel(20, 20));
        assert_eq!(puzzle.get_pixel(25, 29), picture.get_pixel(5, 9));
        for (x, y) in [(15, 5), (30, 4), (31, 31), (0, 30)] {
            assert_eq!(puzzle.get_pixel(x, y), picture.get_pixel(x, y));
        }
    }

    #[test]
    fn as_many_tiles_are_grey_as_asked_for() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut after = |chance| {
            let mut puzzle = picture(24);
            grey_tiles(&mut puzzle, chance, &mut rng);
            puzzle
        };
        assert_eq!(after(0.0), picture(24));
        assert!(after(1.0).pixels().all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]));
        let half = after(0.5);
        let count = picture(24).pixels().zip(half.pixels()).filter(|(a, b)| a != b).count();
        assert!((64..512).contains(&count), "{count}");
    }

    /// The published share of ordered pictures: one of 31 is drawn for the others, which may be in order too.
    #[test]
    fn one_label_in_ten_is_drawn_from_all() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
        let mut counts = [0_usize; ORDERS];
        (0..100_000).for_each(|_| counts[draw_order(0.9, &mut rng)] += 1);
        assert!((counts[0] as f64 / 1e5 - 0.903_23).abs() < 0.003, "{}", counts[0]);
        assert!(counts[1..].iter().all(|&count| (240..=410).contains(&count)), "{counts:?}");
    }
}
