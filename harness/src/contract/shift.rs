//! Distribution shifts: what happens to a test image before a detector sees it.

use crate::contract::dataset::Sample;
use crate::contract::error::ShiftError;
use crate::contract::options::OptionSet;
use crate::contract::seed::Stream;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How strong a shift is: 1 (weak) to 5 (strong).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Severity(u8);

impl Severity {
    /// All five, weakest first.
    pub const ALL: [Severity; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }

    /// The entry of a table that lists one value per severity.
    pub fn pick<T: Copy>(self, table: [T; 5]) -> T {
        table[usize::from(self.0) - 1]
    }
}

impl TryFrom<u8> for Severity {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, String> {
        if (1..=5).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("severity {value} is not in 1..=5"))
        }
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity.0
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A change of lighting, contrast, focus, noise or geometry, applied to the 8-bit image at its native
/// resolution, before any resize.
pub trait Shift: Send + Sync {
    /// The shifted sample. A geometric shift moves the mask with the pixels.
    ///
    /// `stream` is the same for an image under every method, seed and severity, so methods are
    /// compared on equal pictures and severities differ only in strength.
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError>;
}

/// How a shift joins the registry: see CONTRIBUTING, "Add a shift".
pub trait ShiftPlugin: 'static {
    /// Name in suites, tables and paths: lower case, words joined by underscores as in ImageNet-C.
    const NAME: &'static str;
    /// One line for `list`.
    const SUMMARY: &'static str;
    /// Where its definition comes from.
    const SOURCE: &'static str;
    /// Raised whenever the same options may give other pixels.
    const REVISION: u32;
    /// Options, declared with [`options!`](crate::options).
    type Options: OptionSet;
    /// Builds the shift.
    fn build(options: Self::Options) -> Box<dyn Shift>;
}
