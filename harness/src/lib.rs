//! The contract and the engine of shiftbench.
//!
//! The nouns ([`Dataset`], [`Shift`], [`Detector`]) are traits; what implements them registers itself
//! in the [`registry`]. A [`suite`] file names plugins, [`plan`] turns it into jobs and cells, [`run`]
//! executes each job in its own process and writes its records, [`metrics`] gives them numbers.
//!
//! This crate knows no plugin by name and no tensor library: pixels are 8-bit pictures, scores are
//! numbers. What a detector computes with is its own affair.
//!
//! [`Dataset`]: contract::dataset::Dataset
//! [`Shift`]: contract::shift::Shift
//! [`Detector`]: contract::detector::Detector
//! [`registry`]: contract::registry

extern crate self as harness;

pub mod check;
pub mod contract;
pub mod disk;
pub mod fetch;
pub mod metrics;
pub mod plan;
pub mod prepared;
pub mod results;
pub mod run;
pub mod suite;

pub use contract::prelude;
#[doc(hidden)]
pub use serde;
