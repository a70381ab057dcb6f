//! Raster pictures: anomaly maps, sheets of pictures, and images worth looking at.

pub mod cases;
mod contact_sheet;
mod heat_map;
mod raster;

pub use contact_sheet::{Strip, contact_sheet};
pub use heat_map::{Scale, heat_map};
pub use raster::Picture;
