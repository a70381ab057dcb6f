//! `perf`: how long training steps and inference take, beside PyTorch in the same run.

pub mod measure;
mod python;
mod pytorch;
mod shifts;
mod views;

use self::measure::{Measurement, Phase, Work, measure};
use self::pytorch::PyTorch;
use crate::cli;
use crate::exit::{Exit, FAILED, USAGE};
use crate::out::show;
use harness::contract::device::DeviceChoice;
use harness::run::cpu_name;
use std::process::{Command, Stdio};

pub fn run(options: &cli::Perf) -> Result<(), Exit> {
    if let Some(work) = &options.one {
        let work = serde_json::from_str(work).map_err(|error| Exit::new(USAGE, error))?;
        let text = serde_json::to_string(&measure(&work)?).map_err(|error| Exit::new(FAILED, error))?;
        show!("{text}");
        return Ok(());
    }
    if options.shifts {
        return shifts::run(options.python.as_ref());
    }
    let device: DeviceChoice = options.device.parse().map_err(|error| Exit::new(USAGE, error))?;
    methods::device::open(device).map_err(|error| Exit::new(USAGE, error))?;
    let python = match device {
        DeviceChoice::Cpu => PyTorch::find(options.python.as_ref()),
        DeviceChoice::Cuda(_) => None,
    };
    let threads = options.threads.unwrap_or_else(crate::bench::cores);
    show!("{}, {threads} threads, device {device}", cpu_name());
    match &python {
        Some(python) => show!("PyTorch {} in the same run, with the same threads", python.version),
        None => {
            show!("no PyTorch beside it: --python FILE names a Python with torch, torchvision and scipy")
        }
    }
    show!("{HEAD}");
    for work in works(options, device) {
        let ours = in_own_process(&work, threads)?;
        let theirs =
            |as_released| python.as_ref().and_then(|python| python.measure(&work, threads, as_released));
        show!("{}", line(&work, ours, theirs(false), if options.released { theirs(true) } else { None }));
    }
    show!("ratio: PyTorch's seconds over ours, so above 1 means that shiftbench is faster.");
    show!(
        "PyTorch does the same arithmetic as shiftbench; \"released\" also what the official code computes for nothing."
    );
    Ok(())
}

const HEAD: &str = "\
work                                        seconds     cpu s  images/s   MiB |  PyTorch  ratio   MiB | released  ratio   MiB";

/// Every combination that was asked for.
fn works(options: &cli::Perf, device: DeviceChoice) -> Vec<Work> {
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

fn name(work: &Work) -> String {
    let phase = match work.phase {
        Phase::Train => "step",
        Phase::Score => "score",
    };
    format!("{} {phase} {} {} px x{}", work.method, work.backbone, work.side, work.batch)
}

fn line(
    work: &Work,
    ours: Measurement,
    theirs: Option<Measurement>,
    released: Option<Measurement>,
) -> String {
    let other = |other: Option<Measurement>| match other {
        Some(other) => {
            format!("{:9.3} {:5.2}x {:>6}", other.seconds, other.seconds / ours.seconds, other.peak_mib)
        }
        None => format!("{:>9} {:>6} {:>6}", "-", "-", "-"),
    };
    format!(
        "{:<41} {:9.3} {:9.3} {:9.1} {:>5} | {} | {}",
        name(work),
        ours.seconds,
        ours.cpu_seconds,
        work.batch as f64 / ours.seconds,
        ours.peak_mib,
        other(theirs),
        other(released),
    )
}
