//! Data sets and shifts: what holds for all of them, and what each must give. One program.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod check;
mod corruption_statistics;
mod corruptions_golden;
mod dataset_contract;
mod formats;
mod industrial_shifts;
mod layouts;
mod shift_contract;
mod weather_statistics;

// A plugin crate that nothing names is not linked, and what is not linked does not register.
use datasets as _;
