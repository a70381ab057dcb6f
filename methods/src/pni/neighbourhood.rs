//! Which members of the coreset fit into a neighbourhood.

use super::options::{HiddenCell, Options};
use crate::device::download;
use crate::kernel::{Epilogue, conv2d};
use crate::layer::{BatchNorm, Dropout, Init, Linear};
use burn::module::{Module, Param};
use burn::tensor::activation::softmax;
use burn::tensor::{Tensor, TensorData};
use harness::contract::error::DetectorError;

/// Side of a neighbourhood in locations.
const SIDE: usize = 9;
/// The softmax is taken of answers divided by this.
const TEMPERATURE: f64 = 2.0;

/// Linear layers over the patches around a location, each but the last with batch normalisation, ReLU and dropout.
///
/// The first one sees all cells of the neighbourhood but one: it is a convolution of 9 x 9 with that cell masked,
/// padded with zeros.
#[derive(Module, Debug)]
pub struct Neighbours {
    /// `[width, dimension, 9, 9]`.
    first: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    norm: BatchNorm,
    hidden: Vec<Hidden>,
    answer: Linear,
}

/// A hidden layer.
#[derive(Module, Debug)]
struct Hidden {
    map: Linear,
    norm: BatchNorm,
}

impl Neighbours {
    /// For patches of `dimension` values, with PyTorch's initialisation of linear layers.
    pub fn new(init: &Init<'_>, dimension: usize, options: &Options, classes: usize) -> Self {
        let width = options.width;
        let seen = Init::bound((SIDE * SIDE - 1) * dimension);
        let hidden = |layer: usize| {
            let init = init.at("hidden").at(layer);
            Hidden { map: Linear::new(&init, width, width), norm: BatchNorm::new(&init, width) }
        };
        Self {
            first: init.at("first.weight").uniform([width, dimension, SIDE, SIDE], seen),
            bias: init.at("first.bias").uniform([width], seen),
            norm: BatchNorm::new(init, width),
            hidden: (1..options.layers).map(hidden).collect(),
            answer: Linear::new(&init.at("answer"), width, classes),
        }
    }

    /// Members of the coreset that it tells apart.
    pub fn classes(&self) -> usize {
        self.answer.weight.dims()[0]
    }

    /// Answers `[batch * height * width, classes]` to patches `[batch, height * width, dimension]`.
    pub fn forward(
        &self,
        patches: Tensor<3>,
        (height, width): (usize, usize),
        hidden_cell: HiddenCell,
        mut dropout: Option<&mut Dropout<'_>>,
    ) -> Tensor<2> {
        let [batch, _, dimension] = patches.dims();
        let planes: Tensor<4> = patches.permute([0, 2, 1]).reshape([batch, dimension, height, width]);
        let mut seen = vec![1.0_f32; SIDE * SIDE];
        seen[hidden_cell.index()] = 0.0;
        let seen = Tensor::<4>::from_data(TensorData::new(seen, [1, 1, SIDE, SIDE]), &planes.device());
        let first = conv2d(planes, self.first.val() * seen, 1, SIDE / 2);
        let first = self.norm.forward(first + self.bias.val().reshape([1, -1, 1, 1]), Epilogue::relu());
        let mut drop = |values: Tensor<2>| match &mut dropout {
            Some(dropout) => dropout.apply(values),
            None => values,
        };
        let channels = first.dims()[1];
        let mut values = drop(first.permute([0, 2, 3, 1]).reshape([batch * height * width, channels]));
        for Hidden { map, norm } in &self.hidden {
            // One picture whose pixels are the patches: values of a channel then lie side by side.
            let planes: Tensor<4> = map.forward(values).transpose().unsqueeze_dims(&[0, 3]);
            let normal: Tensor<2> = norm.forward(planes, Epilogue::relu()).flatten::<3>(2, 3).squeeze_dim(0);
            values = drop(normal.transpose());
        }
        self.answer.forward(values)
    }

    /// How likely each class is at each location of one picture, location after location.
    ///
    /// # Errors
    /// When the device fails.
    pub fn likely(
        &self,
        patches: Tensor<3>,
        size: (usize, usize),
        hidden_cell: HiddenCell,
    ) -> Result<Vec<f32>, DetectorError> {
        download(softmax(self.forward(patches, size, hidden_cell, None) / TEMPERATURE, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    /// A change of the hidden cell changes nothing, one of its neighbour does.
    #[test]
    fn the_hidden_cell_is_not_seen() {
        let (root, device) = (Root::new(0, "toy", "toy"), Device::flex());
        let options = Options { width: 4, layers: 2, ..Options::default() };
        let network = Neighbours::new(&Init::random(&root, &device), 2, &options, 3);
        let answer = |changed: usize, hidden: HiddenCell| {
            let mut values = vec![0.5_f32; 81 * 2];
            values[changed * 2] = 5.0;
            let patches = Tensor::from_data(TensorData::new(values, [1, 81, 2]), &device);
            let answers = network.forward(patches, (9, 9), hidden, None);
            answers.narrow(0, 40, 1).try_to_vec_as::<f32>().unwrap()
        };
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        // Cell 39 stands for any other: changed alone, it is seen under both rules.
        for (hidden, other) in [(HiddenCell::Released, 40), (HiddenCell::Centre, 41)] {
            let plain = {
                let patches = Tensor::from_data(TensorData::new(vec![0.5_f32; 162], [1, 81, 2]), &device);
                let answers = network.forward(patches, (9, 9), hidden, None);
                answers.narrow(0, 40, 1).try_to_vec_as::<f32>().unwrap()
            };
            assert!(near(&answer(hidden.index(), hidden), &plain), "{hidden:?}");
            assert!(!near(&answer(other, hidden), &plain), "{hidden:?}");
        }
    }
}
