//! Several pictures as bytes: a mark, their number, and each with its mask.

use crate::results::Shown;
use image::RgbImage;

/// How a sheet begins. Another form has another mark.
const MARK: &[u8; 8] = b"shown 1\n";

/// What is known of where a picture is defective.
const NO_MASK: u8 = 0;
const MASK: u8 = 1;
const UNMARKED: u8 = 2;

/// The bytes of a sheet.
pub(super) fn write(pictures: &[Shown]) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    bytes.extend((pictures.len() as u32).to_le_bytes());
    for shown in pictures {
        bytes.extend(shown.picture.width().to_le_bytes());
        bytes.extend(shown.picture.height().to_le_bytes());
        let mask = if shown.mask.is_some() { MASK } else { NO_MASK };
        bytes.push(mask | if shown.unmarked { UNMARKED } else { 0 });
        bytes.extend(shown.picture.as_raw());
        bytes.extend(shown.mask.iter().flatten().map(|&defective| u8::from(defective)));
    }
    bytes
}

/// The pictures of a sheet; `None` if it is not whole.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Shown>> {
    let mut rest = bytes.strip_prefix(MARK)?;
    let count = number(&mut rest)?;
    let pictures: Option<Vec<Shown>> = (0..count).map(|_| picture(&mut rest)).collect();
    pictures.filter(|_| rest.is_empty())
}

fn picture(rest: &mut &[u8]) -> Option<Shown> {
    let (width, height) = (number(rest)?, number(rest)?);
    let pixels = (width as usize).checked_mul(height as usize)?;
    let flags = take(rest, 1)?[0];
    let raw = take(rest, pixels.checked_mul(3)?)?.to_vec();
    let mask = match flags & MASK {
        NO_MASK => None,
        _ => Some(take(rest, pixels)?.iter().map(|&value| value != 0).collect()),
    };
    Some(Shown { picture: RgbImage::from_raw(width, height, raw)?, mask, unmarked: flags & UNMARKED != 0 })
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_hold_every_kind_of_mask() {
        let picture = RgbImage::from_fn(4, 3, |x, y| image::Rgb([x as u8, y as u8, 200]));
        let kinds = [(None, false), (Some(vec![true; 12]), false), (Some(vec![false; 12]), true)];
        let pictures = kinds.map(|(mask, unmarked)| Shown { picture: picture.clone(), mask, unmarked });
        let bytes = write(&pictures);
        assert_eq!(read(&bytes).unwrap(), pictures);
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None, "cut after {end}");
        }
    }
}
