//! What is timed on.

use std::str::FromStr;

/// A network and its input.
#[derive(Clone)]
pub struct Case {
    pub backbone: String,
    pub side: u32,
    pub batch: usize,
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let wrong = || format!("'{text}' is not backbone:side:batch, such as resnet18:128:16");
        let [backbone, side, batch] = parts[..] else { return Err(wrong()) };
        let (side, batch) = (side.parse().map_err(|_| wrong())?, batch.parse().map_err(|_| wrong())?);
        Ok(Self { backbone: backbone.into(), side, batch })
    }
}
