//! Grey as Pillow makes it.

/// Grey level of a pixel: Pillow's conversion to mode `L` (ITU-R 601-2 weights in 16-bit fixed
/// point, rounded).
#[inline(always)]
pub fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let weighted = u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471;
    ((weighted + 0x8000) >> 16) as u8
}
