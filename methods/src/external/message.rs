//! What is said, as JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of the conversation.
pub const VERSION: u32 = 1;

/// The program's first words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// What tells it from other versions of itself.
    #[serde(default)]
    pub identifier: String,
    /// Whether it trains by steps, so that a protocol can prescribe their number.
    #[serde(default)]
    pub trains: bool,
}

/// What it needs to know before anything else.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Configuration {
    /// Options of its own.
    pub options: Value,
    /// Root of every random draw.
    pub seed: u64,
    /// `cpu`, `cuda:0`.
    pub device: String,
    /// Threads it may use.
    pub threads: usize,
    /// `strict` or `released`.
    pub protocol: &'static str,
    /// Steps that it must take, if it trains by steps, under `strict`.
    pub steps: Option<usize>,
    /// Pictures per step, under `strict`.
    pub batch: Option<usize>,
    /// Side of every picture in pixels.
    pub image_size: u32,
    /// A folder for whatever it has to write meanwhile.
    pub work_dir: String,
}

/// What it is asked. The last request of all, `{"quit": {}}`, has no answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Configure(Numbered<Configuration>),
    Fit(Numbered<Pictures>),
    Save(Numbered<Folder>),
    Load(Numbered<Folder>),
    Score(Numbered<Pictures>),
}

/// Something with a number, which the answer repeats.
#[derive(Clone, Debug, Serialize)]
pub struct Numbered<T> {
    pub id: u64,
    #[serde(flatten)]
    pub what: T,
}

/// Pictures `[count, height, width, 3]`, 8 bits, in a .npy file.
#[derive(Clone, Debug, Serialize)]
pub struct Pictures {
    pub images: String,
    pub count: usize,
    pub height: u32,
    pub width: u32,
}

/// A folder of a trained state.
#[derive(Clone, Debug, Serialize)]
pub struct Folder {
    pub folder: String,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Hello(Hello),
    Ready {
        id: u64,
    },
    Progress {
        id: u64,
        step: usize,
        #[serde(default)]
        of: usize,
        #[serde(default)]
        loss: Option<f64>,
    },
    Done {
        id: u64,
        #[serde(default)]
        steps: Option<usize>,
        #[serde(default)]
        parameters: Option<u64>,
    },
    Scores {
        id: u64,
        scores: Vec<f64>,
        #[serde(default)]
        maps: Option<String>,
    },
    Error {
        message: String,
    },
}

impl Answer {
    /// What kind of answer it is, and to which request.
    pub fn kind(&self) -> (&'static str, Option<u64>) {
        match self {
            Self::Hello(_) => ("hello", None),
            Self::Ready { id } => ("ready", Some(*id)),
            Self::Progress { id, .. } => ("progress", Some(*id)),
            Self::Done { id, .. } => ("done", Some(*id)),
            Self::Scores { id, .. } => ("scores", Some(*id)),
            Self::Error { .. } => ("error", None),
        }
    }
}

/// How a training ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fitted {
    /// Steps it took, if it trains by steps.
    pub steps: Option<usize>,
    /// Numbers it has learned.
    pub parameters: Option<u64>,
}
