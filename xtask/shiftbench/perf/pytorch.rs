//! The same work in PyTorch, where Python has it.

use super::measure::{Measurement, Work};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// A Python that can import torch.
pub struct PyTorch {
    python: OsString,
    /// Its version of torch.
    pub version: String,
}

impl PyTorch {
    /// The interpreter that was asked for, or `python3`, if it has torch, torchvision and SciPy.
    pub fn find(python: Option<&OsString>) -> Option<Self> {
        let python = python.cloned().unwrap_or_else(|| "python3".into());
        let probe = "import scipy, torch, torchvision; print(torch.__version__)";
        let output = Command::new(&python).args(["-c", probe]).output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(Self { python, version })
    }

    /// Does `work`; `as_released` repeats what the official programs compute for nothing. None if it fails,
    /// as when memory runs out.
    pub fn measure(&self, work: &Work, threads: usize, as_released: bool) -> Option<Measurement> {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/perf.py");
        let mut command = Command::new(&self.python);
        command.arg(script).arg(serde_json::to_string(work).ok()?).arg(threads.to_string());
        if as_released {
            command.arg("--as-released");
        }
        let output = command.env("OMP_NUM_THREADS", threads.to_string()).output().ok()?;
        serde_json::from_slice(&output.stdout).ok()
    }
}
