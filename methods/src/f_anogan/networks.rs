//! The three networks together.

use super::critic::{Critic, Encoder};
use super::generator::Generator;
use super::options::Options;
use crate::layer::Init;
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::Tensor;
use image::RgbImage;

/// The three networks.
#[derive(Module, Debug)]
pub struct Networks {
    /// `G`.
    pub generator: Generator,
    /// `D`.
    pub critic: Critic,
    /// `E`.
    pub encoder: Encoder,
}

impl Networks {
    /// As these options have them.
    pub fn new(init: &Init<'_>, options: &Options) -> Self {
        let Options { latent, width, side, .. } = *options;
        let side = side as usize;
        Self {
            generator: Generator::new(&init.at("generator"), latent, width, side),
            critic: Critic::new(&init.at("critic"), width, side),
            encoder: Encoder::new(&init.at("encoder"), latent, width, side),
        }
    }

    /// What the pictures `[batch, 3, side, side]` become, and how far that is from them: the squared difference of
    /// all pixels, and of the critic's features, averaged for each picture, both `[batch]`.
    pub fn residuals(&self, pictures: Tensor<4>) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
        let restored = self.generator.forward(self.encoder.forward(pictures.clone()));
        let mean = |difference: Tensor<2>| difference.square().mean_dim(1).squeeze_dim::<1>(1);
        let features = self.critic.features(pictures.clone()) - self.critic.features(restored.clone());
        let pixels = pictures - restored.clone();
        (restored, mean(pixels.flatten(1, 3)), mean(features))
    }
}

/// What a network sees of a picture: values of -1 to 1.
pub fn planes(picture: &RgbImage) -> Planes {
    Planes::scaled(picture, -1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    /// An encoder and a generator whose last layers are 0 give back grey, which is 0.
    #[test]
    fn what_is_given_back_exactly_scores_zero() {
        let device = Device::flex();
        let options = Options { width: 2, latent: 3, side: 16, ..Options::default() };
        let root = harness::contract::seed::Root::new(0, "", "");
        let mut networks = Networks::new(&Init::random(&root, &device), &options);
        networks.generator = networks.generator.silenced();
        let grey = Tensor::zeros([1, 3, 16, 16], &device);
        let (_, pixels, features) = networks.residuals(grey.clone());
        assert_eq!((pixels.into_scalar::<f32>(), features.into_scalar::<f32>()), (0.0, 0.0));
        let (_, pixels, features) = networks.residuals(grey + 0.5);
        assert!((pixels.into_scalar::<f32>() - 0.25).abs() < 1e-6 && features.into_scalar::<f32>() > 0.0);
    }
}
