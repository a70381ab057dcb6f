//! From the device a user names to the one tensors live on, and back to host memory.

use crate::view::Planes;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::device::DeviceChoice;
use harness::contract::error::DetectorError;
use image::RgbImage;
use rayon::prelude::*;
use std::borrow::Borrow;

/// The plain (not differentiating) device of this choice.
///
/// # Errors
/// A sentence with the way out, when this build or this machine lacks the device.
pub fn open(choice: DeviceChoice) -> Result<Device, DetectorError> {
    match choice {
        DeviceChoice::Cpu => Ok(Device::flex()),
        DeviceChoice::Cuda(index) => cuda(index),
    }
}

#[cfg(feature = "cuda")]
fn cuda(index: usize) -> Result<Device, DetectorError> {
    use burn::tensor::DeviceType;
    // Touching a device that is not there panics on several threads, so count first.
    let present = Device::enumerate(DeviceType::Cuda).into_vec().len();
    if index < present {
        return Ok(Device::cuda(index));
    }
    Err(DetectorError::Device(format!("no CUDA device {index} found ({present} present); use --device cpu")))
}

#[cfg(not(feature = "cuda"))]
fn cuda(_index: usize) -> Result<Device, DetectorError> {
    Err(DetectorError::Device(
        "this build has no CUDA support: run `cargo xtask cuda` once, or use --device cpu".into(),
    ))
}

/// Pictures of one size, each brought to numbers by `planes`, as a tensor `[pictures, 3, height, width]`. At least one
/// picture.
pub fn upload_pictures<P: Borrow<RgbImage> + Sync>(
    pictures: &[P],
    planes: impl Fn(&RgbImage) -> Planes + Sync,
    device: &Device,
) -> Tensor<4> {
    let planes: Vec<Planes> = pictures.par_iter().map(|picture| planes(picture.borrow())).collect();
    upload(&planes, device)
}

/// Planes of one size as a tensor `[pictures, 3, height, width]`. At least one picture.
pub fn upload(pictures: &[Planes], device: &Device) -> Tensor<4> {
    let (width, height) = (pictures[0].width as usize, pictures[0].height as usize);
    let values: Vec<f32> = pictures.iter().flat_map(|picture| picture.values.iter().copied()).collect();
    Tensor::from_data(TensorData::new(values, [pictures.len(), 3, height, width]), device)
}

/// The values of a tensor in host memory, last dimension fastest.
///
/// # Errors
/// When the device fails.
pub fn download<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, DetectorError> {
    tensor.try_to_vec_as().map_err(|error| {
        DetectorError::Device(format!("the device returned no result: {error}; try --device cpu"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_build_without_cuda_says_how_to_get_one() {
        let message = open(DeviceChoice::Cuda(0)).unwrap_err().to_string();
        assert!(message.contains("cargo xtask cuda"), "{message}");
    }
}
