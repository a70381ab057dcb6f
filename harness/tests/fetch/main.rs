//! Fetching, against a server that misbehaves and archives that mean harm.
#![allow(clippy::unwrap_used)]

mod archives;
mod downloads;
mod server;
mod sources;
mod world;
