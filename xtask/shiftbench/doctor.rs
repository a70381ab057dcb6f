//! `doctor`: what works on this machine, what is missing and how to get it.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::Exit;
use crate::fetch::resources;
use crate::out::show;
use clap::Parser;
use harness::contract::backbone::BackboneEntry;
use harness::contract::device::DeviceChoice;
use harness::contract::registry;
use harness::contract::weights::{find_weights, no_weights};
use harness::run::{cpu_name, memory_limit_mib};
use std::path::Path;
use std::process::Command;

/// Show what works on this machine, what is missing and how to get it
#[derive(Parser)]
#[command(name = "doctor", display_order = 15)]
struct Doctor {
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Doctor>() }

impl Run for Doctor {
    fn run(&self) -> Result<(), Exit> {
        let data_root = self.data_root.path();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let memory = memory_limit_mib().map_or_else(|| "unknown".into(), |mib| format!("{} GiB", mib / 1024));
        line("ok", "cpu", &format!("{} ({cores} cores, {memory} memory)", cpu_name()));
        match methods::device::open(DeviceChoice::Cuda(0)) {
            Ok(_) => line("ok", "cuda:0", "present"),
            Err(error) => line("--", "cuda:0", &error.to_string()),
        }
        let python = Command::new("python3").args(["-m", "pip", "--version"]).output();
        match python {
            Ok(output) if output.status.success() => line("ok", "pip", "found; `fetch` uses it"),
            _ => line("--", "pip", "not found: `fetch` needs python3 with pip, or --from FILE.whl"),
        }
        line("ok", "data root", &format!("{} ({})", data_root.display(), free_space(&data_root)));
        for resource in resources() {
            if resource.is_present(&data_root) {
                line("ok", resource.name, &format!("in {}", resource.folder(&data_root).display()));
            } else {
                let way = format!("missing: cargo xtask fetch {}{}", resource.name, resource.size());
                line("--", resource.name, &way);
            }
        }
        for entry in registry::all::<BackboneEntry>() {
            // What a suite can do without weights is no answer to where they come from.
            match find_weights(entry, &data_root) {
                _ if entry.weights_file.is_empty() => {
                    line("ok", entry.name, "needs no weights (random only)")
                }
                Ok(path) => line("ok", entry.name, &path.display().to_string()),
                Err(ways) => line("--", entry.name, &no_weights(entry, &ways)),
            }
        }
        Ok(())
    }
}

fn line(state: &str, what: &str, words: &str) {
    show!("{state}  {what:<20} {words}");
}

/// Free space of the file system that will hold `path`, in words.
fn free_space(path: &Path) -> String {
    let existing = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let output = Command::new("df").arg("-Pk").arg(existing).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let kib = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    kib.map_or_else(|| "free space unknown".into(), |kib| format!("{} GiB free", kib / (1 << 20)))
}
