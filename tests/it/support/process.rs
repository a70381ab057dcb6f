//! Processes of a run: what they are, and what can be done to them from outside.

use super::{shiftbench, wait_for};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A run of its own, under way.
pub struct Running {
    pub child: Child,
    errors: PathBuf,
}

impl Running {
    /// Starts a command of the program whose standard error goes to a file below `out`.
    pub fn start(arguments: &[&str], out: &Path) -> Self {
        let errors = out.join("errors");
        let said = File::create(&errors).unwrap();
        let child = shiftbench(arguments).stdout(Stdio::null()).stderr(said).spawn().unwrap();
        Self { child, errors }
    }

    /// What it said so far.
    pub fn errors(&self) -> String {
        fs::read_to_string(&self.errors).unwrap()
    }

    /// How many results it has announced.
    pub fn results(&self) -> usize {
        self.errors().matches("image AUROC").count()
    }
}

/// Waits for the end of a run.
pub fn end(child: &mut Child) -> ExitStatus {
    wait_for("end of the run", || child.try_wait().unwrap())
}

/// State and parent of a process.
pub fn state(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
}

/// Whether a process does nothing any more.
pub fn has_ended(process: u32) -> bool {
    state(process).is_none_or(|(state, _)| state == "Z")
}

/// The workers of a run that are programs of their own by now.
pub fn workers(run: &Child) -> Vec<u32> {
    let is_worker = |process: &u32| {
        let arguments = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        state(*process).is_some_and(|(_, of)| of == run.id())
            && arguments.split(|&b| b == 0).nth(1) == Some(b"job")
    };
    let names = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name());
    names.filter_map(|name| name.to_str()?.parse().ok()).filter(is_worker).collect()
}

/// The first worker of a run, as soon as there is one.
pub fn worker(run: &Child) -> u32 {
    wait_for("worker", || workers(run).first().copied())
}

/// Sends a signal, such as `KILL`, to a process that must be there.
pub fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap().success());
}
