//! The contract and the engine of shiftbench.
//!
//! The nouns ([`Dataset`], [`Shift`], [`Detector`]) are traits; what implements them registers itself
//! in the [`registry`]. A [`suite`] file names plugins, [`plan`] turns it into jobs and cells, [`run`]
//! executes each job in its own process and writes its records, [`metrics`] gives them numbers.
//!
//! This crate knows no plugin by name and no tensor library: pixels are 8-bit pictures, scores are
//! numbers. What a detector computes with is its own affair.

pub mod check;
pub mod dataset;
pub mod detector;
pub mod error;
pub mod fetch;
pub mod metrics;
pub mod name;
pub mod options;
pub mod picture;
pub mod plan;
pub mod prelude;
pub mod registry;
pub mod regular;
pub mod run;
pub mod schedule;
pub mod seed;
pub mod shift;
pub mod suite;
pub mod text;

pub use dataset::Dataset;
pub use detector::Detector;
pub use shift::Shift;
