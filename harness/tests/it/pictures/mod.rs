//! Reading pictures: to the byte what Pillow reads, and no picture of a file that is not whole.

mod conversions;
mod damaged;
mod jpeg;
mod special;
