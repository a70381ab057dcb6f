//! Reports of made-up runs: one program, a part for each kind of output.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod busy_figures;
mod changes;
mod fake;
mod figures;
mod html;
mod latex;
mod published;
mod references;
mod statistics;
mod tables;
