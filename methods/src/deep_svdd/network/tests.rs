use super::*;
use crate::layer::pattern::{assert_sampled, pattern};
use burn::store::ModuleSnapshot;
use burn::tensor::Device;
use harness::contract::seed::Root;

#[test]
fn nothing_is_called_bias_and_the_published_net_has_half_a_million_parameters() {
    let encoder = Encoder::new(&Init::blank(&Device::flex()), 32);
    let names = encoder.collect(None, None, false).into_iter().map(|tensor| tensor.name.clone());
    let names: Vec<String> = names.collect();
    assert!(names.len() >= 4 && names.iter().all(|name| !name.contains("bias")), "{names:?}");
    let convolutions = 25 * (3 * 32 + 32 * 64 + 64 * 128);
    let states = 2 * (32 + 64 + 128);
    assert!([0, states].contains(&(encoder.num_params() - convolutions - 128 * 2048)));
}

#[test]
fn the_decoder_mirrors_the_encoder_at_every_side() {
    let device = Device::flex().autodiff();
    let (root, sides) = (Root::new(0, "", ""), [32_u32, 64, 128]);
    for side in sides {
        let init = Init::random(&root, &device);
        let (encoder, decoder) = (Encoder::new(&init.at("e"), side), Decoder::new(&init.at("d"), side));
        let pictures = Tensor::full([2, 3, side as usize, side as usize], 0.5, &device);
        let embeddings = encoder.forward(pictures.clone());
        assert_eq!(embeddings.dims(), [2, EMBEDDING]);
        assert_eq!(decoder.forward(embeddings).dims(), pictures.dims());
    }
}

fn golden() -> serde_json::Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/deep_svdd.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Beside the released layout in PyTorch (`tests/reference/deep_svdd.py`), with equal weights.
#[test]
fn the_decoder_computes_what_the_released_one_does() {
    let device = Device::flex().autodiff();
    let mut decoder = Decoder::new(&Init::blank(&device), SMALLEST);
    let weights = decoder.stages.iter_mut().map(|stage| &mut stage.weight).chain([&mut decoder.last]);
    for (seed, weight) in weights.enumerate() {
        *weight = Param::from_tensor((pattern(weight.dims(), seed) / 5.0).autodiff());
    }
    let golden = golden();
    let training = decoder.forward(pattern([4, EMBEDDING], 9).autodiff());
    assert_sampled("training", &training, &golden["training"], 1e-4);
    // Tested on the averages that this one batch left.
    assert_sampled("tested", &decoder.valid().forward(pattern([2, EMBEDDING], 5)), &golden["tested"], 1e-4);
}

#[test]
fn first_weights_have_the_released_bounds() {
    let (root, device) = (Root::new(0, "", ""), Device::flex());
    let init = Init::random(&root, &device);
    let encoder = Encoder::new(&init.at("encoder"), SMALLEST);
    let decoder = Decoder::new(&init.at("decoder"), SMALLEST);
    let of = |stages: &[Stage]| stages.iter().map(|stage| stage.weight.val()).collect::<Vec<_>>();
    let decoders = of(&decoder.stages).into_iter().chain([decoder.last.val()]).collect();
    for (network, weights) in [("encoder", of(&encoder.stages)), ("decoder", decoders)] {
        let bounds: Vec<f32> = serde_json::from_value(golden()["bounds"][network].clone()).unwrap();
        assert_eq!(weights.len(), bounds.len());
        for (weight, bound) in weights.into_iter().zip(bounds) {
            let largest = weight.abs().max().into_scalar::<f32>();
            assert!(largest > 0.99 * bound && largest <= bound, "{network}: {largest} of {bound}");
        }
    }
    // The linear layer is left as PyTorch makes it.
    let largest = encoder.last.val().abs().max().into_scalar::<f32>();
    assert!((0.999..=1.0).contains(&(largest * 2048.0_f32.sqrt())), "{largest}");
}
