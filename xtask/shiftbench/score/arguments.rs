//! What is to be scored, and with what.

use crate::arguments::DataRoot;
use clap::Parser;
use harness::contract::device::DeviceChoice;
use std::path::PathBuf;

/// Score images with a trained checkpoint: of RD4AD's, GNL's or FiCo's official code, or of `bench`
#[derive(Parser)]
#[command(name = "score", display_order = 12)]
pub struct Score {
    /// A .pth or .safetensors file that official code wrote, or the folder of a finished job
    #[arg(long, value_name = "PATH")]
    pub checkpoint: PathBuf,
    /// A folder of images, searched through its subfolders, or one image
    #[arg(long, value_name = "DIR")]
    pub images: PathBuf,
    /// What was trained, such as gnl, fico or rd; a finished job says so itself
    #[arg(long, value_name = "NAME")]
    pub method: Option<String>,
    /// The teacher's architecture (see `list backbones`); a finished job says so itself
    #[arg(long, value_name = "NAME")]
    pub backbone: Option<String>,
    /// The teacher's weights [default: the published ones in the data root]
    #[arg(long, value_name = "FILE")]
    pub teacher: Option<PathBuf>,
    /// A normal image, for methods that mix its features into every test image's (gnl, fico)
    #[arg(long, value_name = "IMAGE")]
    pub reference: Option<PathBuf>,
    /// Side of the network's input in pixels [default: 256, or as the job was trained]
    #[arg(long, value_name = "PIXELS")]
    pub image_size: Option<u32>,
    /// Set one option of the method, such as alpha=0 (repeatable)
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    pub settings: Vec<String>,
    /// Write image and score into this file instead of printing them
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write a heat map of every image into this folder
    #[arg(long, value_name = "DIR")]
    pub maps: Option<PathBuf>,
    /// cpu, or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: DeviceChoice,
    #[command(flatten)]
    pub data_root: DataRoot,
}
