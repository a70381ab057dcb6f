//! Number by number: shiftbench computes what the reference Python computes.
//!
//! Two sources of truth. `tests/fixtures` is always there: small outputs of released programs, and outputs of
//! `tests/reference`, an independent PyTorch program that agrees with the released ones. The golden data,
//! outputs of the released programs at full size, lie where `SHIFTBENCH_GOLDEN` says; tests that need them are ignored
//! unless `--include-ignored` asks for them, and then fail where a file is missing.
#![allow(clippy::unwrap_used)]

mod data;
mod formula;
mod gradients;
mod maps;
mod metrics;
mod mixing;
mod net;
mod networks;
mod penalty;
mod pictures;
mod projection;
mod realnet;
mod record;
mod tolerance;
mod training;
