//! Parameters of a backbone by name: from a file, or drawn.

use crate::tensor_file::{self, few};
use burn::store::bridge;
use burn::store::burn_pack::Tensor as Entry;
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use rand::RngExt;
use rand_distr::StandardNormal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Parts of published files that no backbone here uses: the classifier, what lies after stride 16, and
/// counters.
const UNUSED: [&str; 11] = [
    "fc.",
    "classifier.",
    "layer4.",
    "_fc.",
    "_conv_head.",
    "_bn1.",
    "_blocks.11.",
    "_blocks.12.",
    "_blocks.13.",
    "_blocks.14.",
    "_blocks.15.",
];

/// Named parameters, handed out one by one. What is missing or misshapen is noted, not fatal, so that
/// [`finish`](Parameters::finish) can report everything at once.
pub struct Parameters {
    source: Source,
    used: BTreeSet<String>,
    problems: Vec<String>,
}

enum Source {
    File { path: PathBuf, entries: BTreeMap<String, Entry> },
    Random(Root),
}

impl Parameters {
    /// Parameters drawn from the stream of `seed`, each by its own name: convolutions Kaiming normal by
    /// fan-out, normalisations neutral.
    pub fn random(seed: u64) -> Self {
        Self::of(Source::Random(Root::new(seed, "", "")))
    }

    /// The parameters in a `.safetensors` file, or else a PyTorch file, in which no code is executed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, DetectorError> {
        let unreadable =
            |reason| DetectorError::Weights(format!("{}: {reason}; get the file again", path.display()));
        let entries = tensor_file::read(path).map_err(unreadable)?;
        Ok(Self::of(Source::File { path: path.into(), entries }))
    }

    /// Only the parameters whose names start with `prefix`, without it.
    pub fn below(mut self, prefix: &str) -> Self {
        if let Source::File { entries, .. } = &mut self.source {
            let strip = |(name, entry): (String, Entry)| Some((name.strip_prefix(prefix)?.to_owned(), entry));
            *entries = std::mem::take(entries).into_iter().filter_map(strip).collect();
        }
        self
    }

    fn of(source: Source) -> Self {
        Self { source, used: BTreeSet::new(), problems: Vec::new() }
    }

    /// Weight of a convolution `[out, in / groups, side, side]`.
    pub fn convolution(&mut self, name: &str, shape: [usize; 4]) -> Vec<f32> {
        if let Source::Random(_) = self.source {
            // A depthwise layer reaches one channel per kernel, so its fan-out is the kernel alone.
            let reached = if shape[1] == 1 { 1 } else { shape[0] };
            return self.weights(name, &shape, (2.0 / (reached * shape[2] * shape[3]) as f32).sqrt());
        }
        self.read(name, &shape)
    }

    /// Weights of any shape, normal with this deviation when parameters are drawn.
    pub fn weights(&mut self, name: &str, shape: &[usize], deviation: f32) -> Vec<f32> {
        if let Source::Random(root) = &self.source {
            let mut stream = root.stream("weights", name);
            let draw = |_| deviation * stream.sample::<f32, _>(StandardNormal);
            return (0..shape.iter().product()).map(draw).collect();
        }
        self.read(name, shape)
    }

    /// Whether the file has a parameter of this name; never, when parameters are drawn.
    pub fn contains(&self, name: &str) -> bool {
        matches!(&self.source, Source::File { entries, .. } if entries.contains_key(name))
    }

    /// A vector `[length]`, which is `neutral` throughout when parameters are drawn.
    pub fn vector(&mut self, name: &str, length: usize, neutral: f32) -> Vec<f32> {
        if let Source::Random(_) = self.source {
            return vec![neutral; length];
        }
        self.read(name, &[length])
    }

    fn read(&mut self, name: &str, shape: &[usize]) -> Vec<f32> {
        let found = match &self.source {
            Source::File { entries, .. } => entries.get(name),
            Source::Random(_) => None,
        };
        self.used.insert(name.into());
        let values = match found {
            None => Err(format!("{name} is missing")),
            Some(entry) if entry.shape.as_slice() != shape => {
                Err(format!("{name} has shape {:?} instead of {shape:?}", entry.shape.as_slice()))
            }
            Some(entry) => bridge::to_data(entry)
                .map_err(|error| format!("{name} cannot be read ({error})"))
                .and_then(|data| data.try_to_vec_as::<f32>().map_err(|error| format!("{name}: {error}")))
                .and_then(|values| tensor_file::finite(name, &values).map(|()| values)),
        };
        values.unwrap_or_else(|problem| {
            self.problems.push(problem);
            vec![0.0; shape.iter().product()]
        })
    }

    /// Checks that everything fitted and nothing was left over.
    ///
    /// # Errors
    /// One sentence with the first few missing, misshapen or unexpected tensors, and how many there are.
    pub fn finish(mut self) -> Result<(), DetectorError> {
        let Source::File { path, entries } = self.source else { return Ok(()) };
        let left_over = entries.keys().filter(|name| !self.used.contains(*name) && !is_unused(name));
        self.problems.extend(left_over.map(|name| format!("{name} is unexpected")));
        if self.problems.is_empty() {
            return Ok(());
        }
        let problems = few(self.problems.into_iter());
        Err(DetectorError::Weights(format!("{} does not fit the backbone: {problems}", path.display())))
    }
}

fn is_unused(name: &str) -> bool {
    // Vision transformers replace hidden patches by the mask token, in training only.
    name.ends_with("num_batches_tracked")
        || name.ends_with("mask_token")
        || UNUSED.iter().any(|prefix| name.starts_with(prefix))
}
