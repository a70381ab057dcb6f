//! `make`: data sets that are made from others.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit};
use crate::out::show;
use clap::{Parser, Subcommand};
use datasets::mnist_m;
use std::path::PathBuf;

/// Make a data set from others
#[derive(Parser)]
#[command(name = "make", display_order = 13)]
struct Make {
    #[command(subcommand)]
    what: Kind,
    #[command(flatten)]
    data_root: DataRoot,
}

/// What can be made.
#[derive(Subcommand)]
enum Kind {
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

inventory::submit! { CommandEntry::of::<Make>() }

impl Run for Make {
    fn run(&self) -> Result<(), Exit> {
        let Kind::MnistM { photographs, mnist, out, seed, train } = &self.what;
        let data_root = self.data_root.path();
        let mnist = mnist.clone().unwrap_or_else(|| data_root.join("mnist"));
        let out = out.clone().unwrap_or_else(|| data_root.join("mnist-m"));
        let written = mnist_m::generate(&mnist, photographs, &out, *seed, *train);
        let written = written.map_err(|error| Exit::new(DATA, error))?;
        show!("{written} pictures, seed {seed}, in {}", out.display());
        Ok(())
    }
}
