//! What harness does to files of others: one program of two parts.
#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

mod fetch;
mod pictures;
