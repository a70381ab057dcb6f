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
