//! From the backbone that a suite asks for to a network.

use super::{Backbone, Parameters, TokenBackbone};
use crate::layer::Chain;
use burn::tensor::Device;
use harness::contract::backbone::BackboneEntry;
use harness::contract::backbone::{BackboneChoice, BackboneKind, Weights};
use harness::contract::error::DetectorError;
use harness::contract::registry;
use harness::contract::weights::published_weights;
use std::path::Path;

/// A frozen network.
pub enum Network {
    /// With feature maps in three stages.
    Stages(Box<dyn Backbone>),
    /// With tokens.
    Tokens(Box<dyn TokenBackbone>),
    /// A plain chain of layers.
    Chain(Chain),
}

/// How a backbone of this name computes. The macro `backbone!` registers it beside its [`BackboneEntry`].
pub struct Architecture {
    /// The entry's name.
    pub name: &'static str,
    /// Builds it, of its entry's kind, from parameters on a plain device.
    pub build: fn(&mut Parameters, &Device) -> Network,
}

inventory::collect!(Architecture);

/// Registers a backbone: what suites may name, and how it computes.
macro_rules! backbone {
    ($form:ident {
        name: $name:expr,
        summary: $summary:expr,
        source: $source:expr,
        weights_file: $file:expr,
        resource: $resource:expr,
        build: |$parameters:ident, $device:ident| $network:expr,
    }) => {
        inventory::submit! {
            harness::contract::backbone::BackboneEntry {
                name: $name,
                summary: $summary,
                source: $source,
                kind: harness::contract::backbone::BackboneKind::$form,
                weights_file: $file,
                resource: $resource,
            }
        }
        inventory::submit! {
            $crate::backbone::Architecture {
                name: $name,
                build: |$parameters, $device| $crate::backbone::Network::$form($network),
            }
        }
    };
}
pub(crate) use backbone;

/// What a method needs a backbone to be.
pub trait Form: Sized {
    /// The kind of backbones that are.
    const KIND: BackboneKind;

    /// The network, if it is one.
    fn of(network: Network) -> Option<Self>;

    /// Says that the backbone `name` is none, and which are: one sentence.
    fn refusal(name: &str, known: &str) -> String;
}

impl Form for Box<dyn Backbone> {
    const KIND: BackboneKind = BackboneKind::Stages;

    fn of(network: Network) -> Option<Self> {
        if let Network::Stages(backbone) = network { Some(backbone) } else { None }
    }

    fn refusal(name: &str, known: &str) -> String {
        format!(
            "backbone '{name}' has no feature maps at strides 4, 8 and 16, which this method needs; name one of {known}"
        )
    }
}

impl Form for Box<dyn TokenBackbone> {
    const KIND: BackboneKind = BackboneKind::Tokens;

    fn of(network: Network) -> Option<Self> {
        if let Network::Tokens(backbone) = network { Some(backbone) } else { None }
    }

    fn refusal(name: &str, known: &str) -> String {
        format!("backbone '{name}' is no vision transformer, which this method needs; name one of {known}")
    }
}

impl Form for Chain {
    const KIND: BackboneKind = BackboneKind::Chain;

    fn of(network: Network) -> Option<Self> {
        if let Network::Chain(chain) = network { Some(chain) } else { None }
    }

    fn refusal(name: &str, known: &str) -> String {
        format!(
            "this method compares the poolings of {known}, which {name} does not have; leave its backbone out"
        )
    }
}

/// Builds the backbone a suite asks for.
///
/// # Errors
/// One sentence: the name is unknown or that of another kind of network, the weights are not there (with the ways to
/// get them), or they do not fit (with the first few tensors that do not).
pub fn load<F: Form>(choice: &BackboneChoice, data_root: &Path, device: &Device) -> Result<F, DetectorError> {
    let wrong = DetectorError::Weights;
    let entry = registry::find::<BackboneEntry>(&choice.name).map_err(|error| wrong(error.to_string()))?;
    let refuse = || {
        let entries = registry::all::<BackboneEntry>().into_iter();
        let known: Vec<&str> =
            entries.filter(|entry| entry.kind == F::KIND).map(|entry| entry.name).collect();
        wrong(F::refusal(&choice.name, &known.join(", ")))
    };
    if entry.kind != F::KIND {
        return Err(refuse());
    }
    let mut parameters = match &choice.weights {
        Weights::Pretrained => Parameters::open(&published_weights(entry, data_root).map_err(wrong)?)?,
        Weights::Random(seed) => Parameters::random(*seed),
        Weights::File(path) => Parameters::open(path)?,
    };
    let mut architectures = inventory::iter::<Architecture>.into_iter();
    let architecture = architectures.find(|architecture| architecture.name == choice.name);
    let network = (architecture.ok_or_else(refuse)?.build)(&mut parameters, device);
    parameters.finish()?;
    F::of(network).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn choice(name: &str, weights: Weights) -> BackboneChoice {
        BackboneChoice { name: name.into(), weights }
    }

    fn refusal<F: Form>(name: &str, weights: Weights) -> String {
        load::<F>(&choice(name, weights), Path::new("nowhere"), &Device::flex()).err().unwrap().to_string()
    }

    #[test]
    fn every_entry_has_one_architecture_of_its_kind() {
        let entries = registry::all::<BackboneEntry>();
        let mut names: Vec<_> = inventory::iter::<Architecture>.into_iter().map(|a| a.name).collect();
        names.sort_unstable();
        assert_eq!(names, entries.iter().map(|entry| entry.name).collect::<Vec<_>>());
        let mut found = String::new();
        for entry in entries {
            // The others differ from toys in numbers only.
            if entry.name.starts_with("wide") || entry.name.starts_with("dinov2") {
                continue;
            }
            let (choice, device) = (choice(entry.name, Weights::Random(0)), Device::flex());
            let root = Path::new("nowhere");
            let loaded = match entry.kind {
                BackboneKind::Stages => load::<Box<dyn Backbone>>(&choice, root, &device).is_ok(),
                BackboneKind::Tokens => load::<Box<dyn TokenBackbone>>(&choice, root, &device).is_ok(),
                BackboneKind::Chain => load::<Chain>(&choice, root, &device).is_ok(),
            };
            write!(found, "{} {loaded}, ", entry.name).unwrap();
        }
        assert!(!found.contains("false"), "{found}");
    }

    #[test]
    fn a_backbone_of_another_kind_is_refused() {
        for name in ["tiny_vit", "vgg16"] {
            let message = refusal::<Box<dyn Backbone>>(name, Weights::Random(0));
            let start = format!("backbone '{name}' has no feature maps at strides 4, 8 and 16");
            assert!(message.starts_with(&start), "{message}");
            assert!(message.contains("name one of efficientnet_lite0, resnet18"), "{message}");
        }
        let message = refusal::<Box<dyn TokenBackbone>>("resnet18", Weights::Random(0));
        assert!(message.starts_with("backbone 'resnet18' is no vision transformer"), "{message}");
        assert!(message.contains("name one of dinov2_vitb14"), "{message}");
        // Also before its weights are looked for.
        let message = refusal::<Chain>("resnet18", Weights::Pretrained);
        assert!(
            message.contains("of vgg16, which resnet18 does not have; leave its backbone out"),
            "{message}"
        );
    }

    #[test]
    fn missing_weights_name_every_way_out() {
        let message = |name: &str| refusal::<Box<dyn Backbone>>(name, Weights::Pretrained);
        let lite = message("efficientnet_lite0");
        assert!(
            lite.contains("`cargo xtask fetch efficientnet-lite0`, or put the file at nowhere/weights/"),
            "{lite}"
        );
        assert!(message("resnet18").contains("put the file at nowhere/weights/resnet18-f37072fd.pth"));
        assert!(message("tiny").starts_with("no weights for tiny: `--set 'backbone.weights=random(0)'`"));
        assert_eq!(message("tyni"), "unknown backbone 'tyni': did you mean 'tiny'?");
        let vgg = refusal::<Chain>("vgg16", Weights::Pretrained);
        assert!(vgg.contains("put the file at nowhere/weights/vgg16-397923af.pth"), "{vgg}");
    }
}
