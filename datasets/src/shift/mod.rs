//! Distribution shifts. To add one, write `<name>.rs` like [`imagenet_c::contrast`] and name it here.

pub mod imagenet_c;
pub mod industrial;

mod filter;
mod level;
mod noise;
