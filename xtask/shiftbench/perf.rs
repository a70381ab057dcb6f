//! `perf`: how long training steps and inference take, beside PyTorch in the same run.

mod case;
mod material;
pub mod measure;
mod python;
mod pytorch;
mod shifts;
mod table;
mod views;

use self::case::Case;
use self::measure::{Measurement, Phase, Work, measure};
use self::pytorch::PyTorch;
use self::table::{HEAD, line, name};
use crate::command::{CommandEntry, Run};
use crate::cores::cores;
use crate::exit::{Exit, FAILED, USAGE};
use crate::out::show;
use clap::Parser;
use harness::contract::device::DeviceChoice;
use harness::run::cpu_name;
use std::ffi::OsString;
use std::process::{Command, Stdio};

/// Time training steps and inference, beside PyTorch if it is there
#[derive(Parser)]
#[command(name = "perf", display_order = 16)]
struct Perf {
    /// Methods that train by steps
    #[arg(long = "method", value_delimiter = ',', default_value = "rd,gnl,fico")]
    methods: Vec<String>,
    /// What to time them on: backbone:side in pixels:pictures per step
    #[arg(long = "case", value_delimiter = ',', default_value = "resnet18:128:16,wide_resnet50_2:256:4")]
    cases: Vec<Case>,
    /// cpu, or cuda:N
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Threads of every measurement [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Steps that count, after one that does not
    #[arg(long, value_name = "N", default_value = "3")]
    repeats: usize,
    /// A Python with torch, torchvision and scipy, or imagecorruptions for --shifts [default: python3]
    #[arg(long, value_name = "FILE")]
    python: Option<OsString>,
    /// Time PyTorch also with what the official code computes for nothing
    #[arg(long)]
    released: bool,
    /// Time shifts and training views instead, beside imagecorruptions and Pillow
    #[arg(long)]
    shifts: bool,
    #[arg(long, hide = true)]
    one: Option<String>,
}

inventory::submit! { CommandEntry::of::<Perf>() }

impl Run for Perf {
    fn run(&self) -> Result<(), Exit> {
        if let Some(work) = &self.one {
            let work = serde_json::from_str(work).map_err(|error| Exit::new(USAGE, error))?;
            let text = serde_json::to_string(&measure(&work)?).map_err(|error| Exit::new(FAILED, error))?;
            show!("{text}");
            return Ok(());
        }
        if self.shifts {
            return shifts::run(self.python.as_ref());
        }
        let device: DeviceChoice = self.device.parse().map_err(|error| Exit::new(USAGE, error))?;
        methods::device::open(device).map_err(|error| Exit::new(USAGE, error))?;
        let python = match device {
            DeviceChoice::Cpu => PyTorch::find(self.python.as_ref()),
            DeviceChoice::Cuda(_) => None,
        };
        let threads = self.threads.unwrap_or_else(cores);
        show!("{}, {threads} threads, device {device}", cpu_name());
        match &python {
            Some(python) => show!("PyTorch {} in the same run, with the same threads", python.version),
            None => {
                show!("no PyTorch beside it: --python FILE names a Python with torch, torchvision and scipy")
            }
        }
        show!("{HEAD}");
        for work in works(self, device) {
            let ours = in_own_process(&work, threads)?;
            let theirs =
                |as_released| python.as_ref().and_then(|python| python.measure(&work, threads, as_released));
            show!("{}", line(&work, ours, theirs(false), if self.released { theirs(true) } else { None }));
        }
        show!("ratio: PyTorch's seconds over ours, so above 1 means that shiftbench is faster.");
        show!(
            "PyTorch does the same arithmetic as shiftbench; \"released\" also what the official code computes for nothing."
        );
        Ok(())
    }
}

/// Every combination that was asked for.
fn works(options: &Perf, device: DeviceChoice) -> Vec<Work> {
    let mut works = Vec::new();
    for case in &options.cases {
        for method in &options.methods {
            let work = |batch, phase, repeats| Work {
                method: method.clone(),
                backbone: case.backbone.clone(),
                options: None,
                side: case.side,
                batch,
                phase,
                repeats,
                device,
            };
            works.push(work(case.batch, Phase::Train, options.repeats));
            works.push(work(1, Phase::Score, 3 * options.repeats));
            works.push(work(8, Phase::Score, options.repeats));
        }
    }
    works
}

/// Measures in a process of its own, with so many threads.
pub fn in_own_process(work: &Work, threads: usize) -> Result<Measurement, Exit> {
    let failed = |error: &dyn ToString| Exit::new(FAILED, format!("{}: {}", name(work), error.to_string()));
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let text = serde_json::to_string(work).map_err(|error| failed(&error))?;
    let output = Command::new(program)
        .args(["perf", "--one", &text])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(&error))?;
    serde_json::from_slice(&output.stdout).map_err(|_| failed(&"the measurement broke off"))
}
