//! `pack`: a run as one small file.

use crate::command::{CommandEntry, Run};
use crate::exit::Exit;
use crate::out::show;
use clap::Parser;
use harness::results::RunFolder;
use std::path::PathBuf;

/// Write the records and scores of a run into one small file, without trained states, maps and pictures
#[derive(Parser)]
#[command(name = "pack", display_order = 17)]
struct Pack {
    /// Suite name, as below the output folder
    suite: String,
    /// Where results are
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// The file to write [default: SUITE.tar.xz]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

inventory::submit! { CommandEntry::of::<Pack>() }

impl Run for Pack {
    fn run(&self) -> Result<(), Exit> {
        let target = self.to.clone().unwrap_or_else(|| format!("{}.tar.xz", self.suite).into());
        let packed = RunFolder::new(&self.out, &self.suite).pack(&target)?;
        show!(
            "{}: {} trainings and {} results in {} KB",
            target.display(),
            packed.trainings,
            packed.cells,
            packed.bytes.div_ceil(1000)
        );
        Ok(())
    }
}
