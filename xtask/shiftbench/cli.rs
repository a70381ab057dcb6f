//! What can be typed.

mod perf;
mod reports;

pub use perf::Perf;
pub use reports::{Compare, Paper, Report, Verify};

use crate::exit;
use clap::{Args, Parser, Subcommand};
use harness::contract::device::DeviceChoice;
use harness::run::Deadline;
use harness::suite::Filter;
use std::path::{Path, PathBuf};

/// Image anomaly detection under distribution shift, measured.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = exit::HELP)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// Tell more on standard error
    #[arg(long, global = true)]
    pub verbose: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Train and test what a suite names, and print the comparison table
    Bench(Bench),
    /// Print and write the tables and figures of finished results
    Report(Report),
    /// Put everything a paper needs of a finished run into one folder: tables, figures, heat maps, an HTML report
    Paper(Paper),
    /// Look whether a run folder is what was written: every hash, and every metric against its scores
    Verify(Verify),
    /// Show which results differ between two runs, by how much, and whether beyond noise
    Compare(Compare),
    /// Show what is there: methods, datasets, shifts, backbones, suites
    List(List),
    /// Bring a data set or weights into the data root
    Fetch(Fetch),
    /// Run a suite from end to end on miniatures of its data sets: do all tables and figures appear?
    Rehearse(Rehearse),
    /// Look over a data set: counts, unreadable and odd images, masks, duplicates, labels
    Check(Check),
    /// Write corrupted copies of a folder of images
    Corrupt(Corrupt),
    /// Draw one picture of every shift at every severity
    Gallery(Gallery),
    /// Score images with a trained checkpoint: of RD4AD's, GNL's or FiCo's official code, or of `bench`
    Score(Score),
    /// Make a data set from others
    Make(Make),
    /// Start a plugin of your own
    New(New),
    /// Show what works on this machine, what is missing and how to get it
    Doctor(Doctor),
    /// Time training steps and inference, beside PyTorch if it is there
    Perf(Perf),
    /// The worker process of `bench` (not for people)
    #[command(hide = true)]
    Job(Job),
}

#[derive(Args)]
pub struct DataRoot {
    /// Folder of fetched data and weights [default: $SHIFTBENCH_DATA or ~/.cache/shiftbench]
    #[arg(long, value_name = "DIR")]
    data_root: Option<PathBuf>,
}

impl DataRoot {
    /// This folder.
    pub fn at(folder: PathBuf) -> Self {
        Self { data_root: Some(folder) }
    }

    /// The folder that was asked for, or the default.
    pub fn path(&self) -> PathBuf {
        self.data_root.clone().unwrap_or_else(harness::fetch::default_data_root)
    }
}

/// Where pictures are kept that were decoded, shifted and resized once, for all methods, seeds and runs.
#[derive(Args, Default)]
pub struct PreparedPictures {
    /// Folder of prepared pictures, which are not decoded, shifted and resized twice [default: DATA_ROOT/prepared]
    #[arg(long = "cache", value_name = "DIR", conflicts_with = "none")]
    folder: Option<PathBuf>,
    /// The most that folder may hold when a run has ended, in GiB
    #[arg(long = "cache-gib", value_name = "N", default_value = "8")]
    gib: u64,
    /// Prepare every picture anew, and hash every image file
    #[arg(long = "no-cache")]
    none: bool,
}

impl PreparedPictures {
    /// The folder and its limit in bytes; `None` if there is to be none.
    pub fn folder(&self, data_root: &Path) -> Option<(PathBuf, u64)> {
        let folder = self.folder.clone().unwrap_or_else(|| data_root.join("prepared"));
        (!self.none).then_some((folder, self.gib << 30))
    }
}

#[derive(Args)]
pub struct Bench {
    /// Name of a built-in suite (see `list suites`) or path of a .ron file
    #[arg(default_value = "quick")]
    pub suite: String,
    /// Results go to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub out: PathBuf,
    /// cpu, or cuda:N
    #[arg(long)]
    pub device: Option<String>,
    #[command(flatten)]
    pub data_root: DataRoot,
    /// Run a part only: method=gnl,rd  dataset=..  category=..  shift=..  (repeatable)
    #[arg(long, value_name = "KIND=NAMES")]
    pub filter: Vec<Filter>,
    /// Seeds instead of the suite's, such as 0,1
    #[arg(long, value_delimiter = ',')]
    pub seeds: Option<Vec<u64>>,
    /// Override one value, such as image_size=64 or methods.gnl.alpha=0.25 (repeatable)
    #[arg(long = "set", value_name = "A.B=VALUE")]
    pub settings: Vec<String>,
    /// Jobs side by side [default: one per core on the CPU, 1 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Kill a job that reports no step and no test for so long: 90m, 6h, none [default: 6h, and 1m for each image]
    #[arg(long, value_name = "DURATION")]
    pub deadline: Option<Deadline>,
    #[command(flatten)]
    pub prepared: PreparedPictures,
    /// Show what would be done and stop
    #[arg(long)]
    pub dry_run: bool,
    /// Show how long it would take, from a short measurement on this device, and stop
    #[arg(long)]
    pub estimate: bool,
}

#[derive(Args)]
pub struct Rehearse {
    /// Name of a built-in suite (see `list suites`) or path of a .ron file
    pub suite: String,
    /// Miniatures go to DIR/data, results to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "rehearsal")]
    pub out: PathBuf,
    /// Run a part only, as in `bench` (repeatable)
    #[arg(long, value_name = "KIND=NAMES")]
    pub filter: Vec<Filter>,
    /// On equal terms, whatever the suite says
    #[arg(long)]
    pub strict: bool,
}

#[derive(Args)]
pub struct List {
    /// methods, datasets, shifts, backbones or suites; or one of their names, to have every option explained
    /// [default: everything]
    pub what: Option<String>,
}

#[derive(Args)]
pub struct Fetch {
    /// What to fetch; without a name, what there is
    pub name: Option<String>,
    /// Take it from a local file (for several files, the folder that holds them) or another address
    #[arg(long, value_name = "PATH_OR_URL")]
    pub from: Option<String>,
    /// Also take a copy whose SHA-256 is not the known one; the hash is noted
    #[arg(long, requires = "from")]
    pub any_version: bool,
    /// Accept the licence, which is shown, without being asked
    #[arg(long)]
    pub accept_licence: bool,
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Args)]
pub struct Check {
    /// Name of a data set (see `list datasets`)
    pub dataset: String,
    /// These categories only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub categories: Option<Vec<String>>,
    /// Set one option of the data set, such as path=/where/it/is (repeatable)
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    pub settings: Vec<String>,
    /// Show every finding
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Args)]
pub struct Corrupt {
    /// Folder of images, searched through its subfolders
    pub source: PathBuf,
    /// Folder for the copies (PNG, same names)
    pub target: PathBuf,
    /// A shift (see `list shifts`), or several: "contrast(3) + gaussian_noise(2)"
    #[arg(long)]
    pub shift: String,
    /// 1 (weak) to 5 (strong), for shifts that do not say their own
    #[arg(long, default_value = "3")]
    pub severity: u8,
    /// Seed of random shifts
    #[arg(long, default_value = "0")]
    pub seed: u64,
    /// Masks that move with their images: the same tree of PNG files, names with or without _mask
    #[arg(long, value_name = "DIR", requires = "masks_to")]
    pub masks: Option<PathBuf>,
    /// Folder for the moved masks
    #[arg(long, value_name = "DIR", requires = "masks")]
    pub masks_to: Option<PathBuf>,
}

#[derive(Args)]
pub struct Gallery {
    /// The image to shift
    pub image: PathBuf,
    /// Where to draw: a .png or .jpg file
    #[arg(long, value_name = "FILE", default_value = "gallery.png")]
    pub out: PathBuf,
    /// These shifts only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub shifts: Option<Vec<String>>,
    /// Width of each small picture in pixels
    #[arg(long, value_name = "PIXELS", default_value = "120", value_parser = clap::value_parser!(u32).range(8..=1024))]
    pub cell: u32,
    /// Columns of shifts
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u32).range(1..=8))]
    pub blocks: u32,
    /// Seed of random shifts
    #[arg(long, default_value = "0")]
    pub seed: u64,
}

#[derive(Args)]
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

#[derive(Args)]
pub struct Make {
    #[command(subcommand)]
    pub what: MakeKind,
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Subcommand)]
pub enum MakeKind {
    /// MNIST-M: digits of MNIST over patches of photographs (Ganin & Lempitsky 2015)
    MnistM {
        /// Folder of photographs, such as those of BSDS500
        photographs: PathBuf,
        /// Folder of MNIST's files [default: mnist in the data root]
        #[arg(long, value_name = "DIR")]
        mnist: Option<PathBuf>,
        /// Where to write [default: mnist-m in the data root]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Chooses photograph and patch of every digit
        #[arg(long, default_value = "0")]
        seed: u64,
        /// The training part as well, which no suite needs
        #[arg(long)]
        train: bool,
    },
}

#[derive(Args)]
pub struct New {
    #[command(subcommand)]
    pub what: NewKind,
}

#[derive(Subcommand)]
pub enum NewKind {
    /// A method: one file in methods/src and its `mod` line
    Method {
        /// Name in suites and tables, such as my-method
        name: String,
    },
}

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    pub data_root: DataRoot,
}

#[derive(Args)]
pub struct Job {
    /// Folder of the job's results
    #[arg(long)]
    pub folder: PathBuf,
}
