//! What can be typed to measure speed.

use clap::Args;
use std::ffi::OsString;
use std::str::FromStr;

#[derive(Args)]
pub struct Perf {
    /// Methods that train by steps
    #[arg(long = "method", value_delimiter = ',', default_value = "rd,gnl,fico")]
    pub methods: Vec<String>,
    /// What to time them on: backbone:side in pixels:pictures per step
    #[arg(long = "case", value_delimiter = ',', default_value = "resnet18:128:16,wide_resnet50_2:256:4")]
    pub cases: Vec<PerfCase>,
    /// cpu, or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// Threads of every measurement [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Steps that count, after one that does not
    #[arg(long, value_name = "N", default_value = "3")]
    pub repeats: usize,
    /// A Python with torch, torchvision and scipy, or imagecorruptions for --shifts [default: python3]
    #[arg(long, value_name = "FILE")]
    pub python: Option<OsString>,
    /// Time PyTorch also with what the official code computes for nothing
    #[arg(long)]
    pub released: bool,
    /// Time shifts and training views instead, beside imagecorruptions and Pillow
    #[arg(long)]
    pub shifts: bool,
    #[arg(long, hide = true)]
    pub one: Option<String>,
}

/// A network and its input.
#[derive(Clone)]
pub struct PerfCase {
    pub backbone: String,
    pub side: u32,
    pub batch: usize,
}

impl FromStr for PerfCase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let wrong = || format!("'{text}' is not backbone:side:batch, such as resnet18:128:16");
        let [backbone, side, batch] = parts[..] else { return Err(wrong()) };
        let (side, batch) = (side.parse().map_err(|_| wrong())?, batch.parse().map_err(|_| wrong())?);
        Ok(Self { backbone: backbone.into(), side, batch })
    }
}
