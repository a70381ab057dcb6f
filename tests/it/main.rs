//! The finished program from end to end, and what every plugin and document must hold. One program, so that the
//! framework is linked once.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod architecture;
mod cli;
mod compare;
mod contract;
mod documents;
mod elsewhere;
mod external;
mod faults;
mod integrity;
mod names;
mod paper;
#[cfg(target_os = "linux")]
mod processes;
mod protocol;
mod rehearsal;
mod score;
mod separation;
mod sharing;
mod shifts;
mod single;
mod suites;
mod support;

// A plugin crate that nothing names is not linked, and what is not linked does not register.
use datasets as _;
use methods as _;
