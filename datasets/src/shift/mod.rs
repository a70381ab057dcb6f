//! Distribution shifts. To add one, write `<name>.rs` like [`contrast`] and name it here.

pub mod brightness;
pub mod contrast;
pub mod defocus_blur;
pub mod gaussian_noise;

mod imagenet_c;
