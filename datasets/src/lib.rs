//! Data sets and distribution shifts, one file each. Every file registers what it holds; a new one
//! needs its line here (data sets) or in [`shift`] (shifts).

pub mod aebad_s;
pub mod cifar10;
pub mod elpv;
pub mod fashion_mnist;
pub mod folder;
pub mod magnetic_tile;
pub mod mnist;
pub mod mnist_m;
pub mod mvtec;
pub mod mvtec_ad_2;
pub mod pacs;
pub mod resources;
pub mod shift;
pub mod synthetic;
pub mod visa;

mod class_files;
mod digits;
mod files;
mod listing;
mod miniature;
mod one_vs_rest;
mod packed;
mod tree;
