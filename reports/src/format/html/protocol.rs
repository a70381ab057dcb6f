//! The rules that the numbers follow, what they mean for a reader, and every method's options.

use super::options::{self, Variant};
use super::words::count;
use crate::Comparison;
use harness::contract::protocol::Protocol;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The network input and teacher of the published methods.
const PUBLISHED_SIZE: u32 = 256;
const PUBLISHED_TEACHER: &str = "wide_resnet50_2";

/// What every protocol has in common: the program enforces it.
const ALWAYS: [&str; 4] = [
    "No method sees a label, a mask or a test image while it learns.",
    "The state after the last step is tested, as saved and loaded; no epoch is chosen.",
    "Corruptions are drawn per image and are the same for every method and seed of a training.",
    "Images are corrupted at their own size, then brought to the network's by one rule for all methods.",
];

/// Where the rule of the released code cannot be repeated.
const UNREPEATED: [&str; 4] = [
    "The released code of GNL and FiCo sets no seed; here every draw has a named stream.",
    "Initial weights and augmentation follow the released distributions, not the released generators.",
    "FiCo's reference image on PACS is a test image in six of seven classes; here it is a training image.",
    "Corrupted images were made without a seed, so their noise is another draw here.",
];

/// The chapter.
pub(super) fn chapter(comparison: &Comparison) -> Markup {
    let protocol = comparison.protocol;
    html! {
        section #protocol {
            h2 { "Protocol and deviations" }
            p { strong { (protocol.to_string()) } ": " (meaning(protocol)) }
            h3 { "What holds under every protocol" }
            ul { @for rule in ALWAYS { li { (rule) } } }
            h3 { "Deviations from what was published" }
            ul { @for deviation in deviations(comparison) { li { (deviation) } } }
            h3 { "Which numbers may be compared" }
            ul { @for rule in comparable(protocol) { li { (rule) } } }
            h3 { "Methods with every option" }
            p { "As recorded with the trainings, options of testing included. Options that the protocol replaces are absent." }
            @for (label, variants) in options::variants(comparison) { (method(label, &variants)) }
            p.context { "The file docs/protocol.md of shiftbench goes through 28 pitfalls of published comparisons, with what it does about each." }
        }
    }
}

fn meaning(protocol: Protocol) -> String {
    match protocol {
        Protocol::Released => {
            "what the methods' official code does, its pitfalls included. Each method trains by its own \
             options, for its own number of epochs and in its own batches, and methods that keep a reference \
             image for test time take the first training image."
                .into()
        }
        Protocol::Strict { steps, batch, references } => format!(
            "equal terms. Every method that trains takes exactly {} on batches of {batch}, on every category; \
             results of methods that keep a reference image for test time are means over {}, drawn from the \
             training images.",
            count(steps, "optimisation step"),
            count(references, "reference image"),
        ),
    }
}

fn deviations(comparison: &Comparison) -> Vec<String> {
    let mut found = Vec::new();
    let teachers: BTreeSet<&str> = comparison
        .groups
        .iter()
        .flat_map(|group| group.records())
        .filter_map(|(_, record)| record.teacher.as_deref())
        .collect();
    let other: Vec<&str> = teachers.into_iter().filter(|teacher| *teacher != PUBLISHED_TEACHER).collect();
    if !other.is_empty() {
        found.push(format!(
            "Teacher: {}, where GNL and FiCo were published with {PUBLISHED_TEACHER}.",
            other.join(", ")
        ));
    }
    if comparison.image_size != PUBLISHED_SIZE {
        found.push(format!(
            "Network input: {} px, where they were published with {PUBLISHED_SIZE} px.",
            comparison.image_size
        ));
    }
    match comparison.protocol {
        Protocol::Released => found.extend(UNREPEATED.map(String::from)),
        Protocol::Strict { .. } => found.push(
            "Length of training, size of batches and choice of reference images are the protocol's, not the \
             methods' own."
                .into(),
        ),
    }
    found
}

fn comparable(protocol: Protocol) -> [&'static str; 3] {
    [
        "Numbers in one column of one table: same images, same shifts, same rules.",
        "Not numbers of other protocols, teachers, network inputs or versions of the metrics: they never \
         stand in one table as measured numbers.",
        match protocol {
            Protocol::Released => {
                "Published numbers, where teacher, network input and data are the published ones; rows that \
                 quote them say so."
            }
            Protocol::Strict { .. } => {
                "Not published numbers: the methods train for another length here. Rows that quote them are \
                 for orientation."
            }
        },
    ]
}

fn method(label: &str, variants: &[Variant<'_>]) -> Markup {
    html! {
        details {
            summary { (label) @if variants.is_empty() { " (no training on record)" } }
            @for variant in variants {
                p {
                    (variant.method.name) ", revision " (variant.method.revision)
                    @if let (Some(least), Some(most)) = (variant.steps.first(), variant.steps.last()) {
                        ", " (least) @if least < most { " to " (most) } " optimisation steps"
                    }
                    @if variants.len() > 1 { ", on " (variant.places.iter().cloned().collect::<Vec<_>>().join(", ")) }
                }
                (options::list(&variant.method.options))
            }
        }
    }
}
