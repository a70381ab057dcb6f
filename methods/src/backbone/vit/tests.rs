use super::*;
use crate::backbone::{self, TokenBackbone};
use crate::device::download;
use harness::contract::backbone::{BackboneChoice, Weights};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/vit").join(name)
}

fn load(name: &str, weights: Weights) -> Result<Box<dyn TokenBackbone>, String> {
    let choice = BackboneChoice { name: name.into(), weights };
    backbone::load(&choice, Path::new("nowhere"), &Device::flex()).map_err(|error| error.to_string())
}

/// As `tests/reference/transformer.py` draws it: 28 by 70 pixels, two by five patches.
fn picture() -> Tensor<4> {
    let pixel = |channel: usize, y: f32, x: f32| match channel {
        0 => (0.3 * x + 0.2 * y).sin(),
        1 => (0.5 * x - 0.1 * y).cos(),
        _ => (0.05 * x * y).sin(),
    };
    let place = |index: usize| (index / (28 * 70), (index / 70 % 28) as f32, (index % 70) as f32);
    let values = (0..3 * 28 * 70).map(place).map(|(channel, y, x)| pixel(channel, y, x)).collect::<Vec<_>>();
    Tensor::from_data(TensorData::new(values, [1, 3, 28, 70]), &Device::flex())
}

#[test]
fn tokens_are_those_of_pytorch_in_both_layouts() {
    let text = std::fs::read_to_string(fixture("tokens.json")).unwrap();
    let expected: std::collections::BTreeMap<String, Vec<f32>> = serde_json::from_str(&text).unwrap();
    for file in ["authors.pth", "transformers.pth"] {
        let network = load("tiny_vit", Weights::File(fixture(file))).unwrap();
        let mut blocks = network.blocks(picture(), &[1, 3]).into_iter();
        let near = |name: &str, tokens: Tensor<3>| {
            let every_tenth: Vec<f32> = download(tokens).unwrap().into_iter().step_by(10).collect();
            assert_eq!(every_tenth.len(), expected[name].len());
            for (ours, theirs) in every_tenth.iter().zip(&expected[name]) {
                assert!(
                    (ours - theirs).abs() < 2e-5 * theirs.abs().max(1.0),
                    "{file} {name}: {ours} {theirs}"
                );
            }
        };
        near("block_1", blocks.next().unwrap());
        near("block_3", blocks.next().unwrap());
        near("patches", network.patches(picture()));
    }
}

#[test]
fn a_file_of_another_network_is_refused() {
    let message = load("dinov2_vits14_reg", Weights::File(fixture("authors.pth"))).err().unwrap();
    assert!(message.contains("does not fit the backbone: patch_embed.proj.weight has shape"), "{message}");
    let message = load("resnet18", Weights::Random(0)).err().unwrap();
    assert!(message.starts_with("backbone 'resnet18' is no vision transformer"), "{message}");
    assert!(message.contains("dinov2_vitb14_reg, dinov2_vits14"), "{message}");
}

#[test]
fn missing_weights_name_every_way_out() {
    let message = load("dinov2_vits14", Weights::Pretrained).err().unwrap();
    assert!(message.contains("put the file at nowhere/weights/dinov2_vits14_pretrain.pth"), "{message}");
}

/// Random networks keep patches apart: they are what smoke runs see.
#[test]
fn drawn_networks_have_their_shapes_and_tell_patches_apart() {
    let network = load("tiny_vit", Weights::Random(0)).unwrap();
    let tokens = network.blocks(picture(), &[0, 2]);
    assert_eq!(tokens.iter().map(Tensor::dims).collect::<Vec<_>>(), [[1, 12, 24]; 2]);
    let patches = network.patches(picture());
    assert_eq!(patches.dims(), [1, 10, 24]);
    let first = patches.clone().narrow(1, 0, 1);
    let distances = download((patches - first).square().sum_dim(2)).unwrap();
    assert!(distances[1..].iter().all(|distance| *distance > 0.5), "{distances:?}");
}
