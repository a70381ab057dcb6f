//! The expected numbers of one method's training, whichever file they come from.

use crate::data::{Tensors, numbers};
use crate::net::Net;
use std::collections::BTreeMap;

/// What a training of four steps on one fixed triplet of views gives. Tensors have their official names.
pub struct Record {
    /// Terms of the first step, by shiftbench's names.
    pub terms: BTreeMap<String, f64>,
    /// The loss before each step.
    pub losses: Vec<f64>,
    /// l2 norms of the first step's gradients, by top-level part.
    pub gradient_norms: BTreeMap<String, f64>,
    /// Gradients of small tensors at the first step.
    pub gradients: Tensors,
    /// Running averages after the first step, where the file has them.
    pub running: Tensors,
    /// Sums and norms after a number of steps.
    pub after: BTreeMap<usize, BTreeMap<String, Summary>>,
}

/// A tensor in aggregate.
pub struct Summary {
    pub sum: f64,
    pub l2: f64,
    /// Mean distance from the start, where the file has it.
    pub moved: Option<f64>,
}

impl Record {
    pub fn read(net: &Net, method: &str) -> Self {
        let training = net.training();
        if net.name == "tiny" {
            Self::fixture(net, &training[method], method)
        } else {
            Self::golden(net, &training[method]["f32"], method)
        }
    }

    fn fixture(net: &Net, record: &serde_json::Value, method: &str) -> Self {
        let tensors = Tensors::read(&net.folder.join("tensors.safetensors"));
        let after = |step: usize| (step, summaries(&record["after"][step.to_string()]));
        Self {
            terms: numbers(&record["terms"][0]),
            losses: losses(&record["losses"]),
            gradient_norms: numbers(&record["gradient_norms"]),
            gradients: tensors.below(&format!("{method}.gradient.")),
            running: tensors.below(&format!("{method}.running.")),
            after: [1, 3].map(after).into(),
        }
    }

    fn golden(net: &Net, record: &serde_json::Value, method: &str) -> Self {
        let tensors = Tensors::read(&net.folder.join(format!("{method}_small_f32.safetensors")));
        let mut running = tensors.below("after_step1.");
        running.0.retain(|name, _| name.contains(".running_"));
        let after = |step: usize| (step, summaries(&record["after"][format!("step{step}")]["per_tensor"]));
        Self {
            terms: released_terms(&numbers(&record["terms_per_step"][0]), method),
            losses: losses(&record["loss_per_step"]),
            gradient_norms: numbers(&record["grad_norms"]),
            gradients: tensors.below("grad."),
            running,
            after: [1, 3].map(after).into(),
        }
    }
}

fn losses(list: &serde_json::Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn summaries(tensors: &serde_json::Value) -> BTreeMap<String, Summary> {
    let summary = |(name, value): (&String, &serde_json::Value)| {
        let number = |key: &str| value[key].as_f64();
        let summary =
            Summary { sum: number("sum").unwrap(), l2: number("l2").unwrap(), moved: number("moved") };
        (name.clone(), summary)
    };
    tensors.as_object().unwrap().iter().map(summary).collect()
}

/// Sums of the released programs' terms by shiftbench's names.
fn released_terms(terms: &BTreeMap<String, f64>, method: &str) -> BTreeMap<String, f64> {
    let sum = |names: &[&str]| names.iter().map(|name| terms[*name]).sum::<f64>();
    let pairs: &[(&str, &[&str])] = match method {
        "rd" => &[("distill", &["layer1", "layer2", "layer3"])],
        "gnl" => {
            &[("distill", &["loss_normal"]), ("embedding", &["loss_bn"]), ("low_features", &["loss_last"])]
        }
        _ => &[
            ("distill", &["kd_normal"]),
            ("distill_augmented", &["kd_augmix", "kd_gray"]),
            ("embedding", &["loss_bn"]),
            ("low_features", &["loss_last_ori"]),
            ("normality", &["loss_last_nor"]),
            ("invariance", &["loss_mse"]),
        ],
    };
    pairs.iter().map(|(ours, theirs)| ((*ours).to_owned(), sum(theirs))).collect()
}
