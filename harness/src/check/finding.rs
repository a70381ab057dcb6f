//! What is found, and how bad it is.

use std::fmt;

/// What is wrong with an image or a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// Fewer or more images than published.
    Count,
    /// A file that cannot be read or decoded, or that a list names and nobody finds.
    Unreadable,
    /// The same pixels learnt from and tested on, or under two labels.
    Duplicate,
    /// Files that contradict each other: a list and a folder about a label, or a mask that belongs to no image.
    Contradiction,
    /// An anomalous image without a mask, where others have one.
    MaskMissing,
    /// A mask that cannot be read, or not of the image's size.
    MaskUnusable,
    /// A normal image whose mask marks something.
    MaskContradicts,
    /// An anomalous image whose mask marks nothing: real data sets have some. Where its defect is nobody knows, so that
    /// pixel metrics leave the image out.
    MaskEmpty,
    /// Pictures that are not 8-bit RGB in their files, or not upright by them.
    Converted,
    /// Worth a look, but perhaps as intended: an image of one colour, of an unusual size, too small for shifts or
    /// there twice; a test without normal or without anomalous images.
    Odd,
}

impl Problem {
    /// Whether it would stop a run or falsify its numbers. The rest are hints.
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Odd | Self::Converted | Self::MaskEmpty)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Count => "count",
            Self::Unreadable => "unreadable",
            Self::Duplicate => "duplicate",
            Self::Contradiction => "contradiction",
            Self::MaskMissing => "mask missing",
            Self::MaskUnusable => "mask unusable",
            Self::MaskContradicts => "mask contradicts",
            Self::MaskEmpty => "mask empty",
            Self::Converted => "converted",
            Self::Odd => "odd",
        })
    }
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The category.
    pub category: String,
    /// What kind it is.
    pub problem: Problem,
    /// The image it is about, the first of several; empty where it is about a category, or the message names the file.
    pub file: String,
    /// What is wrong, in words.
    pub message: String,
    /// How many images it is about: those of which the same is said are one finding.
    pub images: usize,
}

impl Finding {
    pub(super) fn new(category: &str, problem: Problem, file: &str, message: impl Into<String>) -> Self {
        Self { category: category.into(), problem, file: file.into(), message: message.into(), images: 1 }
    }
}
