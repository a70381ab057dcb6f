//! Data sets and distribution shifts, one file each. Every file registers what it holds; a new one
//! needs its line here (data sets) or in [`shift`] (shifts).

pub mod elpv;
pub mod folder;
pub mod shift;
pub mod synthetic;

mod files;
