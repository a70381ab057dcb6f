//! What can go wrong in a plugin. Messages name the file or the thing, and the way out.

use std::path::{Path, PathBuf};

/// A data set that cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Files are not where they should be.
    #[error("{} not found: {way_out}", path.display())]
    Missing {
        /// What was looked for.
        path: PathBuf,
        /// What to do about it.
        way_out: String,
    },
    /// A file that cannot be decoded.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why, in the decoder's words.
        reason: String,
    },
    /// A mask whose size is not that of its image.
    #[error(
        "{}: the mask is {mask_width}x{mask_height} but its image is {width}x{height}; \
         masks must have the size of their image", path.display()
    )]
    MaskSize {
        /// The mask file.
        path: PathBuf,
        /// Mask width in pixels.
        mask_width: u32,
        /// Mask height in pixels.
        mask_height: u32,
        /// Image width in pixels.
        width: u32,
        /// Image height in pixels.
        height: u32,
    },
    /// A mask that should be there and is not.
    #[error("{} not found: it should mark the defect of {image}", path.display())]
    MaskMissing {
        /// Where the mask should be.
        path: PathBuf,
        /// The image it belongs to.
        image: String,
    },
    /// A mask that cannot be decoded.
    #[error("{}: the mask cannot be read: {reason}", path.display())]
    MaskUnreadable {
        /// The mask file.
        path: PathBuf,
        /// Why, in the decoder's words.
        reason: String,
    },
    /// A category without training images, or without test images.
    #[error("category '{category}' of {dataset} has no {what}; {way_out}")]
    Empty {
        /// Data set name.
        dataset: String,
        /// Category name.
        category: String,
        /// `training images` or `test images`.
        what: &'static str,
        /// What to do about it.
        way_out: String,
    },
    /// An option has a value that makes no sense.
    #[error("option {option}: {reason}")]
    Option {
        /// The option's name.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A name the data set does not have.
    #[error("{dataset} has no category '{category}'; it has: {}", known.join(", "))]
    UnknownCategory {
        /// Data set name.
        dataset: String,
        /// The name that was asked for.
        category: String,
        /// The names it has.
        known: Vec<String>,
    },
    /// Anything else about the data.
    #[error("{0}")]
    Other(String),
}

impl DataError {
    /// A file that could not be read or decoded.
    pub fn unreadable(path: &Path, reason: impl ToString) -> Self {
        Self::Unreadable { path: path.into(), reason: reason.to_string() }
    }

    /// A mask that could not be read or decoded.
    pub fn mask_unreadable(path: &Path, reason: impl ToString) -> Self {
        Self::MaskUnreadable { path: path.into(), reason: reason.to_string() }
    }

    /// The same error where the file is a mask.
    pub fn of_mask(self) -> Self {
        match self {
            Self::Unreadable { path, reason } => Self::MaskUnreadable { path, reason },
            other => other,
        }
    }
}

/// A shift that cannot be applied to an image.
#[derive(Debug, thiserror::Error)]
pub enum ShiftError {
    /// The image is smaller than the corruption is defined for.
    #[error("{shift} needs images of at least {minimum}x{minimum} pixels, this one is {width}x{height}")]
    TooSmall {
        /// Shift name.
        shift: &'static str,
        /// Smallest side it accepts, in pixels.
        minimum: u32,
        /// Image width in pixels.
        width: u32,
        /// Image height in pixels.
        height: u32,
    },
}

/// A detector that cannot be built, trained or asked.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    /// An option has a value that makes no sense.
    #[error("option {option}: {reason}")]
    Option {
        /// The option's name.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Pretrained weights are missing or do not fit.
    #[error("{0}")]
    Weights(String),
    /// The device cannot be used.
    #[error("{0}")]
    Device(String),
    /// Training broke off.
    #[error("training failed: {0}")]
    Training(String),
    /// Scoring broke off.
    #[error("scoring failed: {0}")]
    Scoring(String),
    /// A checkpoint of official code for a method that has none.
    #[error("this method has no official checkpoint format; give the folder of a finished job of shiftbench")]
    NoOfficialFormat,
    /// A method that looks at a normal picture at test time was not given one.
    #[error(
        "this method mixes test features with those of a normal picture, and official checkpoints hold none: \
         name one with --reference (official code takes the first training image), or switch mixing off with \
         --set alpha=0"
    )]
    NoReference,
    /// The trained state cannot be written or read.
    #[error("{}: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl DetectorError {
    /// A state file that could not be written or read.
    pub fn state(path: &Path, reason: impl ToString) -> Self {
        Self::State { path: path.into(), reason: reason.to_string() }
    }
}
