//! What methods compute, seen from outside: one program.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod batch_statistics;
mod kernels;
