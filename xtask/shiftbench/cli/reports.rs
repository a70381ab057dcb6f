//! What can be typed to look at finished results.

use super::DataRoot;
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Args)]
pub struct Report {
    /// Suite name, as below the output folder
    #[arg(default_value = "quick")]
    pub suite: String,
    /// Where results are
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub out: PathBuf,
    /// Accept missing results; they are marked
    #[arg(long)]
    pub partial: bool,
}

#[derive(Args)]
pub struct Paper {
    /// Suite name, as below the output folder
    #[arg(default_value = "quick")]
    pub suite: String,
    /// Where results are
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub out: PathBuf,
    /// Where to write [default: the folder `paper` beside the results]
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Accept missing results; they are marked
    #[arg(long)]
    pub partial: bool,
    /// Also show the heat maps of this test image, such as bottle/test/broken_large/000.png (repeatable)
    #[arg(long = "case", value_name = "CATEGORY/IMAGE")]
    pub cases: Vec<String>,
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Args)]
pub struct Verify {
    /// Folder of a run, such as runs/quick
    pub run: PathBuf,
    /// Also score this many images of every job again, with the trained state that was kept
    #[arg(long, value_name = "IMAGES", default_value = "0")]
    pub rescore: usize,
    /// Chooses the images to score again
    #[arg(long, default_value = "0")]
    pub seed: u64,
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Args)]
pub struct Compare {
    /// Folder of a run, such as runs/quick
    pub a: PathBuf,
    /// Folder of the other
    pub b: PathBuf,
    /// Compare a method of B with another one of A, such as my-method=gnl (repeatable)
    #[arg(long = "method", value_name = "OF_B=OF_A")]
    pub pairs: Vec<Pair>,
}

/// Two method labels.
#[derive(Clone)]
pub struct Pair {
    pub of_b: String,
    pub of_a: String,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (of_b, of_a) = text.split_once('=').ok_or_else(|| format!("'{text}' is not OF_B=OF_A"))?;
        Ok(Self { of_b: of_b.into(), of_a: of_a.into() })
    }
}
