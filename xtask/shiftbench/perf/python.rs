//! A Python process that times what it is asked for.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// `tests/reference/shifts.py`, waiting for work.
pub struct Python {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The interpreter.
    pub program: OsString,
    /// What it runs on.
    pub versions: String,
}

impl Python {
    /// The interpreter that was asked for, or `python3`, if it has imagecorruptions.
    pub fn find(python: Option<&OsString>) -> Option<Self> {
        let program = python.cloned().unwrap_or_else(|| "python3".into());
        let mut process = Command::new(&program)
            .arg(super::material::program("shifts.py"))
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (input, output) = (process.stdin.take()?, BufReader::new(process.stdout.take()?));
        let mut python = Self { process, input, output, program, versions: String::new() };
        python.versions = python.line().filter(|line| !line.is_empty())?;
        Some(python)
    }

    /// Least seconds for one picture; `None` if it cannot do this.
    pub fn time(&mut self, work: &str, picture: &Path, severity: u8) -> Option<f64> {
        writeln!(self.input, "{work} {severity} {}", picture.display()).ok()?;
        self.line()?.parse().ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        Some(line.trim().to_owned())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
