//! Fetching, against a server that misbehaves and archives that mean harm.

mod archives;
mod downloads;
mod server;
mod sources;
mod world;
