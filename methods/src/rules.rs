//! What detectors say when options make no sense.

use harness::contract::error::DetectorError;

/// Checks what the types of options cannot: an option's name, whether its value makes sense, and what would.
///
/// # Errors
/// The first rule that does not hold.
pub fn check(rules: &[(&'static str, bool, &str)]) -> Result<(), DetectorError> {
    match rules.iter().find(|(_, holds, _)| !holds) {
        Some((option, _, reason)) => Err(DetectorError::Option { option, reason: (*reason).into() }),
        None => Ok(()),
    }
}

/// The side of a picture whose coarsest features have this stride: there must be a whole number of them.
///
/// # Errors
/// When `image_size` is no multiple of it.
pub fn whole_strides(image_size: u32, stride: u32) -> Result<u32, DetectorError> {
    if image_size > 0 && image_size.is_multiple_of(stride) {
        return Ok(image_size);
    }
    let reason = format!("is {image_size}, but must be a multiple of {stride}");
    Err(DetectorError::Option { option: "image_size", reason })
}
