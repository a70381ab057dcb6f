//! From 8-bit levels to the scale from 0 to 1 and back.

/// An 8-bit level on the scale from 0 to 1.
pub(super) fn unit(level: u8) -> f64 {
    f64::from(level) / 255.0
}

/// The 8-bit level of a value on the scale from 0 to 1, clipped, and truncated rather than rounded:
/// the library casts to `uint8`. (The way over `i32` has vector instructions.)
pub(super) fn level(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0) as i32 as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_clipped_and_truncated() {
        assert_eq!([-0.5, 0.0, 0.9999, 1.0, 7.0].map(level), [0, 0, 254, 255, 255]);
    }
}
