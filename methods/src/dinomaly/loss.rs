//! What layers and their restorations are compared by.

use super::damping::damp;
use crate::device::download;
use crate::loss::cosine_distance;
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;

/// Groups of neighbouring layers: the shallow half and the deep half.
pub const GROUPS: usize = 2;

/// The mean of the layers of each group, patches only: [`GROUPS`] tensors `[batch, patches, width]`.
pub fn groups(layers: Vec<Tensor<3>>, prefix: usize) -> Vec<Tensor<3>> {
    let size = layers.len().div_ceil(GROUPS).max(1);
    let mean = |group: &[Tensor<3>]| {
        let sum = group.iter().cloned().reduce(|sum, layer| sum + layer)? / group.len() as f64;
        let patches = sum.dims()[1] - prefix;
        Some(sum.narrow(1, prefix, patches))
    };
    layers.chunks(size).filter_map(mean).collect()
}

/// `1 - cos` of each patch: `[batch, patches, 1]`, 0 to 2.
pub fn per_point(teacher: Tensor<3>, student: Tensor<3>) -> Tensor<3> {
    cosine_distance(teacher, student, 2)
}

/// `1 - cos` of whole maps, averaged over pictures and groups: `[1]`. Of each group the `damped` share of points that
/// are restored best gets a tenth of its gradient.
///
/// # Errors
/// When the device fails.
pub fn loose(
    teacher: Vec<Tensor<3>>,
    student: Vec<Tensor<3>>,
    damped: f64,
) -> Result<Tensor<1>, DetectorError> {
    let group = |(teacher, student): (Tensor<3>, Tensor<3>)| {
        let distances = download(per_point(teacher.clone(), student.clone().detach()))?;
        let student = damp(student, &distances, damped);
        Ok(cosine_distance::<2>(teacher.flatten(1, 2), student.flatten(1, 2), 1).mean())
    };
    let values = teacher.into_iter().zip(student).map(group).collect::<Result<Vec<_>, DetectorError>>()?;
    let count = values.len() as f64;
    let sum = values.into_iter().reduce(|sum, value| sum + value);
    Ok(sum.expect("a teacher has layers") / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn groups_are_halves_without_the_first_tokens() {
        let layer = |value: f32| Tensor::<3>::from_data([[[9.0], [value], [value + 1.0]]], &Device::flex());
        let groups = groups([1.0, 3.0, 10.0, 20.0].map(layer).to_vec(), 1);
        let values: Vec<Vec<f32>> = groups.into_iter().map(|group| group.try_to_vec_as().unwrap()).collect();
        assert_eq!(values, [[2.0, 3.0], [15.0, 16.0]]);
    }

    /// One map is restored up to its length, the other turned by a right angle.
    #[test]
    fn the_loss_is_that_of_whole_maps() {
        let device = Device::flex().autodiff();
        let map = |values: [[[f32; 2]; 2]; 1]| Tensor::<3>::from_data(values, &device);
        let teacher = vec![map([[[1.0, 0.0], [0.0, 2.0]]]), map([[[1.0, 0.0], [0.0, 0.0]]])];
        let student = vec![map([[[3.0, 0.0], [0.0, 6.0]]]), map([[[0.0, 1.0], [0.0, 0.0]]])];
        let value = download(loose(teacher, student, 0.5).unwrap()).unwrap()[0];
        assert!((value - 0.5).abs() < 1e-6, "{value}");
    }
}
